"""What a schema cannot say of a line: traces of valid lines that `weir check` refuses as malformed, each under the name
that docs/TRACE.md gives to the reason."""
import json
import pathlib
import re
import subprocess

HEADER = '{"weir":1,"profile":"linux-6.18"}'
TICK = '{"op":"tick"}'

UNSAID = {
    "Spelling": [
        [HEADER, '{"op":"listen","fd":3.0,"backlog":1}'],
        [HEADER, '{"op":"listen","fd":3e0,"backlog":1}'],
        [HEADER, '{"op":"netif_rx","cpu":0,"skb":-0}'],
        [HEADER, r'{"\u006fp":"tick"}'],
    ],
    "Fields that stand twice": [
        [HEADER, '{"op":"listen","fd":3,"fd":3,"backlog":1}'],
        [HEADER, '{"op":"tick","op":"tick"}'],
        ['{"weir":1,"weir":1,"profile":"linux-6.18"}', TICK],
    ],
    "Length": [[HEADER, TICK + " " * 2**20]],
    "Order": [[TICK], [HEADER, HEADER], [HEADER, TICK, HEADER]],
    "CPUs": [
        [HEADER, '{"op":"softnet_stat","cpu":2}'],
        ['{"weir":1,"profile":"linux-6.18","cpus":1}', '{"op":"netif_rx","cpu":0,"skb":1,"to":1}'],
    ],
    "Profiles": [
        ['{"weir":1,"profile":"linux-9.1"}', TICK],
        ['{"weir":1,"profile":"linux-6.18+hz=99999999999"}', TICK],
        ['{"weir":1,"profile":"linux-2.6.32+net.ipv4.tcp_fastopen.initial=1"}', TICK],
    ],
    "Histories": [
        [HEADER, '{"op":"tick","start":5,"end":3}'],
        [HEADER, '{"op":"tick","start":5}', TICK],
        [HEADER, TICK, '{"op":"tick","start":5}'],
        [HEADER, '{"op":"socket","family":"inet","type":"stream","ret":3,"start":1,"end":2}'],
    ],
}


def contradictions(validator, weir, page):
    """Where a trace of the list is refused by both or taken by both, and where the page has another list."""
    for name, traces in UNSAID.items():
        for lines in traces:
            shown = " ".join(lines)[:200]
            if not all(validator.is_valid(json.loads(line)) for line in lines):
                yield f"{name}: the schema does say that: {shown}"
            text = "".join(line + "\n" for line in lines)
            code = subprocess.run([weir, "check", "-"], input=text, capture_output=True, encoding="utf-8").returncode
            if code != 2:
                yield f"{name}: weir check ends with {code} instead of 2: {shown}"
    section = pathlib.Path(page).read_text(encoding="utf-8").partition("\n## A JSON Schema\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\* \*\*(.*)\.\*\*", section, re.MULTILINE)
    if listed != [*UNSAID]:
        yield f"the page lists {listed}, the tests {[*UNSAID]}"
