"""A training film: the numbers of a graph every so many steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...engine.value import Value
from ...errors import GraphError, user_line
from ..collect import Graph, collect
from ..dot import Style
from . import page, sweep
from .anew import collected
from .arrays import Json, room

_CELLS, _CELLS_IN_FILM = 1024, 256  # of an array
_NUMBERS, _NUMBERS_IN_FILM = 50_000, 600_000  # of all arrays of a page, of all moments
_FACTORS_IN_FILM, _SECONDS_IN_FILM = 80_000, 4.0  # of all moments


class Recorder:
    """Collects a graph's numbers while a program trains, for a page with a time slider.

        recorder = Recorder(every=10)
        for step in range(1000):
            loss = …
            recorder.record(loss)       # before the update, and before backward(leaves_only=True)
            loss.backward()
            …
        recorder.html("training.html")   # or, in a notebook, the recorder itself as the last line of a cell

    It computes the gradients itself and leaves every ``.grad`` alone. Only the numbers are kept, not the graphs. Once
    there are more than `most` moments every second one is dropped, and from then on half as many are taken.

    Raises:
        GraphError: `every` is less than 1, or `most` than 2.
    """

    def __init__(self, every: int = 1, most: int = 100) -> None:
        if every < 1 or most < 2:
            raise GraphError(f"Recorder(every={every}, most={most}) at {user_line()}: at least 1 and 2")
        self.every = every
        self.most = most
        self._count = 0
        self._program: page.Program | None = None
        self._moments: list[tuple[int, Json]] = []

    def __len__(self) -> int:
        return len(self._moments)

    def record(self, value: Value, label: str | None = None) -> None:
        """Count one step; on every `every`-th, keep the numbers of the graph behind `value`."""
        step, self._count = self._count, self._count + 1
        if step % self.every:
            return
        graph = collect(value, limit=LIMIT, gradients=True)
        if self._program is None:
            self._program = page.program(graph)
        else:
            same_graph(self._program.graph, graph)
        cells = _room(graph, _NUMBERS_IN_FILM // self.most, _CELLS_IN_FILM)
        factors = min(_FACTORS_IN_FILM // self.most, sweep.FACTORS)
        seconds = min(_SECONDS_IN_FILM / self.most, sweep.SECONDS)
        moment = sweep.numbers(graph, label or f"step {step}", cells, by_element=factors, seconds=seconds)
        self._moments.append((step, moment))
        if len(self._moments) > self.most:
            self.every *= 2
            self._moments = [(step, moment) for step, moment in self._moments if step % self.every == 0]

    def html(self, path: str | Path, *, title: str = "Training", style: Style | None = None) -> Path:
        """Write the page of `page` to the file `path`."""
        return self.page(title=title, style=style).write(path)

    def page(self, *, title: str = "Training", style: Style | None = None) -> page.Page:
        """The page with the time slider: a notebook shows it, ``write(path)`` makes it a file."""
        if self._program is None:
            raise GraphError(f"Recorder at {user_line()}: nothing was recorded; call record(loss) in each step")
        return page.page(self._program, [moment for _, moment in self._moments], style or Style(), title)

    def _repr_html_(self) -> str | None:
        return self.page()._repr_html_() if self._moments else None


LIMIT = 10_000  # operations on a page


def explore(value: Value, *, compare: Value | None, labels: tuple[str, str], title: str, style: Style) -> page.Page:
    """See `Picture.explore`."""
    graph = collected(value, LIMIT)
    cells = _room(graph, _NUMBERS, _CELLS)
    snapshots = [sweep.numbers(graph, labels[0], cells, by_element=sweep.FACTORS)]
    if compare is not None:
        other = collected(compare, LIMIT)
        same_graph(graph, other)
        snapshots.append(sweep.numbers(other, labels[1], cells, by_element=sweep.FACTORS))
    return page.page(page.program(graph), snapshots, style, title)


def _room(graph: Graph, numbers: int, most: int) -> int:
    """The cells that an array may have: each is there as a value, and most as a gradient and a contribution too."""
    return room((np.size(node.data) for node in graph.nodes.values() if np.shape(node.data)), numbers // 2, most)


def same_graph(one: Graph, other: Graph) -> None:
    """Raise `GraphError` unless the two graphs were made by the same operations on the same shapes."""

    def outline(graph: Graph) -> list[tuple[Any, ...]]:
        return [(n.kind, n.op, n.inputs, np.shape(n.data)) for n in graph.nodes.values()]

    mine, theirs = outline(one), outline(other)
    if mine == theirs:
        return
    where = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
    pair = [
        f"{nodes[where][1] or nodes[where][0]} {nodes[where][3]}" if where < len(nodes) else "nothing"
        for nodes in (mine, theirs)
    ]
    raise GraphError(
        f"graphs can be compared if they were made by the same operations on the same shapes (at {user_line()}): "
        f"the first has {len(mine)} nodes, the other {len(theirs)}, and they first differ at number {where}: "
        f"{pair[0]} and {pair[1]}"
    )
