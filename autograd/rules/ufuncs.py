"""The methods of a ufunc of two arguments (`reduce`, `accumulate`, `reduceat`, `outer`), composed of its row.

Those with a better way have it: a sum is no chain of additions.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from . import masked, reductions
from .op import Array
from .reductions import Axis
from .shaping import axes_of, concatenate, stack

_UNSET = np._NoValue


def _lines(x: Array, axis: int) -> list[Array]:
    front = np.moveaxis(x, axis, 0)
    return [front[i] for i in range(front.shape[0])]


def reduce(
    ufunc: np.ufunc, array: Array, axis: Axis = 0, dtype: Any = None, keepdims: bool = False, initial: Any = _UNSET
) -> Array:
    """`ufunc` of the first two along `axis`, of that and the third, and so on."""
    x = array if dtype is None else array.astype(dtype)
    axes = tuple(sorted(axes_of(axis, x.ndim)))
    rest = tuple(n for i, n in enumerate(x.shape) if i not in axes)
    front = np.moveaxis(x, axes, range(len(axes))).reshape((math.prod(x.shape[i] for i in axes), *rest))
    start = [] if initial is _UNSET or initial is None else [initial]
    result = functools.reduce(ufunc, [*start, *_lines(front, 0)])
    return np.expand_dims(result, axes) if keepdims else result


def accumulate(ufunc: np.ufunc, array: Array, axis: int = 0, dtype: Any = None) -> Array:
    """`ufunc` of all up to each place along `axis`."""
    x = array if dtype is None else array.astype(dtype)
    return stack(itertools.accumulate(_lines(x, axis), ufunc), axis=axis)


def reduceat(ufunc: np.ufunc, array: Array, indices: Iterable[int], axis: int = 0, dtype: Any = None) -> Array:
    """`ufunc.reduce` from each index to the next; where the next is not larger, the number at the index."""
    x = np.moveaxis(array if dtype is None else array.astype(dtype), axis, 0)
    starts = [int(i) for i in indices]
    stops = [stop if stop > start else start + 1 for start, stop in itertools.pairwise([*starts, x.shape[0]])]
    parts = [ufunc.reduce(x[i:j], axis=0, keepdims=True) for i, j in zip(starts, stops, strict=True)]
    return np.moveaxis(concatenate(parts), 0, axis)


def outer(ufunc: np.ufunc, a: Array, b: Array) -> Array:
    """`ufunc` of every number of `a` with every number of `b`."""
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)


def logaddexp_reduce(
    array: Array, axis: Axis = 0, dtype: Any = None, keepdims: bool = False, initial: Any = _UNSET
) -> Array:
    """The logarithm of the sum of exponentials."""
    total = reductions.logsumexp(array if dtype is None else array.astype(dtype), axis=axis, keepdims=keepdims)
    return total if initial is _UNSET or initial is None else np.logaddexp(total, initial)


_OWN: dict[tuple[np.ufunc, str], Callable[..., Array]] = {
    (np.add, "reduce"): masked.sum, (np.multiply, "reduce"): masked.prod, (np.maximum, "reduce"): masked.max,
    (np.minimum, "reduce"): masked.min, (np.add, "accumulate"): masked.cumsum,
    (np.multiply, "accumulate"): masked.cumprod, (np.logaddexp, "reduce"): logaddexp_reduce,
}  # fmt: skip
_ANY: dict[str, Callable[..., Array]] = {
    "reduce": reduce, "accumulate": accumulate, "reduceat": reduceat, "outer": outer,
}  # fmt: skip


def method(ufunc: np.ufunc, name: str) -> Callable[..., Array] | None:
    """What the method `name` of a ufunc with a row computes; None for ``at``, which changes its argument."""
    if (own := _OWN.get((ufunc, name))) is not None:
        return own
    return functools.partial(_ANY[name], ufunc) if name in _ANY and ufunc.nin == 2 else None
