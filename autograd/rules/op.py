"""An operation: a name, how to compute it, and one derivative rule per input. Data only.

A rule is a function ``rule(g, out, *inputs, **static)`` in plain NumPy. It receives the *cotangent*
``g`` (the derivative of the final result with respect to this operation's output), the output, and
the inputs, and returns the cotangent of its own input. It need not undo broadcasting: `shapes.fit`
does that for all of them. Because it is plain NumPy, the same rule computes on arrays and is recorded
again on `Value`s, which is how derivatives of derivatives come about.
"""

from __future__ import annotations

import dis
import functools
import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import UnsupportedError

Array = Any  # whatever speaks NumPy's protocols: an ndarray, a NumPy scalar, a Dask or CuPy array, a Value
Rule = Callable[..., Array]
_USUAL = frozenset({int, bool, tuple, str})  # the classes of most keywords, which are taken as they are


class Op:
    """One row of the table.

    `function` is the public NumPy function that the row answers for (or a function of our own), `forward`
    how to compute it where something faster than `function` exists: an operator on two ``np.float64`` takes
    30 ns, the ufunc 450. There is one rule per array input, ``None`` for an input without a derivative. An
    operation on any number of arrays (``variadic``) has a single rule ``rule(wanted, g, out, *inputs, **static)``,
    which returns the cotangents of the inputs at the places `wanted`, one for each: so it is asked once for all.
    `params` names the parameters in NumPy's order, array inputs first, so that static arguments may be
    given by position. An operation without rules is a constant: its result has no derivative. The inputs of an
    `opaque` operation may be anything, not arrays alone. Of an `elementwise` one, as every ufunc of numbers is, function and
    rules are elementwise arithmetic, for arrays of any shapes that broadcast.

    `keeping` computes as `forward` does, and returns beside the result what the rules would have to compute again: they
    find it in the keyword ``kept``. It is None where a rule is recorded, for derivatives of higher order.
    """

    def __init__(
        self,
        function: Callable[..., Array],
        *rules: Rule | None,
        forward: Callable[..., Array] | None = None,
        params: str = "",
        name: str = "",
        variadic: bool = False,
        opaque: bool = False,
        keeping: Callable[..., tuple[Array, Any]] | None = None,
        elementwise: bool | None = None,
    ) -> None:
        self.function = function
        self.rules = rules
        self.forward = forward or function
        self.params = tuple(params.split())
        self.name = name or function.__name__
        self.variadic = variadic
        self.opaque = opaque
        self.keeping = keeping
        if elementwise is None:
            elementwise = isinstance(function, np.ufunc) and function.signature is None
        self.folds = not elementwise  # whether a scalar result may come from arrays
        self.saves: tuple[bool, ...] = ()  # see `find_saves`, which looks when it is first asked for
        self.__doc__ = function.__doc__

    def find_saves(self) -> tuple[bool, ...]:
        """For each input whether a rule computes with its numbers: those must not change before the backward pass.

        A rule ``lambda g, out, x, y: g`` uses none. Its code says so, and need not be repeated by hand.
        """
        used = {i for rule in self.rules if rule is not None for i in _used(rule)}
        self.saves = tuple(i in used for i in range(max(2, len(self.rules))))
        return self.saves

    def rule(self, index: int) -> Rule | None:
        """The rule for the input at `index`."""
        if not self.variadic:
            return self.rules[index]
        rule = self.rules[0]
        assert rule is not None
        return lambda g, out, *inputs, **static: rule((index,), g, out, *inputs, **static)[0]

    def pull(
        self, wanted: Sequence[int], g: Array, out: Array, inputs: Sequence[Array], static: dict[str, Any]
    ) -> Sequence[Array | None]:
        """The cotangents of the inputs at the places `wanted`, None for an input without a derivative."""
        if self.variadic:
            assert self.rules[0] is not None
            return self.rules[0](wanted, g, out, *inputs, **static)
        rules = self.rules
        return [None if (rule := rules[i]) is None else rule(g, out, *inputs, **static) for i in wanted]

    def bind(self, args: tuple[Array, ...], kwargs: dict[str, Any]) -> tuple[tuple[Array, ...], dict[str, Any]]:
        """Split a call in NumPy's style into array inputs and static keywords (unset ones left out)."""
        n = len(self.rules)
        if self.variadic or not n or (not kwargs and len(args) <= n):
            return args, kwargs
        if len(args) == n and "where" not in kwargs and _USUAL.issuperset(map(type, kwargs.values())):
            return args, kwargs
        static = kwargs
        if len(args) != n:
            named = dict(zip(self.params[n:], args[n:], strict=False))
            if len(args) > max(n, len(self.params)) or named.keys() & kwargs.keys():
                raise TypeError(f"{self.name} takes {', '.join(self.params) or f'{n} arrays'}, each once")
            static = named | kwargs
            args = args[:n] + tuple(static.pop(p) for p in self.params[len(args) : n])
        for refused in ("out", "where"):
            if static.get(refused, np._NoValue) is not np._NoValue and static[refused] is not None:
                raise UnsupportedError(refusal(self.name, refused))
        return args, {
            k: tuple(v) if v.__class__ is list else v
            for k, v in static.items()
            if v is not None and v is not np._NoValue
        }

    def __call__(self, *args: Array, **kwargs: Any) -> Array:
        """Compute; where an input is a `Value`, let it record."""
        inputs, static = self.bind(args, kwargs)
        for x in inputs:
            if x.__class__ is not np.ndarray and (record := getattr(x, "__record__", None)) is not None:
                return record(self, inputs, static)
        return self.forward(*inputs, **static)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A row of the table is pickled and copied as itself: a module that keeps one as an attribute can be, too."""
        return (_row, (self.name,)) if _row(self.name) is self else super().__reduce_ex__(protocol)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"


def _row(name: str) -> Op | None:
    """The row of the table of that name."""
    found: Op | None = importlib.import_module("autograd.rules").OPS.get(name)
    return found


def _used(rule: Rule) -> Iterator[int]:
    """The places of the inputs that the code of a rule reads; all of them where it has no code of its own to look at."""
    code = getattr(rule, "__code__", None)
    if code is None:
        yield from range(2)
        return
    names = code.co_varnames[: code.co_argcount]
    read = {name for i in dis.get_instructions(code) for name in np.atleast_1d(i.argval) if isinstance(name, str)}
    yield from (i - 2 for i, name in enumerate(names) if i >= 2 and name in read)


def library(forward: Callable[..., Array]) -> Callable[..., Array]:
    """`forward`, which is written for NumPy's own arrays: one of another library is asked for its way (NEP 18) first."""

    @functools.wraps(forward)
    def asked(*inputs: Array, **static: Any) -> Array:
        for x in inputs:
            if (
                not isinstance(x, (np.ndarray, np.generic))
                and (ask := getattr(x, "__array_function__", None)) is not None
            ):
                return ask(asked, (type(x),), inputs, static)
        return forward(*inputs, **static)

    return asked


def refusal(name: str, keyword: str) -> str:
    """Why ``out=`` and ``where=`` are refused, and what to write instead."""
    advice = {
        "out": "a recorded operation makes a new array; write  y = f(x)  in place of  f(x, out=y)  or  y += x",
        "where": "write  np.where(mask, f(x), other), which has a derivative for both branches",
    }
    return f"{name}(…, {keyword}=…) cannot be differentiated: {advice[keyword]}"
