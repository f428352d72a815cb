#!/usr/bin/env python3
"""reports.py KIND FILE [FACT...]: does FILE say what its format lets it say? KIND is sarif, junit or badge.

Facts are what must be in it besides: of sarif results=N, rule=ID, level=LEVEL, way=N (the longest code flow has at least N
steps), line=N; of junit tests=N, failures=N, errors=N, skipped=N; of badge message=TEXT, color=NAME."""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml


def expect(truth, what):
    if not truth:
        sys.exit(f"reports.py: {what}")


def text_of(message, where):
    expect(isinstance(message, dict) and isinstance(message.get("text"), str) and message["text"], f"{where} has no text")
    return message["text"]


def location(each, where):
    place = each["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    expect(re.fullmatch(r"(file://)?[A-Za-z0-9\-._~/%]+", uri), f"{where}: {uri!r} is no URI")
    if "region" in place:
        expect(isinstance(place["region"]["startLine"], int) and place["region"]["startLine"] >= 1, f"{where}: startLine")
    return place.get("region", {}).get("startLine")


def keys(thing, allowed, where):
    expect(set(thing) <= set(allowed.split()), f"{where} has {sorted(set(thing) - set(allowed.split()))}")


def sarif(path):
    """What the standard (OASIS SARIF 2.1.0) asks of the properties that weir uses."""
    log = json.load(open(path, encoding="utf-8"))
    keys(log, "$schema version runs", "the log")
    expect(log["version"] == "2.1.0" and len(log["runs"]) == 1, "version 2.1.0 with one run")
    run = log["runs"][0]
    keys(run, "tool automationDetails results", "the run")
    category, _, rest = run["automationDetails"]["id"].rpartition("/")
    expect(category == f"{run['tool']['driver']['name']}/{pathlib.Path(path).stem}" and not rest, "one category for each file")
    driver = run["tool"]["driver"]
    keys(driver, "name version rules", "the driver")
    expect(driver["name"].startswith("weir "), "the driver's name")
    ids = [rule["id"] for rule in driver["rules"]]
    expect(len(ids) == len(set(ids)), "a rule twice")
    for rule in driver["rules"]:
        keys(rule, "id shortDescription help helpUri", rule["id"])
        text_of(rule["shortDescription"], rule["id"])
        expect(re.match(r"https://", rule.get("helpUri", "https://")), f"{rule['id']}: helpUri")
    facts = {("results", str(len(run["results"])))} | {("rule", each) for each in ids}
    longest = 0
    for number, result in enumerate(run["results"]):
        where = f"result {number}"
        keys(result, "ruleId ruleIndex level message locations partialFingerprints properties codeFlows", where)
        expect(ids[result["ruleIndex"]] == result["ruleId"], f"{where}: its rule has another index")
        expect(result["level"] in ("none", "note", "warning", "error"), f"{where}: level")
        text_of(result["message"], where)
        expect(len(result["locations"]) == 1, f"{where}: one location")
        facts |= {("line", str(location(result["locations"][0], where))), ("level", result["level"])}
        expect(all(isinstance(each, str) and each for each in result["partialFingerprints"].values()), f"{where}: fingerprint")
        for flow in result.get("codeFlows", []):
            for thread in flow["threadFlows"]:
                expect(thread["locations"], f"{where}: an empty flow")
                longest = max(longest, len(thread["locations"]))
                for step in thread["locations"]:
                    location(step["location"], where)
                    text_of(step["location"]["message"], where)
    return facts, longest


def junit(path):
    suites = xml.parse(path).getroot()
    expect(suites.tag == "testsuites", "the root is testsuites")
    sums = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    names = set()
    for suite in suites:
        expect(suite.tag == "testsuite", suite.tag)
        found = dict.fromkeys(sums, 0)
        for case in suite:
            expect(case.tag == "testcase" and {"classname", "name", "time"} <= set(case.attrib), "a testcase")
            expect((key := (case.get("classname"), case.get("name"))) not in names, f"{key} twice")
            names.add(key)
            found["tests"] += 1
            for child in case:
                expect(child.tag in ("failure", "error", "skipped"), child.tag)
                found[{"failure": "failures", "error": "errors"}.get(child.tag, child.tag)] += 1
        for what, count in found.items():
            expect(int(suite.get(what)) == count, f"{suite.get('name')}: {what} is {suite.get(what)}, counted {count}")
            sums[what] += count
    return {(what, str(count)) for what, count in sums.items()}, 0


def badge(path):
    """https://shields.io/badges/endpoint-badge"""
    shown = json.load(open(path, encoding="utf-8"))
    keys(shown, "schemaVersion label message color isError", "the badge")
    expect(shown["schemaVersion"] == 1 and shown["label"] and shown["message"], "a label and a message")
    expect(shown["color"] in ("brightgreen", "orange", "red", "lightgrey"), shown["color"])
    return {("message", shown["message"]), ("color", shown["color"])}, 0


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("sarif", "junit", "badge"):
        sys.exit(__doc__)
    try:
        facts, longest = {"sarif": sarif, "junit": junit, "badge": badge}[sys.argv[1]](sys.argv[2])
    except (KeyError, IndexError, TypeError, ValueError, xml.ParseError) as broken:
        sys.exit(f"reports.py: {sys.argv[2]}: {broken!r}")
    for wanted in sys.argv[3:]:
        what, value = wanted.split("=", 1)
        met = longest >= int(value) if what == "way" else (what, value) in facts
        expect(met, f"{sys.argv[2]}: expected {wanted}, found {sorted(facts)}, way={longest}")


main()
