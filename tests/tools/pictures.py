"""The README's picture of the explorer: the step at which ∂L/∂w1 of the 2-2-1 network is put together.

``python -m tests.tools.pictures`` writes it anew from the page of ``examples/explorer.py``, with Chromium, at two pixels a point.
"""

import sys
import tempfile
from pathlib import Path

from tests import browser

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "explorer.png"
TO_W1 = """
    const w1 = [...document.querySelectorAll(".node")].find((node) => node.getAttribute("aria-label").startsWith("w1,"));
    document.getElementById("first").click();
    while (w1.classList.contains("waiting")) document.getElementById("forward").click();
"""


def main():
    sys.path.append(str(ROOT / "examples"))
    import explorer

    with tempfile.TemporaryDirectory() as folder:
        page = explorer.two_pages_of_alice(Path(folder))[0]
        driver = browser.start(Path(folder) / "profile")
        try:
            browser.resize(driver, 1300, 650, scale=2)
            driver.get(page.as_uri())
            driver.execute_script(TO_W1)
            driver.save_screenshot(str(PICTURE))
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
