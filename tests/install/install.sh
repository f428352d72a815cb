#!/usr/bin/env bash
# install.sh CMAKE BUILD_DIR CXX PKG_CONFIG CC: installs into a fresh prefix, moves it, and builds and runs consumers
# against it: in C++ through find_package(weir) and pkg-config, and the examples in C, C++ and Python through libweir.
# CMake and the compilers heed CXXFLAGS.
set -euo pipefail
cmake=$1 build=$2 cxx=$3 pkg_config=$4 cc=$5
here=$(dirname "$(readlink -f "$0")")
consumer=$here/consumer
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-install.XXXXXX")
trap 'rm -rf "$work"' EXIT

"$cmake" --install "$build" --prefix "$work/first" >"$work/install.log"
mv "$work/first" "$work/prefix" # nothing in it may point back

grep -q '^\.TH WEIR 1' "$work/prefix/share/man/man1/weir.1"
grep -q '^complete .* weir' "$work/prefix/share/bash-completion/completions/weir"

[[ -n $(find "$work/prefix" -path '*/weir/libweir-packetdrill.so') ]]

"$cmake" -S "$consumer" -B "$work/build" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$work/prefix"
"$cmake" --build "$work/build"
"$work/build/headers_only"
"$work/build/library"

PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name weir.pc)")
export PKG_CONFIG_PATH
read -ra flags <<<"${CXXFLAGS-} $("$pkg_config" --cflags weir)"
read -ra libraries <<<"$("$pkg_config" --libs weir)"
"$cxx" -std=c++20 "${flags[@]}" "$consumer/main.cpp" "${libraries[@]}" -o "$work/with_pkg_config"
"$work/with_pkg_config"

. "$here/libweir.sh"
