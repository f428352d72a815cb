#!/usr/bin/env bash
# usage: report.sh WEIR
#
# What `weir report` says to folders and files from which it can make no page, and that a history is only added to.
set -euo pipefail
weir=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-report.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "report.sh: $*" >&2
  exit 1
}

refused() { # refused WORDS ARGUMENTS OF weir report...
  local status=0
  "$weir" report "${@:2}" >out 2>&1 || status=$?
  ((status == 2)) || fail "${*:2}: ends with $status: $(cat out)"
  grep -qF -- "$1" out || fail "${*:2}: says nothing of '$1': $(cat out)"
}

mkdir empty bad
: >file
refused "found nothing" nowhere
refused "found a file" file
refused "found none of them" empty
[[ ! -e empty/report.html ]] || fail "it made a page of nothing"
printf '{"theorem":"a","good":true}\n{"theorem":\n' >bad/prove.json
refused "bad/prove.json:2: expected a JSON object with \"theorem\"" bad
refused "elsewhere.json: there is no such file" bad --prove elsewhere.json
printf '{"client":"a"}\n' >explore.json
refused "explore.json: expected a JSON object with \"drain\"" empty --bench explore.json

campaign() { "$weir" campaign --target lockfree --no-proofs --time 1s --out found "$@" >/dev/null; }
campaign
"$weir" report found >out || fail "$(cat out)"
grep -q 'found/report.html: [0-9]* kB' out || fail "it does not say where the page is: $(cat out)"
refused "cannot" found -o nowhere/report.html
cp found/history/lockfree/0.jsonl before
campaign --resume
cmp -n "$(stat -c %s before)" before found/history/lockfree/0.jsonl || fail "resumed, it changed what was written down"
(($(wc -l <found/history/lockfree/0.jsonl) > $(wc -l <before))) || fail "resumed, it wrote nothing down"
campaign --worker other --resume
# Killed in the middle of a line: the page is made all the same.
printf '{"at":1,"secon' >>found/history/lockfree/0.jsonl
"$weir" report found >out || fail "half a line: $(cat out)"
campaign --resume
"$weir" report found >out || fail "resumed after half a line: $(cat out)"
grep -q '"workers":2,"starts":4' found/report.html || fail "the starts of two workers are not summed"
(($(grep -c '^{"at":[0-9]*,"target".*}$' found/history/lockfree/0.jsonl) == 3)) || fail "a start is lost behind half a line"
campaign
[[ ! -e found/history/lockfree/other.jsonl ]] || fail "begun anew, it keeps the history of another worker"
(($(grep -c '"target"' found/history/lockfree/0.jsonl) == 1)) || fail "begun anew, it goes on with the old history"
