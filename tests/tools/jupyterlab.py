"""Do the explorer and a recorder show themselves in JupyterLab, and can they be used there? In a real one, with Chromium.

``pip install jupyterlab``, then ``python -m tests.tools.jupyterlab [PICTURE.png]``: it takes some twenty seconds, and is
therefore no part of the tests.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests import browser

ROOT = Path(__file__).parents[2]
CELLS = [
    "from autograd import Value\nfrom autograd.draw import Recorder, draw\n"
    "w, x = Value(1.0, name='w'), Value(-2.0, name='x', requires_grad=False)\nloss = (1 - w * x) ** 2",
    "draw(loss).explore()",
    "film = Recorder()\nfor _ in range(5):\n    loss = (1 - w * x) ** 2\n    film.record(loss)\n"
    "    w.grad = None\n    loss.backward()\n    w.data -= 0.05 * w.grad\nfilm",
]
PATIENCE = 60  # seconds
FITS = "const area = arguments[0].parentElement; return area.scrollWidth <= area.clientWidth"
ASTRAY = """
    return [...document.querySelectorAll(".node")].flatMap((node) => {
        const box = node.querySelector("path, polygon, rect").getBoundingClientRect();
        const outside = (text) => {
            const { left, right, top, bottom } = text.getBoundingClientRect();
            return left < box.left - 2 || right > box.right + 2 || top < box.top - 2 || bottom > box.bottom + 2;
        };
        return [...node.querySelectorAll("text")].filter(outside).map((text) => text.textContent);
    });
"""


def main(picture=None):
    """0 if both can be used, else the exit code of an assertion."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # else it asks for one
        (folder / "notebooks").mkdir()
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "notebooks" / "look.ipynb")
        port = free_port()
        server = subprocess.Popen(command(folder, port), env=environment(folder), stderr=subprocess.DEVNULL)
        driver = None
        try:
            wait_for(f"http://127.0.0.1:{port}/api")
            driver = browser.start(folder / "profile")
            browser.resize(driver, 1440, 1900)
            driver.get(f"http://127.0.0.1:{port}/lab/tree/look.ipynb?reset")
            look(driver)
            if picture:
                driver.save_screenshot(picture)
        finally:
            if driver:
                driver.quit()
            server.terminate()
            server.wait()
    print("JupyterLab shows the explorer and the recorder, and their buttons work")


def command(folder, port):
    options = f"--no-browser --ServerApp.port={port} --IdentityProvider.token= --expose-app-in-browser --allow-root"
    return [sys.executable, "-m", "jupyterlab", *options.split(), f"--ServerApp.root_dir={folder / 'notebooks'}"]


def environment(folder):
    """This checkout for the kernel, and nothing of the user's own settings."""
    own = {"JUPYTER_CONFIG_DIR": folder / "config", "JUPYTER_DATA_DIR": folder / "data", "PYTHONPATH": ROOT}
    return os.environ | {name: str(value) for name, value in own.items()}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(address):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return json.loads(urllib.request.urlopen(address).read())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def look(driver):
    """Run the notebook, and take a step in the explorer and in the recorder's page."""
    wait = WebDriverWait(driver, PATIENCE)
    main = "[...(window.jupyterapp?.shell.widgets('main') ?? [])].find((widget) => widget.sessionContext)"
    wait.until(lambda d: d.execute_script(f"return Boolean({main}?.sessionContext.session?.kernel)"))
    driver.execute_script("jupyterapp.commands.execute('notebook:run-all-cells')")
    frames = wait.until(
        lambda d: len(found := d.find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output iframe")) == 2 and found
    )
    for frame in frames:
        assert driver.execute_script(FITS, frame), "the output is wider than the notebook"
        driver.execute_script("arguments[0].scrollIntoView()", frame)
        driver.switch_to.frame(frame)
        driver.find_element(By.ID, "first").click()
        before = driver.find_element(By.ID, "where").text
        driver.find_element(By.ID, "forward").click()
        assert driver.find_element(By.ID, "where").text != before, "a click on the button changes nothing"
        astray = driver.execute_script(ASTRAY)
        assert not astray, f"outside of their boxes: {astray}"
        driver.switch_to.default_content()
    driver.execute_script("arguments[0].scrollIntoView()", frames[0])
    wrong = [
        entry for entry in driver.get_log("browser") if "srcdoc" in entry["message"] and entry["level"] == "SEVERE"
    ]
    assert not wrong, wrong


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
