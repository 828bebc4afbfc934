"""Cost against size, for the workloads that grow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from suite.measure import Row
from suite.peers import OURS, PEERS
from suite.report import curve

TITLES = {
    "elementwise": "Σ tanh(x)·exp(−x²) + x·sin x with its gradient",
    "chain": "A chain of scalar operations: recorded, differentiated, freed",
}


def draw(folder: Path, rows: Sequence[Row]) -> dict[str, str]:
    """A picture for each workload that was measured at several sizes: its title, and the file's path from the page."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    found = {}
    folder.mkdir(parents=True, exist_ok=True)
    for workload, title in TITLES.items():
        curves = {name: points for name in PEERS if len(points := curve(rows, workload, name)) > 1}
        if not curves:
            continue
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        axes = figure.subplots()
        for name, points in curves.items():
            sizes, each = zip(*((n, 1e9 * t / n) for n, t in points), strict=True)
            ours = name == OURS
            axes.loglog(sizes, each, marker="o", markersize=3, label=PEERS[name].title, linewidth=2.5 if ours else 1.2,
                        color="black" if ours else f"C{list(PEERS).index(name)}", zorder=3 if ours else 2)  # fmt: skip
        axes.set(title=title, xlabel="n", ylabel="CPU time for each of n, ns")
        axes.grid(True, which="major", alpha=0.3)
        axes.legend(frameon=False, fontsize="small")
        file = f"benchmark_{workload}.svg"
        with mpl.rc_context({"svg.hashsalt": workload}):
            figure.savefig(folder / file, metadata={"Date": None})
        found[title] = f"images/{file}"
    return found
