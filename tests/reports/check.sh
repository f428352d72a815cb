#!/usr/bin/env bash
# check.sh PYTHON WEIR REPORTS_PY: what weir check tells CI is what the formats allow, and what was found.
set -euo pipefail
python=$1 weir=$2 reports=$3
. "$(dirname "$(readlink -f "$0")")/setup.sh"

header='{"weir":1,"profile":"linux-6.18"}'
socket='{"op":"socket","family":"inet","type":"stream","ret":3}'
printf '%s\n' "$header" "$socket" '{"op":"listen","fd":3,"backlog":5,"ret":0}' >good.jsonl
printf '%s\n' "$header" "$socket" '{"op":"listen","fd":9,"backlog":5,"ret":0}' >'bad & <odd>.jsonl'
printf '%s\n' "$header" '{"op":"lisden"}' >broken.jsonl
files=(--junit c.xml --sarif c.sarif --badge c.json)

ends 0 "$weir" check good.jsonl "${files[@]}"
is junit c.xml tests=1 failures=0 errors=0
is sarif c.sarif results=0
is badge c.json color=brightgreen 'message=1 of 1 agree'

ends 1 "$weir" check good.jsonl 'bad & <odd>.jsonl' "${files[@]}"
is junit c.xml tests=2 failures=1 errors=0
is sarif c.sarif results=1 rule=FD.BAD level=error line=3 way=3
is badge c.json color=red 'message=1 of 2 agree'

ends 2 "$weir" check broken.jsonl good.jsonl "${files[@]}"
is junit c.xml tests=2 failures=0 errors=1
is badge c.json color=orange

printf '%s\n' 'socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3' 'listen(3, 5) = -1 EINVAL (Invalid argument)' >log
ends 1 "$weir" check log "${files[@]}"
is sarif c.sarif results=1 level=error line=2 way=2

# A report that cannot be written is told, and what stood there stays.
ends 2 "$weir" check good.jsonl --junit missing/c.xml
grep -q 'cannot write missing/c.xml' out.txt

# The twins: what the formats do not allow, or what was not found, must be refused.
refused() { if is "$@" >/dev/null 2>&1; then echo "accepted: $*"; exit 1; fi; }
ends 1 "$weir" check 'bad & <odd>.jsonl' "${files[@]}"
refused sarif c.sarif results=2
refused sarif c.sarif way=4
refused junit c.xml failures=0
refused badge c.json color=brightgreen
sed 's/"level":"error"/"level":"bad"/' c.sarif >twin; refused sarif twin
sed 's/"ruleIndex":0/"ruleIndex":1/' c.sarif >twin; refused sarif twin
sed 's/"startLine":3/"startLine":0/' c.sarif >twin; refused sarif twin
sed 's/"uri":"bad%20/"uri":"bad /' c.sarif >twin; refused sarif twin
sed 's/failures="1"/failures="0"/' c.xml >twin; refused junit twin
sed 's/&amp;/\&/' c.xml >twin; refused junit twin
sed 's/"schemaVersion":1/"schemaVersion":2/' c.json >twin; refused badge twin
echo "reports of weir check are as they should be"
