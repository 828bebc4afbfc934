"""A program on arrays: a few hundred calls of NumPy, each of which computes a group of equal operations.

Each number has an index in the array of its class: inputs, constants, then the groups, one after the other. What a group
computes with is gathered first, unless it stands there side by side. The cotangents have the same indices in arrays of their
own; behind them is room for what each operation contributes to its inputs. The way back *pulls*: each number collects its
contributions, one for each edge of the graph, and adds them up newest first, as the engine does.
"""

from __future__ import annotations

import functools
import itertools
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..engine.mode import undisturbed
from ..errors import GraphError, user_line
from .graph import Graph, Run, hands_on
from .program import Program
from .recording import NUMBERS

Call = tuple[Callable[..., Any], tuple[Any, ...]]


def _run(calls: Sequence[Call]) -> None:
    for function, arguments in calls:
        function(*arguments)


def _store(into: Any, function: Callable[..., Any], inputs: Sequence[Any], static: dict[str, Any]) -> None:
    """What is no ufunc makes an array of its own; a rule may give one number for all."""
    np.copyto(into, function(*inputs, **static), casting="same_kind")


def _last(into: Any, ufunc: Any, terms: Any) -> None:
    into[0] = ufunc.accumulate(terms[:, 0])[-1]


def _reduce(ufunc: Any, terms: Any, into: Any) -> Call:
    """Each column of `terms`, from the top to the bottom; of a single column, `reduce` would add up pairs first."""
    return (ufunc.reduce, (terms, 0, None, into)) if terms.shape[1] > 1 else (_last, (into, ufunc, terms))


class Arrays:
    """`forward` computes the numbers of a program, `backward` the cotangents of its inputs."""

    def __init__(self, program: Program, graph: Graph) -> None:
        self._program, self._graph = program, graph
        self._order = sorted(range(len(program.inputs)), key=graph.fan.__getitem__)  # of the inputs in the arrays
        self._place()
        self._operands: list[list[Any]] = []  # of each group the arrays that its operations compute with
        self._forward: list[Call] = []
        for run in graph.runs:
            self._compute(run)
        self._offsets = self._make_room()
        self._find_sources()
        self._backward: list[Call] = []
        for r in range(len(graph.runs) - 1, -1, -1):
            if graph.runs[r].active:
                self._go_back(r, graph.runs[r])
        self._inputs = {kind: [p for p in self._order if program.classes[p] is kind] for kind in self._cotangents}
        for members in self._inputs.values():
            self._pull(members)
        # How many of them, which come first, receive nothing.
        self._silent = [sum(not graph.fan[p] for p in members) for members in self._inputs.values()]
        self._guards = self._index[program.guards]
        self._outs = [(self._values[program.classes[p]], self._index[p]) for p, _ in program.outs]
        self._check()
        del self._program, self._graph, self._operands, self._sources, self._first

    # -- running it ----------------------------------------------------------------------------------------------------

    def forward(self, raws: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The results for these numbers of the inputs, and the outcomes of the branches."""
        for kind, order in self._inputs.items():
            self._values[kind][: len(order)] = [raws[p] for p in order]
        undisturbed(_run, self._forward)
        outcomes = self._values[np.bool_][self._guards].tolist() if self._guards.size else []
        return [values[index] for values, index in self._outs], outcomes

    def backward(self, cotangents: Sequence[Any]) -> list[Any]:
        """The cotangents of the inputs (None where there is none), for those of the results, after a forward run."""
        for (kind, at), g in zip(self._starts, cotangents, strict=True):
            self._cotangents[kind][at] = g
        undisturbed(_run, self._backward)
        found: list[Any] = [None] * len(self._order)
        for (kind, order), silent in zip(self._inputs.items(), self._silent, strict=True):
            for place, g in zip(order[silent:], self._cotangents[kind][silent : len(order)], strict=True):
                found[place] = g
        return found

    def _check(self) -> None:
        """Run it on the numbers that the program was recorded with: it must compute those that were recorded."""
        program = self._program
        self.forward(program.begun)
        for run in self._graph.runs:
            found = self._slice(self._values, run.members)
            recorded = np.array([program.numbers[p - program.first] for p in run.members], found.dtype)
            if not np.allclose(found, recorded, rtol=1e-3 if found.dtype == np.float32 else 1e-9, equal_nan=True):
                raise GraphError(
                    f"replay computes {run.name} on arrays otherwise than the engine does on numbers, at {user_line()}: leave "
                    "this function as it is, and report it"
                )

    # -- where each number is ------------------------------------------------------------------------------------------

    def _place(self) -> None:
        """Give each number its index in the array of its class."""
        program, classes = self._program, self._program.classes
        constants = range(len(program.inputs), program.first)
        sizes: dict[type, int] = {}
        self._index = np.full(len(classes), -1)
        for p in (*self._order, *constants, *(p for run in self._graph.runs for p in run.members)):
            self._index[p] = sizes.get(classes[p], 0)
            sizes[classes[p]] = self._index[p] + 1
        self._values: dict[type, Any] = {kind: np.zeros(size, kind) for kind, size in sizes.items()}
        for place, constant in zip(constants, program.constants, strict=True):
            self._values[classes[place]][self._index[place]] = constant

    def _slice(self, arrays: dict[type, Any], members: Sequence[int]) -> Any:
        """The numbers of neighbours, as a view."""
        start = self._index[members[0]]
        return arrays[self._program.classes[members[0]]][start : start + len(members)]

    # -- forward -----------------------------------------------------------------------------------------------------

    def _compute(self, run: Run) -> None:
        graph, program = self._graph, self._program
        out, function = self._slice(self._values, run.members), graph.functions[run.kind]
        if run.terms:
            places = np.array([[p for p, _, _ in graph.chain[me]] for me in run.members]).T
            self._forward.append(_reduce(function, self._terms(places), out))
            self._operands.append([])
            return
        static, width = dict(program.kinds[run.kind][1]), len(program.kinds[run.kind]) - 3
        inputs = [self._gathered(row) for row in program.operands[np.array(run.members) - program.first, :width].T]
        if isinstance(function, np.ufunc) and not static:
            self._forward.append((functools.partial(function, out=out), tuple(inputs)))
        else:
            self._forward.append((_store, (out, function, inputs, static)))
        self._operands.append(inputs)

    def _terms(self, places: Any) -> Any:
        """The terms of sums, below each other; those after the first may be of another class (counts of truth values)."""
        first, other = (self._program.classes[p] for p in places[:2, 0])
        if first is other:
            return self._gathered(places)
        head, rest = self._gathered(places[0]), self._gathered(places[1:])
        terms = np.empty(places.shape, first)
        self._forward += [(np.copyto, (terms[0], head)), (np.copyto, (terms[1:], rest))]
        return terms

    def _gathered(self, places: Any) -> Any:
        """The numbers at these places: a view where they stand side by side, else an array that a call fills."""
        values, index = self._values[self._program.classes[places.flat[0]]], self._index[places]
        if index.ndim == 1 and (np.diff(index) == 1).all():
            return values[index[0] : index[-1] + 1]
        gathered = values.take(index)
        if not ((places >= len(self._program.inputs)) & (places < self._program.first)).all():
            self._forward.append((values.take, (index, None, gathered, "clip")))
        return gathered

    # -- backward ------------------------------------------------------------------------------------------------------

    def _make_room(self) -> Any:
        """Where what a run contributes to its inputs begins, by run and input; −1 where that is the cotangent as it is."""
        program, sizes = self._program, {kind: values.size for kind, values in self._values.items()}
        offsets = np.full((len(self._graph.runs), 3), -1)
        for r, run in enumerate(self._graph.runs):
            for k, kind in enumerate(program.kinds[run.kind][3:] if run.active and not run.terms else ()):
                if not hands_on(program.kinds[run.kind], k) and self._graph.contributes(run.members, k):
                    offsets[r, k] = sizes[kind]
                    sizes[kind] += len(run.members)
        self._starts: list[tuple[type, int]] = []  # where the cotangents of the results are put
        for place in self._graph.starts:
            kind = program.classes[place]
            self._starts.append((kind, sizes[kind]))
            sizes[kind] += 1
        self._cotangents: dict[type, Any] = {
            kind: np.zeros(size, kind) for kind, size in sizes.items() if kind in NUMBERS
        }
        return offsets

    def _find_sources(self) -> None:
        """The indices of the contributions to each number, from `_first[place]` on, in the order in which they are added."""
        starts = np.array([(p, sys.maxsize, 0, p) for p in self._graph.starts], np.int64).reshape(-1, 4)
        whose, adds, k, target = np.concatenate([self._graph.edges, starts]).T
        run_of, begin = np.full(len(self._index), -1), np.zeros(len(self._index), np.int64)
        for r, run in enumerate(self._graph.runs):
            run_of[run.members], begin[run.members] = r, self._index[run.members[0]]
        offset = self._offsets[run_of[whose], k]
        sources = self._index[whose] + np.where(offset < 0, 0, offset - begin[whose])
        sources[len(sources) - len(starts) :] = [at for _, at in self._starts]
        order = np.lexsort((k, -adds, target))
        self._sources = sources[order]
        self._first = np.searchsorted(target[order], np.arange(len(self._index)))

    def _go_back(self, r: int, run: Run) -> None:
        """Collect the cotangents of a run, and compute what it contributes by the rules of its row."""
        self._pull(run.members)
        (row, static, _, *classes), size = self._program.kinds[run.kind], len(run.members)
        given = [self._slice(arrays, run.members) for arrays in (self._cotangents, self._values)] + self._operands[r]
        for k in np.flatnonzero(self._offsets[r] >= 0):
            into = self._cotangents[classes[k]][self._offsets[r, k] :][:size]
            self._backward.append((_store, (into, row.rules[k], given, dict(static))))

    def _pull(self, members: list[int]) -> None:
        """Collect the contributions to neighbours, which are sorted by how many they have."""
        for n, some in itertools.groupby(members, self._graph.fan.__getitem__):
            if not n:
                continue
            targets = list(some)
            cotangents, into = (
                self._cotangents[self._program.classes[targets[0]]],
                self._slice(self._cotangents, targets),
            )
            index = self._sources[self._first[targets] + np.arange(n)[:, None]]
            if n == 1:
                self._backward.append((cotangents.take, (index[0], None, into, "clip")))
            else:
                terms = np.empty(index.shape, cotangents.dtype)
                self._backward.append((cotangents.take, (index, None, terms, "clip")))
                self._backward.append(_reduce(np.add, terms, into))
