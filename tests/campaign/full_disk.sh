#!/usr/bin/env bash
# usage: full_disk.sh WEIR MODEL_DRIVER
#
# A campaign that cannot write (files may not have one byte, which needs no disk to be full) tells its findings in full;
# one that can write again before it ends has them on the disk as well.
set -euo pipefail
weir=$1 driver=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

start() { # start OUT TIME
  ulimit -S -f 0
  trap '' XFSZ # so that a write fails, as on a full disk
  exec "$weir" campaign --plugin "$driver linux-2.6.32" --profile linux-6.18 --no-proofs --out "$1" --time "$2"
}
fail() {
  echo "full_disk.sh: $*" >&2
  exit 1
}
# Output goes through a pipe: cat may write.
told() { sed -n 's/^  weir check .*\/\(.*\)/\1/p' "$1" | sort -u; }

status=0
(start "$work/full" 4s) 2>&1 | cat >"$work/log" || status=${PIPESTATUS[0]}
[[ $status == 1 ]] || fail "without room it exits with $status: $(cat "$work/log")"
[[ -z $(find "$work/full" -type f) ]] || fail "something was written: $(find "$work/full" -type f)"
grep -q 'cannot write .*: File too large' "$work/log" || fail "it does not say why: $(cat "$work/log")"
((($(told "$work/log" | wc -l)) > 0)) || fail "nothing was found"
diff <(told "$work/log") <(sed -n 's/^not on disk: //p' "$work/log" | sort) || fail "a finding is not told in full"
# Each is a trace that weir reads, and in which it sees the difference.
csplit -s -z -f "$work/part-" "$work/log" '/^not on disk: /' '{*}'
for part in "$work"/part-*; do
  [[ $(head -1 "$part") == "not on disk: "* ]] || continue
  status=0
  grep '^{' "$part" | "$weir" check - >/dev/null || status=$?
  [[ $status == 1 ]] || fail "weir check exits with $status for $(head -1 "$part")"
done

(start "$work/room" 6s) 2>&1 | cat >"$work/log" &
sleep 3
campaign=$(pgrep -f -- "--out $work/room" | head -1)
prlimit --pid "$campaign" --fsize=unlimited:unlimited
wait
diff <(told "$work/log") <(cd "$work/room" && ls -- *.jsonl | sort) || fail "with room again not all findings are there"
((($(told "$work/log" | wc -l)) > 0)) || fail "nothing was found"
! grep -q '^not on disk' "$work/log" || fail "a finding is said not to be on disk"
