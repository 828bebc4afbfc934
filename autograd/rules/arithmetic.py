"""The four operations, powers, remainders, extrema and choices."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .guards import chain, over
from .op import Array, Op

add = Op(np.add, lambda g, out, x, y: g, lambda g, out, x, y: g, forward=operator.add)
subtract = Op(np.subtract, lambda g, out, x, y: g, lambda g, out, x, y: -g, forward=operator.sub)
multiply = Op(np.multiply, lambda g, out, x, y: g * y, lambda g, out, x, y: g * x, forward=operator.mul)
divide = Op(
    np.divide,
    lambda g, out, x, y: over(g, y),
    lambda g, out, x, y: chain(g, -out / y),
    forward=operator.truediv,
)
negative = Op(np.negative, lambda g, out, x: -g, forward=operator.neg)
positive = Op(np.positive, lambda g, out, x: g, forward=operator.pos)
reciprocal = Op(np.reciprocal, lambda g, out, x: chain(chain(-g, out), out))
square = Op(np.square, lambda g, out, x: g * (2 * x))


def log_base(x: Array) -> Array:
    """log x, and 0 at x = 0, where 0**y does not depend on y (for y > 0)."""
    return np.log(np.where(x == 0, 1, x))


# A factor y of 0 (x**0 is constant) wins over the infinity of 0**(y - 1): hence the inner chain.
power = Op(
    np.power,
    lambda g, out, x, y: chain(g, chain(y, x ** (y - 1))),
    lambda g, out, x, y: chain(g, chain(out, log_base(x))),
    forward=operator.pow,
)
remainder = Op(
    np.remainder,
    lambda g, out, x, y: g,
    lambda g, out, x, y: -g * np.floor(x / y),
    forward=operator.mod,
)
fmod = Op(np.fmod, lambda g, out, x, y: g, lambda g, out, x, y: -g * np.trunc(x / y))


def _won(out: Array, x: Array, y: Array) -> Array:
    """1 where x is the larger of x and y, 0 where it is the smaller, ½ at equality, NaN where `out` is NaN."""
    above = x > y
    if above.__class__ is np.ndarray and (above | (x < y)).all():
        return above
    share = (above + 0.5 * (x == y)) / (out == out)
    return share if share.dtype == out.dtype else share.astype(out.real.dtype)


won = Op(_won, name="won")


def share(g: Array, out: Array, x: Array, y: Array) -> Array:
    """What of `g` goes to `x` where the larger of x and y counts: half at equality, NaN where one of them is NaN."""
    return g * won(out, x, y)


maximum = Op(np.maximum, share, lambda g, out, x, y: share(g, out, y, x))
minimum = Op(np.minimum, lambda g, out, x, y: share(g, out, y, x), share)
where = Op(
    np.where,
    None,
    lambda g, out, condition, x, y: np.where(condition, g, 0),
    lambda g, out, condition, x, y: np.where(condition, 0, g),
    params="condition x y",
    elementwise=True,
)


def _clip(x: Array, low: Array, high: Array) -> Array:
    return np.minimum(np.maximum(x, low), high)


# Inside, the bounds included, x passes; outside, the bound that was hit. NaN stays NaN: 0/0.
clip_between = Op(
    _clip,
    lambda g, out, x, low, high: g * (x == out) / (out == out),
    lambda g, out, x, low, high: g * ((x < low) & (low <= high)) / (out == out),
    lambda g, out, x, low, high: g * (_clip(x, low, np.inf) > high) / (out == out),
    name="clip",
    elementwise=True,
)


def clip(a: Array, a_min: Array = None, a_max: Array = None, *, min: Array = None, max: Array = None) -> Array:
    """min(max(a, a_min), a_max); a bound of None is no bound."""
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    return clip_between(a, -np.inf if low is None else low, np.inf if high is None else high)


def where_or_nonzero(condition: Array, x: Array = None, y: Array = None) -> Array:
    """`numpy.where`: of one argument the places where it holds, of three a choice between two arrays."""
    return np.nonzero(condition) if x is None and y is None else where(condition, x, y)


greater = Op(np.greater, forward=operator.gt)
greater_equal = Op(np.greater_equal, forward=operator.ge)
less = Op(np.less, forward=operator.lt)
less_equal = Op(np.less_equal, forward=operator.le)
equal = Op(np.equal, forward=operator.eq)
not_equal = Op(np.not_equal, forward=operator.ne)

COMPOSED: dict[str, Callable[..., Any]] = {"clip": clip, "where": where_or_nonzero}
