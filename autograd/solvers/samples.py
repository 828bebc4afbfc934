"""Integrals of functions that are known at some places only: compositions of NumPy's functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.convert import stack_nested
from ..errors import ShapeError, user_line


def _prepared(y: Any, x: Any, dx: Any, axis: int) -> tuple[Any, Any]:
    """The ordinates with `axis` as the last one, and the distances of the places."""
    y = np.moveaxis(stack_nested(y), axis, -1)
    if x is None:
        return y, dx * np.ones(np.shape(y)[-1] - 1)
    x = stack_nested(x)
    distances = np.diff(x if np.ndim(x) == 1 else np.moveaxis(x, axis, -1), axis=-1)
    if np.shape(distances)[-1] + 1 != np.shape(y)[-1]:
        raise ShapeError(
            f"y and x at {user_line()} have {np.shape(y)[-1]} and {np.shape(distances)[-1] + 1} places along the axis"
        )
    return y, distances


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """`scipy.integrate.trapezoid`: Σ hᵢ (yᵢ + yᵢ₊₁)/2, h the distances of the places."""
    y, h = _prepared(y, x, dx, axis)
    return np.sum(h * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)


def cumulative_trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: Any = None) -> Any:
    """`scipy.integrate.cumulative_trapezoid`: the sums of `trapezoid` up to each place but the first (or `initial` there)."""
    y, h = _prepared(y, x, dx, axis)
    sums = np.cumsum(h * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
    if initial is not None:
        sums = np.concatenate([initial * np.ones_like(sums[..., :1]), sums], axis=-1)
    return np.moveaxis(sums, -1, axis)


def simpson(y: Any, x: Any = None, *, dx: Any = 1.0, axis: int = -1) -> Any:
    """`scipy.integrate.simpson`: the integral of the parabolas through three places each.

    Over an odd number of intervals the last one is integrated under the parabola through the last three places
    (K. V. Cartwright, "Simpson's rule cumulative integration with MS Excel and irregularly-spaced data", 2017, equation 8).
    """
    y, h = _prepared(y, x, dx, axis)
    intervals = np.shape(h)[-1]
    if intervals < 2:
        return np.sum(h * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
    even = intervals - intervals % 2
    y0, y1, y2 = y[..., 0:even:2], y[..., 1:even:2], y[..., 2 : even + 1 : 2]
    h0, h1 = h[..., 0:even:2], h[..., 1:even:2]
    whole = h0 + h1
    total = np.sum(whole / 6 * (y0 * (2 - h1 / h0) + y1 * whole**2 / (h0 * h1) + y2 * (2 - h0 / h1)), axis=-1)
    if even == intervals:
        return total
    before, last = h[..., -2], h[..., -1]
    return total + (
        y[..., -1] * (2 * last**2 + 3 * before * last) / (6 * (before + last))
        + y[..., -2] * (last**2 + 3 * before * last) / (6 * before)
        - y[..., -3] * last**3 / (6 * before * (before + last))
    )
