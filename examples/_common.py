"""What the examples share: tables that compare with the articles, plots, pictures of graphs, a gradient check."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gallery import OUT

from autograd import Value
from autograd.draw import RenderError, draw

INK, GRID = "#264653", "#e6e9eb"
TEAL, RED, GOLD, SAND, VIOLET = "#2a9d8f", "#e76f51", "#e9b44c", "#f4a261", "#7b6fb5"
COLOURS = (TEAL, RED, VIOLET, GOLD, INK)


# -- tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One comparison: what, what the article says, what this run computed, and whether the two agree."""

    what: str
    article: str
    ours: str
    agrees: bool


def number(what: str, article: str, ours: Any) -> Row:
    """A number by the article: ours agrees if it is the same in every digit of it.

    It is what the article prints, or with more digits what the article's own arithmetic gives.
    """
    ours, digits = float(ours), len(article.partition(".")[2])
    tolerance = max(0.5 * 10.0**-digits, 4 * math.ulp(float(article)))
    return Row(what, article, f"{ours:.{digits}f}", abs(ours - float(article)) <= tolerance * (1 + 1e-9))


def within(what: str, low: str, high: str, ours: Any) -> Row:
    """The article's number depends on chance: ours (one, or many runs of it) must lie in the range that chance has.

    The range is that of the article's arithmetic, from as many random beginnings.
    """
    digits = len(low.partition(".")[2])
    least, most = (f"{edge:.{digits}f}" for edge in (np.min(ours), np.max(ours)))
    shown = least if np.ndim(ours) == 0 else f"{least} to {most}"
    return Row(what, f"{low} to {high}", shown, float(low) <= float(least) and float(most) <= float(high))


def claim(what: str, article: str, ours: str, agrees: Any) -> Row:
    """The article says something in words, and `agrees` is the test of it."""
    return Row(what, article, ours, bool(agrees))


def print_table(title: str, rows: Sequence[Row], article: str = "by the article", ours: str = "this run") -> None:
    """The rows, in columns."""
    cells = [("", article, ours, "agree"), *((r.what, r.article, r.ours, "yes" if r.agrees else "NO") for r in rows)]
    widths = [max(len(cell[i]) for cell in cells) for i in range(4)]
    print(f"\n{title}")
    for i, cell in enumerate(cells):
        line = f"  {cell[0]:<{widths[0]}}   {cell[1]:>{widths[1]}}   {cell[2]:>{widths[2]}}   {cell[3]:>5}"
        print(line + ("\n  " + "─" * (len(line) - 2) if i == 0 else ""))


def print_side_by_side(title: str, left: Sequence[Row], right: Sequence[Row], heads: tuple[str, str]) -> None:
    """Two tables about the same quantities, next to each other: with the article's derivative, and with the true one.

    The articles print no numbers for the second: there the reference is the same arithmetic with o·(1 − o).
    """
    names = max(len(r.what) for r in left)
    print(f"\n{title}\n  {'':<{names}} │ {heads[0]:^35} │ {heads[1]:^35}".rstrip())
    columns = (f"│ {reference:>13} {'this run':>13} {'agree':>7} " for reference in ("article", "reference"))
    print(f"  {'':<{names}} " + "".join(columns).rstrip())
    print("  " + "─" * (names + 1) + "┼" + "─" * 37 + "┼" + "─" * 36)
    for pair in zip(left, right, strict=True):
        halves = (f" {r.article:>13} {r.ours:>13} {'yes' if r.agrees else 'NO':>7} " for r in pair)
        print(f"  {pair[0].what:<{names}} │" + "│".join(halves).rstrip())


# -- plots -------------------------------------------------------------------------------------------------------


def figure(*titles: str, width: float = 5.4, height: float = 4.2) -> tuple[Any, list[Any]]:
    """A matplotlib figure with one panel for each title; a panel's width and height are in inches."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise ImportError("matplotlib is needed for plots: pip install 'chainrule[plot]'") from error
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    style = {
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.titlecolor": INK,
        "axes.titlesize": 12,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 12,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "xtick.color": INK,
        "ytick.color": INK,
        "lines.linewidth": 2,
        "legend.frameon": False,
        "legend.labelcolor": INK,
        "axes.prop_cycle": mpl.cycler(color=COLOURS),
    }
    mpl.rcParams.update(style)
    drawing, axes = plt.subplots(
        1, len(titles), figsize=(0.8 + width * len(titles), height), squeeze=False, layout="constrained"
    )
    drawing.get_layout_engine().set(w_pad=0.12, h_pad=0.1)
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title)
    return drawing, list(axes[0])


def save(drawing: Any, name: str) -> Path:
    """Write the figure to ``out/`` as PNG."""
    from matplotlib import pyplot as plt

    OUT.mkdir(exist_ok=True)
    path = OUT / name
    drawing.savefig(path, dpi=150)
    plt.close(drawing)
    return path


def shade(axis: Any, f: Callable[[Any], Any], x: tuple[float, float], y: tuple[float, float]) -> None:
    """Colour the plane by `f`, which maps points (n, 2) to numbers from 0 to 1, and draw the line where it is ½."""
    from matplotlib.colors import LinearSegmentedColormap

    grid_x, grid_y = np.meshgrid(np.linspace(*x, 200), np.linspace(*y, 200))
    height = f(np.stack([grid_x.ravel(), grid_y.ravel()], axis=1)).reshape(grid_x.shape)
    colours = LinearSegmentedColormap.from_list("two", ["#f6cdc0", "#ffffff", "#bfe3de"])
    axis.grid(False)
    axis.pcolormesh(grid_x, grid_y, height, cmap=colours, vmin=0, vmax=1, shading="gouraud", rasterized=True)
    if height.min() < 0.5 < height.max():
        axis.contour(grid_x, grid_y, height, levels=[0.5], colors=INK, linewidths=1.5)
    axis.set(xlim=x, ylim=y)


def scatter(
    axis: Any, points: Any, positive: Any, size: float = 60, names: Sequence[str | None] = (None, None)
) -> None:
    """Points of two classes, with their names for a legend: circles for the positive, squares for the negative."""
    points, positive = np.asarray(points), np.asarray(positive, dtype=bool)
    for chosen, colour, marker, name in ((positive, TEAL, "o", names[0]), (~positive, RED, "s", names[1])):
        axis.scatter(
            *points[chosen].T,
            s=size,
            c=colour,
            marker=marker,
            edgecolors="white",
            linewidths=1,
            zorder=3,
            clip_on=False,
            label=name,
        )


# -- pictures of graphs ------------------------------------------------------------------------------------------


def known(data: Any, name: str) -> Value:
    """Data, with a name for pictures."""
    return Value(data, name=name, requires_grad=False)


def draw_graph(value: Value, path: Path) -> Path:
    """A picture of how `value` was computed, and beside it a page that steps through backpropagation.

    Without a program that lays out graphs there is no page, and the DOT text is written instead of the picture.
    """
    path.parent.mkdir(exist_ok=True)
    picture = draw(value, gradients=True)
    try:
        print(f"  wrote {picture.html(path.with_suffix('.html'), title=value.name or path.stem)}")
    except RenderError as error:
        print(f"  ({error})")
        return picture.render(path.with_suffix(".dot"))
    return picture.render(path)


# -- checking ----------------------------------------------------------------------------------------------------


def finite_differences(f: Callable[[Any], Any], x: Any, step: float = 1e-6) -> Any:
    """The gradient of the scalar function `f` at `x` by central differences: (f(x + h) − f(x − h)) / 2h."""
    x = np.asarray(x, dtype=float)
    slopes = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        h = np.zeros_like(x)
        h[i] = step
        slopes[i] = (f(x + h) - f(x - h)) / (2 * step)
    return slopes
