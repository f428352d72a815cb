#!/usr/bin/env python3
"""Would the engine's own tests notice if the symbolic engine were broken?

usage: broken_engine.py SOURCE BUILD [--only NAME]...

Each line of broken_engine.tsv changes one line in a copy of proofs/symbolic/; what of the engine and of its tests depends on the
changed file is compiled against the copy, and the tests run. Noticed is what they fail, die or hang over; what does not compile is
an error of the list. Without a change they must pass: that is the twin. Exit code 1: something was not noticed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from changes import changed, changes_of  # noqa: E402

ENGINE = ["explorer.cpp", "attempt.cpp", "case.cpp", "digest.cpp"]
TESTS = ["engine_test.cpp", "integer_test.cpp"]
LIMIT = 60  # seconds; unchanged, the tests take one


class Engine:
    def __init__(self, source, build, folder):
        self.source, self.build, self.folder = source, build, folder
        database = {pathlib.Path(each["file"]): each for each in json.loads((build / "compile_commands.json").read_text())}
        self.units = {}
        for unit in [source / "proofs/symbolic" / each for each in ENGINE] + [source / "tests/proofs" / each for each in TESTS]:
            self.units[unit] = [word for word in shlex.split(database[unit]["command"]) if not word.endswith("ccache")]
        self.compile_all({}, folder / "whole", self.units)

    def compile_all(self, overlay, into, units):
        """The objects of these units."""
        into.mkdir(exist_ok=True)
        for name in overlay:
            shutil.copytree(self.source / "proofs/symbolic", into / "proofs/symbolic", dirs_exist_ok=True)
            (into / "proofs/symbolic" / name).write_text(overlay[name])

        def one(unit):
            command = list(self.units[unit])
            command[command.index("-o") + 1] = str(into / (unit.name + ".o"))
            # The copy of a unit, if it is one of those that were copied.
            copied = into / "proofs/symbolic" / unit.name
            command[command.index("-c") + 1] = str(copied if copied.exists() else unit)
            subprocess.run([command[0], f"-I{into}", *command[1:], "-w", "-O0"], cwd=self.build, check=True)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(one, units))  # raises what one of them has raised

    def depends_on(self, name):
        return [unit for unit in self.units if unit.name == name] if name.endswith(".cpp") else list(self.units)

    def notices(self, name, overlay):
        """How the tests notice; None if they pass."""
        into = self.folder / "broken"
        shutil.rmtree(into, ignore_errors=True)
        depending = self.depends_on(name)
        self.compile_all(overlay, into, depending)
        objects = [str((into if unit in depending else self.folder / "whole") / (unit.name + ".o")) for unit in self.units]
        program = into / "engine_tests"
        subprocess.run(["c++", "-o", program, *objects, self.build / "proofs/libweir_proofs.a", "-lgtest_main", "-lgtest", "-lz3",
                        "-lpthread"], check=True)
        try:
            ran = subprocess.run([program], capture_output=True, text=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return f"hangs for {LIMIT} s"
        failed = re.findall(r"^\[  FAILED  \] (\w+\.\w+)", ran.stdout, re.M)
        if ran.returncode < 0:
            return f"dies of signal {-ran.returncode}"
        if ran.returncode != 0:
            return ", ".join(dict.fromkeys(failed)) or f"ends with {ran.returncode}"
        return None


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="Whether the engine's tests notice a broken engine")
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", action="append")
    given = parser.parse_args()
    breaks = [each for each in changes_of(here / "broken_engine.tsv") if not given.only or each[0] in given.only]
    if not breaks:
        sys.exit("broken_engine.py: nothing is named so")
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(given.source.resolve(), given.build.resolve(), pathlib.Path(folder))
        twin = engine.notices("explorer.cpp", {"explorer.cpp": (given.source / "proofs/symbolic/explorer.cpp").read_text()})
        if twin is not None:
            sys.exit(f"broken_engine.py: nothing is broken, and still: {twin}")
        for name, file, there, instead in breaks:
            how = engine.notices(file, {file: changed(given.source / "proofs/symbolic" / file, there, instead)})
            if how is None:
                missed.append(name)
            print(f"{name:<40}{how or 'NOT NOTICED'}", flush=True)
    if missed:
        sys.exit(f"broken_engine.py: not noticed: {' '.join(missed)}")


if __name__ == "__main__":
    main()
