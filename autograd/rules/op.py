"""An operation: a name, how to compute it, and one derivative rule per input. Data only.

A rule is a function ``rule(g, out, *inputs, **static)`` in plain NumPy. It receives the *cotangent*
``g`` (the derivative of the final result with respect to this operation's output), the output, and
the inputs, and returns the cotangent of its own input. It need not undo broadcasting: `shapes.fit`
does that for all of them. Because it is plain NumPy, the same rule computes on arrays and is recorded
again on `Value`s, which is how derivatives of derivatives come about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedError

Array = Any  # whatever speaks NumPy's protocols: an ndarray, a NumPy scalar, a Dask or CuPy array, a Value
Rule = Callable[..., Array]


class Op:
    """One row of the table.

    `function` is the public NumPy function that the row answers for (or a function of our own), `forward`
    how to compute it where something faster than `function` exists: an operator on two ``np.float64`` takes
    30 ns, the ufunc 450. There is one rule per array input, ``None`` for an input without a derivative; an
    operation on any number of arrays (``variadic``) has a single rule that is also told which input is meant.
    `params` names the parameters in NumPy's order, array inputs first, so that static arguments may be
    given by position. An operation without rules is a constant: its result has no derivative.
    """

    def __init__(
        self,
        function: Callable[..., Array],
        *rules: Rule | None,
        forward: Callable[..., Array] | None = None,
        params: str = "",
        name: str = "",
        variadic: bool = False,
    ) -> None:
        self.function = function
        self.rules = rules
        self.forward = forward or function
        self.params = tuple(params.split())
        self.name = name or function.__name__
        self.variadic = variadic
        self.__doc__ = function.__doc__

    def rule(self, index: int) -> Rule | None:
        """The rule for the input at `index`."""
        if not self.variadic:
            return self.rules[index]
        rule = self.rules[0]
        assert rule is not None
        return lambda g, out, *inputs, **static: rule(index, g, out, *inputs, **static)

    def bind(self, args: tuple[Array, ...], kwargs: dict[str, Any]) -> tuple[tuple[Array, ...], dict[str, Any]]:
        """Split a call in NumPy's style into array inputs and static keywords (unset ones left out)."""
        n = len(self.rules)
        if self.variadic or not n or (not kwargs and len(args) <= n):
            return args, kwargs
        named = dict(zip(self.params[n:], args[n:], strict=False))
        if len(args) > max(n, len(self.params)) or named.keys() & kwargs.keys():
            raise TypeError(f"{self.name} takes {', '.join(self.params) or f'{n} arrays'}, each once")
        static = named | kwargs
        inputs = args[:n] + tuple(static.pop(p) for p in self.params[len(args) : n])
        static = {k: tuple(v) if isinstance(v, list) else v for k, v in static.items()}
        for refused in ("out", "where"):
            given = static.pop(refused, None)
            if given is not None and given is not np._NoValue:
                raise UnsupportedError(refusal(self.name, refused))
        return inputs, {k: v for k, v in static.items() if v is not None and v is not np._NoValue}

    def __call__(self, *args: Array, **kwargs: Any) -> Array:
        """Compute; where an input is a `Value`, let it record."""
        inputs, static = self.bind(args, kwargs)
        for x in inputs:
            record = getattr(x, "__record__", None)
            if record is not None:
                return record(self, tuple(np.asarray(x) if type(x) in (list, tuple) else x for x in inputs), static)
        return self.forward(*inputs, **static)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"


def refusal(name: str, keyword: str) -> str:
    """Why ``out=`` and ``where=`` are refused, and what to write instead."""
    advice = {
        "out": "a recorded operation makes a new array; write  y = f(x)  in place of  f(x, out=y)  or  y += x",
        "where": "write  np.where(mask, f(x), other), which has a derivative for both branches",
    }
    return f"{name}(…, {keyword}=…) cannot be differentiated: {advice[keyword]}"
