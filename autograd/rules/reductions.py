"""Functions that combine the numbers along axes: sums, means, products, extrema, norms, softmax."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from .guards import chain, is_plain, over
from .op import Array, Op
from .shaping import broadcast_to, keep_axes

Axis = int | tuple[int, ...] | None


def spread(g: Array, x: Array, axis: Axis = None, keepdims: bool = False, **_: Any) -> Array:
    """`g`, the cotangent of a reduction of `x` over `axis`, repeated along the axes that were reduced."""
    return broadcast_to(kept(g, x, axis, keepdims), shape=x.shape)


def kept(g: Array, x: Array, axis: Axis = None, keepdims: bool = False, **_: Any) -> Array:
    """`g`, the cotangent of a reduction of `x` over `axis`, with the axes that were reduced, of length 1."""
    return g if keepdims else keep_axes(g, x, axis)


def count(x: Array, axis: Axis) -> int:
    """How many numbers of `x` go into each number of a reduction over `axis`."""
    if axis is None or not x.ndim:
        return math.prod(x.shape)
    return math.prod(x.shape[i] for i in (axis if isinstance(axis, tuple) else (axis,)))


def _ties(out: Array, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """1/n at the n places where `x` attains the extremum `out`, 0 elsewhere: ties share the gradient evenly."""
    mask = x == kept(out, x, axis, keepdims)
    n = mask.sum(axis=axis, keepdims=True)
    if is_plain(n) and (n == 1).all():
        return mask
    return (mask / n).astype(out.real.dtype)


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
    return _moved_others(_filled(x, 1), _filled(g, 0))[1][: x.shape[0]]


others = Op(lambda x: _others(_filled(x, 1))[: x.shape[0]] if x.size else x, moved_others, name="others")


def product_of_others(x: Array, axis: Axis = None) -> Array:
    """`others`, along any axes: they are brought to the front and joined into one."""
    axes = tuple(range(x.ndim)) if axis is None or not x.ndim else tuple(i % x.ndim for i in np.atleast_1d(axis))
    order = (*axes, *(i for i in range(x.ndim) if i not in axes))
    if axes == order == (0,):
        return others(x)
    front = x.transpose(order)
    flat = front.reshape((math.prod(front.shape[: len(axes)]), *front.shape[len(axes) :]))
    return others(flat).reshape(front.shape).transpose(tuple(np.argsort(order)))


def divided(g: Array, n: float) -> Array:
    """g / n for a count n; in two steps where it is beyond the range of 16 bits."""
    return g / n if n < 2**15 else g / 2**10 / (n / 2**10)


def _first(x: Array, axis: Axis = None) -> Array:
    """For each number of a reduction over `axis` the first that goes into it, with the axes kept."""
    axes = range(x.ndim) if axis is None else {i % x.ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
    return x[tuple(slice(0, 1) if i in axes else slice(None) for i in range(x.ndim))]


def _magnitude(x: Array, axis: Axis = None) -> Array:
    """The power of two below the largest of all |x| over `axis`, 1 where that is 0 or no number; with the axes kept."""
    size = abs(x)
    largest = (size if x.size else np.ones_like(size, shape=(1,) * x.ndim)).max(axis=axis, keepdims=True)
    exponent = np.frexp(np.where(np.isfinite(largest) & (largest > 0), largest, 1))[1]
    return np.ldexp(np.ones_like(largest), exponent - 1)


def scaled(x: Array, axis: Axis = None) -> Array:
    """`x` over its `magnitude`: its powers neither overflow nor vanish. The scale is a constant: no slope depends on it."""
    return x / magnitude(x, axis=axis)


def _sum_of_squares(x: Array, axis: Axis = None) -> Array:
    """Σ |x|² over `axis`, with the axes kept."""
    return (x * x.conj()).real.sum(axis=axis, keepdims=True)


def _direction(x: Array, axis: Axis = None) -> Array:
    """x / √Σ |x|² over `axis`, and 0 at the origin. The squares are those of the `scaled` x where they would not do: where
    their sum overflows, or is so small that it lacks numbers whose squares vanish."""
    squares = _sum_of_squares(x, axis)
    info = np.finfo(squares.dtype)
    if is_plain(squares) and ((squares > info.tiny / info.eps**2) & (squares < np.inf)).all():
        return x * (1 / np.sqrt(squares))
    u = scaled(x, axis)
    return chain(u, 1 / np.sqrt(_sum_of_squares(u, axis)))


def direction_rule(g: Array, out: Array, x: Array, axis: Axis = None) -> Array:
    """(g − u Σ g u) / |x| for u = x / |x|: only what is across u turns it. |x| is that of the scaled x times the scale."""
    across = g - (g * out).real.sum(axis=axis, keepdims=True) * out.conj()
    return over(over(across, np.sqrt(_sum_of_squares(scaled(x, axis), axis))), magnitude(x, axis=axis))


def _deviation(x: Array, axis: Axis = None) -> Array:
    """`x` less its mean over `axis`: exactly 0 for equal numbers, since one of them is taken away before the mean is."""
    if not x.size:
        return x
    moved = x - _first(x, axis)
    moved -= moved.mean(axis=axis, keepdims=True)
    return moved


def standard_rule(g: Array, out: Array, x: Array, axis: Axis = None) -> Array:
    """Back through the direction, and through the deviation, which is its own rule; 0 where all numbers are equal."""
    moved = g * np.any(out != 0, axis=axis, keepdims=True)
    return deviation(direction_rule(moved, out, deviation(x, axis=axis), axis), axis=axis)


ties = Op(_ties, name="ties")
magnitude = Op(_magnitude, name="magnitude")
direction = Op(_direction, direction_rule, name="direction")
deviation: Op = Op(_deviation, lambda g, out, x, axis=None: deviation(g, axis=axis), name="deviation")
standard = Op(lambda x, axis=None: _direction(_deviation(x, axis), axis), standard_rule, name="standard")

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
    lambda g, out, x, axis=None, **k: kept(g, x, axis, **k) * product_of_others(x, axis),
    params=_REDUCTION,
)
max = Op(np.max, lambda g, out, x, **k: kept(g, x, **k) * ties(out, x, **k), params="a axis out keepdims initial where")
min = Op(np.min, lambda g, out, x, **k: kept(g, x, **k) * ties(out, x, **k), params="a axis out keepdims initial where")


def var_rule(g: Array, out: Array, x: Array, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Array:
    """2 (x − mean) / (n − ddof)."""
    return kept(2 * divided(g, count(x, axis) - ddof), x, axis, keepdims) * deviation(x, axis=axis).conj()


def std_rule(g: Array, out: Array, x: Array, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Array:
    """(x − mean) / ((n − ddof) std) = u / √(n − ddof), u the direction of x − mean; to any order 0 where all are equal."""
    g = divided(g, math.sqrt(builtins.max(count(x, axis) - ddof, 0)))
    return kept(g, x, axis, keepdims) * standard(x, axis=axis).conj()


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
    total = kept(out, x, axis, keepdims)
    e = np.exp(x - total)
    whole = e.sum(axis=axis, keepdims=True)  # 1, but for the rounding of `out`, which is much where x is large
    if not (is_plain(whole) and ((whole > 0) & (whole < np.inf)).all()):
        total = np.where(total == -np.inf, 0, total)
        e = np.exp(np.where(x == total, 0, x - total))
        whole = e.sum(axis=axis, keepdims=True)
        whole = np.where(whole == 0, 1, whole)
    e /= whole
    return e


def _softmax_rule(g: Array, out: Array, axis: Axis = None) -> Array:
    """p (g − Σ g p), for p = `out`."""
    return out * (g - (g * out).sum(axis=axis, keepdims=True))


shares = Op(
    _shares, None, lambda g, out, total, x, axis=None, keepdims=False: _softmax_rule(g, out, axis), name="shares"
)


def _log_softmax(x: Array, axis: Axis = -1) -> Array:
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _softmax(x: Array, axis: Axis = -1) -> Array:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


logsumexp = Op(
    _logsumexp,
    lambda g, out, x, **k: kept(g, x, **k) * shares(out, x, **k),
    params="a axis keepdims",
    name="logsumexp",
)
softmax = Op(
    _softmax,
    lambda g, out, x, axis=-1: _softmax_rule(g, out, axis),
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
