#!/usr/bin/env bash
# Imports that are killed at a random moment: afterwards the case is as it was or holds the whole file, and its books
# balance; nothing is left over after the next import.
#
#   scripts/bench import_killed [TIMES [ROWS]]      (500 300000)
#
# Each time a case that holds one file is copied, the import of a second one (with rejects and duplicates in it) begins
# and is ended by SIGKILL after a random part of the time that it would take. Then the case is read, and the import is
# done again. What the case holds at the end is compared, byte for byte, with what an undisturbed import leaves.
set -euo pipefail
times=${1:-500}
rows=${2:-300000}
sendh=$(realpath "${SENDH_BINARY:-build/release/sendh}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home
mkdir -p "$HOME"
cd "$scratch"

make_file() {  # rows first-number
    awk -v rows="$1" -v from="$2" 'BEGIN {
        print "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORG_TRUNC_GROUP,CALL_DIRECTION"
        for (i = 0; i < rows; ++i) {
            if (i % 1000 == 7) { print "99:99:99,01/06/2025,971500000000,9876500000,1,T1,IN"; continue }
            n = i % 1000 == 9 ? i - 1 : i
            printf "%02d:%02d:%02d,%02d/06/2025,97150%07d,98%08d,%d,T%d,IN\n",
                n / 3600 % 24, n / 60 % 60, n % 60, n % 28 + 1, from + n, n * 7919 % 100000000, n % 300, n % 20
        }
    }'
}
make_file 20000 0 > first.csv
make_file "$rows" 5000 > second.csv

shown() { "$sendh" calls show --case "$1" --limit 0 --format csv --quiet | sha256sum; }
value() { grep -o "\"$1\":[0-9]*" "$2" | head -n 1 | cut -d: -f2; }

"$sendh" init base --quiet > /dev/null
"$sendh" calls import first.csv --case base --quiet > /dev/null
old=$(shown base)
cp -r base whole
start=$(date +%s%N)
"$sendh" calls import second.csv --case whole --quiet --format json > whole.json
span=$((($(date +%s%N) - start) / 1000))
new=$(shown whole)
accepted=$(value accepted whole.json)
echo "an undisturbed import takes $((span / 1000)) ms: $(grep '"name"' whole.json)"

before=0 after=0 finished=0
for ((i = 1; i <= times; ++i)); do
    rm -rf case
    cp -r base case
    "$sendh" calls import second.csv --case case --quiet > out 2> err &
    pid=$!
    sleep "$(awk -v span="$span" -v r="$RANDOM" 'BEGIN { printf "%.4f", span / 1e6 * 1.1 * r / 32768 }')"
    kill -9 "$pid" 2> /dev/null || true
    status=0
    wait "$pid" 2> /dev/null || status=$?
    ((status == 137)) || finished=$((finished + 1))

    state=$(shown case)
    if [[ $state == "$old" ]]; then
        before=$((before + 1))
    elif [[ $state == "$new" ]]; then
        after=$((after + 1))
    else
        echo "FAILED at $i: the case is neither as it was nor whole" >&2
        exit 1
    fi
    "$sendh" calls import second.csv --case case --quiet --format json > again.json
    got=$(($(value accepted again.json) + $(value rejected again.json) + $(value duplicates again.json)))
    if ((got != $(value rows again.json))) || [[ $state == "$old" && $(value accepted again.json) != "$accepted" ]]; then
        echo "FAILED at $i: the books do not balance: $(cat again.json)" >&2
        exit 1
    fi
    if [[ $(shown case) != "$new" ]]; then
        echo "FAILED at $i: the import after it left something else than an undisturbed one" >&2
        exit 1
    fi
    if find case -name '*.tmp*' | grep -q . || [[ $(find case/calls -type f | wc -l) != "$(find whole/calls -type f | wc -l)" ]]; then
        echo "FAILED at $i: something was left over: $(ls case/calls)" >&2
        exit 1
    fi
    ((i % 50 != 0)) || echo "$i times: $before as before, $after whole ($finished had finished)"
done
echo "$times imports killed: $before left the case as it was, $after had the whole file in; every time the books balanced"
