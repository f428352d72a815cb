#!/usr/bin/env python3
"""abi.py CC NM LIBRARY INCLUDE [COMMITTED]: what a program that was compiled against libweir relies on.

Prints the dynamic symbols of LIBRARY, the declarations of functions, every enumerator with its value and every struct
with sizes and offsets, as CC lays them out. With COMMITTED: ends with 1 and the differences unless that file says the
same. A line of a header that it cannot read is an error, so nothing is left out silently."""
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

HEADERS = ["types.h", "names.h", "operations.h", "weir.h"]


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"^\s*#.*$", "", text, flags=re.M)


def declarations(text):
    """Splits at the semicolons and braces of the outermost level."""
    depth, begin = 0, 0
    for at, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0 and (char == ";" or (char == "}" and text[begin:at].lstrip().startswith("static inline"))):
            yield " ".join(text[begin : at + 1].split())
            begin = at + 1
    if text[begin:].strip():
        sys.exit(f"abi.py: cannot read {text[begin:].strip()[:60]!r}")


def members(body):
    for each in filter(None, (part.strip() for part in body.split(";"))):
        found = re.fullmatch(r"(.*?)(\w+)(\[\w+\])?", each)
        if not found or not found[1].strip():
            sys.exit(f"abi.py: cannot read the member {each!r}")
        yield found[2], f"{found[1].strip()}{found[3] or ''}"


def questions(declaration):
    """Lines of a C program that prints what the declaration comes to."""
    if found := re.fullmatch(r"(struct|union) (\w+) \{(.*)\};", declaration):
        kind, name, body = found.groups()
        yield f'printf("{kind} {name} %zu\\n", sizeof({kind} {name}));'
        for member, type_name in members(body):
            yield (f'printf("  %3zu %3zu  {member}: {type_name}\\n", offsetof({kind} {name}, {member}), '
                   f"sizeof((({kind} {name}*)0)->{member}));")
    elif found := re.fullmatch(r"enum (\w* ?)\{(.*)\};", declaration):
        for each in filter(None, (part.strip() for part in found[2].split(","))):
            constant = each.split("=")[0].strip()
            yield f'printf("{constant} = %d\\n", (int){constant});'
    elif declaration.startswith("WEIR_API "):
        yield f'puts("{declaration[len("WEIR_API "):]}");'
    elif not re.fullmatch(r"struct \w+;|typedef struct (\w+) \1;|static inline .*", declaration):
        sys.exit(f"abi.py: cannot read {declaration[:60]!r}")


def layout(cc, include):
    lines = []
    for header in HEADERS:
        text = without_comments((include / "weir" / header).read_text())
        text = text.replace('extern "C" {', "")
        if header == "weir.h":
            text = text.rstrip().removesuffix("}")
        for declaration in declarations(text):
            lines += questions(declaration)
    program = "#include <stdio.h>\n#include <weir/weir.h>\nint main(void) {\n" + "\n".join(lines) + "\nreturn 0; }\n"
    with tempfile.TemporaryDirectory() as folder:
        source, binary = pathlib.Path(folder, "layout.c"), pathlib.Path(folder, "layout")
        source.write_text(program)
        subprocess.run([*cc.split(), "-std=c99", f"-I{include}", str(source), "-o", str(binary)], check=True)
        return subprocess.run([str(binary)], check=True, capture_output=True, text=True).stdout.splitlines()


def symbols(nm, library):
    out = subprocess.run([nm, "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    return sorted(" ".join(line.split()[1:]) for line in out.splitlines())


def main():
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    cc, nm, library, include = sys.argv[1:5]
    now = ["# symbols", *symbols(nm, library), "# headers", *layout(cc, pathlib.Path(include))]
    if len(sys.argv) == 5:
        print("\n".join(now))
        return
    committed = pathlib.Path(sys.argv[5]).read_text().splitlines()
    differences = list(difflib.unified_diff(committed, now, "committed", "now", lineterm="", n=1))
    if differences:
        print("\n".join(differences))
        sys.exit("libweir's ABI is not what is committed: docs/c-abi.md says what to do")
    print(f"{len(now)} lines are as committed")


main()
