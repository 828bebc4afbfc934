"""Discrete calculus: differences, integrals, interpolation, convolution, polynomials, evenly spaced numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError, user_line
from .indexing import take
from .op import Array, Op
from .shaping import axes_of, stack_nested

_UNSET = np._NoValue


def _along(axis: int, part: slice) -> tuple[Any, ...]:
    """The index that applies `part` to `axis`, which counts from the end if it is negative."""
    return (..., part, *(slice(None),) * (-axis - 1)) if axis < 0 else (slice(None),) * axis + (part,)


def diff(a: Array, n: int = 1, axis: int = -1, prepend: Any = _UNSET, append: Any = _UNSET) -> Array:
    """a[i+1] − a[i] along `axis`, n times."""

    def end(x: Any) -> Array:
        shape = list(a.shape)
        shape[axis] = 1
        return x if np.ndim(x) else np.broadcast_to(x, tuple(shape))

    parts = [*([] if prepend is _UNSET else [end(prepend)]), a, *([] if append is _UNSET else [end(append)])]
    a = np.concatenate(parts, axis=axis) if len(parts) > 1 else a
    for _ in range(n):
        a = a[_along(axis, slice(1, None))] - a[_along(axis, slice(None, -1))]
    return a


def ediff1d(ary: Array, to_end: Any = None, to_begin: Any = None) -> Array:
    """The differences of the flattened array, with other numbers before and after."""
    middle = diff(ary.reshape((-1,)))
    ends = [None if x is None else np.reshape(x, (-1,)) for x in (to_begin, to_end)]
    parts = [*([] if ends[0] is None else [ends[0]]), middle, *([] if ends[1] is None else [ends[1]])]
    return np.astype(np.concatenate(parts), ary.dtype)


def gradient(f: Array, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Central differences of second order inside, one-sided ones at the ends."""
    f = f if hasattr(f, "dtype") else np.asarray(f)
    axes = axes_of(axis, f.ndim)
    spacings = list(varargs) * len(axes) if len(varargs) == 1 else list(varargs) or [1.0] * len(axes)
    if len(spacings) != len(axes):
        raise UnsupportedError(f"gradient at {user_line()}: {len(varargs)} spacings for {len(axes)} axes")
    results = [_gradient(np.moveaxis(f, i, -1), h, edge_order, i) for i, h in zip(axes, spacings, strict=True)]
    results = [np.moveaxis(g, -1, i) for g, i in zip(results, axes, strict=True)]
    return results[0] if len(axes) == 1 else tuple(results)


def _gradient(f: Array, spacing: Any, edge_order: int, axis: int) -> Array:
    """The gradient along the last axis."""
    if f.shape[-1] < edge_order + 1:
        raise ShapeError(f"gradient at {user_line()}: axis {axis} has {f.shape[-1]} points, and needs {edge_order + 1}")
    h = diff(spacing) if np.ndim(spacing) else spacing * np.ones(f.shape[-1] - 1, f.real.dtype)
    left, right = h[:-1], h[1:]
    inner = (
        left**2 * f[..., 2:] + (right**2 - left**2) * f[..., 1:-1] - right**2 * f[..., :-2]
    ) / (left * right * (left + right))  # fmt: skip
    if edge_order == 1:
        first, last = (f[..., 1] - f[..., 0]) / h[0], (f[..., -1] - f[..., -2]) / h[-1]
    else:
        first = _one_sided(f[..., 0], f[..., 1], f[..., 2], h[0], h[1])
        last = -_one_sided(f[..., -1], f[..., -2], f[..., -3], h[-1], h[-2])
    return np.concatenate([first[..., None], inner, last[..., None]], axis=-1)


def _one_sided(f0: Array, f1: Array, f2: Array, h1: Array, h2: Array) -> Array:
    """The slope at the end of a parabola through three points."""
    return (
        -(2 * h1 + h2) / (h1 * (h1 + h2)) * f0 + (h1 + h2) / (h1 * h2) * f1 - h1 / (h2 * (h1 + h2)) * f2
    )  # fmt: skip


def trapezoid(y: Array, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Array:
    """∫ y dx by the trapezoidal rule along `axis`."""
    d = dx
    if x is not None:
        d = diff(x) if np.ndim(x) == 1 else diff(x, axis=axis)
        if np.ndim(x) == 1:
            d = np.reshape(d, tuple(-1 if i == axis % np.ndim(y) else 1 for i in range(np.ndim(y))))
    pairs = y[_along(axis, slice(1, None))] + y[_along(axis, slice(None, -1))]
    return np.sum(d * pairs / 2.0, axis=axis)


def interp(x: Array, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Array:
    """Straight lines between the points (xp, fp); constant beyond them."""
    if period is not None:
        x, xp = np.mod(x, abs(period)), np.mod(xp, abs(period))
        order = np.argsort(xp)
        xp, fp = take(xp, order), take(fp, order)
        xp = np.concatenate([xp[-1:] - abs(period), xp, xp[:1] + abs(period)])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.size(xp) - 2)
    x0, x1, f0, f1 = (take(a, j) for a, j in ((xp, i), (xp, i + 1), (fp, i), (fp, i + 1)))
    x1 = np.where(np.isnan(x), np.nan, x1)  # no number lies on no line: the slope there is NaN too
    inside = f0 + (x - x0) * (f1 - f0) / (x1 - x0)
    low, high = take(fp, 0) if left is None else left, take(fp, -1) if right is None else right
    last = take(xp, -1)
    inside = np.where(x < take(xp, 0), low, np.where(x > last, high, inside))
    return np.where(x == last, take(fp, -1), inside) if right is not None else inside


def unwrap(p: Array, discont: Any = None, axis: int = -1, *, period: float = 2 * np.pi) -> Array:
    """Whole periods are added where a jump exceeds half of one; they are constants."""
    return p + whole_periods(p, discont=discont, axis=axis, period=period)


whole_periods = Op(lambda p, *, period, **how: np.unwrap(p, period=period, **how) - p, name="whole_periods")


# Convolution is its own derivative rule: each input's gradient is a convolution with the other, turned around.
convolve_full = Op(
    np.convolve,
    lambda g, out, a, v: np.convolve(g, v[::-1], "valid"),
    lambda g, out, a, v: np.convolve(g, a[::-1], "valid"),
    name="convolve",
)


def convolve(a: Array, v: Array, mode: str = "full") -> Array:
    """Σᵢ a[i] v[k − i]: all of it, as long as the longer input ("same"), or where both overlap entirely ("valid")."""
    full = convolve_full(np.atleast_1d(a), np.atleast_1d(v))
    longer, shorter = max(np.size(a), np.size(v)), min(np.size(a), np.size(v))
    if mode == "full":
        return full
    start, length = ((shorter - 1) // 2, longer) if mode == "same" else (shorter - 1, longer - shorter + 1)
    if mode not in ("same", "valid"):
        raise ShapeError(f"convolve at {user_line()}: the mode is 'full', 'same' or 'valid', not {mode!r}")
    return full[start : start + length]


def correlate(a: Array, v: Array, mode: str = "valid") -> Array:
    """Σᵢ a[k + i] conj(v[i])."""
    if np.size(v) > np.size(a) and mode == "same":  # NumPy centres the longer input
        return np.conjugate(correlate(v, a, mode))[::-1]
    return convolve(a, np.conjugate(v)[::-1], mode)


def polyval(p: Any, x: Any) -> Array:
    """p[0] xⁿ⁻¹ + … + p[n−1], by Horner's scheme."""
    result = np.zeros_like(x)
    for i in range(np.shape(p)[0]):
        result = result * x + p[i]
    return result


def vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    """The powers of x as columns."""
    n = x.shape[0] if N is None else N
    x = np.astype(x, np.promote_types(x.dtype, int))
    powers = range(n) if increasing else range(n - 1, -1, -1)
    return np.stack([x**i for i in powers], axis=-1)


def polymul(a1: Array, a2: Array) -> Array:
    """The product of two polynomials."""
    return convolve(_coefficients(a1), _coefficients(a2))


def _coefficients(a: Array) -> Array:
    """Without the zeros in front; one zero where nothing is left."""
    a = np.trim_zeros(np.atleast_1d(a), "f")
    return a if np.size(a) else np.zeros(1, a.dtype)


def _padded(a: Array, n: int) -> Array:
    a = np.atleast_1d(a)
    return np.pad(a, (n - np.size(a), 0))


def polyadd(a1: Array, a2: Array) -> Array:
    """The sum of two polynomials."""
    n = max(np.size(a1), np.size(a2))
    return _padded(a1, n) + _padded(a2, n)


def polysub(a1: Array, a2: Array) -> Array:
    """The difference of two polynomials."""
    n = max(np.size(a1), np.size(a2))
    return _padded(a1, n) - _padded(a2, n)


def polyder(p: Array, m: int = 1) -> Array:
    """The derivative of a polynomial, m times."""
    for _ in range(m):
        p = p[:-1] * np.arange(np.size(p) - 1, 0, -1)
    return p


def polyint(p: Array, m: int = 1, k: Any = None) -> Array:
    """An antiderivative of a polynomial, m times, with the constants k."""
    constants = np.atleast_1d(np.zeros(m) if k is None else stack_nested(k))
    for i in range(m):
        p = np.concatenate([p / np.arange(np.size(p), 0, -1), np.reshape(constants[i % len(constants)], (1,))])
    return p


def polyfit(
    x: Any, y: Array, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Array:
    """The least-squares polynomial through the points (x, y)."""
    if full or cov:
        raise UnsupportedError(f"polyfit at {user_line()}: full=True and cov=True have no derivative rule")
    left = np.vander(x, deg + 1)
    if w is not None:
        left, y = left * np.reshape(w, (-1, 1)), y * (w if np.ndim(y) == 1 else np.reshape(w, (-1, 1)))
    return np.linalg.pinv(left) @ y


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0,
    *, device: Any = None,
) -> Any:  # fmt: skip
    """`num` numbers from `start` to `stop`, evenly spaced."""
    steps = max(num - 1 if endpoint else num, 1)
    t = np.arange(num).reshape((-1,) + (1,) * max(np.ndim(start), np.ndim(stop))) / steps
    t = t.astype(np.result_type(start, stop, 0.0).type(0).real.dtype)
    result = start + t * (stop - start)
    result = np.where(t == 1, stop, result)  # not what the end rounds to
    result = np.moveaxis(result, 0, axis) if axis else result
    result = result if dtype is None else np.astype(result, dtype)
    return (result, (stop - start) / steps) if retstep else result


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Array:
    """`num` powers of `base`, with evenly spaced exponents."""
    return base ** linspace(start, stop, num, endpoint, dtype=dtype, axis=axis)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Array:
    """`num` numbers from `start` to `stop`, in equal ratios."""
    ratio = np.float64(1) * stop / start  # lower dtypes become float64 in NumPy too
    steps = linspace(np.zeros(np.shape(ratio)), 1.0, num, endpoint)
    result = np.moveaxis(start * ratio**steps, 0, axis)
    return result if dtype is None else np.astype(result, dtype)


COMPOSED: dict[str, Callable[..., Any]] = {
    "diff": diff, "ediff1d": ediff1d, "gradient": gradient, "trapezoid": trapezoid, "trapz": trapezoid, "interp": interp,
    "unwrap": unwrap, "convolve": convolve, "correlate": correlate, "polyval": polyval, "vander": vander,
    "polymul": polymul, "polyadd": polyadd, "polysub": polysub, "polyder": polyder, "polyint": polyint,
    "polyfit": polyfit, "linspace": linspace, "logspace": logspace, "geomspace": geomspace,
}  # fmt: skip
