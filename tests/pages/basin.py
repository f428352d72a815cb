"""basin.py WEIR PAGE CHROMIUM CHROMEDRIVER

Each scenario of the basin is opened by its link and gone through with keys; then it is played at random on several
releases. What the model answered in the browser is held against the model of this machine, by `weir check`. Pages and
traces that are broken on purpose are noticed.
"""
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import browser
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

weir, page, chromium, chromedriver = sys.argv[1:]
# What a reader has to see at the end of a story: the texts of tanks and counters.
ENDS = {
    "65536": ["1 connections, room for 0"],
    "listen0": ["0 requests, room for 0", "TCPReqQFullDrop 1", "SyncookiesSent 1"],
    "ghosts": ["2 connections, room for 0", "ListenOverflows 2"],
    "squeezed": ["time_squeeze 2", "softnet dropped 19"],
}


def differs(trace):
    """What `weir check` says of a trace with which it does not agree; "" where it does."""
    done = subprocess.run([weir, "check", "-"], input=trace, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def trace_of(driver):
    return driver.execute_script("return document.getElementById('trace').textContent")


def open_page(driver, index, link, seconds=20):
    driver.get("about:blank")
    driver.get(index.as_uri() + link)
    return browser.wait_for(lambda: driver.execute_script("return document.body.dataset.ready == 'yes'"), seconds)


def scenario(driver, index, name, seconds=20):
    """What is wrong with a story, and its trace."""
    if not open_page(driver, index, f"#scenario={name}", seconds):
        return [f"{name}: the page does not get ready"] + browser.complaints(driver), ""
    step = driver.find_element(By.ID, "step")
    steps = 0
    while step.is_enabled() and steps < 50:
        step.send_keys(Keys.ENTER)
        steps += 1
        if not driver.find_elements(By.CSS_SELECTOR, "#why li"):
            return [f"{name}: no rule is told at step {steps}"], ""
    shown = driver.find_element(By.ID, "tanks").text + driver.find_element(By.ID, "counters").text
    wrong = [f"{name}: '{each}' is not shown, but {shown}" for each in ENDS[name] if each not in shown]
    wrong += [each for each in browser.complaints(driver) + browser.requests(driver)
              if "file://" not in each or "Uncaught" in each]
    trace = trace_of(driver)
    wrong += [f"{name}: {each}" for each in [differs(trace)] if each]
    return wrong, trace


def at_random(driver, index, release, draw):
    """Presses what there is to press."""
    if not open_page(driver, index, f"#release={release}"):
        return [f"{release}: the page does not get ready"]
    deeds = [lambda: ["syn", draw.randint(1, 9)], lambda: ["ack", draw.randint(1, 9)], lambda: ["accept"],
             lambda: ["listen", draw.choice([-1, 0, 1, 2, 65536])], lambda: ["flood", draw.randint(1, 30)],
             lambda: ["softirq", draw.choice([0, 3])], lambda: ["poll", draw.choice([1, 8, 64])],
             lambda: ["advance", draw.randint(1, 4)], lambda: ["netstat"], lambda: ["stat"],
             lambda: ["write", draw.choice(["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog"]),
                      draw.choice(["0", "1", "65536", "-1", "4294967296", "0x10", "x"])],
             lambda: ["write", "net.core.netdev_max_backlog", draw.choice(["5", "50"])],
             lambda: ["write", "net.ipv4.tcp_syncookies", draw.choice(["0", "1", "2"])]]
    driver.execute_script("for (const each of arguments[0]) act(...each)", [draw.choice(deeds)() for _ in range(60)])
    return [f"{release}: {each}" for each in [differs(trace_of(driver))] if each] + browser.complaints(driver)


def broken_copy(index, scratch, file, before, after):
    """A page with one place changed."""
    copy = pathlib.Path(scratch) / "broken"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(index.parent, copy)
    text = (copy / file).read_text()
    if before not in text:
        sys.exit(f"{file}: there is nothing to break")
    (copy / file).write_text(text.replace(before, after))
    return copy / index.name


def twins(driver, index, scratch, trace):
    """What is broken and goes unnoticed."""
    wrong = []
    lines = trace.splitlines()
    changed = [json.loads(each) for each in lines]
    changed[-1]["reply"] = "R"
    if not differs("\n".join(lines[:-1] + [json.dumps(changed[-1])]) + "\n"):
        wrong.append("an answer of another model is not noticed")
    if not differs(trace.replace("linux-5.4", "linux-6.18")):
        wrong.append("the answers of another release are not noticed")
    for file, before, after in (("basin.js", "function drawTanks() {", "function drawTanks() { nothing();"),
                                ("basin.js", "basin.waiting.delete(skb)", "basin.peers"),
                                ("scenarios.js", "'write', 'net.core.netdev_max_backlog', '40'",
                                 "'write', 'net.core.netdev_max_backlog', '400'"),
                                ("model.js", "weirModel", "noModel")):
        name = "squeezed"
        found, _ = scenario(driver, broken_copy(index, scratch, file, before, after), name, 2)
        if file == "basin.js" and "delete" in before:
            note = driver.find_element(By.CSS_SELECTOR, "#tank-softnet .note").text
            found = found or ([note] if not note.startswith("36 packets") else [])
        print(f"{file}, {before}: {found[0] if found else 'NOT NOTICED'}"[:150].replace("\n", " "))
        if not found:
            wrong.append(f"{file} with {after} is not noticed")
        browser.complaints(driver)
    return wrong


def main():
    index = pathlib.Path(page).resolve()
    driver = browser.start(chromium, chromedriver)
    try:
        wrong, traces = [], {}
        for name in ENDS:
            found, traces[name] = scenario(driver, index, name)
            wrong += found
        note = "document.querySelector('#tank-softnet .note').textContent"
        if not driver.execute_script(f"return {note}").startswith("36 packets"):
            wrong.append("squeezed: not 36 packets are left, but " + driver.execute_script(f"return {note}"))
        seed = random.randrange(1 << 32)
        draw = random.Random(seed)
        for release in ("linux-2.6.32", "linux-4.9", "linux-6.18", *draw.sample(driver.execute_script("return basin.profiles"), 3)):
            wrong += [f"seed {seed}: {each}" for each in at_random(driver, index, release, draw)]
        browser.colours(driver, "dark")
        if browser.background(driver) == "rgb(255, 255, 255)":
            wrong.append("it is never dark")
        with tempfile.TemporaryDirectory() as scratch:
            wrong += twins(driver, index, scratch, traces["listen0"])
    finally:
        driver.quit()
    if wrong:
        sys.exit("\n".join(wrong))
    print("the basin answers as the model of this machine does")


main()
