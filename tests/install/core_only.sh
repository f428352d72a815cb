#!/usr/bin/env bash
# core_only.sh CMAKE SOURCE_DIR BUILD_DIR CXX: the core configures, builds and answers where solver, benchmark and test
# libraries are not installed and the fuzz harnesses are off. BUILD_DIR is kept, so that only what changed is built.
set -euo pipefail
cmake=$1 source=$2 build=$3 cxx=$4

hidden=()
for package in Z3 benchmark GTest rapidcheck; do hidden+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON"); done
"$cmake" -S "$source" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Debug \
  -DWEIR_FUZZ=OFF "${hidden[@]}" | tee "$build.log"
for part in PROOFS FUZZ BENCH TESTS; do
  grep -q -- "WEIR_$part: OFF" "$build.log" || { echo "WEIR_$part is not off"; exit 1; }
done

"$cmake" --build "$build" --target weir-cli
"$build/bin/weir" profiles
