# shellcheck shell=bash
# Sourced by install.sh: the installed libweir from C, C++ and Python, by pkg-config and by CMake, shared and static.
# shellcheck disable=SC2154  # cc, cxx, cmake, pkg_config, work, here are the caller's
examples=$(dirname "$(find "$work/prefix" -path '*/examples/c/backlog.c')")
read -ra flags <<<"$("$pkg_config" --cflags libweir)"
read -ra shared <<<"$("$pkg_config" --libs libweir)"
read -ra static <<<"$("$pkg_config" --static --libs libweir)"
read -ra instrumented <<<"${CXXFLAGS-}"
LD_LIBRARY_PATH=$(dirname "$(find "$work/prefix" -name 'libweir.so.0')")
export LD_LIBRARY_PATH

says() { # says STATUS TEXT COMMAND...
  local wanted=$1 text=$2 output status=0
  shift 2
  output=$("$@" 2>&1) || status=$?
  if ((status != wanted)) || [[ $output != *"$text"* ]]; then
    printf '%s\n' "$output" "$*: ended with $status; wanted $wanted and '$text'"
    exit 1
  fi
  echo "ok: ${1##*/}: $text"
}

strict=(-Wall -Wextra -pedantic -Werror)
"$cc" -std=c99 "${strict[@]}" "${instrumented[@]}" "${flags[@]}" "$examples/backlog.c" "${shared[@]}" -o "$work/c_shared"
says 0 "client 7 is left in SYN_SENT" "$work/c_shared" linux-6.18 5
says 0 "client 2 is left in SYN_SENT" "$work/c_shared" linux-6.13 0
says 2 "there is no profile linux-1.0" "$work/c_shared" linux-1.0
"$cc" -std=c99 "${instrumented[@]}" "${flags[@]}" -c "$examples/backlog.c" -o "$work/backlog.o"
# libweir.a needs what it is made of; -l: because the shared one would be preferred.
"$cxx" "${instrumented[@]}" "$work/backlog.o" "${static[@]/#-lweir/-l:libweir.a}" -o "$work/c_static"
LD_LIBRARY_PATH='' says 0 "client 7 is left in SYN_SENT" "$work/c_static" linux-6.18 5
"$cxx" -std=c++11 "${strict[@]}" "${instrumented[@]}" "${flags[@]}" "$examples/judge.cpp" "${shared[@]}" -o "$work/judge"
says 1 "LISTEN.RELISTEN in inet_listen" "$work/judge"

"$cmake" -S "$here/libweir" -B "$work/libweir" -G Ninja -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$work/prefix" -DEXAMPLES="$examples" -DCMAKE_C_FLAGS="${CXXFLAGS-}" >"$work/libweir.log"
"$cmake" --build "$work/libweir"
says 0 "client 7 is left in SYN_SENT" "$work/libweir/shared"
says 0 "client 7 is left in SYN_SENT" "$work/libweir/static"

if command -v python3 >/dev/null; then
  # A library with sanitizers wants its runtime first in the process.
  preload=$(if [[ ${CXXFLAGS-} == *-fsanitize=*address* ]]; then "$cc" -print-file-name=libasan.so; fi)
  says 0 "a backlog of -1 is somaxconn" env LD_PRELOAD="$preload" ASAN_OPTIONS=detect_leaks=0 \
    python3 "$examples/../python/backlog.py"
  says 0 "stores 0 on linux-2.6.32 to linux-4.0" env LD_PRELOAD="$preload" ASAN_OPTIONS=detect_leaks=0 \
    python3 "$examples/../python/backlog.py"
fi
