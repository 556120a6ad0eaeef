#!/usr/bin/env bash
# Peak memory of an import, for files of growing size: it must stay under 400 MB whatever the size.
#
#   scripts/bench import_memory [MEGABYTES...]      (100 500 2000)
#
# Makes ILD gateway files of made-up numbers in a temporary folder, imports each into a new case and prints rows,
# seconds and the peak resident memory that the operating system counted.
set -euo pipefail
sendh=${SENDH_BINARY:-build/release/sendh}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home
mkdir -p "$HOME"

make_file() {  # rows
    awk -v rows="$1" 'BEGIN {
        print "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORIG_SWITCH_ID,ORG_TRUNC_GROUP,TERM_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE,ORIG_CARR_NAME,TERM_CARR_NAME,Country"
        srand(1)
        for (i = 0; i < rows; ++i) {
            second = int(i * 2592000 / rows)
            day = int(second / 86400) + 1
            rest = second % 86400
            printf "%02d:%02d:%02d,%02d/06/2025,97150%07d,98%08d,%d,SW1,T%d,T2,IN,VOICE,Carrier A,Carrier B,United Arab Emirates\n",
                rest / 3600, rest / 60 % 60, rest % 60, day, rand() * 10000000, rand() * 100000000, rand() * 300, rand() * 20
        }
    }'
}

printf '%10s %12s %9s %12s %12s\n' 'file MB' rows seconds 'peak MB' 'rows/s'
for megabytes in "${@:-100 500 2000}"; do
    for size in $megabytes; do
        rows=$((size * 1000000 / 112))
        make_file "$rows" > "$scratch/calls.csv"
        rm -rf "$scratch/case"
        "$sendh" init "$scratch/case" --quiet > /dev/null
        # The time command writes its figures to a file of its own.
        TIMEFORMAT=%R
        start=$(date +%s.%N)
        /usr/bin/time -f %M -o "$scratch/peak" "$sendh" calls import "$scratch/calls.csv" --case "$scratch/case" --quiet --format json > "$scratch/out"
        end=$(date +%s.%N)
        peak=$(tail -n 1 "$scratch/peak")
        awk -v size="$(stat -c %s "$scratch/calls.csv")" -v rows="$rows" -v peak="$peak" -v t="$(awk "BEGIN{print $end - $start}")" \
            'BEGIN { printf "%10.0f %12d %9.1f %12.0f %12.0f\n", size / 1e6, rows, t, peak / 1024, rows / t; exit peak / 1024 >= 400 }'
        rm -rf "$scratch/calls.csv" "$scratch/case"
    done
done
