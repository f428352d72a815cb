"""report.py WEIR MODEL_DRIVER CHROMIUM CHROMEDRIVER BENCH_JSON

A campaign finds differences, one more finding is as hostile as a program under test can make it, and the page that
`weir report` makes of them is opened, looked at and used with keys. Pages that are broken on purpose are noticed.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import browser
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

weir, model_driver, chromium, chromedriver, bench = sys.argv[1:]
HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"><!--"


def run(*arguments, status=(0,), into=None):
    done = subprocess.run([weir, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode not in status:
        sys.exit(f"weir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
    if into:
        into.write_text(done.stdout)


def fill(folder):
    """A campaign of two seconds against the model of an old release, and whatever else this weir has."""
    run("campaign", "--plugin", f"{model_driver} linux-2.6.32", "--profile", "linux-6.18", "--no-proofs", "--time", "2s",
        "--out", folder, status=(1,))
    lines = [{"weir": 1, "profile": "linux-6.18"},
             {"op": "sysctl_write", "ns": 0, "name": "net.core.somaxconn", "data": HOSTILE, "ret": len(HOSTILE)}]
    (folder / "evil<b>'-linux-6.18-sysctl_write.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    (folder / "strange-linux-6.18-none.jsonl").write_text("<b>this is no trace</b>\n")
    known = subprocess.run([weir, "--help"], capture_output=True, text=True, check=True).stdout
    if "explore" in known:
        run("explore", "queue.put_poll", "--json", into=folder / "explore.json")
    if "prove" in known:
        run("prove", "--theorem", "listen.*", "--profile", "linux-6.18", "--json", into=folder / "prove.json")
    (folder / "bench.json").write_text(pathlib.Path(bench).read_text())


def uses_keys(driver):
    """What goes wrong for a reader without a pointer."""
    wrong = []
    first = driver.find_element(By.CSS_SELECTOR, "details.finding > summary")
    first.send_keys(Keys.ENTER)
    opened = "const d = document.querySelector('details.finding'); return d.open && d.querySelectorAll('svg .arrow').length"
    steps = driver.execute_script("return weir.findings.all[0].steps.length")
    if not browser.wait_for(lambda: driver.execute_script(opened) == steps, 2):
        wrong.append("Enter does not open the first finding with an arrow for each of its operations")
    cell = driver.find_element(By.CSS_SELECTOR, ".map .cell")
    cell.send_keys(Keys.ARROW_RIGHT)
    told = driver.find_element(By.CSS_SELECTOR, ".tells").text
    if driver.execute_script("return weir.planes[0].clauses[1].sentence") not in told:
        wrong.append(f"the arrow key does not lead to the second rule, but to: {told}")
    return wrong


def is_dark(driver):
    before = browser.background(driver)
    browser.colours(driver, "dark")
    after = browser.background(driver)
    browser.colours(driver, "light")
    return [] if sum(map(int, after[4:-1].split(", "))) < 150 < sum(map(int, before[4:-1].split(", "))) else [
        f"dark is {after}, light is {before}"]


def wrong_with(driver, page, folder):
    """All that is not as it should be."""
    driver.get(page.as_uri())
    wrong = browser.complaints(driver) + browser.requests(driver)
    if driver.title != "weir report":
        wrong.append(f"the title is {driver.title}")
    try:
        sections = {each.get_attribute("id") for each in driver.find_elements(By.TAG_NAME, "section")}
        wanted = {"verdicts", "findings", "growth", "coverage", "drain"}
        wanted |= {name for name, file in (("proofs", "prove.json"), ("explored", "explore.json")) if (folder / file).exists()}
        if sections != wanted:
            wrong.append(f"there are {sorted(sections)}, not {sorted(wanted)}")
        plots = len(driver.find_elements(By.TAG_NAME, "canvas"))
        if plots < 10 or browser.blank_plots(driver):
            wrong.append(f"{plots} plots, blank: {browser.blank_plots(driver)}")
        findings = len(list(folder.glob("*.jsonl"))) - 1
        shown = len(driver.find_elements(By.CSS_SELECTOR, "details.finding"))
        if shown != findings:
            wrong.append(f"{shown} of {findings} findings")
        for each in driver.find_elements(By.CSS_SELECTOR, "details"):
            driver.execute_script("arguments[0].open = true", each)
        if HOSTILE not in driver.find_element(By.ID, "findings").text.replace('\\"', '"'):
            wrong.append("what the hostile program wrote is not there as text")
        driver.execute_script("document.querySelectorAll('details').forEach(each => each.open = false)")
        wrong += uses_keys(driver) + is_dark(driver) + browser.complaints(driver)
        if driver.title != "weir report":
            wrong.append(f"the title has become {driver.title}")
    except Exception as error:  # pylint: disable=broad-except
        wrong.append(f"{type(error).__name__}: {error}")
    return wrong


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "findings"
        fill(folder)
        page = pathlib.Path(scratch) / "report.html"
        run("report", folder, "-o", page)
        text = page.read_text()
        driver = browser.start(chromium, chromedriver)
        try:
            wrong = wrong_with(driver, page, folder)
            if wrong:
                sys.exit("\n".join(wrong))
            twins = {
                "a script that does not parse": ("function make(", "function make(("),
                "a script that stops": ("function growthPlots(into) {", "function growthPlots(into) { nothing();"),
                "plots that are not drawn": ("new Chart(canvas,", "new Array(canvas,"),
                "text that becomes markup": ("\\u003c", "<"),
                "no dark colours": ("(prefers-color-scheme: dark) {", "(max-width: 1px) {"),
                "something from elsewhere": ("<h1>", "<img src='http://127.0.0.1:9/x.png'><h1>"),
                "findings that do not open": ("if (details.open && !body.isConnected) details.append(body);", ""),
                "rules that keys do not reach": ("ArrowRight: 1", "ArrowRight: 0"),
            }
            for what, (before, after) in twins.items():
                broken = page.with_name("broken.html")
                broken.write_text(text.replace(before, after))
                if broken.read_text() == text:
                    sys.exit(f"{what}: there is nothing to break")
                noticed = wrong_with(driver, broken, folder)
                print(f"{what}: {noticed[0] if noticed else 'NOT NOTICED'}"[:150])
                if not noticed:
                    sys.exit(f"{what} is not noticed")
        finally:
            driver.quit()
    print("the page is as it should be")


main()
