#!/usr/bin/env bash
# clang_tidy.sh CLANG_TIDY BUILD_DIR ROOT: clang-tidy over the compile database of BUILD_DIR, warnings are errors. What
# stands under tests/ is left to the compiler's warnings: the test libraries' macros would take most of the time.
#
# A translation unit that was clean is not looked at again until its content changes: the key of its stamp in
# BUILD_DIR/clang-tidy is the hash of .clang-tidy, the tool's version, the source and every header of ours that ninja
# recorded for it. A change in one file so costs one look at what includes it.
set -euo pipefail
clang_tidy=$1 build=$2 root=$3
stamps=$build/clang-tidy
mkdir -p "$stamps"
export clang_tidy build root stamps
version=$("$clang_tidy" --version)
export version

# One line a translation unit of ours: the source, then the headers of ours it includes. Not what is compiled against
# the mutated rules, which a program wrote.
units() {
  ninja -C "$build" -t deps | awk -v root="$root/" -v build="$build/" -v tests="$root/tests/" '
    function unit() {
      if (files != "" && !mutated && index(files, " " tests) != 1) print files
      files = ""
      mutated = 0
    }
    /^ .*mutants\/tree\// { mutated = 1; next }
    { sub(/^ +(\.\.\/)+/, "    " root) }  # a compiler cache may have made it relative to the build folder
    /^ / { if (index($1, root) == 1 && index($1, build) != 1) files = files " " $1; next }
    { unit() }
    END { unit() }' | sort -u
}

check_unit() { # check_unit SOURCE HEADER...
  local key
  key=$({ echo "$version $1"; cat "$root/.clang-tidy" "$@"; } | sha256sum | cut -d' ' -f1)
  if [[ -e $stamps/$key ]]; then return; fi
  echo "${1#"$root"/}"
  # GCC may have warnings that clang has not heard of.
  if "$clang_tidy" --quiet --extra-arg=-Wno-unknown-warning-option -p "$build" "$1" 2>/dev/null; then : >"$stamps/$key"; else return 1; fi
}
export -f check_unit

list=$(units)
[[ -n $list ]] || { echo "no translation unit in $build: build first" >&2; exit 2; }
xargs -P "$(nproc)" -I '{}' bash -c 'check_unit {}' <<<"$list"
echo "$(wc -l <<<"$list") translation units are clean"
