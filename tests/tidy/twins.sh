#!/usr/bin/env bash
# twins.sh CLANG_FORMAT CLANG_TIDY ROOT: format.sh and clang_tidy.sh must report a file that breaks their rules, accept
# it once mended, and look again after a header changed.
set -euo pipefail
clang_format=$1 clang_tidy=$2 root=$3
here=$root/tests/tidy
tree=$(mktemp -d "${TMPDIR:-/tmp}/weir-twins.XXXXXX")
trap 'rm -rf "$tree"' EXIT
cp "$root/.clang-format" "$root/.clang-tidy" "$tree"
mkdir "$tree/model"

must() { # must pass|fail TEXT COMMAND...: the exit status, and TEXT in the output
  local verdict=$1 text=$2 output status=pass
  shift 2
  output=$("$@" 2>&1) || status=fail
  if [[ $status == "$verdict" && $output == *"$text"* ]]; then
    echo "ok: must $verdict, saying '$text'"
  else
    printf '%s\n' "$output" "wanted: $verdict, saying '$text'; got: $status"
    exit 1
  fi
}

format() { "$here/format.sh" "$clang_format" "$tree"; }
echo 'int  answer( ) ;' >"$tree/model/a.hpp"
must fail 'should be clang-formatted' format
printf '#pragma once\nint answer();\n' >"$tree/model/a.hpp"
must pass '1 files are formatted' format

build=$tree/build
mkdir "$build"
cat >"$build/build.ninja" <<NINJA
rule cc
  command = c++ -MD -MF \$out.d -c \$in -o \$out
  deps = gcc
  depfile = \$out.d
build a.o: cc $tree/model/a.cpp
NINJA
ninja -C "$build" -t compdb >"$build/compile_commands.json"
tidy() { ninja -C "$build" >"$build/log" && "$here/clang_tidy.sh" "$clang_tidy" "$build" "$tree"; }
printf '#include "a.hpp"\nint answer() { return sizeof(sizeof(int)); }\n' >"$tree/model/a.cpp"
must fail 'bugprone-sizeof-expression' tidy
printf '#include "a.hpp"\nint answer() { return 42; }\n' >"$tree/model/a.cpp"
must pass 'model/a.cpp' tidy
must pass '1 translation units are clean' tidy
printf '#pragma once\nint answer();\ninline int* nothing() { return 0; }\n' >"$tree/model/a.hpp"
must fail 'modernize-use-nullptr' tidy
