#!/usr/bin/env bash
# docs.sh CC PYTHON LIBRARY INCLUDE EXAMPLES PAGE: compiles and runs every program on the page. LIBRARY is libweir.so.
set -euo pipefail
cc=$1 python=$2 library=$3 include=$4 examples=$5 page=$6
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-docs.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LD_LIBRARY_PATH=${library%/*} LIBWEIR=$library PYTHONPATH=$examples/python

awk -v work="$work" '
  /^```(c|python)$/ { file = sprintf("%s/%02d.%s", work, ++count, substr($0, 4)); next }
  /^```$/ { file = "" }
  file != "" { print >file }' "$page"

programs=0
for source in "$work"/*.c "$work"/*.python; do
  [[ -s $source ]] || continue
  programs=$((programs + 1))
  if [[ $source == *.c ]]; then
    "$cc" -std=c99 -Wall -Wextra -pedantic -Werror -I"$include" "$source" "$library" -o "$work/program"
    "$work/program"
  else
    "$python" "$source"
  fi
done
((programs > 0)) || { echo "no program on $page" && exit 1; }
echo "$programs programs of ${page##*/} run"
