#!/usr/bin/env bash
# quick.sh FOLDER [ARGUMENTS OF weir campaign...]: what a change has to pass: a campaign of 60 s. Reports go to FOLDER.
# With arguments it is a stack of your own that is asked, --plugin "./my-driver" --profile linux-6.18.
# Without, weir's own tests are run as well.
. "$(dirname "$(readlink -f "$0")")/steps.sh"
begin "$@"
shift

mapfile -t files < <(reports campaign)
step campaign campaign --time 60s --out "$OUT/findings" "${files[@]}" "$@"
if (($# == 0)); then step test test --output-junit "$(realpath "$OUT")/tests.xml"; fi
exit "$code"
