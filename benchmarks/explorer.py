"""The explorer on large graphs: how large a page is, how long it takes to make, to load, and to take a step, in Chromium.

``python3 run.py python benchmarks/explorer.py`` (needs Chromium and its driver; see tests/browser.py)
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from autograd import Value, scope
from autograd.draw import draw
from tests import browser

STEP = """
    const button = document.getElementById("forward");
    document.getElementById("first").click();
    const slider = document.getElementById("position");
    const times = [];
    for (const start of [0, 0.25, 0.5, 0.75, 0.95]) {
        slider.value = Math.floor(start * slider.max);
        slider.dispatchEvent(new Event("input"));
        document.body.offsetHeight;
        for (let i = 0; i < 20; i++) {
            const began = performance.now();
            button.click();
            document.body.offsetHeight;  // the layout is part of it
            times.push(performance.now() - began);
        }
    }
    return times"""
LOADED = "const [page] = performance.getEntriesByType('navigation'); return page.loadEventEnd"


def numbers(operations, hidden=8, within=False):
    """A net of single numbers on one point after another, as micrograd has it, until there are so many operations."""
    rng = random.Random(1)
    weight = lambda name: Value(rng.uniform(-1, 1), name=name)
    layer = [[weight(f"w{i}0"), weight(f"w{i}1"), weight(f"b{i}")] for i in range(hidden)]
    last = [weight(f"v{i}") for i in range(hidden)]
    total, count = Value(0.0, requires_grad=False), 0
    while count < operations:
        x, y = rng.uniform(-1, 1), rng.uniform(-1, 1)
        out = 0.0
        for (u, v, b), w in zip(layer, last, strict=True):
            if within:
                with scope("Neuron"):
                    h = np.tanh(u * x + v * y + b)
            else:
                h = np.tanh(u * x + v * y + b)
            out = out + w * h
        total = total + (out - x * y) ** 2
        count += 7 * hidden + 3
    return total


def modules(operations):
    """The same, each neuron in a frame."""
    return numbers(operations, within=True)


def chain(operations):
    """One operation after another."""
    y = Value(0.5, name="x")
    for _ in range(operations // 2):
        y = np.sin(y) * 1.01
    return y


def arrays(operations, size=16):
    """A recurrent net of arrays, step after step."""
    rng = np.random.default_rng(0)
    w, u, b = (
        Value(rng.normal(size=s) / 4, name=n) for s, n in (((size, size), "W"), ((4, size), "U"), ((size,), "b"))
    )
    h = np.zeros((2, size))
    for _ in range(operations // 5):
        h = np.tanh(h @ w + rng.normal(size=(2, 4)) @ u + b)
    return (h * h).sum()


def main():
    driver = browser.start(tempfile.mkdtemp())
    try:
        print(f"{'graph':<24}{'nodes':>8}{'MB':>7}{'made, s':>9}{'loaded, s':>11}{'a step, ms':>12}{'9 of 10':>9}")
        for make, operations in ((numbers, 800), (numbers, 7500), (modules, 7500), (chain, 6600), (arrays, 8000)):
            with tempfile.TemporaryDirectory() as folder:
                value = make(operations)
                began = time.perf_counter()
                page = draw(value, repeats=None).html(Path(folder) / "page.html")
                made = time.perf_counter() - began
                browser.resize(driver, 1440, 900)
                driver.get(page.as_uri())
                time.sleep(1)
                nodes = driver.execute_script("return document.querySelector('#stage svg').getAttribute('aria-label')")
                loaded = driver.execute_script(LOADED)
                steps = driver.execute_script(STEP)
                count = nodes.split()[-2] if "of" in nodes else "folded"
                print(
                    f"{make.__name__ + f' {operations}':<24}{count:>8}{page.stat().st_size / 1e6:>7.2f}{made:>9.1f}"
                    f"{loaded / 1e3:>11.2f}{statistics.median(steps):>12.1f}{statistics.quantiles(steps, n=10)[-1]:>9.1f}",
                    flush=True,
                )
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
