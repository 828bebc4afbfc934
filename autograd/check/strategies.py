"""Hypothesis strategies for testing functions of arrays (extra `test`).

from hypothesis import given
from autograd.check import assert_gradcheck, strategies as some

@given(some.separated(shape=(3, 4)))
def test_my_function(x):
    assert_gradcheck(my_function, x)

Every number and every shape gets simpler as Hypothesis shrinks a failure.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

try:
    from hypothesis import strategies as st
except ImportError as missing:
    raise ImportError("hypothesis is needed for strategies: pip install 'chainrule[test]'") from missing

__all__ = [
    "arrays",
    "axes",
    "broadcastable",
    "broadcastable_shapes",
    "indices",
    "matmul_operands",
    "matmul_shapes",
    "separated",
    "shapes",
]

Shape = tuple[int, ...]
Shapes = Shape | st.SearchStrategy[Shape]
Strategy = st.SearchStrategy[Any]


# -- shapes ------------------------------------------------------------------------------------------------------


def shapes(min_dims: int = 0, max_dims: int = 3, max_side: int = 4) -> st.SearchStrategy[Shape]:
    """Shapes of arrays, small ones first: ``()``, ``(1,)``, ``(3, 2)``.

    ``@given(some.arrays(some.shapes(min_dims=2)))`` tests a function of matrices and stacks of matrices.
    """
    return st.lists(st.integers(1, max_side), min_size=min_dims, max_size=max_dims).map(tuple)


@st.composite
def broadcastable_shapes(draw: st.DrawFn, count: int = 2, max_dims: int = 3, max_side: int = 4) -> tuple[Shape, ...]:
    """Shapes that NumPy broadcasts together, with axes of length one and leading axes left out: ``((3, 1), (2, 3, 4))``.

    ``@given(some.broadcastable_shapes(3))`` hands a test three shapes in a tuple.
    """
    full = draw(shapes(0, max_dims, max_side))

    def one() -> Shape:
        kept = draw(st.integers(0, len(full)))
        return tuple(draw(st.sampled_from((n, 1))) for n in full[len(full) - kept :])

    return tuple(one() for _ in range(count))


@st.composite
def matmul_shapes(draw: st.DrawFn, max_side: int = 4) -> tuple[Shape, Shape]:
    """Shapes of two operands of ``@``: vectors, matrices, and stacks that broadcast: ``((3,), (5, 3, 2))``.

    ``@given(some.matmul_shapes())`` hands a test both shapes in a tuple.
    """
    rows, inner, columns = (draw(st.integers(1, max_side)) for _ in range(3))
    left, right = draw(broadcastable_shapes(2, 2, 3))
    a: Shape = (inner,) if draw(st.booleans()) and not left else (*left, rows, inner)
    b: Shape = (inner,) if draw(st.booleans()) and not right else (*right, inner, columns)
    return a, b


# -- arrays ------------------------------------------------------------------------------------------------------


def arrays(shape: Shapes = (), low: float = -2.0, high: float = 2.0, dtype: Any = float) -> Strategy:
    """Arrays of numbers from `low` to `high`, each drawn by itself, so that zeros and ties are likely.

    ``@given(some.arrays((2, 3), low=0.0))`` tests a function of matrices without negative numbers.
    """
    return _shape(shape).flatmap(lambda s: _filled(s, low, high, dtype))


def _shape(shape: Shapes) -> st.SearchStrategy[Shape]:
    return shape if isinstance(shape, st.SearchStrategy) else st.just(shape)


def _filled(shape: Shape, low: float, high: float, dtype: Any) -> Strategy:
    count = math.prod(shape)
    numbers = st.lists(st.floats(low, high, allow_subnormal=False), min_size=count, max_size=count)
    return numbers.map(lambda values: np.array(values, dtype=dtype).reshape(shape)[()])


@st.composite
def separated(
    draw: st.DrawFn,
    shape: Shapes = (),
    gap: float = 0.1,
    avoid: tuple[float, ...] = (0.0,),
    low: float | None = None,
) -> Any:
    """Arrays in which no two numbers are closer than `gap`, and none is that close to a number in `avoid`.

    There is no tie for a maximum and no kink at zero in them; `low` keeps all numbers above it.
    ``@given(some.separated(some.shapes(1)))`` tests ``np.sort`` away from ties, ``some.separated((3,), low=0.0)`` a logarithm.
    """
    shape = draw(_shape(shape))
    return _apart(draw, [shape], gap, avoid, low)[0]


def _apart(draw: st.DrawFn, wanted: list[Shape], gap: float, avoid: tuple[float, ...], low: float | None) -> list[Any]:
    """Arrays of numbers that are all apart, within and between the arrays."""
    ends = np.cumsum([math.prod(shape) for shape in wanted])
    count = int(ends[-1]) + 3 * len(avoid)
    start = -gap * (count // 2) if low is None else low + gap
    grid = start + 1.5 * gap * np.arange(count) + draw(st.floats(0, gap / 4))
    free = [x for x in grid if all(abs(x - a) >= gap for a in avoid)][: int(ends[-1])]
    numbers = np.split(np.array(draw(st.permutations(free)), dtype=float), ends[:-1])
    return [part.reshape(shape)[()] for part, shape in zip(numbers, wanted, strict=True)]


@st.composite
def broadcastable(
    draw: st.DrawFn,
    count: int = 2,
    *,
    gap: float = 0.1,
    avoid: tuple[float, ...] = (0.0,),
    low: float | None = None,
    max_dims: int = 3,
    max_side: int = 3,
) -> tuple[Any, ...]:
    """Arrays that NumPy broadcasts together, and no two of whose numbers are close: see `separated`.

    ``@given(some.broadcastable(2))`` tests ``np.maximum(*pair)``, which has a kink where two numbers are equal.
    """
    return tuple(_apart(draw, list(draw(broadcastable_shapes(count, max_dims, max_side))), gap, avoid, low))


@st.composite
def matmul_operands(draw: st.DrawFn, max_side: int = 3) -> tuple[Any, Any]:
    """Two arrays that can be multiplied by ``@``: vectors, matrices, and stacks that broadcast.

    ``@given(some.matmul_operands())`` hands a test both in a tuple, as `gradcheck` takes its inputs.
    """
    a, b = draw(matmul_shapes(max_side))
    return draw(arrays(a)), draw(arrays(b))


# -- places ------------------------------------------------------------------------------------------------------


@st.composite
def axes(draw: st.DrawFn, ndim: int, *, several: bool = True) -> int | tuple[int, ...] | None:
    """An ``axis=`` for an array with `ndim` axes: ``None``, ``-1``, ``(0, 2)``.

    Without `several` it is a single axis. In a test with ``data=st.data()``:
    ``x.sum(axis=data.draw(some.axes(x.ndim)))``.
    """
    if ndim == 0:
        return None
    one = st.integers(-ndim, ndim - 1)
    if not several:
        return draw(one)
    some = st.lists(st.integers(0, ndim - 1), min_size=1, max_size=ndim, unique=True)
    return draw(st.one_of(st.none(), one, st.tuples(some, st.booleans()).map(lambda p: _signed(p[0], p[1], ndim))))


def _signed(chosen: list[int], negative: bool, ndim: int) -> tuple[int, ...]:
    return tuple(i - ndim if negative else i for i in chosen)


@st.composite
def indices(draw: st.DrawFn, shape: Shape) -> Any:
    """An index into an array of `shape`: ``(0, None, slice(None, None, -1), ...)``, ``(array([1, -1, 1]), 0)``, a mask.

    Integers, slices, ``None``, ``...``, arrays of integers with repeats, masks of the first axes or of all, in any mixture that
    NumPy allows. In a test with ``data=st.data()``: ``x[data.draw(some.indices(x.shape))]``.
    """
    front = draw(st.integers(0, len(shape)))
    masked = draw(st.integers(0, 3)) == 0
    if masked:
        count = math.prod(shape[:front])
        bits = draw(st.lists(st.booleans(), min_size=count, max_size=count))
        parts: list[Any] = [np.array(bits, dtype=bool).reshape(shape[:front])]
    else:
        parts = [draw(_part(n)) for n in shape[:front]]
    back = draw(st.integers(0, len(shape) - front))
    rest = [draw(_part(n, arrays=not masked)) for n in shape[len(shape) - back :]]
    if front + back < len(shape) or draw(st.booleans()):
        parts.append(Ellipsis)
    parts = _same_length([*parts, *rest]) if not masked else [*parts, *rest]
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), None)
    return tuple(parts)


def _part(n: int, arrays: bool = True) -> Strategy:
    """The index of one axis."""
    place = st.integers(-n, n - 1)
    whole = st.one_of(st.none(), st.integers(-n, n))
    slices = st.builds(slice, whole, whole, st.sampled_from((None, 1, 2, -1)))
    several = st.lists(place, min_size=1, max_size=4).map(lambda p: np.array(p, dtype=int))
    return st.one_of(place, slices, several) if arrays else st.one_of(place, slices)


def _same_length(parts: list[Any]) -> list[Any]:
    """The arrays cut to the shortest, since they are broadcast together."""
    lengths = [len(part) for part in parts if isinstance(part, np.ndarray)]
    return [part[: min(lengths)] if isinstance(part, np.ndarray) else part for part in parts]
