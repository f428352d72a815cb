#!/usr/bin/env bash
# others.sh PYTHON WEIR REPORTS_PY COMMAND [DRIVER]: the same of weir prove, explore and campaign. DRIVER plays a stack.
set -euo pipefail
python=$1 weir=$2 reports=$3 command=$4 driver=${5-}
. "$(dirname "$(readlink -f "$0")")/setup.sh"
files=(--junit r.xml --sarif r.sarif --badge r.json)

case $command in
  prove)
    ends 0 "$weir" prove listen.somaxconn_65536_is_stored_as_0 --profile linux-2.6.32 --no-cache "${files[@]}"
    is junit r.xml tests=1 failures=0 errors=0 skipped=0
    is sarif r.sarif results=1 rule=listen.somaxconn_65536_is_stored_as_0 level=note way=1
    is badge r.json color=brightgreen 'message=1 of 1 proved'
    ;;
  explore)
    ends 0 "$weir" explore --must-fail aba_object "${files[@]}"
    is junit r.xml tests=1 failures=0
    is sarif r.sarif results=1 rule=aba_object level=note way=5
    is badge r.json color=brightgreen
    ends 0 "$weir" explore queue.put_poll "${files[@]}"
    is junit r.xml tests=1 failures=0
    is sarif r.sarif results=0
    ;;
  campaign)
    ends 1 "$weir" campaign --no-proofs --time 4s --seed 1 --plugin "$driver linux-2.6.32" --profile linux-6.18 "${files[@]}"
    is junit r.xml tests=1 failures=1
    is sarif r.sarif level=error way=2
    is badge r.json color=red
    # Each finding is where the report says.
    while read -r trace; do ends 1 "$weir" check "$trace"; done < <(grep -o 'weir check weir-findings/[^<]*' r.xml | cut -d' ' -f3)
    ;;
esac
echo "reports of weir $command are as they should be"
