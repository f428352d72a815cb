#!/bin/sh
# Every scene of the drain benchmark comes to its end, for ours and one rival, and tells figures. Not how large they are.
set -eu
bench_drain=$1
rows=$("$bench_drain" --benchmark_format=json --benchmark_filter='^(crowd/2/8|crowd/4/1|overload/64/32|overload/1000/1|bursty/|latency/(full|50)|growth/.*/1000).*/(lock-free|2\.6\.32-shaped|floor)/' 2>/dev/null)
for cell in overload/64/32 overload/1000/1 bursty/1 bursty/32 bursty/128 latency/full latency/50 crowd/2/8 crowd/4/1 \
  growth/owner/read/1000 growth/shared/untouched/1000; do
  case $cell in
    growth/*) contenders='lock-free 2.6.32-shaped floor' ;;
    *) contenders='lock-free 2.6.32-shaped' ;;
  esac
  [ "$(nproc)" -gt 1 ] || case $cell in growth/*) ;; *) continue ;; esac
  for contender in $contenders; do
    echo "$rows" | awk -v name="\"$cell/$contender/iterations:1/manual_time\"," \
      '$1 == "\"name\":" { ours = $2 == name } ours && $1 == "\"real_time\":" && $2 + 0 > 0 { found = 1 } END { exit !found }' || { echo "$cell of $contender: no figure"; exit 1; }
  done
done
