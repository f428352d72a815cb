# shellcheck shell=bash
# Sourced by quick.sh and nightly.sh: steps that all run, and one exit code in the end. WEIR is the command, ./weir unless
# it says otherwise; OUT is where reports go.
set -uo pipefail
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
WEIR=${WEIR:-$root/weir}
code=0
profile=$(basename "$0" .sh)

# What is worse comes first: a difference, an error in how weir was called, one of the installation, nothing decided,
# something not available here.
worse() { # worse STATUS
  local status
  for status in 1 2 5 3 4; do
    if (($1 == status || code == status)); then
      code=$status
      return
    fi
  done
  if (($1 != 0)); then code=$1; fi
}

step() { # step NAME ARGUMENTS OF WEIR...
  local name=$1 status=0
  shift
  echo "== $name: weir $*"
  "$WEIR" "$@" || status=$?
  echo "== $name: exit code $status"
  worse "$status"
}

# The name of a SARIF file is its category: what another profile has found is not taken for mended.
reports() { # reports NAME: the options that write all of them
  printf '%s\n' --junit "$OUT/$1.xml" --sarif "$OUT/$profile-$1.sarif" --badge "$OUT/$1.json"
}

begin() { # begin ARGUMENTS OF THE SCRIPT...
  if (($# == 0)) || [[ $1 == -* ]]; then
    echo "usage: ${0##*/} FOLDER [ARGUMENTS OF weir campaign...]" >&2
    exit 2
  fi
  OUT=$1
  mkdir -p "$OUT"
}
