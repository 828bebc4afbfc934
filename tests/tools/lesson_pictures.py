"""The pictures of docs/lesson/: ``python -m tests.tools.lesson_pictures`` (extra `plot`, and a `dot`).

Those of graphs are drawn by the pages themselves, whose blocks are run here; the two plots are made here.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from tests.test_docs import ROOT, blocks

PAGES = ROOT / "docs" / "lesson"
PICTURES = ROOT / "docs" / "images" / "lesson"
INK, TEAL, RED = "#264653", "#2a9d8f", "#e76f51"


def drawn_by(page: Path) -> dict[str, Any]:
    """Run the blocks of a page, and keep the pictures that they write; what its names stand for in the end."""
    names: dict[str, Any] = {"__name__": "docs"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        for _, source in blocks(page):
            exec(source, names)
        for picture in sorted(Path(folder).glob("*.svg")):
            shutil.copy(picture, PICTURES / picture.name)
    return names


def axes(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), layout="constrained")
    found = figure.add_subplot()
    found.spines[["top", "right"]].set_visible(False)
    return figure, found


def save(figure: Figure, name: str) -> None:
    # Without a date and with fixed ids the same picture is the same file.
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None}, facecolor="white")


def tangent() -> None:
    """The square, and at 3 the triangle of its slope."""
    figure, ax = axes(5.2, 3.4)
    x = np.linspace(0, 4.6, 100)
    ax.plot(x, x**2, color=TEAL, linewidth=2)
    ax.plot(x[x > 1.3], (6 * x - 9)[x > 1.3], color=RED, linewidth=1.5)
    ax.plot([3, 4, 4], [9, 9, 15], color=INK, linewidth=1, linestyle="--")
    ax.plot(3, 9, "o", color=INK)
    ax.text(3.5, 8.7, "1", color=INK, ha="center", va="top")
    ax.text(4.06, 12, "6", color=INK, ha="left", va="center")
    ax.text(4.2, 18.6, "x²", color=TEAL, ha="right", va="bottom")
    ax.set(xlabel="x", xlim=(0, 4.8), ylim=(-2, 20))
    save(figure, "tangent")


def moons(net: Any, x: Any, moon: Any) -> None:
    """The points of page 7, and which moon its net takes each place of the plane for."""
    figure, ax = axes(5.2, 3.6)
    across, up = np.linspace(-1.7, 2.7, 220), np.linspace(-1.2, 1.7, 160)
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    scores = net(grid.reshape(-1, 2)).data
    border = (scores[:, 1] - scores[:, 0]).reshape(grid.shape[:2])
    ax.contourf(across, up, border, levels=[-np.inf, 0, np.inf], colors=["#d8eeec", "#fbe2da"])
    for which, colour in enumerate((TEAL, RED)):
        ax.plot(*x[moon == which].T, ".", color=colour, markersize=4)
    ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]), aspect="equal")
    save(figure, "moons")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    tangent()
    for page in sorted(PAGES.glob("*.md")):
        names = drawn_by(page)
        if page.stem == "7_batches":
            moons(names["net"], names["x"], names["moon"])


if __name__ == "__main__":
    main()
