"""What the tests of pages ask a browser: Debian's Chromium without a screen, driven by selenium.

Not a word is exchanged with any network: pages are files, or come from this machine.
"""
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

STARTS = 3  # on a busy machine the driver may give up waiting for its browser


def start(chromium, chromedriver):
    options = Options()
    options.binary_location = chromium
    # Root may not have the sandbox, and what is shown is weir's own; /dev/shm may be small where tests run.
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1200,1600"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for left in reversed(range(STARTS)):
        try:
            return webdriver.Chrome(service=Service(chromedriver), options=options)
        except Exception:
            if left == 0:
                raise
            time.sleep(1)


def colours(driver, scheme):
    """As the reader's system has it: "light" or "dark"."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def background(driver):
    return driver.execute_script("return getComputedStyle(document.body).backgroundColor")


def complaints(driver):
    """What the browser has said since it was asked last: errors of scripts, and what it refused to load."""
    return [each["message"] for each in driver.get_log("browser") if each["level"] in ("SEVERE", "WARNING")]


def requests(driver):
    """What the page has loaded beside itself."""
    return driver.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")


def blank_plots(driver):
    """The plots on which nothing is drawn."""
    return driver.execute_script("""
        return [...document.querySelectorAll('canvas')].filter(canvas => {
          if (canvas.width * canvas.height == 0) return true;
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          return !pixels.some((value, at) => at % 4 == 3 && value != 0);
        }).map(canvas => canvas.getAttribute('aria-label'))""")


def wait_for(condition, seconds=20):
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())
