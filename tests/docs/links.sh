#!/usr/bin/env bash
# links.sh ROOT — every relative link in the documents leads to a file.
set -uo pipefail
cd "$1" || exit 1
bad=0
for document in *.md docs/*.md tests/cases/*.md; do
    while IFS= read -r target; do
        [[ -e $(dirname "$document")/$target ]] || { echo "$document: no file $target"; bad=1; }
    done < <(grep -oE '\]\([^)#]+' "$document" | sed 's/^](//' | grep -v '://')
done
exit $bad
