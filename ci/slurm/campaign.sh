#!/usr/bin/env bash
# campaign.sh FOLDER TASKS [ARGUMENTS OF weir campaign...]: a campaign as an array of Slurm. Its tasks share FOLDER, which every
# node has to see, each a worker of its own; --time is that of a task. When all have ended they are merged, in FOLDER/merged:
# `log` says what was found, `exit-code` is that of weir. What was lost is submitted again, twice at most: a task that was
# killed, or whose node went, leaves no FOLDER/ended/TASK.
#
#   SBATCH_PARTITION=long ci/slurm/campaign.sh /shared/weir 64 --target lockfree --time 1h
#
# WEIR is the command, an absolute path that every node has; build/release/bin/weir of this source unless it says otherwise.
# Of sbatch's own options those are taken that it reads from the environment (SBATCH_...).
set -euo pipefail
self=$(readlink -f "${BASH_SOURCE[0]}")
export WEIR=${WEIR:-${self%/ci/slurm/*}/build/release/bin/weir}

usage() {
  echo "usage: ${self##*/} FOLDER TASKS [ARGUMENTS OF weir campaign...]" >&2
  exit 2
}

# Prints the number of the array.
submit() { # submit INDICES LEFT FOLDER TASKS ARGUMENTS...
  local indices=$1 left=$2 folder=$3 tasks=$4 array
  shift 4
  array=$(in_slurm "$folder/log/task-%a" --array="$indices" --requeue -- task "$folder" "$@")
  in_slurm "$folder/log/merge-$array" --dependency="afterany:$array" -- merge "$left" "$folder" "$tasks" "$@" >/dev/null
  echo "$array"
}
in_slurm() { # in_slurm OUTPUT OPTIONS... -- ARGUMENTS OF THIS SCRIPT...
  local options=(--parsable --job-name=weir --ntasks=1 --output="$1" --open-mode=append)
  shift
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  sbatch "${options[@]}" --wrap "exec bash $(printf '%q ' "$self" "$@")"
}

# The mark is put in place when the task has ended by itself, whatever it found.
task() { # task FOLDER ARGUMENTS...
  local folder=$1 status=0
  shift
  "$WEIR" campaign --no-proofs --resume --out "$folder" --worker "task-$SLURM_ARRAY_TASK_ID" "$@" || status=$?
  echo "$status" >"$folder/ended/.$SLURM_ARRAY_TASK_ID"
  mv "$folder/ended/.$SLURM_ARRAY_TASK_ID" "$folder/ended/$SLURM_ARRAY_TASK_ID"
}

merge() { # merge LEFT FOLDER TASKS ARGUMENTS...
  local left=$1 folder=$2 tasks=$3 lost=() i status=0
  shift 3
  for ((i = 0; i < tasks; ++i)); do
    if [[ ! -e $folder/ended/$i ]]; then lost+=("$i"); fi
  done
  if ((${#lost[@]} && left > 0)); then
    echo "lost, and submitted again: ${lost[*]}"
    submit "$(IFS=,; echo "${lost[*]}")" $((left - 1)) "$folder" "$tasks" "$@"
    return
  fi
  mkdir -p "$folder/merged"
  if ((${#lost[@]})); then echo "lost: ${lost[*]}" | tee "$folder/merged/lost"; fi
  "$WEIR" campaign --no-proofs --merge "$folder" --out "$folder/merged" "$@" 2>&1 | tee "$folder/merged/log" ||
    status=${PIPESTATUS[0]}
  echo "$status" >"$folder/merged/.exit-code"
  mv "$folder/merged/.exit-code" "$folder/merged/exit-code"
}

case ${1-} in
  task | merge) "$@" ;;
  -* | "") usage ;;
  *)
    (($# >= 2)) && [[ $2 =~ ^[1-9][0-9]*$ ]] || usage
    rm -rf "$1/ended" "$1/merged"
    mkdir -p "$1/ended" "$1/log"
    submit "0-$(($2 - 1))" 2 "$(realpath "$1")" "${@:2}"
    ;;
esac
