#!/usr/bin/env bash
# usage: slurm.sh WEIR MODEL_DRIVER ROOT
#
# A cluster of one node in a network namespace of its own: munged, slurmctld and slurmd, all of whose files are in a
# temporary folder. Four tasks of a campaign share a folder; one is killed, and submitted again; in the end there is one
# corpus and one list of findings, each of which was seen again.
set -euo pipefail
if [[ ${IN_NAMESPACE-} != yes ]]; then
  unshare --net --uts true 2>/dev/null || { echo "not available here: a network and a host name of its own"; exit 4; }
  IN_NAMESPACE=yes exec unshare --net --uts "$0" "$@"
fi
weir=$(realpath "$1") driver=$(realpath "$2") root=$3
work=$(mktemp -d)
daemons=()
end() {
  ((${#daemons[@]} == 0)) || kill "${daemons[@]}" 2>/dev/null || true
  wait || true
  rm -rf "$work"
}
trap end EXIT
fail() {
  echo "slurm.sh: $*" >&2
  tail -n 5 "$work"/*.out "$work"/out/log/* >&2 2>/dev/null || true
  exit 1
}

# slurmctld looks its own name up with AI_ADDRCONFIG, for which 127.0.0.1 alone is no address.
host=weir-node
hostname "$host"
ip link set lo up
ip addr add 192.0.2.1/32 dev lo
mkdir -m 700 "$work"/{munge,state,spool}
head -c 1024 /dev/urandom >"$work/munge/key"
chmod 600 "$work/munge/key"
cat >"$work/slurm.conf" <<CONF
ClusterName=weir
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
SlurmctldPort=6817
SlurmdPort=6818
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
KillWait=2
MinJobAge=300
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=weir Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf

daemon() { # daemon NAME ARGUMENTS...
  timeout 150 "$@" >"$work/${1##*/}.out" 2>&1 </dev/null &
  daemons+=($!)
}
until_true() { # until_true SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}
daemon munged --force --foreground --key-file="$work/munge/key" --socket="$work/munge/socket" \
  --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" --log-file="$work/munge/log"
until_true 30 test -S "$work/munge/socket" || fail "munged does not start"
daemon slurmctld -D
daemon slurmd -D -N "$host"
is_up() { [[ $(sinfo --noheader --format=%T 2>/dev/null) == idle ]]; }
until_true 30 is_up || fail "the cluster does not start: $(sinfo 2>&1)"

# A finding that the stack does not show any more: of what is merged it must be the only one that is left out.
out=$work/out
mkdir "$out"
{
  echo '{"weir":1,"profile":"linux-6.18"}'
  echo '{"op":"socket","family":"inet","type":"stream","ret":3}'
  echo '{"op":"close","fd":3,"ret":-1,"errno":"EIO"}'
} >"$out/model-linux-6.18-close-0123456789abcdef.jsonl"

array=$(WEIR=$weir "$root/ci/slurm/campaign.sh" "$out" 4 --plugin "$driver linux-2.6.32" --profile linux-6.18 --time 6s)
# Its figures are there after two seconds; so there are four more in which it can be killed, however busy the machine is.
is_at_work() { [[ -e $out/state/model/task-2.json ]]; }
until_true 30 is_at_work || fail "task 2 does not work"
[[ ! -e $out/ended/2 ]] || fail "task 2 has ended before it is killed"
scancel --signal=KILL --full "${array}_2"
until_true 90 test -e "$out/merged/exit-code" || fail "nothing is merged: $(squeue)"

# What has to be of a campaign of four tasks.
verify() { # verify FOLDER
  local merged=$1/merged name status
  [[ $(cat "$merged/exit-code") == 1 ]] || { echo "it ends with $(cat "$merged/exit-code")"; return 1; }
  [[ ! -e $merged/lost ]] || { echo "$(cat "$merged/lost")"; return 1; }
  [[ $(cd "$1/ended" && echo *) == "0 1 2 3" ]] || { echo "not all tasks have ended"; return 1; }
  [[ $(cd "$merged/state/model" && echo *) == "task-0.json task-1.json task-2.json task-3.json" ]] ||
    { echo "not all figures are merged"; return 1; }
  for name in $(cd "$merged" && ls -- *.jsonl); do
    status=0
    "$weir" check "$merged/$name" >"$work/check" 2>&1 || status=$?
    [[ $status == 1 ]] || { echo "weir check $name exits with $status"; return 1; }
    [[ -e $1/$name ]] || { echo "$name is of no task"; return 1; }
  done
  # Each is of a shape of its own; and every shape that a task has found is there.
  local shapes
  shapes=$(shapes_in "$merged" | sort)
  [[ -n $shapes && -z $(uniq -d <<<"$shapes") ]] || { echo "a finding is there twice, or none"; return 1; }
  diff <(sort -u <<<"$shapes") <(shapes_in "$1" | sort -u) || { echo "findings are lost"; return 1; }
}
# A stack's findings are named by their shapes. Nothing but the one that was put there is about close.
shapes_in() { (cd "$1" && ls -- *.jsonl) | grep -v -- -close- | sed 's/.*-//; s/\.jsonl//'; }
said=$(verify "$out") || fail "$said: $(cat "$out/merged/log")"
grep -q 'lost, and submitted again: 2$' "$out/log/merge-$array" || fail "the task that was killed is not submitted again"
grep -q '"starts":2' "$out/state/model/task-2.json" || fail "it began anew, and did not go on"
grep -q 'close-.* is not seen any more' "$out/merged/log" ||
  fail "a finding is told that was not seen again"
inputs=$(find "$out/corpus/model" -name '*.jsonl' | wc -l) kept=$(find "$out/merged/corpus/model" -name '*.jsonl' | wc -l)
((kept > 0 && kept <= inputs)) || fail "of $inputs inputs $kept are kept"
echo "4 tasks, one killed: $(shapes_in "$out/merged" | wc -l) findings, $kept of $inputs inputs, $SECONDS s"

# The twins: what verify is for is noticed.
cp -r "$out" "$work/twin"
one=$(cd "$out/merged" && ls -- *.jsonl | head -n 1)
rm "$work/twin/merged/$one"
! verify "$work/twin" >/dev/null || fail "a finding that is lost is not noticed"
cp "$out/merged/$one" "$work/twin/merged/$one"
verify "$work/twin" >/dev/null || fail "a copy is not as the original"
rm "$work/twin/ended/2"
! verify "$work/twin" >/dev/null || fail "a task that is lost is not noticed"
