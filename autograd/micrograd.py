"""micrograd's habits, for its notebooks: ``from autograd.micrograd import Value, draw_dot, trace``.

Its `Value` differs from the engine's in what one sees: ``label=``, a gradient of 0 before any backward pass, `_backward`,
and the data and the gradient in its `repr`. What is computed from one is one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .draw.micrograd import draw_dot, trace
from .engine import value as engine
from .engine.shapes import fit

__all__ = ["Value", "draw_dot", "trace"]


class Value(engine.Value):
    """A number as micrograd's lectures and notebooks have it."""

    __slots__ = ()

    def __init__(self, data: Any, _children: Any = (), _op: str = "", label: str | None = None) -> None:
        super().__init__(data, name=label)
        self.grad = 0.0

    @property
    def _backward(self) -> Callable[[], None]:
        """The function that adds what this node contributes to the gradients of what it was computed from."""
        return functools.partial(_contribute, self)

    @_backward.setter
    def _backward(self, function: Callable[[], None]) -> None:
        """Lectures assign one while they build the class; the engine has its rules."""

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


def _contribute(node: Value) -> None:
    if node.op is None:
        return
    places = [i for i, parent in enumerate(node.parents) if parent is not None]
    gradients = node.op.pull(places, node.raw.dtype.type(node.grad), node.raw, node.inputs, node.static)
    for i, g in zip(places, gradients, strict=True):
        parent: Any = node.parents[i]
        parent.grad = parent.grad + fit(g, parent.raw)


def _adopting(name: str) -> Callable[..., Any]:
    """The engine's method, whose result is one of ours too."""
    method = getattr(engine.Value, name)

    @functools.wraps(method)
    def adopting(self: Value, *args: Any, **kwargs: Any) -> Any:
        result = method(self, *args, **kwargs)
        if result.__class__ is engine.Value:
            result.__class__, result.grad = Value, 0.0
        return result

    return adopting


for _name in (
    "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __pow__ __rpow__ __neg__ exp log tanh relu "
    "sigmoid sqrt __array_ufunc__"
).split():
    setattr(Value, _name, _adopting(_name))
