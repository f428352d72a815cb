#!/usr/bin/env bash
# abi_twin.sh PYTHON CC NM LIBRARY INCLUDE TESTS: the check of the ABI must see each change by which a program that was
# compiled before would break, and a symbol more or less.
set -euo pipefail
python=$1 cc=$2 nm=$3 library=$4 include=$5 tests=$6
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-abi.XXXXXX")
trap 'rm -rf "$work"' EXIT

must_see() { # must_see WHAT FILE SED-SCRIPT [LIBRARY]
  rm -rf "$work/include"
  cp -r "$include" "$work/include"
  sed -i "$3" "$work/include/weir/$2"
  local output status=0
  output=$("$python" "$tests/abi.py" "$cc" "$nm" "${4:-$library}" "$work/include" "$tests/abi.txt" 2>&1) || status=$?
  if ((status == 0)); then
    echo "$1 goes unseen"
    exit 1
  fi
  if [[ $output != *"is not what is committed"* ]]; then
    printf '%s\n' "$output" "$1: refused for another reason"
    exit 1
  fi
  echo "ok: $1"
}

must_see "a field that is wider" weir.h 's/  uint32_t cpus;/  uint64_t cpus;/'
must_see "fields that change places" operations.h '/^struct weir_op_listen/,/}/{s/fd/x/;s/backlog/fd/;s/ x;/ backlog;/}'
must_see "an enumerator with another number" names.h 's/WEIR_FAMILY_UNIX = 2/WEIR_FAMILY_UNIX = 9/'
must_see "a function with another argument" weir.h 's/weir_clause_at(uint32_t number/weir_clause_at(uint64_t number/'
must_see "a function that is gone" weir.h '/weir_profile_count/d'

# A library that shows a symbol more.
echo 'int weir_news(void); int weir_news(void) { return 1; }' >"$work/news.c"
"$cc" -shared -fPIC "$work/news.c" -o "$work/libnews.so"
must_see "another library" weir.h '' "$work/libnews.so"
