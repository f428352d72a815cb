#!/usr/bin/env python3
"""How long does `weir campaign` take to find a bug of one line in lockfree/?

usage: planted.py SOURCE BUILD [--bugs TSV] [--only NAME]... [--seeds N] [--time SECONDS] [--markdown]

Each bug of the list is put into a copy of lockfree/; the one file of the campaign that contains lockfree/ is compiled
against the copy, and the campaign linked anew. Then it runs, once a seed, until its first finding is on the disk.
A bug that does not compile, or whose place is not there exactly once, is an error. Exit code 1: a bug was not found.
"""
import argparse
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from changes import changed, changes_of  # noqa: E402

UNIT = "fuzz/CMakeFiles/weir_fuzz.dir/targets.cpp.o"  # the campaign's only unit that includes lockfree/host.hpp


def commands(build, target):
    """What ninja would run to make `target`, the last command alone."""
    text = subprocess.run(["ninja", "-C", build, "-t", "commands", target], check=True, capture_output=True, text=True)
    return text.stdout.strip().splitlines()[-1]


class Plant:
    def __init__(self, source, build, folder):
        self.source, self.build, self.folder = source, build, folder
        self.compile = [word for word in shlex.split(commands(build, UNIT)) if not word.endswith("ccache")]
        link = commands(build, "bin/weir")
        self.link = link.split("&& ", 1)[1].rsplit(" && ", 1)[0] if link.startswith(": &&") else link

    def build_with(self, file, there, instead):
        """The campaign with this bug. Without one (file is None): as it is, the twin that must find nothing."""
        overlay = self.folder / "lockfree"
        shutil.rmtree(overlay, ignore_errors=True)
        shutil.copytree(self.source / "lockfree", overlay)
        if file is not None:
            path = overlay / file
            path.write_text(changed(path, there, instead))
        unit, program = self.folder / "targets.o", self.folder / "weir"
        command = [self.compile[0], f"-I{self.folder}", *self.compile[1:]]
        command[command.index("-o") + 1] = str(unit)
        for option in ("-MT", "-MF"):
            command[command.index(option) + 1] = str(self.folder / "targets.d")
        subprocess.run(command, cwd=self.build, check=True)
        words = shlex.split(self.link)
        words[words.index("-o") + 1] = str(program)
        first = next(i for i, word in enumerate(words) if word.endswith(".o"))
        subprocess.run([*words[:first], str(unit), *words[first:]], cwd=self.build, check=True)
        return program

    def seconds_to_find(self, program, seed, limit):
        """Until the first finding's trace is in its folder; None if there is none when the time is up."""
        out = self.folder / "findings"
        shutil.rmtree(out, ignore_errors=True)
        start = time.monotonic()
        campaign = subprocess.Popen(
            [program, "campaign", "--target", "lockfree", "--no-proofs", "--seed", str(seed), "--time", f"{limit}s", "--out", out],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while True:
                ended = campaign.poll() is not None
                if out.is_dir() and any(out.glob("*.jsonl")):
                    return time.monotonic() - start
                if ended:
                    return None
                time.sleep(0.005)
        finally:
            campaign.kill()
            campaign.wait()


def main():
    parser = argparse.ArgumentParser(description="How long the campaign takes to find bugs of one line")
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--bugs", type=pathlib.Path, default=here / "bugs.tsv")
    parser.add_argument("--only", action="append")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--time", type=int, default=60)
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    bugs = [bug for bug in changes_of(given.bugs) if not given.only or bug[0] in given.only]
    if not bugs:
        sys.exit("planted.py: no bug is named so")
    missed, medians, worst = [], [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        plant = Plant(given.source.resolve(), given.build.resolve(), pathlib.Path(folder))
        if given.markdown:
            print("| bug | file | instead of | found after, s |\n|---|---|---|--:|")
        for name, file, there, instead in bugs:
            program = plant.build_with(file, there, instead)
            times = [plant.seconds_to_find(program, seed, given.time) for seed in range(1, given.seeds + 1)]
            found = [each for each in times if each is not None]
            if len(found) < len(times):
                missed.append(name)
            medians += [statistics.median(found)] if found else []
            worst = max([worst, *found])
            text = ", ".join("not found" if each is None else f"{each:.2f}" for each in times)
            if given.markdown:
                print(f"| {name} | `{file}` | `` {there.strip()} `` | {text} |", flush=True)
            else:
                print(f"{name:<34}{text}", flush=True)
        program = plant.build_with(None, None, None)
        if plant.seconds_to_find(program, 1, 5) is not None:
            sys.exit("planted.py: there is a finding without any bug, so the times say nothing")
    print(f"\n{len(bugs) - len(missed)} of {len(bugs)} found with every seed; the median of their medians is "
          f"{statistics.median(medians):.2f} s, the longest took {worst:.2f} s" if medians else "\nnone was found")
    if missed:
        print("not found with every seed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
