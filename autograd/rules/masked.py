"""Reductions as NumPy offers them, with ``where=``, ``initial=`` and ``dtype=``, and their NaN-ignoring relatives.

Each is composed of a plain reduction and `np.where`: an element that is left out is replaced by the value that does not
count, and its derivative is then 0 by the rule of `np.where`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError, user_line
from . import reductions
from .op import Array, refusal
from .reductions import Axis
from .shaping import ravel

_UNSET = np._NoValue


def _refuse_out(name: str, out: Any) -> None:
    if out is not None:
        raise UnsupportedError(refusal(name, "out"))


def _kept(keepdims: Any) -> bool:
    return bool(keepdims) and keepdims is not _UNSET


def _given(x: Any) -> bool:
    return x is not None and x is not _UNSET and x is not True


def sum(
    a: Array, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = _UNSET,
    where: Any = _UNSET,
) -> Array:  # fmt: skip
    """Σ a over `axis`, of the elements where `where` holds, plus `initial`."""
    _refuse_out("sum", out)
    a = a if dtype is None else a.astype(dtype)
    a = np.where(where, a, 0) if _given(where) else a
    total = reductions.sum(a, axis=axis, keepdims=_kept(keepdims))
    return total + initial if _given(initial) else total


def prod(
    a: Array, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = _UNSET,
    where: Any = _UNSET,
) -> Array:  # fmt: skip
    """Π a over `axis`, of the elements where `where` holds, times `initial`."""
    _refuse_out("prod", out)
    a = a if dtype is None else a.astype(dtype)
    a = np.where(where, a, 1) if _given(where) else a
    product = reductions.prod(a, axis=axis, keepdims=_kept(keepdims))
    return product * initial if _given(initial) and initial is not _UNSET else product


def max(
    a: Array, axis: Axis = None, out: Any = None, keepdims: Any = False, initial: Any = _UNSET, where: Any = _UNSET
) -> Array:
    """The largest element over `axis` of those where `where` holds, and of `initial`; ties share the gradient."""
    _refuse_out("max", out)
    if _given(initial) and not reductions.count(a, axis):
        return sum(a, axis, keepdims=keepdims, initial=initial)  # of nothing it is `initial`, as the sum is
    a = np.where(where, a, -np.inf) if _given(where) else a
    top = reductions.max(a, axis=axis, keepdims=_kept(keepdims))
    return np.maximum(top, initial) if _given(initial) else top


def min(
    a: Array, axis: Axis = None, out: Any = None, keepdims: Any = False, initial: Any = _UNSET, where: Any = _UNSET
) -> Array:
    """The smallest element over `axis` of those where `where` holds, and of `initial`; ties share the gradient."""
    _refuse_out("min", out)
    if _given(initial) and not reductions.count(a, axis):
        return sum(a, axis, keepdims=keepdims, initial=initial)  # of nothing it is `initial`, as the sum is
    a = np.where(where, a, np.inf) if _given(where) else a
    bottom = reductions.min(a, axis=axis, keepdims=_kept(keepdims))
    return np.minimum(bottom, initial) if _given(initial) else bottom


def _number(a: Array, where: Any, axis: Axis, keepdims: bool) -> Array:
    """How many elements `where` leaves."""
    return np.broadcast_to(where, a.shape).sum(axis=axis, keepdims=keepdims, dtype=a.real.dtype)


def _wide(a: Array) -> Array:
    """float16 is added up in float32, as NumPy does."""
    return a.astype(np.float32) if a.dtype == np.float16 else a


def mean(
    a: Array, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = _UNSET
) -> Array:
    """The mean over `axis` of the elements where `where` holds."""
    _refuse_out("mean", out)
    a = a if dtype is None else a.astype(dtype)
    kept = _kept(keepdims)
    if not _given(where):
        return reductions.mean(a, axis=axis, keepdims=kept)
    wide = _wide(a)
    return (sum(wide, axis, keepdims=kept, where=where) / _number(wide, where, axis, kept)).astype(a.dtype)


def var(
    a: Array, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = False, *,
    where: Any = _UNSET, mean: Any = _UNSET, correction: Any = _UNSET,
) -> Array:  # fmt: skip
    """Σ |a − mean|² / (n − ddof) over the elements where `where` holds."""
    return _spread_of(reductions.var, a, axis, dtype, out, ddof, keepdims, where, mean, correction)


def std(
    a: Array, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = False, *,
    where: Any = _UNSET, mean: Any = _UNSET, correction: Any = _UNSET,
) -> Array:  # fmt: skip
    """√var."""
    return _spread_of(reductions.std, a, axis, dtype, out, ddof, keepdims, where, mean, correction)


def _spread_of(
    op: Callable[..., Array], a: Array, axis: Axis, dtype: Any, out: Any, ddof: float, keepdims: Any, where: Any,
    given_mean: Any, correction: Any,
) -> Array:  # fmt: skip
    """`var` or `std`, with everything that NumPy lets one say about them."""
    _refuse_out(op.name, out)  # type: ignore[attr-defined]
    a = a if dtype is None else a.astype(dtype)
    ddof = correction if _given(correction) or correction is True else ddof
    kept = _kept(keepdims)
    if not _given(where) and not _given(given_mean):
        return op(a, axis=axis, ddof=ddof, keepdims=kept)
    dtype, a = a.dtype, _wide(a)
    chosen = where if _given(where) else True
    center = given_mean if _given(given_mean) else mean(a, axis, keepdims=True, where=where)
    a = np.where(chosen, a, center)  # what is left out may be NaN: it must not meet the arithmetic
    squares = sum(abs(a - center) ** 2, axis, keepdims=kept)
    variance = squares / (_number(a, chosen, axis, kept) - ddof)
    # Equal elements: the same convention as for the plain standard deviation, a derivative of 0 rather than inf · 0.
    root = np.where(variance == 0, 0, np.sqrt(np.where(variance == 0, 1, variance)))
    return (variance if op is reductions.var else root).astype(np.zeros(0, dtype).real.dtype)


def cumsum(a: Array, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """Running sums along `axis`."""
    _refuse_out("cumsum", out)
    return reductions.cumsum(a if dtype is None else a.astype(dtype), axis=axis)


def cumprod(a: Array, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """Running products along `axis`, by doubling: log₂ n rounds of plain products, exact where factors are zero."""
    _refuse_out("cumprod", out)
    a = a if dtype is None else a.astype(dtype)
    if axis is None:
        a, axis = ravel(a), 0
    line = np.moveaxis(a, axis, 0)
    step = 1
    while step < line.shape[0]:
        line = np.concatenate([line[:step], line[step:] * line[:-step]])
        step *= 2
    return np.moveaxis(line, 0, axis)


def _cumulative(running: Callable[..., Array], start: float) -> Callable[..., Array]:
    def cumulative(
        x: Array, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: bool = False
    ) -> Array:
        if axis is None and x.ndim > 1:
            raise ShapeError(f"{running.__name__} of {x.shape} at {user_line()}: for more than one axis, name the axis")
        axis = axis or 0
        result = running(x, axis, dtype, out)
        if not include_initial:
            return result
        before, after = result.shape[:axis], result.shape[axis:][1:]
        return np.concatenate([np.full((*before, 1, *after), start, result.dtype), result], axis=axis)

    return cumulative


cumulative_sum = _cumulative(cumsum, 0.0)
cumulative_prod = _cumulative(cumprod, 1.0)
cumulative_sum.__name__, cumulative_prod.__name__ = "cumulative_sum", "cumulative_prod"


def _ignoring_nan(reduction: Callable[..., Array]) -> Callable[..., Array]:
    """The same reduction, over the elements that are not NaN."""

    def nan_reduction(a: Array, axis: Axis = None, *args: Any, where: Any = _UNSET, **kwargs: Any) -> Array:
        present = ~np.isnan(a)
        return reduction(a, axis, *args, where=present & where if _given(where) else present, **kwargs)

    nan_reduction.__name__ = f"nan{reduction.__name__}"
    nan_reduction.__doc__ = f"As `{reduction.__name__}`, leaving NaN out."
    return nan_reduction


nansum, nanprod, nanmean, nanvar, nanstd = (_ignoring_nan(f) for f in (sum, prod, mean, var, std))


def _nan_extremum(extremum: Callable[..., Array]) -> Callable[..., Array]:
    """`nanmax` or `nanmin`: NaN where nothing but NaN is left."""
    plain = _ignoring_nan(extremum)

    def nan_extremum(a: Array, axis: Axis = None, *args: Any, keepdims: Any = False, **kwargs: Any) -> Array:
        result = plain(a, axis, *args, keepdims=_kept(keepdims), **kwargs)
        nothing = np.isnan(a).all(axis=axis, keepdims=_kept(keepdims))
        return np.where(nothing, np.nan, result)

    nan_extremum.__name__ = plain.__name__
    return nan_extremum


nanmax, nanmin = _nan_extremum(max), _nan_extremum(min)


def nancumsum(a: Array, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """Running sums, NaN counting as 0."""
    return cumsum(np.where(np.isnan(a), 0, a), axis, dtype, out)


def nancumprod(a: Array, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """Running products, NaN counting as 1."""
    return cumprod(np.where(np.isnan(a), 1, a), axis, dtype, out)


COMPOSED: dict[str, Callable[..., Any]] = {
    "sum": sum, "prod": prod, "max": max, "min": min, "amax": max, "amin": min, "mean": mean, "var": var,
    "std": std, "cumsum": cumsum, "cumprod": cumprod, "cumulative_sum": cumulative_sum,
    "cumulative_prod": cumulative_prod, "nansum": nansum, "nanprod": nanprod, "nanmean": nanmean, "nanvar": nanvar,
    "nanstd": nanstd, "nanmax": nanmax, "nanmin": nanmin, "nancumsum": nancumsum, "nancumprod": nancumprod,
}  # fmt: skip
