#!/usr/bin/env bash
# usage: survives.sh WEIR MODEL_DRIVER [KILLS]
#
# A campaign against a stack with many differences (the model of an old release) is killed at random moments and gone on
# with. What had been found is still there each time, as it was, and in the end each finding is told once.
set -euo pipefail
weir=$1 driver=$2 kills=${3:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/out

start() { # start TIME: goes on with what is there
  exec "$weir" campaign --plugin "$driver linux-2.6.32" --profile linux-6.18 --no-proofs --out "$out" --resume --time "$1"
}

fail() {
  echo "survives.sh: $*" >&2
  exit 1
}

findings() { find "$1" -maxdepth 1 -name '[!.]*.jsonl' -printf '%f\n' 2>/dev/null | sort; }

# Every finding of $1 is in $2, unchanged; each is a whole trace in which weir sees the difference; none is there twice.
verify() { # verify BEFORE AFTER
  local name
  for name in $(findings "$1"); do
    cmp -s "$1/$name" "$2/$name" || { echo "$name is lost or changed"; return 1; }
  done
  for name in $(findings "$2"); do
    local status=0
    "$weir" check "$2/$name" >"$work/check" 2>&1 || status=$?
    [[ $status == 1 ]] || { echo "weir check $name exits with $status: $(tail -1 "$work/check")"; return 1; }
  done
  local twice
  twice=$(cd "$2" && findings . | xargs -r sha256sum | cut -d' ' -f1 | sort | uniq -d)
  [[ -z $twice ]] || { echo "a finding is there twice"; return 1; }
}

mkdir "$out"
for ((i = 0; i < kills; ++i)); do
  rm -rf "$work/before"
  cp -r "$out" "$work/before"
  (start 60s) >"$work/log" 2>&1 &
  campaign=$!
  sleep "0.$((RANDOM % 9 + 1))"
  sleep "$((i % 2))"
  kill -KILL "$campaign" 2>/dev/null || fail "it ended by itself: $(cat "$work/log")"
  wait "$campaign" 2>/dev/null || true
  verify "$work/before" "$out" || fail "after kill $((i + 1))"
done

before=$(findings "$out" | wc -l)
((before > 0)) || fail "nothing was found before the kills"
status=0
(start 3s) >"$work/log" 2>&1 || status=$?
[[ $status == 1 ]] || fail "it exits with $status: $(cat "$work/log")"
verify "$out" "$out"
grep -o 'weir check .*' "$work/log" | sort >"$work/told"
[[ -z $(uniq -d "$work/told") ]] || fail "a finding is told twice: $(uniq -d "$work/told")"
diff <(sed 's|.*/||' "$work/told" | sort) <(findings "$out") || fail "what is told is not what is there"
starts=$(sed -n 's/.*"starts":\([0-9]*\).*/\1/p' "$out"/state/*/*.json)
((starts > 1)) || fail "it did not go on, but began anew"
echo "$kills kills, $(findings "$out" | wc -l) findings, $before of them before the last start"

# The twins: what verify is for is noticed.
rm -rf "$work/twin"
cp -r "$out" "$work/twin"
one=$(findings "$work/twin" | head -1)
mv "$work/twin/$one" "$work/twin/.$one.1"
! verify "$out" "$work/twin" >/dev/null || fail "a finding that is lost is not noticed"
head -c 100 "$out/$one" >"$work/twin/$one"
! verify "$work/twin" "$work/twin" >/dev/null || fail "half a finding is not noticed"
cp "$out/$one" "$work/twin/$one"
cp "$out/$one" "$work/twin/again-$one"
! verify "$out" "$work/twin" >/dev/null || fail "a finding that is there twice is not noticed"
