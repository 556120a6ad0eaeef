#!/usr/bin/env bash
# Changes of the key that are killed at a random moment: afterwards the case is under the old key or the new one,
# whole, and everything it shows is what it showed before; nothing is left over after the next step that writes.
#
#   scripts/bench key_rotation_killed [TIMES [ROWS]]      (300 200000)
#
# Each time a case with calls (duplicates and a campaign among them), a register, canaries and three copies, and its key, are copied;
# `sendh key rotate` begins and is ended by SIGKILL after a random part of the time that it would take. Then what the
# case shows is compared with what it showed: calls, the campaign, register, canaries, a copy that is identified. A step that writes
# clears up; files of the case and of the key folder are counted. Then the key is changed once more, undisturbed.
set -euo pipefail
times=${1:-300}
rows=${2:-200000}
sendh=$(realpath "${SENDH_BINARY:-build/release/sendh}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home SENDH_KEYS=$scratch/keys
mkdir -p "$HOME"
cd "$scratch"

make_calls() {  # rows first-number
    awk -v rows="$1" -v from="$2" 'BEGIN {
        print "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORG_TRUNC_GROUP,CALL_DIRECTION"
        for (i = 0; i < rows; ++i) {
            n = i % 1000 == 9 ? i - 1 : i
            # Over the international trunk T1 some come as if from home: a campaign.
            cli = n % 40 == 1 ? sprintf("98700%05d", n / 40 % 500) : sprintf("97150%07d", from + n)
            printf "%02d:%02d:%02d,%02d/06/2025,%s,98%08d,%d,T%d,IN\n",
                n / 3600 % 24, n / 60 % 60, n % 60, n % 28 + 1, cli, n * 7919 % 100000000, n % 300, n % 20
        }
    }'
}
fail() { echo "FAILED at $i: $*" >&2; exit 1; }
shown() {  # case
    {
        "$sendh" calls show --case "$1" --limit 0 --format csv --quiet
        "$sendh" calls show --campaign C1 --case "$1" --limit 0 --format csv --quiet
        "$sendh" campaign show C1 --case "$1" --format json --quiet
        "$sendh" register show staff --case "$1" --limit 0 --format csv --quiet
        "$sendh" canary list --case "$1" --format csv --quiet
        "$sendh" copy identify turned-up.csv --case "$1" --format json --quiet || true
        "$sendh" calls rejects --case "$1" --format csv --quiet
    } | sha256sum
}
key_of() { "$sendh" key show --case "$1" --format csv --quiet | sed -n '2s/,.*//p'; }
tidy() {  # case keys: a step that writes, then what lies there
    "$sendh" population add population.csv --kind operator --case "$1" --quiet > /dev/null
    [[ $(sed -n 's/^id = "\(.*\)"/\1/p' "$1/case.toml") == "$(key_of "$1")" ]] || fail "case.toml names another key"
    if find "$1" "$SENDH_KEYS" -name '*tmp*' | grep -q .; then fail "a temporary file was left over"; fi
    [[ $(find "$1/calls" -type f | wc -l) == "$files" ]] || fail "something was left over: $(ls "$1/calls")"
    [[ $(find "$SENDH_KEYS" -type f | wc -l) == "$2" ]] || fail "keys were left over: $(ls "$SENDH_KEYS")"
}

i=0
make_calls 20000 0 > first.csv
make_calls "$rows" 5000 > second.csv
awk 'BEGIN { print "number,name,office"; for (i = 0; i < 2000; ++i) printf "98%08d,Person %d,Office %d\n", i * 7919, i, i % 9 }' > staff.csv
awk 'BEGIN { print "number"; for (i = 0; i < 200; ++i) printf "98111%05d\n", i * 37 }' > canaries.csv
awk 'BEGIN { print "number"; for (i = 0; i < 50; ++i) printf "98222%05d\n", i }' > population.csv
printf 'trunk,carrier,ingress\nT1,Carrier A,international\n' > trunks.csv
{
    "$sendh" init base --quiet
    "$sendh" register add staff.csv --name staff --case base
    "$sendh" canary add canaries.csv --case base --quiet
    for office in A B C; do "$sendh" copy issue --to "Office $office" -o "$office.csv" --case base --quiet; done
    "$sendh" trunks add trunks.csv --case base
    "$sendh" calls import first.csv second.csv --case base --quiet
    "$sendh" detect --case base --quiet
} > /dev/null
(head -n 1 B.csv; tail -n +2 B.csv | sort) > turned-up.csv
[[ $("$sendh" calls show --campaign C1 --case base --limit 0 --format csv --quiet | wc -l) -gt 100 ]] || fail "no campaign"
before=$(shown base)
old=$(key_of base)
files=$(find base/calls -type f | wc -l)
mv keys keys-of-base
cp -r keys-of-base keys
cp -r base whole
start=$(date +%s%N)
"$sendh" key rotate --reason "a test" --case whole --quiet > /dev/null
span=$((($(date +%s%N) - start) / 1000))
[[ $(shown whole) == "$before" ]] || fail "an undisturbed change shows something else"
[[ $(key_of whole) != "$old" ]] || fail "the key is the old one"
tidy whole 2
echo "an undisturbed change of the key takes $((span / 1000)) ms; $files files of calls"

under_old=0 under_new=0 finished=0
for ((i = 1; i <= times; ++i)); do
    rm -rf case keys
    cp -r base case
    cp -r keys-of-base keys
    flags=()
    ((i % 4 < 2)) || flags=(--destroy-old)
    "$sendh" key rotate --reason "a test" --case case --quiet "${flags[@]}" > out 2> err &
    pid=$!
    # Every other time in the last part, where the commit is, and what follows it.
    sleep "$(awk -v span="$span" -v r="$RANDOM" -v late=$((i % 2)) \
        'BEGIN { r /= 32768; printf "%.4f", span / 1e6 * (late ? 0.6 + 0.5 * r : 1.1 * r) }')"
    kill -9 "$pid" 2> /dev/null || true
    status=0
    wait "$pid" 2> /dev/null || status=$?
    ((status == 137)) || finished=$((finished + 1))

    [[ $(shown case) == "$before" ]] || fail "the case shows something else than before"
    now=$(key_of case)
    if [[ $now == "$old" ]]; then
        under_old=$((under_old + 1))
        tidy case 1
    else
        under_new=$((under_new + 1))
        tidy case $((i % 4 < 2 ? 2 : 1))
    fi
    [[ $(key_of case) == "$now" && $(shown case) == "$before" ]] || fail "clearing up changed what the case shows"
    if ((i % 10 == 0)); then
        "$sendh" key rotate --reason "once more" --case case --destroy-old --quiet > /dev/null
        [[ $(shown case) == "$before" ]] || fail "the change after it shows something else"
    fi
    ((i % 50 != 0)) || echo "$i times: $under_old under the old key, $under_new under the new one ($finished had finished)"
done
echo "$times changes of the key killed: $under_old left the old key, $under_new the new one; every time the case was whole"
