"""Every small change of a schema, and whether a list of judged lines notices it."""
import copy
import json
import re

from jsonschema import Draft202012Validator

# What is said twice, so that a change of one of the two goes unnoticed, and why it is said twice.
TWICE = {
    "type of a text that may not hold a newline": lambda path, what: path[-1] == "type" and path[-2] in (
        "address", "end_of_connection", "profile"),
    "type of what is one of the operations": lambda path, what: path[1:] == ("operation", "type"),
    "required in the condition of an operation": lambda path, what: "allOf" in path and "required" in path,
    "a descriptor of -1, which a failure has": lambda path, what: path[1:] + (what,) == (
        "descriptor", "minimum", "widened"),
}
ANNOTATIONS = {"$schema", "title", "description", "default"}


def nodes(schema, path=()):
    """Every place of a schema with what stands there."""
    yield path, schema
    items = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for key, value in items:
        if key not in ANNOTATIONS:
            yield from nodes(value, (*path, key))


def changed_patterns(pattern):
    """Without one alternative, and with one range of digits wider."""
    for found in re.finditer(r"\|[^|()]*|[^|()]*\|", pattern):
        yield f"without {found[0]}", pattern[: found.start()] + pattern[found.end() :]
    for found in re.finditer(r"\[[0-9]-[0-9]\]", pattern):
        if found[0] != "[0-9]":
            yield f"wider {found[0]}", pattern[: found.start()] + "[0-9]" + pattern[found.end() :]


def changes(schema):
    """(path, what happens there, the new value or None for: gone)."""
    for path, value in nodes(schema):
        if not path or path[-1] == "$defs" or path[:-1] == ("$defs",):
            continue
        key, parent = path[-1], path[-2] if len(path) > 1 else ""
        if isinstance(value, bool):
            yield path, "turned", not value
        elif key in ("minimum", "maximum"):
            yield path, "widened", value + (1 if key == "maximum" else -1)
            yield path, "narrowed", value - (1 if key == "maximum" else -1)
        if parent in ("properties", "enum", "required", "allOf", "anyOf") or key in (
                "type", "minimum", "maximum", "enum", "const", "pattern", "not", "required", "additionalProperties",
                "anyOf", "items", "propertyNames", "$ref", "if", "then", "else"):
            yield path, "gone", None
        if key == "pattern":
            yield from ((path, *change) for change in changed_patterns(value))
        if key == "required":
            yield path, "more required", [*value, "other"]
        if key == "enum":
            yield path, "one more", [*value, "other"]


def changed(schema, path, value):
    other = copy.copy(schema)
    at = other
    for key in path[:-1]:
        at[key] = copy.copy(at[key])
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return other


def expected_of(name, change, verdict):
    """Whether the definition `name` should take the line."""
    if name in ("header", "operation"):
        return verdict == name
    return verdict == "operation" and json.loads(change.line)["op"] == name


def fields_that_use(schema, name):
    """(operation, field) of each place that refers to a definition."""
    for path, value in nodes(schema):
        if path[0:1] == ("$defs",) and path[-1] == "$ref" and value == f"#/$defs/{name}":
            fields = [key for before, key in zip(path, path[1:]) if before == "properties"]
            yield path[1], fields[0] if fields else ""


def unnoticed_changes(schema, lines, verdicts):
    """\\return how many changes were tried, and those that no line notices"""
    operations = [each.removeprefix("#/$defs/") for each in references(schema["$defs"]["operation"])]
    by_op = {}
    for line, verdict in zip(lines, verdicts):
        by_op.setdefault(line.op or "header", []).append((line, json.loads(line.line), verdict))
    tried, unnoticed = 0, []
    for name in by_op:
        if notices(schema, name, by_op[name]):
            unnoticed.append(f"the definition {name} is wrong as it is, so that all changes would be noticed")
    for path, what, value in changes(schema):
        if any(said(path, what) for said in TWICE.values()):
            continue
        tried += 1
        other = changed(schema, path, value)
        if not any(notices(other, *asked) for asked in questions(schema, path, by_op, operations)):
            unnoticed.append(f"{'/'.join(map(str, path))}: {what}")
    return tried, unnoticed


def references(schema):
    return [value for path, value in nodes(schema) if path and path[-1] == "$ref"]


def likely_first(lines, path):
    """The lines in the order in which they are likely to notice a change at `path`."""
    fields = [key for before, key in zip(path, path[1:]) if before == "properties"]
    if path[2] in ("if", "then"):
        wanted = lambda line: (line.field in ("start", "end"), line.how != "replaced")
    elif "required" in path:
        wanted = lambda line: (line.how == "dropped", line.how == "kept")
    elif fields:
        wanted = lambda line: (line.field == (fields[-1] if path[2] == "anyOf" else fields[0]), line.how != "replaced")
    else:
        wanted = lambda line: (line.how == "added",)
    return sorted(lines, key=lambda each: wanted(each[0]), reverse=True)


def questions(schema, path, by_op, operations):
    """(definition, lines), those that are likely to notice a change at `path` first."""
    if path[0] != "$defs" or path[1] == "operation":
        numbers = [key for key in path if isinstance(key, int)]  # of the operation in the list of all
        first = by_op[operations[numbers[0]] if numbers else "header"]
        every = [line for lines in by_op.values() for line in lines]
        fields = ("op",) if "op" in path else ("start", "end", "op")
        every.sort(key=lambda each: (each[0].field not in fields, each[0].how == "replaced"))
        name = "operation" if path[0] == "$defs" else ""
        yield name, sorted(first, key=lambda each: (each[0].how != "kept", each[0].field != "op"))
        yield name, every
        return
    if path[1] in by_op:
        # A line may have become another operation's, or none of an operation.
        others = ["header", path[1]] if path[2] == "type" else [path[1], "header"]
        for name in [*others, *operations]:
            yield path[1], likely_first(by_op[name], path)
        return
    users = sorted(set(fields_that_use(schema, path[1])))
    for name, field in users:
        yield name, [line for line in by_op[name] if line[0].field == field]
    for name, _ in users:
        yield name, by_op[name]


def notices(schema, name, lines):
    validator = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]} if name else schema)
    for change, value, verdict in lines:
        expected = verdict != "refused" if not name else expected_of(name, change, verdict)
        if validator.is_valid(value) != expected:
            return True
    return False
