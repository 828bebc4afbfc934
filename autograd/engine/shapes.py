"""`fit`: bring a gradient back to the shape and dtype of the input that it belongs to.

The only place where broadcasting is undone. NumPy repeats an input along the axes where it is shorter; each
repetition contributed to the result, so the gradients of the repetitions are added up.
"""

from __future__ import annotations

import math
from typing import Any

from ..errors import ShapeError
from ..rules.op import Array


def fit(g: Array, x: Array) -> Array:
    """`g`, summed over the axes along which `x` was broadcast, and in `x`'s dtype.

    A complex gradient of a real input keeps its real part: a real number cannot move in the imaginary direction.
    """
    shape, dtype = x.shape, x.dtype
    if g.shape != shape:
        added = g.ndim - len(shape)
        if added > 0:
            g = g.sum(axis=tuple(range(added)))
        stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
        if stretched:
            g = g.sum(axis=stretched, keepdims=True)
        _check_fitted(g.shape, shape)
    return g if g.dtype is dtype or g.dtype == dtype else _in_dtype(g, dtype)


def fit_each(g: Array, x: Array) -> Array:
    """As `fit` for each of the gradients along the first axis of `g`."""
    shape, dtype = x.shape, x.dtype
    if g.shape[1:] != shape:
        added = g.ndim - 1 - len(shape)
        if added > 0:
            g = g.sum(axis=tuple(range(1, added + 1)))
        stretched = tuple(i for i, n in enumerate(shape, 1) if n == 1 and g.shape[i] != 1)
        if stretched:
            g = g.sum(axis=stretched, keepdims=True)
        _check_fitted(g.shape[1:], shape)
    return g if g.dtype is dtype or g.dtype == dtype else _in_dtype(g, dtype)


def _check_fitted(found: tuple[int, ...], shape: tuple[int, ...]) -> None:
    if found != shape and not any(map(math.isnan, shape)):  # of a Dask array a length may be unknown
        raise ShapeError(f"a rule returned a gradient of shape {found} for an input of shape {shape}")


def _in_dtype(g: Array, dtype: Any) -> Array:
    return (g.real if g.dtype.kind == "c" and dtype.kind != "c" else g).astype(dtype)
