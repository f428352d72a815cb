#!/usr/bin/env bash
# usage: apart.sh WEIR MODEL_DRIVER
#
# What a campaign does to its folder, and what it does not: whatever a driver calls itself, nothing outside of --out is
# touched; what is of another release is left alone; workers draw different inputs; what was found before a driver fails
# is told; folders are merged.
set -euo pipefail
weir=$1 driver=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
  echo "apart.sh: $*" >&2
  exit 1
}
ends() { # ends STATUS ARGUMENTS OF weir campaign...
  local wanted=$1 status=0
  shift
  "$weir" campaign --no-proofs "$@" >log 2>&1 || status=$?
  [[ $status == "$wanted" ]] || fail "weir campaign $* exits with $status, not $wanted: $(cat log)"
}
files() { (cd "$1" && find . -type f | sort); }

# A driver with a name that leads elsewhere.
cat >elsewhere <<DRIVER
#!/usr/bin/env bash
"$driver" linux-6.18 | sed -u 's|"name":"model"|"name":"../../victim"|'
DRIVER
chmod +x elsewhere
mkdir -p victim corpus/victim out/corpus
echo precious | tee victim/file >corpus/victim/file
ends 0 --plugin ./elsewhere --profile linux-6.18 --out out/here --time 1s
[[ -e victim/file && -e corpus/victim/file ]] || fail "files outside of --out are removed"
[[ $(find . -newer elsewhere -type f ! -path './out/here/*' | sort | tr '\n' ' ') == "./corpus/victim/file ./log ./victim/file " ]] ||
  fail "files outside of --out are written: $(find . -newer elsewhere -type f)"
[[ -e out/here/state/%2E.%2F..%2Fvictim/0.json ]] || fail "it left nothing in its place: $(files out)"

# Of another release.
ends 0 --target lockfree --profile linux-2.6.32 --out old --time 1s
files old/corpus >before
ends 0 --target lockfree --profile linux-6.18 --out old --time 1s --resume
grep -q "lockfree: $(wc -l <before) inputs and findings are of other releases" log || fail "it does not say so: $(cat log)"
[[ -z $(comm -23 before <(files old/corpus)) ]] || fail "inputs of another release are dropped"

# Several workers, one seed.
for worker in 0 a b; do ends 0 --target lockfree --seed 7 --worker $worker --out of-$worker --time 1s; done
for pair in "0 a" "a b"; do
  read -r one other <<<"$pair"
  (($(comm -12 <(files of-$one/corpus) <(files of-$other/corpus) | wc -l) < $(files of-$one/corpus | wc -l) / 2)) ||
    fail "workers $pair draw the same"
done

# Several workers of one campaign: what they have done is told as one.
ends 1 --plugin "$driver linux-2.6.32" --profile linux-6.18 --out three --jobs 3 --time 3s
[[ $(cd three/state/model && echo *) == "0.2.json 0.3.json 0.json" ]] || fail "not three workers: $(files three)"
told=$(sed -n 's/^  weir check .*\/\(.*\)/\1/p' log | sort)
[[ -n $told && $told == "$(sort -u <<<"$told")" ]] || fail "findings of three workers are told twice: $told"
diff <(echo "$told") <(cd three && ls -- *.jsonl | sort) || fail "what three workers found is not what is told"
sum=$(cat three/state/model/*.json | grep -o '"operations":[0-9]*' | awk -F: "{ sum += \$2 } END { print sum }")
grep -q "^  model  *$(sed ':a;s/\B[0-9]\{3\}\>/,&/;ta' <<<"$sum") " log || fail "not the $sum operations of three workers: $(cat log)"

# A driver that makes no sense after a while.
cat >babbles <<DRIVER
#!/usr/bin/env bash
"$driver" linux-2.6.32 | sed -u '200000s/.*/what?/'
DRIVER
chmod +x babbles
ends 1 --plugin ./babbles --profile linux-6.18 --out failed --time 60s
grep -q 'model ended early' log || fail "the driver did not fail: $(cat log)"
diff <(sed -n 's/^  weir check .*\/\(.*\)/\1/p' log | sort) <(cd failed && ls -- *.jsonl | sort) || fail "findings are not told"
! grep -q '"operations":0,' failed/state/model/0.json || fail "its figures are lost: $(cat failed/state/model/0.json)"

# Two folders become one.
ends 1 --plugin "$driver linux-2.6.32" --profile linux-6.18 --out one --time 2s
ends 1 --plugin "$driver linux-2.6.32" --profile linux-6.18 --out other --time 2s
ends 2 --plugin "$driver linux-2.6.32" --profile linux-6.18 --merge one other --out one
merge=(--plugin "$driver linux-2.6.32" --profile linux-6.18 --merge one other --out both)
ends 1 "${merge[@]}"
listed() { (cd "$1" && ls -- *.jsonl | sort); }
diff <(sort -u <(listed one) <(listed other)) <(listed both) || fail "merged, it is another list"
diff <(listed both) <(sed -n 's/^  weir check .*\/\(.*\)/\1/p' log | sort) || fail "what is told is not what is there"
inputs=$(sort -u <(files one/corpus) <(files other/corpus) | wc -l) kept=$(files both/corpus | wc -l)
((kept > 0 && kept < inputs)) || fail "of $inputs inputs $kept are kept: those that show nothing new should go"
[[ $(cd both/state/model && echo *) == "0-2.json 0.json" ]] || fail "figures are lost: $(files both)"
files both >first
ends 1 "${merge[@]}"
diff first <(files both) || fail "merged again, it is another"
# The twin: a stack that is right shows none of them.
ends 0 --plugin "$driver linux-6.18" --profile linux-6.18 --merge one other --out none
grep -q 'is not seen any more' log || fail "it does not say what is not seen any more"
[[ -z $(find none -maxdepth 1 -name '*.jsonl') ]] || fail "findings are told that were not seen again"

# A finding may lie behind what another shows: here a listener's limit, which the first trace passes by and the second is
# about. Each is asked on its own.
mkdir behind
trace() { # trace NAME OPERATIONS...
  { echo '{"weir":1,"profile":"linux-6.18"}' && printf '{"op":%s}\n' "${@:2}"; } >"behind/model-linux-6.18-$1.jsonl"
}
listener='"socket","family":"inet","type":"stream","ret":3}
{"op":"bind","fd":3,"addr":"127.0.0.1","port":8080,"ret":0'
limit='"tcp_info","fd":3,"state":"LISTEN","unacked":0,"sacked":128'
no_reuseport='"setsockopt","fd":3,"name":"SO_REUSEPORT","value":1,"ret":-1,"errno":"ENOPROTOOPT"'
no_fastopen='"getsockopt","fd":3,"name":"TCP_FASTOPEN","ret":-1,"errno":"ENOPROTOOPT"'
listen='"listen","fd":3,"backlog":200,"ret":0'
trace limit-1 "$listener" "$listen" "$limit" "$no_reuseport"
trace limit-2 "$listener" "$no_fastopen" "$no_fastopen" "$listen" "$limit"
ends 1 --plugin "$driver linux-2.6.32" --profile linux-6.18 --merge behind --out in-front
[[ $(listed in-front | wc -l) == 2 ]] || fail "one of two findings hides the other: $(cat log)"
