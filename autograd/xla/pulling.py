"""The way back through a function of a list of arrays, which the rule of a program, of `vmap` and of `scan` is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import tree
from ..engine.value import Value
from ..tracing import PullBack, Trace, differentiable


def pulled_back(
    f: Callable[[Sequence[Any]], Any],
    g: Any,
    given: Sequence[Any],
    wanted: Sequence[int],
    border: Sequence[Value] = (),
    recorded: bool | None = None,
) -> list[Any]:
    """The cotangents of the inputs `wanted` of `f`, and of the `border`, for the cotangent `g` of its result."""

    def of_some(some: Sequence[Any]) -> Any:
        inputs = list(given)
        for i, x in zip(wanted, some, strict=True):
            inputs[i] = x
        return f(inputs)

    trace = Trace(of_some, 0, ([given[i] for i in wanted],), {})
    leaves = zip(tree.flatten(trace.out)[0], tree.flatten(g)[0], strict=True)
    pairs = [(out, c) for out, c in leaves if differentiable(out) and c is not None]
    begun = () if trace.inputs else border
    pull = PullBack([out for out, _ in pairs], trace.inputs, begun, border, recorded)
    return pull([c for _, c in pairs])
