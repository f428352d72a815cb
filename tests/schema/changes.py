"""Small changes of valid lines: a field dropped, added, or with another value."""
import dataclasses
import json
import re

# Both sides of every limit that a type of the model can have.
LIMITS = [-1, 0, 1, 63, 64, 65535, 65536, 2**20 - 1, 2**20]
for bits in (31, 32, 63, 64):
    LIMITS += [2**bits - 1, 2**bits]
for bits in (31, 63):
    LIMITS += [-(2**bits), -(2**bits) - 1]
LIMITS += [-2, -12, 2, 65]

OTHER_TYPES = [None, True, False, 1.5, "1", [], {}, [1], {"a": 1}]

# What is a default, so that the writer leaves it out.
LEFT_OUT = ["init", "root"]
NO_NAMES = ["", "other", "\n", "stream\n", "a\0b", "\x7f\x80\xff", "\u0100", "a\u20ac"]

# Texts at the edges of addresses, of ends of connections and of the names of profiles.
ADDRESSES = """
:: ::1 ::2 @ 0.0.0.0 127.0.0.1 255.1.2.3 199.209.249.255 200.240.250.99 256.0.0.1 1.2.3.256 260.1.2.3 1.2.3.260 1.2.3
1.2.3.4.5 01.2.3.4 1.2.3.04 1.2.3.1000
""".split()
TEXTS = ADDRESSES + [address + ":80" for address in ADDRESSES] + """
:80 1.2.3.4: 1.2.3.4:0 1.2.3.4:080 1.2.3.4:6553 1.2.3.4:59999 1.2.3.4:64000 1.2.3.4:65499 1.2.3.4:65520 1.2.3.4:65535
1.2.3.4:65536 1.2.3.4:65540 1.2.3.4:65600 1.2.3.4:66000 1.2.3.4:70000 1.2.3.4:100000
linux linux- linux-6. linux-x linux-5.11 linux-6.18 linux-6.18.3 xlinux-6.18 linux-6.18+ linux-6.18+hz linux-6.18+hz=
linux-6.18+hz=100 linux-6.18+hz=-1 linux-6.18+hz=fast linux-6.18+backlog_is_u16=1
linux-6.18+backlog_is_u16=yes+hz=1 linux-6.18+syn_queue=yes
linux-6.18+net.core.somaxconn.initial=-5 linux-6.18+net.core.somaxconn.default=1
linux-6.18+netXcore.somaxconn.initial=5 linux-6.18+net.core.somaxconn.handler=yes
linux-6.18+net.core.somaxconn.scope=global
""".split()
TEXTS += ["linux-6.18 ", "linux-6.18+hz=100x", "linux-6.18+net.core.somaxconn.scope=per namespace",
          "linux-6.18+net.core.somaxconn.minimum=x", "linux-6.18+net.core.somaxconn.maximum=7"]
TEXTS += [text + "\n" for text in ("127.0.0.1", "192.0.2.1:80", "linux-6.18")]


def is_name(value):
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z_][\w.]{,31}", value) is not None


@dataclasses.dataclass
class Change:
    line: str
    op: str  # what the line was before; "" for a header
    how: str  # "kept", "dropped", "added" or "replaced"
    field: str  # what was changed in it


def kind(value):
    """Values of one kind are changed in the same way."""
    return (type(value).__name__, isinstance(value, list) and bool(value), is_name(value))


def chosen(values):
    """Lines enough to have, for each operation, each of its fields with each kind of value, beside each kind of ret."""
    seen, lines = set(), []
    for value in values:
        outcome = "oops" if "oops" in value else "failed" if value.get("ret") == -1 else "answered"
        keys = {(value.get("op"), name, kind(each), outcome) for name, each in value.items()}
        keys.add((value.get("op"), *sorted(value)))  # and with each optional field left out
        keys |= {("sysctl", name) for name in value.get("sysctl", {})}
        if keys - seen:
            seen |= keys
            lines.append(value)
    return lines


def replacements(value, names):
    yield from LIMITS if isinstance(value, int) else LIMITS[:3]
    yield from OTHER_TYPES
    if is_name(value):
        yield from names + LEFT_OUT + NO_NAMES
    elif isinstance(value, str):
        yield from names[:5] + TEXTS + NO_NAMES
    if isinstance(value, list) and value:
        for each in replacements(value[0], names):
            yield [*value[:-1], each]
    if isinstance(value, dict):
        yield {**value, "other": 1}
        for name, each in value.items():
            yield {key: kept for key, kept in value.items() if key != name}
            for other in replacements(each, names):
                yield {**value, name: other}


def names_of(values):
    """Every text that stands anywhere and may be a name."""
    names = {}
    for value in values:
        for each in value.values():
            parts = [*each] if isinstance(each, dict) else [each]
            names |= dict.fromkeys(filter(is_name, parts))
    return [*names]


class Changes:
    """The changed lines, each once."""

    def __init__(self):
        self.changes, self.replaced = {}, set()

    def add(self, value, base, how, field=""):
        line = json.dumps(value)
        op = base.get("op", "") if isinstance(base, dict) else ""
        self.changes.setdefault(line, Change(line, op, how, field))

    def replace(self, base, name, names):
        """Another value for one field, unless another line had it replaced there."""
        place = (base.get("op"), name, kind(base[name]), name == "ret" and base[name] == -1)
        if place in self.replaced:
            return
        # Those are the same in all operations.
        known = name in ("op", "errno") and any(each[1] == name for each in self.replaced)
        self.replaced.add(place)
        for each in replacements(base[name], [] if known else names):
            in_time = name != "end" or not isinstance(each, int) or each >= base["start"]
            if in_time:
                self.add({**base, name: each}, base, "replaced", name)

    def drop(self, base, name):
        self.add({key: each for key, each in base.items() if key != name}, base, "dropped", name)


def changes_of_lines(lines):
    values = [json.loads(line) for line in lines]
    names = names_of(value for value in values if "op" in value)
    fields, of_others = {}, {"other": 1, "start": 2, "end": 3, "oops": True, "errno": "EINVAL", "ret": 0}
    for value in values:  # a field of one name may hold other values elsewhere
        fields[value.get("op")] = value | fields.get(value.get("op"), {})
        of_others = value | of_others
    made = Changes()
    for value in OTHER_TYPES:
        made.add(value, value, "replaced")
    for value in values:
        if "op" not in value:  # each profile counts
            made.add(value, value, "kept")
    for base in chosen(values):
        made.add(base, base, "kept")
        for name in base:
            made.drop(base, name)
            made.replace(base, name, names)
        for name, value in (of_others | fields[base.get("op")]).items():
            if name not in base:
                made.add({**base, name: value}, base, "added", name)
        if "op" in base:
            begun = {**base, "start": 5}
            ended = {**begun, "end": 9}
            made.replace(begun, "start", names)
            made.replace(ended, "end", names)
            made.drop(ended, "start")
    return [*made.changes.values()]
