"""What runs in place of a function that was recorded: arrays where its groups are large, lines where they are small."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from .arrays import Arrays
from .graph import Graph
from .lines import Lines
from .program import Program

NARROW = 30  # operations in a group: from here on calls of NumPy take less time than lines of Python
LONG = 10_000  # lines: to compile more takes longer than a plan may


class Group(NamedTuple):
    """Operations of one kind at one depth; `terms` says how many numbers each of them adds up, 0 if it is no running sum."""

    depth: int
    name: str
    size: int
    terms: int
    differentiated: bool


class Plan:
    """Runs a program: `forward`, and `backward` for the last run. `lock` is held from the one to the other."""

    def __init__(self, program: Program) -> None:
        graph = Graph(program)
        self.groups = [Group(run.depth, run.name, len(run.members), run.terms, run.active) for run in graph.runs]
        self.lock, self.runs = threading.RLock(), 0
        self.classes = program.classes[: len(program.inputs)]
        self._outcomes = program.outcomes
        operations = sum(map(bool, graph.uses[program.first :]))
        narrow = operations < LONG and operations < NARROW * len(graph.runs)
        self._runner = Lines(program, graph) if narrow else Arrays(program, graph)

    def forward(self, raws: Sequence[Any]) -> list[Any] | None:
        """The results for these numbers of the inputs; None where the program would take another branch."""
        self.runs += 1
        results, outcomes = self._runner.forward(raws)
        return results if outcomes == self._outcomes else None

    def backward(self, cotangents: Sequence[Any]) -> list[Any]:
        """The cotangents of the inputs, for those of the results that have a derivative; after a forward run."""
        return self._runner.backward(cotangents)
