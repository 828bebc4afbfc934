"""Functions that combine the numbers along axes: sums, means, products, extrema, norms, softmax."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from .op import Array, Op
from .shaping import broadcast_to, keep_axes

Axis = int | tuple[int, ...] | None


def spread(g: Array, x: Array, axis: Axis = None, keepdims: bool = False, **_: Any) -> Array:
    """`g`, the cotangent of a reduction of `x` over `axis`, repeated along the axes that were reduced."""
    return broadcast_to(g if keepdims else keep_axes(g, x, axis), shape=x.shape)


def count(x: Array, axis: Axis) -> int:
    """How many numbers of `x` go into each number of a reduction over `axis`."""
    if axis is None or not x.ndim:
        return math.prod(x.shape)
    return math.prod(x.shape[i] for i in (axis if isinstance(axis, tuple) else (axis,)))


def ties(out: Array, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """1/n at the n places where `x` attains the extremum `out`, 0 elsewhere: ties share the gradient evenly."""
    mask = x == (out if keepdims else keep_axes(out, x, axis))
    return mask / mask.sum(axis=axis, keepdims=True)


def _pairs(x: Array) -> Array:
    """`x` with its first axis, whose length is a power of two, as pairs."""
    return x.reshape((x.shape[0] // 2, 2, *x.shape[1:]))


def _others(x: Array) -> Array:
    """For each element the product of all others along the first axis, without a division, so that zeros are exact.

    Neighbours are multiplied in pairs, the shorter problem is solved for the pairs, and each number's answer is its
    pair's answer times its neighbour: log₂ n rounds of plain products.
    """
    if x.shape[0] == 1:
        return np.ones_like(x)
    pairs = _pairs(x)
    return (_others(pairs[:, 0] * pairs[:, 1])[:, None] * pairs[:, ::-1]).reshape(x.shape)


def _moved_others(x: Array, t: Array) -> tuple[Array, Array]:
    """`_others` of x, and what it moves by when x moves by `t`: the same rounds, of x + εt with ε² = 0."""
    if x.shape[0] == 1:
        return np.ones_like(x), np.zeros_like(x)
    pairs, moves = _pairs(x), _pairs(t)
    products = pairs[:, 0] * pairs[:, 1]
    outer, moved = _moved_others(products, moves[:, 0] * pairs[:, 1] + pairs[:, 0] * moves[:, 1])
    neighbours = pairs[:, ::-1]
    change = moved[:, None] * neighbours + outer[:, None] * moves[:, ::-1]
    return (outer[:, None] * neighbours).reshape(x.shape), change.reshape(x.shape)


def _filled(x: Array, number: float) -> Array:
    """`x` with its first axis filled up to a power of two, by a number that does not count."""
    missing = (1 << (x.shape[0] - 1).bit_length()) - x.shape[0]
    return np.concatenate([x, np.full_like(x, number, shape=(missing, *x.shape[1:]))]) if missing else x


def moved_others(g: Array, out: Array, x: Array) -> Array:
    """The second derivatives of a product are symmetric: what pulls back along g is what moves along g."""
    return _moved_others(_filled(x, 1), _filled(g, 0))[1][: x.shape[0]] if x.size else g


others = Op(lambda x: _others(_filled(x, 1))[: x.shape[0]] if x.size else x, moved_others, name="others")


def product_of_others(x: Array, axis: Axis) -> Array:
    """`others`, along any axes: they are brought to the front and joined into one."""
    axes = tuple(range(x.ndim)) if axis is None or not x.ndim else tuple(i % x.ndim for i in np.atleast_1d(axis))
    order = (*axes, *(i for i in range(x.ndim) if i not in axes))
    if order == (0,):
        return others(x)
    front = x.transpose(order)
    flat = front.reshape((math.prod(front.shape[: len(axes)]), *front.shape[len(axes) :]))
    return others(flat).reshape(front.shape).transpose(tuple(np.argsort(order)))


def divided(g: Array, n: float) -> Array:
    """g / n for a count n; in two steps where it is beyond the range of 16 bits."""
    return g / n if n < 2**15 else g / 2**10 / (n / 2**10)


def _first(x: Array, axis: Axis) -> Array:
    """For each number of a reduction over `axis` the first that goes into it, with the axes kept."""
    axes = range(x.ndim) if axis is None else {i % x.ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
    return x[tuple(slice(0, 1) if i in axes else slice(None) for i in range(x.ndim))]


def _magnitude(x: Array, axis: Axis) -> Array:
    """The power of two below the largest of all |x| over `axis`, 1 where that is 0 or no number; with the axes kept."""
    size = abs(x)
    largest = (size if x.size else np.ones_like(size, shape=(1,) * x.ndim)).max(axis=axis, keepdims=True)
    exponent = np.frexp(np.where(np.isfinite(largest), largest, 0))[1]
    return np.where(largest == 0, 1, np.ldexp(np.ones_like(largest), exponent - 1))


first = Op(_first, name="first")
magnitude = Op(_magnitude, name="magnitude")


def deviation(x: Array, axis: Axis) -> Array:
    """`x` less its mean over `axis`: exactly 0 for equal numbers, since one of them is taken away before the mean is."""
    if not x.size:
        return x
    moved = x - first(x, axis=axis)
    return moved - moved.mean(axis=axis, keepdims=True)


def scaled(x: Array, axis: Axis) -> Array:
    """`x` over its `magnitude`: its squares neither overflow nor vanish. The scale is a constant: no slope depends on it."""
    return x / magnitude(x, axis=axis)


_REDUCTION = "a axis dtype out keepdims initial where"

sum = Op(
    np.sum,
    lambda g, out, x, **k: spread(g, x, **k),
    forward=lambda a, **k: a.sum(**k) if hasattr(a, "sum") else np.sum(a, **k),
    params=_REDUCTION,
)
mean = Op(
    np.mean,
    lambda g, out, x, axis=None, **k: spread(divided(g, count(x, axis)), x, axis, **k),
    forward=lambda a, **k: a.mean(**k) if hasattr(a, "mean") else np.mean(a, **k),
    params="a axis dtype out keepdims where",
)
prod = Op(
    np.prod,
    lambda g, out, x, axis=None, **k: spread(g, x, axis, **k) * product_of_others(x, axis),
    params=_REDUCTION,
)
max = Op(
    np.max, lambda g, out, x, **k: spread(g, x, **k) * ties(out, x, **k), params="a axis out keepdims initial where"
)
min = Op(
    np.min, lambda g, out, x, **k: spread(g, x, **k) * ties(out, x, **k), params="a axis out keepdims initial where"
)


def var_rule(g: Array, out: Array, x: Array, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Array:
    """2 (x − mean) / (n − ddof)."""
    return spread(2 * divided(g, count(x, axis) - ddof), x, axis, keepdims) * deviation(x, axis).conj()


def std_rule(g: Array, out: Array, x: Array, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Array:
    """(x − mean) / ((n − ddof) std) = d / (√(n (n − ddof)) √mean |d|²), d = x − mean, and 0 where all numbers are equal."""
    d, n = scaled(deviation(x, axis), axis), count(x, axis)
    width = np.sqrt((d * d.conj()).real.mean(axis=axis, keepdims=True))
    slope = d.conj() * np.where(width == 0, 0, 1 / width)
    return spread(divided(g, math.sqrt(n * builtins.max(n - ddof, 0))), x, axis, keepdims) * slope


var = Op(np.var, var_rule, params="a axis dtype out ddof keepdims where mean correction")
std = Op(np.std, std_rule, params="a axis dtype out ddof keepdims where mean correction")


def _logsumexp(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """log Σ exp x, with the largest element taken out first so that nothing overflows."""
    top = x.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def _shares(out: Array, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """exp(x − logsumexp x): the softmax. Of infinite x each has an equal share; 0 where every x is −∞."""
    total = np.where(out == -np.inf, 0, out)
    total = total if keepdims else keep_axes(total, x, axis)
    e = np.exp(np.where(x == total, 0, x - total))
    whole = e.sum(axis=axis, keepdims=True)  # 1, but for the rounding of `out`, which is much where x is large
    return e / np.where(whole == 0, 1, whole)


def _log_softmax(x: Array, axis: Axis = -1) -> Array:
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _softmax(x: Array, axis: Axis = -1) -> Array:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


logsumexp = Op(
    _logsumexp,
    lambda g, out, x, **k: spread(g, x, **k) * _shares(out, x, **k),
    params="a axis keepdims",
    name="logsumexp",
)
softmax = Op(
    _softmax,
    lambda g, out, x, axis=-1: out * (g - (g * out).sum(axis=axis, keepdims=True)),
    params="x axis",
    name="softmax",
)
log_softmax = Op(
    _log_softmax,
    lambda g, out, x, axis=-1: g - np.exp(out) * g.sum(axis=axis, keepdims=True),
    params="x axis",
    name="log_softmax",
)

cumsum = Op(
    np.cumsum,
    lambda g, out, x, axis=None: np.flip(np.cumsum(np.flip(g, axis), axis), axis).reshape(x.shape),
    params="a axis dtype out",
)
argmax = Op(np.argmax)
argmin = Op(np.argmin)
