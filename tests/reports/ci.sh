#!/usr/bin/env bash
# ci.sh PYTHON WEIR ROOT: the scripts of ci/ run every step and end with the code that is worst; what they ask of weir is
# what it takes; the pipelines are YAML and call scripts that are there.
set -euo pipefail
python=$1 weir=$2 root=$3
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-ci.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# In weir's place: notes how it was called, and ends with the next of $CODES.
cat >stand-in <<'STAND_IN'
#!/usr/bin/env bash
echo "$*" >>calls
read -ra codes <<<"$CODES 0 0 0 0 0 0"
exit "${codes[$(wc -l <calls) - 1]}"
STAND_IN
chmod +x stand-in
export WEIR=$PWD/stand-in

ends() { # ends STATUS CALLS CODES SCRIPT ARGUMENTS...
  local wanted=$1 calls=$2 status=0
  export CODES=$3
  shift 3
  rm -f calls
  "$root/ci/$1" "${@:2}" >out.txt 2>&1 || status=$?
  if ((status != wanted || $(cat calls 2>/dev/null | wc -l) != calls)); then
    cat out.txt
    echo "$* after $CODES: ended with $status after $(cat calls 2>/dev/null | wc -l) calls, not $wanted after $calls"
    exit 1
  fi
}
ends 0 2 '0 0' quick.sh out
ends 1 2 '1 3' quick.sh out
ends 1 2 '4 1' quick.sh out
ends 3 2 '4 3' quick.sh out
ends 2 2 '2 5' quick.sh out
ends 139 2 '139 0' quick.sh out
ends 0 1 '0' quick.sh out --plugin './my driver' --profile linux-6.18
ends 1 1 '1' nightly.sh out --plugin ./my-driver
ends 1 6 '0 3 0 1 4 0' nightly.sh out
ends 2 0 '' quick.sh
ends 2 0 '' nightly.sh --help

# Every option that the scripts give is one that the command takes.
ends 0 6 '' nightly.sh out
cp calls all
ends 0 2 '' quick.sh out
cat calls >>all
while read -r command arguments; do
  [[ $command != test ]] || continue
  help=$("$weir" "$command" --help)
  for option in $(grep -o -- ' --[a-z-]*' <<<" $arguments"); do
    grep -q -- "$option" <<<"$help" || { echo "weir $command takes no $option"; exit 1; }
  done
done <all

"$python" - "$root" <<'PYTHON'
import pathlib, re, sys, yaml
root = pathlib.Path(sys.argv[1])
reusable = yaml.safe_load((root / ".github/workflows/weir.yml").read_text())
inputs = reusable[True]["workflow_call"]["inputs"]  # YAML 1.1 takes "on" for true
own = yaml.safe_load((root / ".github/workflows/ci.yml").read_text())
for name, job in own["jobs"].items():
    assert (root / job["uses"]).is_file(), job["uses"]
    assert set(job["with"]) <= set(inputs), job["with"]
    assert (root / "ci" / f"{job['with']['profile']}.sh").is_file(), job["with"]
for text in map(str, reusable["jobs"]["weir"]["steps"]):
    for used in re.findall(r"inputs\.(\w+)", text):
        assert used in inputs, used
gitlab = yaml.safe_load((root / "ci/gitlab.yml").read_text())[".weir"]
for text in map(str, gitlab["script"] + gitlab["before_script"]):
    for used in re.findall(r"\$(WEIR_\w+)", text):
        assert used in gitlab["variables"], used
assert (root / "ci" / f"{gitlab['variables']['WEIR_PROFILE']}.sh").is_file()
print("the pipelines are as they should be")

oss_fuzz = yaml.safe_load((root / "ci/oss-fuzz/project.yaml").read_text())
lite = yaml.safe_load((root / ".clusterfuzzlite/project.yaml").read_text())
assert oss_fuzz["language"] == lite["language"] == "c++"
assert {"libfuzzer", "afl"} <= set(oss_fuzz["fuzzing_engines"])
for image in ("ci/oss-fuzz/Dockerfile", ".clusterfuzzlite/Dockerfile"):
    run = re.findall(r'^RUN bash "\$SRC/weir/(\S+\.sh)"$', (root / image).read_text(), re.M)
    assert run and all((root / script).is_file() for script in run), f"{image} brings the libraries"
for script in re.findall(r"\$SRC/weir/(\S+\.sh)", (root / ".clusterfuzzlite/build.sh").read_text()):
    assert (root / script).is_file(), script
PYTHON
for script in "$root"/ci/*.sh "$root"/ci/*/*.sh "$root"/.clusterfuzzlite/build.sh; do bash -n "$script"; done
echo "the scripts of ci/ are as they should be"
