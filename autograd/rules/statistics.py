"""Order statistics, weighted means and covariances, composed of sorting, picking and sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import DtypeError, ShapeError, UnsupportedError, user_line
from .indexing import take_along_axis
from .op import Array, refusal
from .reductions import Axis
from .shaping import axes_of


def _in_front(a: Array, axis: Axis) -> tuple[Array, tuple[int, ...]]:
    """`a` with the axes of `axis` joined into one at the front, and the shape that ``keepdims`` would give."""
    axes = axes_of(axis, a.ndim)
    kept = tuple(1 if i in axes else n for i, n in enumerate(a.shape))
    rest = tuple(i for i in range(a.ndim) if i not in axes)
    front = a.transpose((*axes, *rest))
    return front.reshape((math.prod(a.shape[i] for i in axes), *(a.shape[i] for i in rest))), kept


def _weight(share: Any, a: Array, q: Any, method: str = "linear") -> Any:
    """The weight of a neighbour, in the dtype of NumPy's result: that depends on both dtypes, and on the method."""
    return share.astype(np.quantile(np.zeros(1, a.dtype), q, method=method).dtype)  # type: ignore[call-overload]


def quantile(
    a: Array, q: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Array:  # fmt: skip
    """The `q`-quantile: a weighted mean of two neighbours in the sorted array.

    Which two, and with which weights, depends on their places alone; the quantile of 0, 1, 2 … says it for every method.
    """
    if out is not None or weights is not None:
        raise UnsupportedError(
            refusal("quantile", "out") if out is not None else "quantile: weights have no derivative rule"
        )
    if np.iscomplexobj(a):
        raise DtypeError(f"a quantile of complex numbers at {user_line()}: they have no differentiable order")
    front, kept = _in_front(a, axis)
    places = np.quantile(np.arange(front.shape[0], dtype=float), np.asarray(q), method=method)  # type: ignore[call-overload]
    low = np.floor(places).astype(int)
    share = _weight((places - low).reshape(np.shape(q) + (1,) * (front.ndim - 1)), a, q, method)
    ordered = np.sort(front, axis=0) * np.where(np.isnan(front).any(axis=0), np.nan, 1).astype(front.real.dtype)
    high = np.minimum(low + 1, front.shape[0] - 1)
    result = ordered[low] * (1 - share) + ordered[high] * share
    return result.reshape(np.shape(q) + kept) if keepdims else result


def nanquantile(
    a: Array, q: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Array:  # fmt: skip
    """As `quantile`, leaving NaN out; NaN sorts to the end, so that each line has a length of its own."""
    if out is not None or weights is not None or method != "linear":
        raise UnsupportedError("nanquantile has a derivative rule for method='linear' without weights and out")
    front, kept = _in_front(a, axis)
    ordered = np.sort(front, axis=0)
    last = np.maximum((~np.isnan(front)).sum(axis=0) - 1, 0)
    results = []
    for one in np.atleast_1d(q):
        low = np.floor(one * last).astype(int)
        share = _weight(one * last - low, a, q)
        at = [take_along_axis(ordered, i[None], axis=0)[0] for i in (low, np.minimum(low + 1, last))]
        results.append(at[0] * (1 - share) + at[1] * share)
    result = np.stack(results).reshape(np.shape(q) + results[0].shape)
    return result.reshape(np.shape(q) + kept) if keepdims else result


def percentile(a: Array, q: Any, *args: Any, **kwargs: Any) -> Array:
    """The q-th percentile: the quantile of q / 100."""
    return quantile(a, _hundredth(q), *args, **kwargs)


def nanpercentile(a: Array, q: Any, *args: Any, **kwargs: Any) -> Array:
    """The q-th percentile, leaving NaN out."""
    return nanquantile(a, _hundredth(q), *args, **kwargs)


def _hundredth(q: Any) -> Any:
    return q / 100 if isinstance(q, (int, float)) else np.asarray(q) / 100


def median(
    a: Array, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Array:
    """The middle element, or the mean of the two in the middle."""
    return quantile(a, 0.5, axis, out, keepdims=keepdims)


def nanmedian(
    a: Array, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Array:
    """The median, leaving NaN out."""
    return nanquantile(a, 0.5, axis, out, keepdims=bool(keepdims) and keepdims is not np._NoValue)


def average(a: Array, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False) -> Array:
    """Σ w a / Σ w over `axis`."""
    a = a if hasattr(a, "dtype") else np.asarray(a)
    kept = bool(keepdims) and keepdims is not np._NoValue
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=kept)
        total = np.full_like(mean, a.size / np.size(mean))
    else:
        if np.shape(weights) != a.shape:
            if axis is None or np.shape(weights) != tuple(a.shape[i] for i in np.atleast_1d(axis)):
                raise ShapeError(
                    f"average at {user_line()}: weights of shape {np.shape(weights)} do not fit {a.shape} along axis {axis}"
                )
            lines = set(axes_of(axis, a.ndim))
            weights = np.reshape(weights, tuple(n if i in lines else 1 for i, n in enumerate(a.shape)))
        wide = np.broadcast_to(weights, a.shape)
        total = np.sum(wide, axis=axis, keepdims=kept)
        mean = np.sum(a * wide, axis=axis, keepdims=kept) / total
    return (mean, total) if returned else mean


def ptp(a: Array, axis: Axis = None, out: Any = None, keepdims: Any = False) -> Array:
    """The largest element less the smallest."""
    return np.max(a, axis=axis, out=out, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def cov(
    m: Array, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Array:  # fmt: skip
    """The covariance matrix of the variables in the rows (columns, if not `rowvar`) of `m` and `y`."""
    x = np.atleast_2d(m) if rowvar or np.ndim(m) == 1 else np.transpose(m)
    if y is not None:
        other = np.atleast_2d(y) if rowvar or np.ndim(y) == 1 else np.transpose(y)
        x = np.concatenate([x, other], axis=0)
    x = x.astype(np.result_type(x.dtype, np.float64) if dtype is None else dtype)
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = None if fweights is None else np.asarray(fweights, dtype=float)
    if aweights is not None:
        weights = aweights if weights is None else weights * aweights
    if weights is None:
        centered = x - np.mean(x, axis=1, keepdims=True)
        return np.squeeze(centered @ centered.conj().T / (x.shape[1] - ddof))
    total = np.sum(weights)
    centered = x - np.sum(x * weights, axis=1, keepdims=True) / total
    spent = ddof if aweights is None else ddof * np.sum(weights * aweights) / total
    return np.squeeze((centered * weights) @ centered.conj().T / (total - spent))


def corrcoef(x: Array, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Array:
    """Covariances over the product of the standard deviations."""
    c = cov(x, y, rowvar, dtype=dtype)
    if not np.ndim(c):
        return c / c
    deviation = np.sqrt(np.diag(c))
    return c / deviation[:, None] / deviation[None, :]


COMPOSED: dict[str, Callable[..., Any]] = {
    "quantile": quantile, "nanquantile": nanquantile, "percentile": percentile, "nanpercentile": nanpercentile,
    "median": median, "nanmedian": nanmedian, "average": average, "ptp": ptp, "cov": cov, "corrcoef": corrcoef,
}  # fmt: skip
