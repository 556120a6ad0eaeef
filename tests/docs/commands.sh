#!/usr/bin/env bash
# commands.sh FILE.md — runs the blocks marked `<!-- run by tests/docs -->`, line by line, where build/demo holds the
# demonstration. A line may end with 0 or, where it has a finding, with 1; a line that says "exit status 1" must.
set -uo pipefail
document=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
PATH=$(dirname "$SENDH_BINARY"):$PATH
ln -s "$SENDH_SOURCE_DIR/docs" docs
sendh demo build/demo > /dev/null
(($? <= 1)) || { echo "the demo failed"; exit 1; }
awk '/^<!-- run by tests\/docs -->/ { wanted = 1; next } /^```sh/ && wanted { inside = 1; next }
     /^```/ && inside { inside = 0; wanted = 0 } inside' "$document" > lines
[[ -s lines ]] || { echo "no commands found in $document"; exit 1; }
while IFS= read -r line; do
    eval "$line" > out 2> err < /dev/null
    status=$?
    expected='[01]'
    [[ $line == *'exit status 1'* ]] && expected=1
    if [[ ! $status =~ ^$expected$ ]]; then
        echo "$document: '$line' ended with $status"
        cat err
        exit 1
    fi
done < lines
[[ -s report.html ]] || { echo "no report was written"; exit 1; }
echo "$(wc -l < lines) commands did what they should"
