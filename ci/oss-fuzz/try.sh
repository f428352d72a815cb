#!/usr/bin/env bash
# try.sh ENGINE FOLDER: what OSS-Fuzz does with build.sh, without its containers: builds in FOLDER with the flags that its
# base image sets, then asks of what is in OUT what its check of builds asks. Debian's clang takes the place of theirs.
#
#   libfuzzer  each harness runs its seeds from the archive, and 2000 inputs with its dictionary
#   afl        AFL++ on one harness for ten seconds, with the seeds
set -euo pipefail
engine=$1 folder=$2
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
fail() {
  echo "try.sh: $*" >&2
  exit 1
}

mkdir -p "$folder"
folder=$(realpath "$folder")
export SRC=$folder/src WORK=$folder/work OUT=$folder/out WEIR=$root FUZZING_LANGUAGE=c++ ARCHITECTURE=x86_64
export FUZZING_ENGINE=$engine SANITIZER=address
mkdir -p "$SRC" "$WORK" "$OUT"
flags="-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
flags+=" -fsanitize=address -fsanitize-address-use-after-scope"
case $engine in
  libfuzzer)
    export CC=clang CXX=clang++ LIB_FUZZING_ENGINE=-fsanitize=fuzzer
    flags+=" -fsanitize=fuzzer-no-link"
    ;;
  afl)
    export CC=afl-clang-fast CXX=afl-clang-fast++ LIB_FUZZING_ENGINE=/usr/lib/afl/libAFLDriver.a AFL_QUIET=1
    ;;
  *) fail "libfuzzer or afl, not $engine" ;;
esac
# Their C++ library is libc++; with it Debian's fmt and simdjson do not link, so it is left out where they are not in SRC.
export CFLAGS=$flags CXXFLAGS=$flags
if [[ -d $SRC/fmt ]]; then CXXFLAGS+=" -stdlib=libc++"; fi

bash "$root/ci/oss-fuzz/build.sh" >"$folder/build.log" 2>&1 || { tail -n 40 "$folder/build.log"; fail "it does not build"; }

# Where harnesses run there is nothing but OUT.
check() { # check OUT
  local out=$1 name seeds library file
  while read -r name seeds; do
    [[ -x $out/$name ]] || { echo "$name is not there"; return 1; }
    grep -q LLVMFuzzerTestOneInput "$out/$name" || { echo "$name is no harness"; return 1; }
    [[ $(unzip_names "$out/${name}_seed_corpus.zip") == "$(cd "$seeds" && printf '%s\n' * | sort)" ]] ||
      { echo "$name has other seeds"; return 1; }
    while read -r library _ file _; do
      [[ $library == lib* && ! $library =~ ^lib(c|m|dl|pthread|rt|resolv)\. && $file != "$out"/lib/* ]] || continue
      echo "$name takes $library from $file"
      return 1
    done < <(ldd "$out/$name")
  done <"$WORK/weir/harnesses"
}
unzip_names() { cmake -E tar tf "$1" 2>/dev/null | sort; }

(($(wc -l <"$WORK/weir/harnesses") > 0)) || fail "no harness is listed"
said=$(check "$OUT") || fail "$said"

smoke_libfuzzer() {
  local name seeds options
  while read -r name seeds; do
    rm -rf "$folder/seeds"
    mkdir "$folder/seeds"
    (cd "$folder/seeds" && cmake -E tar xf "$OUT/${name}_seed_corpus.zip")
    options=(-runs=2000 -seed=1 "-$(sed -n 's/ = /=/p' "$OUT/$name.options")")
    if [[ -e $OUT/$name.dict ]]; then options+=("-dict=$OUT/$name.dict"); fi
    (cd "$folder" && timeout 300 "$OUT/$name" "${options[@]}" "$folder/seeds") >"$folder/$name.log" 2>&1 ||
      { tail -n 20 "$folder/$name.log"; fail "$name fails"; }
    grep -q '^Done [0-9]* runs' "$folder/$name.log" || fail "$name did not run: $(tail -n 3 "$folder/$name.log")"
    echo "$name: $(grep -o '^Done.*' "$folder/$name.log"), $(grep -o 'cov: [0-9]*' "$folder/$name.log" | tail -n 1)"
  done <"$WORK/weir/harnesses"
}

smoke_afl() {
  rm -rf "$folder/seeds" "$folder/found"
  mkdir "$folder/seeds"
  (cd "$folder/seeds" && cmake -E tar xf "$OUT/diff_sysctl_seed_corpus.zip")
  AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 timeout 120 \
    afl-fuzz -V 10 -m none -t 5000+ -x "$OUT/diff_sysctl.dict" -i "$folder/seeds" -o "$folder/found" -- "$OUT/diff_sysctl" \
    >"$folder/afl.log" 2>&1 || { tail -n 20 "$folder/afl.log"; fail "afl-fuzz fails"; }
  local figures=$folder/found/default/fuzzer_stats
  (($(sed -n 's/^execs_done *: //p' "$figures") > 100)) || fail "AFL++ ran next to nothing: $(cat "$figures")"
  (($(sed -n 's/^saved_crashes *: //p' "$figures") == 0)) || fail "it found something: see $folder/found"
  grep -E '^(execs_done|execs_per_sec|corpus_count|bitmap_cvg) ' "$figures"
}
"smoke_$engine"

# The twin: what check is for is noticed.
cp -r "$OUT" "$folder/twin"
trap 'rm -rf "$folder/twin"' EXIT
one=$(head -n 1 "$WORK/weir/harnesses" | cut -d' ' -f1)
rm -r "$folder/twin/lib"
! check "$folder/twin" >/dev/null || fail "a library that is not in OUT is not noticed"
cp -r "$OUT/lib" "$folder/twin/lib"
check "$folder/twin" >/dev/null || fail "a copy is not as the original"
cp "$OUT/read_trace_seed_corpus.zip" "$folder/twin/${one}_seed_corpus.zip"
! check "$folder/twin" >/dev/null || fail "other seeds are not noticed"
