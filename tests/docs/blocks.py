#!/usr/bin/env python3
"""blocks.py ROOT WEIR [--update] PAGE...: runs every command block of a page, in order, in a folder of the page's own.

    ```sh         each command has to end with 0
    ```console    "$ " a command ("> " goes on with it), then what it prints; … stands for any text, alone on a line for any lines

A console command may end in any way: where that matters the page shows it (`; echo $?`). In the folder are `weir`, which is
WEIR, and the folders of the sources. Two things are not done as the page says: a campaign takes two seconds and no proofs,
without a network of its own where there is none to be had; and what builds everything (./weir test, build, basin, site) is only asked whether there is such a command: CI runs them.
--update writes what was printed into the page, where it does not fit.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

SHIM = """#!/usr/bin/env bash
case $1 in
  test | build | basin | site) exec {root}/weir "$1" --help >/dev/null ;;
  campaign)
    if [[ " $* " != *" --merge "* ]]; then
      for ((i = 2; i <= $#; ++i)); do if [[ ${{!i}} == --time ]]; then set -- "${{@:1:i}}" 2s "${{@:i+2}}"; fi; done
      set -- "$@" --no-proofs
      unshare -Urn true 2>/dev/null || set -- "${{@//unshare -Urn /}}"
    fi ;;
esac
exec {weir} "$@"
"""
FENCE = re.compile(r"^( *)```(\w*)$")
RUN = ("sh", "console")
NOT_RUN = ("c", "cmake", "json", "python", "text", "yaml", "xml")


class Bad(Exception):
    """What is wrong with a page, and where."""


def blocks(lines):
    """(language, number of the first line, lines) of each block; indented ones are refused: nobody could tell what they are."""
    inside, found, blank = None, [], True
    for number, line in enumerate(lines, 1):
        fence = FENCE.match(line)
        if inside is None:
            if fence:
                if fence[2] not in RUN + NOT_RUN:
                    raise Bad(f"{number}: a block of {fence[2] or 'no language'}; known: {', '.join(RUN + NOT_RUN)}")
                inside = (fence[2], number + 1, [])
            elif blank and re.match(r"^(    |\t)\S", line):
                raise Bad(f"{number}: an indented block; fence it and say what it is")
        elif fence and not fence[2]:
            found.append(inside)
            inside = None
        else:
            inside[2].append(line)
        blank = not line.strip()
    if inside is not None:
        raise Bad(f"{inside[1]}: the block does not end")
    for language, number, text in found:
        if language in NOT_RUN and any(line.startswith(("$ ", "./weir ")) for line in text):
            raise Bad(f"{number}: commands in a block of {language}: nobody runs them")
    return found


def commands(language, first, lines):
    """(number, command, lines it prints, or None where that is not said)"""
    if language == "sh":
        text = "\n".join(lines)
        return [(first, text, None)]
    found = []
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            found.append((number, line[2:], []))
        elif not found:
            raise Bad(f"{number}: a block of console begins with a command")
        elif line.startswith("> ") and not found[-1][2]:
            found[-1] = (found[-1][0], found[-1][1] + "\n" + line[2:], [])
        else:
            found[-1][2].append(line)
    return found


def fits(expected, printed):
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def furnish(place, root, weir):
    with open(os.path.join(place, "weir"), "w", encoding="utf-8") as shim:
        shim.write(SHIM.format(root=root, weir=weir))
    os.chmod(shim.name, 0o755)
    for name in ("ci", "examples", "oracle", "tests"):
        os.symlink(os.path.join(root, name), os.path.join(place, name))


def run(command, place, language):
    options = "set -e; " if language == "sh" else ""
    env = dict(os.environ, PATH=place + os.pathsep + os.environ["PATH"], LC_ALL="C.UTF-8", NO_COLOR="1")
    ended = subprocess.run(["bash", "-c", options + command], cwd=place, env=env, text=True, timeout=300, check=False,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return ended.returncode, ended.stdout.replace(place, "").splitlines()


def run_all(found, place, page):
    """What is wrong, how many commands were run, and what they print instead: (from, to, lines)."""
    wrong, done, instead = [], 0, []
    for language, first, text in found:
        for number, command, expected in commands(language, first, text):
            code, printed = run(command, place, language)
            done += 1
            if expected is None and code != 0:
                wrong.append(f"{page}:{number}: ends with {code}: {command}\n" + "\n".join(printed))
            elif expected is not None and not fits(expected, printed):
                wrong.append(f"{page}:{number}: {command}\n" + "\n".join(
                    difflib.unified_diff(expected, printed, "the page", "what it prints", lineterm="")))
                start = number + command.count("\n")
                instead.append((start, start + len(expected), printed))
    return wrong, done, instead


def check(page, root, weir, update):
    """What is wrong, and how many commands were run."""
    with open(page, encoding="utf-8") as file:
        lines = file.read().splitlines()
    found = [each for each in blocks(lines) if each[0] in RUN]
    with tempfile.TemporaryDirectory(prefix="weir-docs.") as place:
        furnish(place, root, weir)
        wrong, done, instead = run_all(found, place, page)
    if update and instead:
        for start, end, printed in reversed(instead):
            lines[start:end] = printed
        with open(page, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return wrong, done


def main():
    update = "--update" in sys.argv
    root, weir, *pages = [os.path.abspath(each) for each in sys.argv[1:] if each != "--update"]
    failed = False
    for page in pages:
        try:
            wrong, done = check(page, root, weir, update)
            if done == 0:
                raise Bad("1: no command is run")
        except Bad as bad:
            wrong, done = [f"{page}:{bad}"], 0
        print("\n".join(wrong) if wrong else f"{page}: {done} commands")
        failed = failed or bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
