# shellcheck shell=bash
# Sourced by the tests here, after they have set `python` and `reports`: a folder of their own, and what they ask.
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-reports.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

is() { "$python" "$reports" "$@"; }
ends() { # ends STATUS COMMAND...
  local wanted=$1 status=0
  shift
  "$@" >out.txt 2>&1 || status=$?
  ((status == wanted)) || { cat out.txt; echo "$*: ended with $status, not $wanted"; exit 1; }
}
