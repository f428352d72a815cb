#!/usr/bin/env python3
"""schema.py COMMAND SCHEMA LINES ...: a JSON Schema of trace lines, held against the reader and the writer.

    written SCHEMA LINES WEIR FOLDER...  every line that is written is valid: random operations, and the traces under
                                         the folders, as they are and as `weir run` completes them
    agree   SCHEMA LINES                 reader and schema take the same of thousands of small changes of valid lines
    unsaid  SCHEMA LINES WEIR PAGE       what the schema cannot say is what the page lists
    twins   SCHEMA LINES                 every small change of the schema is noticed by the lines of `agree`

LINES is the program trace_lines. Behind COMMAND may stand --wrong: the schema is made wrong first, so that the command
has to end with 1."""
import itertools
import json
import pathlib
import subprocess
import sys

from jsonschema import Draft7Validator, Draft202012Validator

from changes import changes_of_lines
from twins import unnoticed_changes
from unsaid import contradictions


def lines_of(text):
    """By newlines alone: data have other characters that end lines elsewhere."""
    return text.removesuffix("\n").split("\n")


def output_of(command, text=None):
    return subprocess.run(command, input=text, check=True, capture_output=True, encoding="utf-8").stdout


def random_lines(program):
    return lines_of(output_of([program, "write", "1500"]))


def judged(program, lines):
    """What the reader takes each line for."""
    out = output_of([program, "read"], "".join(line + "\n" for line in lines)).split()
    if len(out) != len(lines):
        sys.exit(f"{len(lines)} lines were asked, {len(out)} answered")
    return out


def disagreements(schema, lines, verdicts):
    """Of every line the whole schema is asked; of some, to save time, the definitions as well, and draft 7."""
    part = lambda name: Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
    whole, older = Draft202012Validator(schema), Draft7Validator(schema)
    parts = {name: part(name) for name in ("header", "operation")}
    for i, (line, verdict) in enumerate(zip(lines, verdicts)):
        value = json.loads(line)
        said = {"the schema": whole.is_valid(value) == (verdict != "refused")}
        if i % 10 == 0:
            said["the schema by draft 7"] = older.is_valid(value) == (verdict != "refused")
            for name in parts:
                said[f"the definition {name}"] = parts[name].is_valid(value) == (verdict == name)
        yield from (f"the reader: {verdict}, {who} otherwise: {line}" for who, right in said.items() if not right)


def report(found, what):
    """Ends the program; of many contradictions the first are enough."""
    found = list(itertools.islice(found, 20))
    for each in found:
        print(each)
    print(what)
    sys.exit(1 if found else 0)


def completed(weir, path):
    """The trace as `weir run` completes it; nothing where that refuses it, which `weir check` need not do."""
    ran = subprocess.run([weir, "run", str(path)], capture_output=True, encoding="utf-8")
    return lines_of(ran.stdout) if ran.returncode == 0 else []


def written(schema, program, weir, *folders):
    lines = random_lines(program)
    traces = [path for folder in folders for path in sorted(pathlib.Path(folder).rglob("*.jsonl"))]
    runs = 0
    for path in traces:
        done = completed(weir, path)
        runs += bool(done)
        lines += done + lines_of(path.read_text(encoding="utf-8"))
    lines = list(dict.fromkeys(lines))
    verdicts = judged(program, lines)
    found = [f"the reader refuses what was written: {line}" for line, said in zip(lines, verdicts) if said == "refused"]
    if runs < len(traces) // 2 or not traces:
        found.append(f"weir run completes only {runs} of {len(traces)} traces")
    report(itertools.chain(found, disagreements(schema, lines, verdicts)),
           f"{len(lines)} lines of {len(traces)} traces, {runs} of them completed, and of random operations")


def agree(schema, program):
    changes = changes_of_lines(random_lines(program))
    lines = [each.line for each in changes]
    verdicts = judged(program, lines)
    counts = {name: verdicts.count(name) for name in ("header", "operation", "refused")}
    few = [f"too few lines of a kind: {counts}"] if min(counts.values()) < 50 else []
    report(itertools.chain(few, disagreements(schema, lines, verdicts)), f"{len(lines)} lines: {counts}")


def twins(schema, program):
    changes = changes_of_lines(random_lines(program))
    verdicts = judged(program, [each.line for each in changes])
    asked, unnoticed = unnoticed_changes(schema, changes, verdicts)
    report([f"goes unnoticed: {each}" for each in unnoticed], f"{asked} changes of the schema")


def unsaid(schema, _, weir, page):
    report(contradictions(Draft202012Validator(schema), weir, page), "what the schema cannot say is listed")


def made_wrong(schema):
    """A limit is one too far, an error is forgotten, and a host has two CPUs."""
    schema["$defs"]["uint16"]["maximum"] += 1
    schema["$defs"]["errno"]["enum"].remove("EAGAIN")
    schema["$defs"]["cpu"]["maximum"] = 1


def main():
    commands = {"written": written, "agree": agree, "unsaid": unsaid, "twins": twins}
    wrong = "--wrong" in sys.argv
    arguments = [each for each in sys.argv[1:] if each != "--wrong"]
    if len(arguments) < 3 or arguments[0] not in commands:
        sys.exit(__doc__)
    schema = json.loads(pathlib.Path(arguments[1]).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    if wrong:
        made_wrong(schema)
    commands[arguments[0]](schema, *arguments[2:])


main()
