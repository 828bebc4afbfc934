"""What a factor or a term may be made of: the arrays of a problem, simple sums of them, and what is linear in the cotangent."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .expressions import SUM, WHOLE, Constant, Expression, constants

_FACTORS = 6  # of g under a sum, for each array
Arrays = Mapping[str, Any]
Shape = tuple[int, ...]


def value(text: str, names: Arrays, shape: Shape) -> Any:
    """An expression's value in a shape; None where it has none.

    The texts are made here, of NumPy's names and those of inputs that may stand in an expression.
    """
    try:
        return np.broadcast_to(np.asarray(eval(text, {"np": np}, dict(names)), dtype=float), shape)  # noqa: S307
    except Exception:
        return None


def leaves(arrays: Arrays, shape: Shape) -> Iterator[Expression]:
    """The arrays, simple sums of them, and products of the inputs as matrices: those that may fit a shape."""
    inputs = {name: x for name, x in arrays.items() if name != "out" and np.ndim(x)}
    for name, x in arrays.items():
        yield Expression(name, WHOLE, 1)
        if np.ndim(x) == 2:
            yield Expression(f"{name}.T", WHOLE, 2)
        if 0 < np.ndim(x) < len(shape):
            yield Expression(f"{name}[..., None]", WHOLE, 2)
        if np.ndim(x):
            yield from _sums(Expression(name, WHOLE, 1), np.ndim(x))
            yield from _sums(Expression(f"({name}**2)", WHOLE, 2), np.ndim(x))
    for name, x in inputs.items():
        for other, y in inputs.items():
            if np.ndim(x) == 2 or np.ndim(y) == 2:
                yield from _matrices(Expression(other, WHOLE, 1), name, np.ndim(x))


def _sums(e: Expression, axes: int) -> Iterator[Expression]:
    yield Expression(f"{e.text}.sum()", WHOLE, e.cost + 1)
    for axis in range(axes if axes > 1 else 0):
        yield Expression(f"{e.text}.sum(axis={axis})", WHOLE, e.cost + 1.5)
        yield Expression(f"{e.text}.sum(axis={axis}, keepdims=True)", WHOLE, e.cost + 2)


def constants_of(arrays: Arrays) -> list[Constant]:
    lengths = [(f"{name}.size", np.size(x)) for name, x in arrays.items()]
    return constants(
        [*lengths, *((f"{n}.shape[{i}]", k) for n, x in arrays.items() for i, k in enumerate(np.shape(x)))]
    )


def linear(arrays: Arrays, shape: Shape) -> Iterator[Expression]:
    """The cotangent, times something, summed, turned or multiplied by a matrix, so that it may fit the input."""
    out = np.shape(arrays["out"])
    axes, room = len(out), len(shape)
    g = Expression("g", WHOLE, 1)
    yield g
    if axes == 2:
        yield Expression("g.T", WHOLE, 2)
    if 0 < axes < room:
        yield Expression("g[..., None]", WHOLE, 2)
        yield from (Expression(f"g[{':, ' * i}None]", WHOLE, 2) for i in range(axes))
    inner = [g, *itertools.islice(_products(arrays, out), _FACTORS * len(arrays))]
    for e in inner if axes else []:
        yield from _sums(e, axes)
        for name, x in arrays.items():
            if np.ndim(x) and e.cost <= 3:
                yield from _matrices(e, name, np.ndim(x))


def _matrices(e: Expression, name: str, axes: int) -> Iterator[Expression]:
    cost = e.cost + 2  # bound like a sum: beside a product it stands in brackets
    yield Expression(f"{name} @ {e.text}", SUM, cost)
    yield Expression(f"{e.text} @ {name}", SUM, cost)
    if axes == 2:
        yield Expression(f"{name}.T @ {e.text}", SUM, cost + 0.5)
        yield Expression(f"{e.text} @ {name}.T", SUM, cost + 0.5)
    if axes == 1:
        yield Expression(f"np.outer({name}, {e.text})", WHOLE, cost)
        yield Expression(f"np.outer({e.text}, {name})", WHOLE, cost)


def _products(arrays: Arrays, shape: Shape) -> Iterator[Expression]:
    """g times an array, or times a simple function of one."""
    fitting = [name for name in arrays if value(name, arrays, shape) is not None]
    for name in fitting:
        yield Expression(f"(g * {name})", WHOLE, 3)
    for form, cost in (
        ("{}**2", 4),
        ("(1 - {}**2)", 5.5),
        ("{0} * (1 - {0})", 6.5),
        ("np.exp({})", 4),
        ("np.cos({})", 4),
    ):
        yield from (Expression(f"(g * {form.format(name)})", WHOLE, cost) for name in fitting)
