"""Figures as text: the table on the terminal, line by line, and the tables in Markdown."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from suite.measure import Cell, Row
from suite.peers import PEERS

WIDE, NARROW = 62, 11  # columns on the terminal
TOLERATED = 1.3  # by what the cost of one of n may grow within a decade and still be called linear


def seconds(t: float) -> str:
    """Three digits, in a unit that fits."""
    unit, factor = next((u, f) for u, f in (("s", 1), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)) if t * f >= 1 or u == "ns")
    return f"{t * factor:#.3g}".rstrip(".") + f" {unit}" if t * factor < 1000 else f"{t * factor:.0f} {unit}"


def lines(row: Row) -> Iterator[tuple[str, dict[str, str]]]:
    """The lines of a row: a heading, and what stands below each peer. CPU time, the median, and the peak memory."""
    heading = row.workload.heading(row.size)
    for number, phase in enumerate(row.workload.phases):
        times = row.times(number)
        yield (
            f"{heading}: {phase}" if phase else heading,
            {name: seconds(times[name]) if name in times else short(cell) for name, cell in row.cells.items()},
        )
    if row.workload.memory is not None and row.size >= row.workload.memory:
        each = " of each" if row.workload.grows else ""
        yield f"{heading}: memory{each}", {name: memory(row, cell) for name, cell in row.cells.items() if cell.memory}


def short(cell: Cell) -> str:
    return cell.fault.partition(":")[0]


def memory(row: Row, cell: Cell) -> str:
    peak = max(cell.memory)
    return f"{peak / row.size:.0f} B" if row.workload.grows else f"{peak / 2**20:.1f} MiB"


def head(names: Iterable[str]) -> str:
    return " " * WIDE + "".join(PEERS[name].title.rjust(NARROW) for name in names)


def text(row: Row, names: Iterable[str], absent: Mapping[str, str]) -> str:
    """A row for the terminal."""
    names = list(names)
    return "\n".join(
        heading.ljust(WIDE) + "".join(_cell(name, cells, absent).rjust(NARROW) for name in names)
        for heading, cells in lines(row)
    )


def _cell(name: str, cells: Mapping[str, str], absent: Mapping[str, str]) -> str:
    return "absent" if name in absent else cells.get(name, "–")


def markdown(rows: Iterable[Row], names: Iterable[str], absent: Mapping[str, str]) -> str:
    """The table of all rows."""
    names = list(names)
    out = ["| | " + " | ".join(PEERS[name].title for name in names) + " |", "|---|" + "---:|" * len(names)]
    for row in rows:
        for heading, cells in lines(row):
            cells_of_all = " | ".join(_cell(name, cells, absent) for name in names)
            out.append(f"| {heading} | {cells_of_all} |")
    return "\n".join(out)


def details(rows: Iterable[Row]) -> str:
    """Medians and minima of CPU and wall time, and the number of samples, of every cell."""
    out = ["| | | CPU, median | least | wall, median | least | samples | peak memory |", "|---|---|" + "---:|" * 6]
    for row in rows:
        per = row.workload.per(row.size)
        for number, phase in enumerate(row.workload.phases):
            for name, cell in row.cells.items():
                if not cell.samples:
                    continue
                heading = row.workload.heading(row.size) + (f": {phase}" if phase else "")
                cpu, wall = cell.times(number, 1), cell.times(number, 0)
                figures = [cell.median(number, 1), min(cpu), cell.median(number, 0), min(wall)]
                peak = memory(row, cell) if cell.memory and not number else ""
                shown = " | ".join(seconds(t / per) for t in figures)
                out.append(f"| {heading} | {PEERS[name].title} | {shown} | {len(cpu)} | {peak} |")
    return "\n".join(out)


def curve(rows: Iterable[Row], workload: str, peer: str) -> list[tuple[int, float]]:
    """(size, CPU seconds of all phases) of a workload that grows."""
    return [
        (row.size, sum(row.times(number)[peer] for number in range(len(row.workload.phases))))
        for row in rows
        if row.workload.name == workload and peer in row.times(0)
    ]


def not_linear(points: list[tuple[int, float]]) -> list[str]:
    """Where the cost of one grows with their number."""
    return [
        f"from {n:,} to {m:,}: {seconds(t / n)} → {seconds(u / m)} each"
        for (n, t), (m, u) in itertools.pairwise(points)
        if u / m > TOLERATED * (t / n)
    ]


def growth(rows: Iterable[Row]) -> list[str]:
    """A line for each workload that grows and each peer whose time is not linear in the size."""
    rows = list(rows)
    return [
        f"{workload}, {PEERS[peer].title}: more than linear {'; '.join(where)}"
        for workload in dict.fromkeys(row.workload.name for row in rows if row.workload.grows)
        for peer in PEERS
        if (where := not_linear(curve(rows, workload, peer)))
    ]
