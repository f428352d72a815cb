#!/usr/bin/env bash
# format.sh CLANG_FORMAT ROOT: is every C++ file of the tree as .clang-format wants it? Changes nothing.
set -euo pipefail
clang_format=$1 root=$2
cd "$root"
mapfile -d '' files < <(find . \( -path ./build -o -path ./.git \) -prune -o \( -name '*.hpp' -o -name '*.h' -o -name '*.cpp' \) -print0)
((${#files[@]})) || { echo "no C++ file below $root" >&2; exit 2; }
"$clang_format" --dry-run -Werror "${files[@]}"
echo "${#files[@]} files are formatted"
