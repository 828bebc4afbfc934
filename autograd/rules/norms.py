"""Norms of vectors and matrices, and condition numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ShapeError, user_line
from .guards import chain
from .linalg import svdvals
from .op import Array, Op
from .reductions import direction, kept, scaled
from .shaping import axes_of

_la = np.linalg


def vector_norm_rule(g: Array, out: Array, x: Array, ord: float, axis: Any = None, keepdims: bool = False) -> Array:
    """sign(x) |x|ᵖ⁻¹ / normᵖ⁻¹, and 0 at the origin; of the scaled x, which has the same slopes."""
    u = scaled(x, axis)
    slope = np.sign(u).conj() * abs(u) ** (ord - 1)
    return kept(g, x, axis, keepdims) * chain(slope, vector_p_norm(u, ord=ord, axis=axis, keepdims=True) ** (1 - ord))


vector_p_norm: Op = Op(
    lambda x, *, ord, axis=None, keepdims=False: (abs(x) ** ord).sum(axis=axis, keepdims=keepdims) ** (1 / ord),
    vector_norm_rule,
    name="p_norm",
)


def vector_norm(x: Array, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    """(Σ |x|ᵖ)^(1/p) over `axis`; for ±inf the largest or smallest |x|, for 0 the number of elements that are not 0."""
    if isinstance(axis, tuple) and len(axis) != 2:  # NumPy's own `norm`, which computes it, takes one or two
        front = np.moveaxis(x, axis, range(len(axis)))
        flat = front.reshape((math.prod(front.shape[: len(axis)]), *front.shape[len(axis) :]))
        norms = vector_norm(flat, axis=0, ord=ord)
        return np.expand_dims(norms, axis) if keepdims else norms
    how = {"axis": axis, "keepdims": keepdims}
    if ord in (None, 2):
        return two_norm(x, **how)
    if ord == np.inf:
        return np.max(abs(x), initial=0, **how)
    if ord == -np.inf:
        return np.min(abs(x), **how)
    if ord == 0:
        return np.sum(x.real * 0 + (x != 0), **how)
    return np.sum(abs(x), **how) if ord == 1 else vector_p_norm(x, ord=ord, **how)


def two_norm_rule(g: Array, out: Array, x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """x / norm, and 0 at the origin."""
    return kept(g, x, axis, keepdims) * direction(x, axis=axis).conj()


two_norm = Op(_la.norm, two_norm_rule, params="x ord axis keepdims")


def matrix_norm(x: Array, /, *, keepdims: bool = False, ord: Any = "fro") -> Array:
    """A norm of the matrices in the last two axes: Frobenius, nuclear, spectral (±2), by columns (±1) or rows (±inf)."""
    if ord == "fro":
        return two_norm(x, axis=(-2, -1), keepdims=keepdims)
    if ord in ("nuc", 2, -2):
        s = svdvals(x)
        result = (
            np.sum(s, axis=-1) if ord == "nuc" else np.max(s, axis=-1, initial=0) if ord == 2 else np.min(s, axis=-1)
        )
    elif ord in (1, -1, np.inf, -np.inf):
        sums = np.sum(abs(x), axis=-2 if abs(ord) == 1 else -1)
        result = np.max(sums, axis=-1, initial=0) if ord > 0 else np.min(sums, axis=-1)  # also of an empty matrix
    else:
        raise ShapeError(f"norm at {user_line()}: there is no matrix norm of order {ord!r}")
    return result[..., None, None] if keepdims else result


def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """A vector norm over one axis (or all), a matrix norm over two; 2-norm and Frobenius norm unless `ord` says otherwise.

    At the origin the gradient is 0, the subgradient of least length.
    """
    if ord is None:
        return two_norm(x, axis=axis, keepdims=keepdims)
    if axis is None and x.ndim == 2:
        axis = (0, 1)
    if not isinstance(axis, tuple):
        return vector_norm(x, axis=axis, keepdims=keepdims, ord=ord)
    front = axes_of(axis, x.ndim)
    moved = matrix_norm(np.moveaxis(x, front, (-2, -1)), ord=ord)
    return np.expand_dims(moved, front) if keepdims else moved


def cond(x: Array, p: Any = None) -> Array:
    """The condition number: the largest over the smallest singular value, or |x| |x⁻¹| in another norm."""
    if p in (None, 2, -2):
        s = svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return norm(x, p, (-2, -1)) * norm(_la.inv(x), p, (-2, -1))


COMPOSED: dict[str, Callable[..., Any]] = {
    "linalg.norm": norm, "linalg.vector_norm": vector_norm, "linalg.matrix_norm": matrix_norm, "linalg.cond": cond,
}  # fmt: skip
