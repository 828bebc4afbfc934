"""The two halves of every transformation: running a function on fresh `Value`s (`Trace`), and going back (`PullBack`)."""

from __future__ import annotations

import itertools
import math
import operator
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any

import numpy as np

from . import tree
from .engine import backward
from .engine.convert import PLAIN, as_data, unbox
from .engine.graph import Node, by_age, on_the_way, reachable
from .engine.mode import enable_grad, is_recording, tracing, watching
from .engine.value import Value, record, wrap
from .engine.witness import FULLY, Witness, is_safe, next_number
from .errors import GraphError, ShapeError, describe, user_line, warn_stale
from .rules import arithmetic

# Bytes that the cotangents of one node may take, when many are carried at once: they stay in the processor's cache.
AT_ONCE = 2**20

Argnum = int | Sequence[int]
Function = Callable[..., Any]


class Variable(Value):
    """The fresh leaf that stands for an argument while a function is traced."""

    __slots__ = ("died", "live", "whole")

    live: bool  # whether the function is still running: afterwards nobody can ask for a derivative with respect to it
    died: int  # the creation number that was reached when it ended
    whole: bool  # whether it was an integer: then it may still be a place or a size

    def __index__(self) -> int:
        if not self.whole:
            raise TypeError(f"a Value of {describe(self)} at {user_line()} is no integer, and cannot be an index")
        return int(self.raw)

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()  # computed from it: a derivative goes through copies

    def __reduce__(self) -> Any:
        if self.live:
            raise GraphError(
                f"a Value that is being differentiated cannot be pickled at {user_line()}: the derivative would be lost. Use "
                "value.data for its numbers"
            )
        return wrap, (self.raw.copy(), self.requires_grad, self.name)

    def __repr__(self) -> str:
        return super().__repr__().replace(type(self).__name__, "Value", 1)


def variable(x: Any) -> Value:
    """A fresh `Value` with the data of `x`. If `x` is a `Value` itself, the fresh one is computed from it, so that a
    derivative with respect to the one is not mistaken for a derivative with respect to the other."""
    if x.__class__ is float:
        return _fresh(np.float64(x), whole=False)
    if isinstance(x, Value):
        copy: Value = record(arithmetic.positive, x)
        return copy if copy.requires_grad else _fresh(copy.raw, whole=False)
    raw = as_data(x)
    if raw.__class__ is np.ndarray:
        foreign = raw is x or raw.base is not None  # the caller's, who may change it
        if foreign and raw.nbytes <= FULLY:
            raw = raw.copy()
        elif foreign and not is_safe(raw):
            fresh = _fresh(raw, whole=False)
            fresh.parent0 = Witness(raw)
            return fresh
    return _fresh(raw, whole=isinstance(x, (int, np.integer)))


def _fresh(raw: Any, *, whole: bool) -> Variable:
    fresh: Any = wrap(raw, True, None, Variable)
    fresh.live, fresh.whole = True, whole
    return fresh


def is_variable(leaf: Any) -> bool:
    """Whether a leaf of a nest is a number or an array. Others (None, texts, truth values) are passed on as they are."""
    return not (leaf is None or isinstance(leaf, (str, bytes, bool, type)) or callable(leaf))


class Trace:
    """A call of `f` with fresh `Value`s in place of the numbers and arrays in the arguments `argnum`.

    `out` is the result, `inputs` are the Values; `rebuild` arranges a list with something for each of them like the
    arguments that they came from, with None in the other places.
    """

    __slots__ = ("_build", "_f", "_size", "_which", "inputs", "out")

    _build: tree.Rebuild | None  # None for an argument that is a number or an array itself

    def __init__(self, f: Function, argnum: Argnum, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        self._f = f
        arguments = list(args)
        if argnum.__class__ is int and 0 <= argnum < len(args) and args[argnum].__class__ in PLAIN:
            self._build = None
            arguments[argnum] = x = variable(args[argnum])
            self.inputs = [x]
        else:
            self._replace(argnum, arguments)
        self.out = self._run(arguments, kwargs)

    @property
    def name(self) -> str:
        """That of the function."""
        return getattr(self._f, "__name__", None) or type(self._f).__name__

    def _replace(self, argnum: Argnum, arguments: list[Any]) -> None:
        """Put fresh Values into the arguments."""
        single = not isinstance(argnum, Sequence)
        places = self._places((argnum,) if single else argnum, len(arguments))
        chosen = arguments[places[0]] if single else tuple(arguments[place] for place in places)
        if is_recording():
            given = self._fill(chosen)
        else:
            with enable_grad():
                given = self._fill(chosen)
        for place, argument in zip(places, (given,) if single else given, strict=True):
            arguments[place] = argument

    def _places(self, argnum: Any, n: int) -> list[int]:
        places = [operator.index(place) for place in argnum]
        for place in places:
            if not -n <= place < n:
                raise ShapeError(
                    f"argnum={place} of {self.name} at {user_line()}: the call has {n} positional arguments"
                )
        return places

    def _fill(self, chosen: Any) -> Any:
        """The arguments to be differentiated with fresh Values in them."""
        leaves, self._build = tree.flatten(chosen)
        self._size = len(leaves)
        self._which = [i for i, leaf in enumerate(leaves) if leaf is chosen or is_variable(leaf)]
        self.inputs = [variable(leaves[i]) for i in self._which]
        return self.rebuild(self.inputs, leaves)

    def _run(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        outer = tracing.get()
        try:
            tracing.set(outer or next_number())
            if is_recording():
                return self._f(*args, **kwargs)
            with enable_grad():
                return self._f(*args, **kwargs)
        finally:
            tracing.set(outer)  # not by a token: an interrupt may come when it is set and not yet in hand
            now = next_number()
            for x in self.inputs:
                if x.__class__ is Variable:
                    x.live, x.died = False, now

    def rebuild(self, new: Sequence[Any], others: Sequence[Any] = ()) -> Any:
        """`new` in the form of the arguments; where there is nothing for a leaf, what `others` has there."""
        if self._build is None:
            return new[0]
        if len(new) == self._size:
            return self._build(list(new))
        filled = list(others) or [None] * self._size
        for i, leaf in zip(self._which, new, strict=True):
            filled[i] = leaf
        return self._build(filled)


_NOTHING: frozenset[Node] = frozenset()
# The outermost trace in which a pull-back from before was called, and the numbers of the nodes that this goes back through:
# numbers alone, which keep nothing alive.
pulled: ContextVar[tuple[int, set[int]]] = ContextVar("pulled", default=(0, set()))


class PullBack:
    """The way back from `outs` to `inputs`: cotangents of the ones in, cotangents of the others out.

    They are plain arrays, unless `outs` also depend on a `Value` from outside that may be differentiated later: then (if
    `recorded`) they are `Value`s that remember it. That is what makes ``grad(grad(f))`` right. "Outside" is what is
    older than `inputs`, or than the Values `begun` with which the computation began, if it began before; `older` are the
    Values that were met there. Those of the `border` are inputs as well, and nothing behind them is looked at. That the
    results depend on cotangents that are `Value`s comes by itself: the rules are then computed with these.
    """

    __slots__ = ("_border", "_inputs", "_met", "_order", "_outs", "_targets", "older", "recorded")

    def __init__(
        self,
        outs: Sequence[Any],
        inputs: Sequence[Value],
        begun: Sequence[Value] = (),
        border: Sequence[Value] = (),
        recorded: bool | None = None,
    ) -> None:
        self._inputs, self._outs = [*inputs, *border] if border else inputs, outs
        self._targets = frozenset(self._inputs)
        self._border = self._targets if border else _NOTHING
        self._order: list[Node] = []
        self._met: Iterable[Node] = ()  # all between `outs` and what is older
        self.older: list[Node] = []
        if (inputs or begun) and (values := [out for out in outs if differentiable(out)]):
            oldest = min(map(by_age, (*inputs, *begun))) if begun or len(inputs) > 1 else inputs[0].number
            nodes, self.older = reachable(values, oldest, self._border)
            self._order = on_the_way(nodes, self._targets, self.older)
            if self.older:
                self._met = nodes
        if recorded is not None or not self.older:
            self.recorded = bool(recorded)
        elif _live(self.older):
            self.recorded = bool(is_recording())
        else:
            self.recorded = False
            _warn_of_stale(self._met, self.older)

    @property
    def independent(self) -> bool:
        """Whether no result depends on any of the inputs."""
        return bool(self._inputs) and not self._order

    def __call__(self, cotangents: Iterable[Any]) -> list[Any]:
        """The cotangents of the inputs (zeros where nothing depends on one), for those of the results."""
        starts = [
            (out, backward.start(out, g)) for out, g in zip(self._outs, cotangents, strict=True) if differentiable(out)
        ]
        if self.older and (began := tracing.get()) and self._inputs[0].number < began:
            before, numbers = pulled.get()
            mine = {x.number for x in (*self._met, *self.older)}
            pulled.set((began, numbers | mine if before == began else mine))
        found = backward.gradients_of(starts, self._order, self._targets, self.recorded, self._border)
        results = [np.zeros_like(x.raw)[()] if (g := found.get(x)) is None else g for x in self._inputs]
        return results if self.recorded else backward.own(results, [g for _, g in starts])

    def complete(self, out: Any, cotangent: Any) -> list[Any]:
        """As a call, for derivatives of a single result: for a complex result of a real input they are complex.

        A cotangent of a real input keeps the real part alone: that of the derivative for 1, its imaginary part for −i.
        """
        results = self([cotangent])
        if not np.iscomplexobj(out) or all(np.iscomplexobj(x) for x in self._inputs):
            return results
        imaginary = self([-1j * cotangent])
        return [
            re if np.iscomplexobj(x) else re + 1j * im
            for x, re, im in zip(self._inputs, results, imaginary, strict=True)
        ]

    def rows(self, out: Any) -> list[Any]:
        """The derivatives of each element of a single result, along the first axis of an array for each of the inputs.

        For a complex result of a real input they are complex, as in `complete`. One sweep carries as many cotangents as
        `AT_ONCE` allows.
        """
        size = math.prod(np.shape(out))
        if not size or self.independent or not differentiable(out):
            return [np.zeros((size, *x.shape), x.dtype) for x in self._inputs]
        many = getattr(
            out.raw, "each", None
        )  # an array of JAX's: its library carries all of them at once, through any rule
        if many is not None and not self.recorded:
            units = np.eye(size, dtype=out.raw.dtype).reshape((size, *out.raw.shape))
            return many(lambda unit: self.complete(out, unit), units)
        largest = max(1, *(node.raw.nbytes for node in self._order))
        n = 1 if watching() is not None else size if many is not None else min(size, max(1, AT_ONCE // largest))
        parts = (self._some_rows(out, start, min(start + n, size)) for start in range(0, size, n))
        if self.recorded:
            gathered = list(zip(*parts, strict=True))
            return [np.concatenate(each) if len(each) > 1 else each[0] for each in gathered]
        if n >= size:
            return next(parts)
        first = next(parts)
        results = [np.empty((size, *g.shape[1:]), g.dtype) for g in first]
        for start, part in zip(range(0, size, n), itertools.chain([first], parts), strict=True):
            for result, g in zip(results, part, strict=True):
                result[start : start + n] = g
        return results

    def _some_rows(self, out: Any, start: int, stop: int) -> list[Any]:
        """The derivatives of the elements from `start` to `stop`."""
        n = stop - start
        units = np.zeros((n, out.raw.size), out.raw.dtype)
        units[np.arange(n), np.arange(start, stop)] = 1
        if n == 1:
            return [g[None] for g in self.complete(out, units.reshape(out.raw.shape)[()])]
        units = units.reshape((n, *out.raw.shape))
        results = self._many(out, units)
        if np.iscomplexobj(out) and not all(np.iscomplexobj(x) for x in self._inputs):
            imaginary = self._many(out, -1j * units)
            results = [
                re if np.iscomplexobj(x) else re + 1j * im
                for x, re, im in zip(self._inputs, results, imaginary, strict=True)
            ]
        return results

    def _many(self, out: Any, cotangents: Any) -> list[Any]:
        """As a call, for each of the cotangents along the first axis."""
        n = len(cotangents)
        found = backward.gradients_of([(out, cotangents)], self._order, self._targets, self.recorded, self._border, n=n)
        results = [np.zeros((n, *x.shape), x.dtype) if (g := found.get(x)) is None else g for x in self._inputs]
        return results if self.recorded else backward.own(results, [])

    def settled(self, out: Any) -> Any:
        """A result as the caller should see it: plain, unless an outer derivative is at work."""
        if self.recorded:
            return out
        if isinstance(out, Value):
            return out.raw.copy() if out.__class__ is Variable else out.raw
        leaves, rebuild = tree.flatten(out)
        return rebuild([unbox(leaf) for leaf in leaves])


def differentiable(x: Any) -> bool:
    return isinstance(x, Value) and x.requires_grad


def _live(older: list[Node]) -> bool:
    """Whether one of these nodes depends on something that can still be differentiated.

    While a function is being traced it is taken for granted. Outside, a leaf of the user's can be, and a variable of a
    trace that is running in another thread; one of a trace that is over cannot, unless it is `awaited`.
    """
    if tracing.get():
        return True
    seen: set[int] = set()
    stack: list[Any] = list(older)
    while stack:
        node = stack.pop()
        if node.notes.get("awaited"):
            return True
        if node.op is None:
            if not isinstance(node, Variable) or node.live:
                return True
            continue
        for parent in node.parents:
            if parent is not None and parent.requires_grad and parent.number not in seen:
                seen.add(parent.number)
                stack.append(parent)
    return False


def _warn_of_stale(nodes: Iterable[Node], older: list[Node]) -> None:
    """Warn if one of the `older` nodes was kept beyond the trace in which it was computed, and computed with afterwards.

    None of them can still be differentiated. That is as it should be where the `nodes` were recorded while they could: a
    pull-back that was kept goes back through such. What a function computes by calling it is left out.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if (
            frame.f_code is backward.sweep.__code__
        ):  # in a rule of the user's: there all that the function closes over is over
            return
        frame = frame.f_back
    _, allowed = pulled.get()
    met = {node.number: node for node in older if node.number not in allowed}
    used: dict[int, int] = {}  # by the number of an older node that of the youngest computed from it
    for node in nodes:
        for parent in node.parents:
            if parent is not None and parent.number in met:
                used[parent.number] = max(node.number, used.get(parent.number, 0))
    for number, last in used.items():
        seen: set[int] = set()
        stack: list[Any] = [met[number]]
        while stack:
            node = stack.pop()
            if isinstance(node, Variable) and not node.live and node.died < last:
                warn_stale(met[number])
                return
            new = [p for p in node.parents if p is not None and p.requires_grad and p.number not in seen]
            seen.update(p.number for p in new)
            stack.extend(new)


@contextmanager
def awaited(values: Sequence[Any]) -> Iterator[None]:
    """While this lasts, derivatives with respect to the `values` are wanted, though the trace that made them may be over.

    They say so themselves, since what is computed from them may be computed in another thread. A leaf of the user's is
    wanted anyway.
    """
    mine = object()
    theirs = [x.notes.setdefault("awaited", set()) for x in values if x.op is not None or isinstance(x, Variable)]
    for waiting in theirs:
        waiting.add(mine)
    try:
        yield
    finally:
        for waiting in theirs:
            waiting.discard(mine)
