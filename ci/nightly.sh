#!/usr/bin/env bash
# nightly.sh FOLDER [ARGUMENTS OF weir campaign...]: what a night has time for: a campaign of 30 minutes. Reports go to FOLDER.
# With arguments it is a stack of your own that is asked. Without, every theorem is proved anew, its wrong twin refuted,
# every execution of the lock-free code explored, every planted bug found, and weir's own tests are run, with those that
# build harnesses as OSS-Fuzz does.
. "$(dirname "$(readlink -f "$0")")/steps.sh"
begin "$@"
shift

mapfile -t files < <(reports campaign)
step campaign campaign --time 30m --out "$OUT/findings" "${files[@]}" "$@"
if (($# == 0)); then
  mapfile -t files < <(reports prove)
  step prove prove --no-cache "${files[@]}"
  mapfile -t files < <(reports twins)
  step twins prove --must-fail --no-cache "${files[@]}"
  mapfile -t files < <(reports explore)
  step explore explore "${files[@]}"
  mapfile -t files < <(reports planted)
  step planted explore --must-fail "${files[@]}"
  step test test -C nightly --output-junit "$(realpath "$OUT")/tests.xml"
fi
exit "$code"
