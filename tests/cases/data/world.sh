#!/bin/sh
# A small made-up world for behaviour tests. Source it: . "$SENDH_SOURCE_DIR/tests/cases/data/world.sh"
#
#   world            writes register.csv population.csv directory.csv trunks.csv roaming.csv calls.csv reports.csv
#                    copy.csv into the current folder
#   world_case       world, and a case `case` with all of it, not yet detected; what the commands said is in setup.txt
#   canaries N [FROM]  N made-up numbers for canaries, 98111 000FROM on, 37 apart
#   issued           world, a case with its register, 150 canaries, and copies A.csv B.csv C.csv for Office A, B, C;
#                    canaries.csv holds the canaries
#   rows FILE CMD    FILE with its rows (not its header) passed through CMD
#   unchanged CMD    runs CMD; status 99 if it changed any byte of the case
#   state DIR        a line for each file of a case with its digest
#   key              the file with the key of the case
#   sql STATEMENTS   changes the catalogue of the case past sendh
#   clock H          the time zone in which it is H o'clock now
#   bound CMD        runs CMD so that permission bits hold for root, too
#   many_calls N     N ordinary calls in the layout ild, all different
#
# 600 numbers from 98765 00000 on; 60 of them are in the register, one of each ten. The campaign calls 40 of these
# and 2 others over the international trunk ILD-A and shows +91 98765 0090x; nobody of these was abroad.

export SENDH_CASE=case

world() {
    awk 'BEGIN {
        f = "register.csv"; print "name,designation,mobile,district,joined,left" > f
        for (i = 0; i < 60; ++i) printf "Person %d,Clerk,98765%05d,District %d,2023-01-%02d,\n", i, i * 10 + i * 7 % 10, i % 4, i % 28 + 1 > f
        f = "population.csv"; print "number,line_type,operator" > f
        for (i = 0; i < 600; ++i) printf "98765%05d,mobile,Operator %d\n", i, i / 300 > f
        f = "directory.csv"; print "phone" > f
        for (i = 0; i < 50; ++i) printf "98765%05d\n", i * 12 + 5 > f
        f = "trunks.csv"; print "trunk,carrier,ingress\nILD-A,Carrier A,international\nNLD-1,Carrier B,domestic" > f
        f = "roaming.csv"; print "number,from,to\n9876500950,2025-09-01,2025-09-30" > f
        f = "calls.csv"
        print "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORG_TRUNC_GROUP,TERM_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE,ORIG_CARR_NAME,TERM_CARR_NAME,Country" > f
        for (k = 0; k < 42; ++k) {
            i = k * 17 % 60; to = i * 10 + i * 7 % 10
            if (k > 39) to = (k - 40) * 100 + 3
            printf "%02d:%02d:07,15/09/2025,+9198765009%02d,+9198765%05d,%d,ILD-A,T-1,IN,VOICE,Carrier A,Carrier C,India\n", 9 + k / 6, k % 6 * 10, k % 5, to, 20 + k > f
        }
        for (k = 0; k < 60; ++k)
            printf "%02d:%02d:30,16/09/2025,98765%05d,98765%05d,%d,NLD-1,T-1,IN,VOICE,Carrier B,Carrier C,\n", 8 + k / 10, k % 10 * 6, k * 9 % 600, (k * 31 + 7) % 600, 30 + k > f
        for (k = 0; k < 8; ++k)
            printf "%02d:15:00,17/09/2025,+97150000000%d,98765%05d,60,ILD-A,T-1,IN,VOICE,Carrier A,Carrier C,United Arab Emirates\n", 10 + k, k % 4, k * 61 % 600 > f
        f = "reports.csv"; print "number,time,cli,text,threat,asked_to_press_key,knew_name" > f
        print "9876500000,15/09/2025 09:00,9876500900,Your number will be cut off,yes,yes,yes" > f
        print "9876500420,2025-09-15 14:00,+1 555 0142,They said press 9,yes,yes,no" > f
        f = "copy.csv"; print "mobile,designation" > f
        for (i = 59; i >= 0; --i) printf "98765%05d,Clerk\n", i * 10 + i * 7 % 10 > f
    }'
}

world_case() {
    world
    { sendh init case --name "Test case" &&
        sendh register add register.csv --name officials &&
        sendh population add population.csv --kind operator &&
        sendh trunks add trunks.csv &&
        sendh roaming add roaming.csv --quiet &&
        sendh list add directory.csv --name directory &&
        sendh copy record copy.csv --register officials --to "Recipient A" --date 2025-08-01 &&
        sendh calls import calls.csv &&
        sendh reports import reports.csv; } > setup.txt || { cat setup.txt; return 1; }
}

canaries() { awk -v n="$1" -v from="${2:-0}" 'BEGIN { print "number"; for (i = 0; i < n; ++i) printf "98111%05d\n", from + i * 37 }'; }

issued() {
    world
    canaries 150 > canaries.csv
    {
        sendh init case --name "Test case" && sendh register add register.csv --name officials && sendh canary add canaries.csv
        for office in A B C; do sendh copy issue --to "Office $office" --purpose "duty roster" -o $office.csv; done
    } > setup.txt
}

rows() {
    head -n 1 "$1"
    tail -n +2 "$1" | sh -c "$2"
}

state() { (cd "$1" && find . -type f ! -name .lock ! -name '*-wal' ! -name '*-shm' | LC_ALL=C sort | xargs sha256sum); }

unchanged() {
    state case > before.txt
    "$@"
    status=$?
    state case > after.txt
    cmp -s before.txt after.txt && return $status
    diff before.txt after.txt >&2
    return 99
}

key() { echo "$HOME/.local/share/sendh/keys/$(sed -n 's/^id = "\(.*\)"/\1/p' case/case.toml).key"; }

sql() { "$SENDH_SQL" case/catalogue.sqlite "$1"; }

clock() {
    awk -v now="$(date -u +%H)" -v wanted="$1" 'BEGIN {
        d = wanted - now; if (d < -12) d += 24; if (d > 12) d -= 24
        printf "%s%02d:00\n", d < 0 ? "-" : "+", d < 0 ? -d : d
    }'
}

bound() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set=-dac_override,-dac_read_search -- "$@"
    else
        "$@"
    fi
}

many_calls() {
    awk -v n="$1" 'BEGIN {
        print "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORG_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE"
        for (i = 0; i < n; ++i) printf "%02d:%02d:%02d,%02d/09/2025,98765%05d,98765%05d,5,NLD-1,IN,VOICE\n", i / 3600 % 24, i / 60 % 60, i % 60, i / 86400 + 1, i * 13 % 600, i * 7 % 600
    }'
}
