#!/bin/bash
# Builds the harnesses of fuzz/ as OSS-Fuzz and ClusterFuzzLite want them, with the compiler, flags and fuzzer that they set:
# CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE. In OUT are then, for each harness, the program, its seeds (zip), its
# dictionary, its options, and in OUT/lib the shared libraries of all: where they run, none are installed.
#
# WEIR is the source, SRC/weir if it is not set. Libraries whose source is in SRC as well (the Dockerfile puts it there) are
# built like weir, static: with the flags of a sanitizer and its C++ library. Others are those of the system.
set -euo pipefail
weir=${WEIR:-$SRC/weir}
jobs=${JOBS:-$(nproc)}
libraries=$WORK/libraries

library() { # library NAME OPTIONS...
  local name=$1
  shift
  [[ -d $SRC/$name ]] || return 0
  cmake -S "$SRC/$name" -B "$WORK/$name" -G Ninja -DCMAKE_INSTALL_PREFIX="$libraries" -DBUILD_SHARED_LIBS=OFF "$@"
  cmake --build "$WORK/$name" --target install -j "$jobs"
}
library fmt -DFMT_TEST=OFF -DFMT_DOC=OFF
library simdjson -DSIMDJSON_DEVELOPER_MODE=OFF
library CLI11 -DCLI11_BUILD_TESTS=OFF -DCLI11_BUILD_EXAMPLES=OFF -DCLI11_BUILD_DOCS=OFF

# Theirs is another clang than those that weir is tested with, and warns of other things: -w.
CXXFLAGS="$CXXFLAGS -w" cmake -S "$weir" -B "$WORK/weir" -G Ninja -DCMAKE_PREFIX_PATH="$libraries" \
  -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON -DCMAKE_INSTALL_RPATH="\$ORIGIN/lib" \
  -DWEIR_PROOFS=OFF -DWEIR_MEMORY=OFF -DWEIR_BENCH=OFF -DWEIR_BPF=OFF -DWEIR_BASIN=OFF -DWEIR_TESTS=OFF -DWEIR_TIDY=OFF
cmake --build "$WORK/weir" --target weir-harnesses -j "$jobs"

dictionary_of() { # dictionary_of HARNESS
  case $1 in
    diff_sysctl) echo "$weir"/fuzz/dictionaries/{host,sysctl}.dict ;;
    diff_*) echo "$weir/fuzz/dictionaries/host.dict" ;;
    read_trace) echo "$weir/fuzz/dictionaries/trace.dict" ;;
  esac
}

mkdir -p "$OUT/lib"
while read -r name seeds; do
  cp "$WORK/weir/bin/$name" "$OUT/$name"
  (cd "$seeds" && cmake -E tar cf "$OUT/${name}_seed_corpus.zip" --format=zip -- *)
  read -ra dictionaries <<<"$(dictionary_of "$name")"
  if ((${#dictionaries[@]})); then cat "${dictionaries[@]}" >"$OUT/$name.dict"; fi
  printf '[libfuzzer]\nmax_len = 4096\n' >"$OUT/$name.options"
  ldd "$OUT/$name" | while read -r library _ file _; do
    case $library:$file in
      *:"$OUT"/lib/* | linux-vdso.* | */ld-linux* | libc.* | libm.* | libdl.* | libpthread.* | librt.* | libresolv.*) ;;
      *) cp -L "$file" "$OUT/lib/$library" ;;
    esac
  done
done <"$WORK/weir/harnesses"
