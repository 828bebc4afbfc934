"""What networks compose always in the same way, each as one row: fewer passes over the numbers, and fewer of them kept.

A row here *keeps* what its forward computation has at hand and its rules would have to compute again: `Op.keeping`
returns it beside the result, and a rule finds it in ``kept``. Where a rule is recorded again it gets None: then it must
be computed from the inputs, since it is differentiated too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import DtypeError, ShapeError, user_line
from .op import Array, Op
from .products import rows
from .reductions import log_softmax, softmax

_CUBIC = 0.044715
_SLOPE = math.sqrt(2 / math.pi)


def sum_of_rows(g: Array) -> Array:
    """The sum over all axes but the last, as a product with ones, which BLAS adds up many times faster than NumPy."""
    flat = rows(g)
    return np.ones(flat.shape[:1], flat.dtype) @ flat


# -- y = x W + b ---------------------------------------------------------------------------------------------------


def _linear(x: Array, weight: Array, bias: Array) -> Array:
    """x W + b, for x of shape (…, inputs), W of shape (inputs, outputs) and b of shape (outputs,)."""
    if weight.ndim != 2 or bias.shape != weight.shape[1:]:
        raise ShapeError(
            f"linear at {user_line()}: the weight has shape {weight.shape} and must have (inputs, outputs); the bias has "
            f"shape {bias.shape} and must have (outputs,). For others write x @ weight + bias"
        )
    return (rows(x) @ weight).reshape((*x.shape[:-1], weight.shape[1])) + bias if x.ndim > 2 else x @ weight + bias


def linear_rule(wanted: Sequence[int], g: Array, out: Array, x: Array, weight: Array, bias: Array) -> list[Array]:
    """g Wᵀ, xᵀ g, and the sum of the rows of g."""
    flat = rows(g)
    return [
        sum_of_rows(flat) if i == 2 else rows(x).T @ flat if i == 1 else flat @ weight.T if g.ndim == 2
        else (flat @ weight.T).reshape((*g.shape[:-1], weight.shape[0]))
        for i in wanted
    ]  # fmt: skip


linear = Op(_linear, linear_rule, variadic=True, name="linear")

# -- losses --------------------------------------------------------------------------------------------------------


def distribution(z: Array, target: Array) -> Array:
    """The distributions over the last axis of `z` that `target` means: itself, or 1 at the classes that it names."""
    if target.shape == z.shape:
        return target
    classes = z.shape[-1]
    if target.shape != z.shape[:-1]:
        raise ShapeError(
            f"cross_entropy at {user_line()}: logits of shape {z.shape} need class numbers of shape {z.shape[:-1]} or one "
            f"distribution for each row, of shape {z.shape}; the target has shape {target.shape}"
        )
    if target.dtype.kind not in "iu":
        raise DtypeError(
            f"cross_entropy at {user_line()}: class numbers must be integers, and the target has dtype {target.dtype}"
        )
    hit = target[..., None] == np.arange(classes)
    if hasattr(hit, "at"):  # of XLA's arrays, whose numbers may not be there yet: a class that there is not makes a NaN
        return np.where(hit.any(axis=-1, keepdims=True), hit.astype(z.dtype), np.nan)
    if np.count_nonzero(hit) != target.size:
        raise ShapeError(
            f"cross_entropy at {user_line()}: with {classes} classes the class numbers are 0 to {classes - 1}, and the "
            f"target has {target.min()} to {target.max()}"
        )
    return hit


def _cross_entropy(z: Array, target: Array, reduction: str = "none") -> tuple[Array, Any]:
    """−Σ t log softmax z over the last axis, and its mean or sum over the others.

    It keeps softmax z, and t if that is not the target itself, which may change.
    """
    if reduction not in ("mean", "sum", "none"):
        raise ShapeError(f"cross_entropy at {user_line()}: reduction={reduction!r} is not 'mean', 'sum' or 'none'")
    t = distribution(z, target)
    shifted = z - z.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=-1, keepdims=True)
    if t is target or t.dtype.kind == "f":
        terms = np.where(t == 0, 0, t * (np.log(total) - shifted)).sum(axis=-1)
    else:
        terms = np.log(total)[..., 0] - np.where(t, shifted, 0).sum(axis=-1)
    reduced = terms if reduction == "none" else terms.sum() / (terms.size if reduction == "mean" else 1)
    return reduced, (e / total, None if t is target else t)


def _of_each_row(g: Array, z: Array, reduction: str) -> Array:
    """The cotangent of the term of each row, beside whose numbers it broadcasts."""
    if reduction == "none":
        return g[..., None]
    share = g / (z.size // z.shape[-1]) if reduction == "mean" else g
    return share.reshape((*g.shape, *(1,) * z.ndim))


def cross_entropy_rule(
    g: Array, out: Array, z: Array, target: Array, reduction: str = "none", kept: Any = None
) -> Array:
    """g (softmax z · Σt − t)."""
    p, t = (softmax(z), None) if kept is None else kept
    t = distribution(z, target) if t is None else t
    whole = p * t.sum(axis=-1, keepdims=True) if t is target else p
    return _of_each_row(g, z, reduction) * (whole - t)


cross_entropy = Op(
    lambda z, target, reduction="none": _cross_entropy(z, target, reduction)[0],
    cross_entropy_rule,
    lambda g, out, z, target, reduction="none", kept=None: -_of_each_row(g, z, reduction) * log_softmax(z),
    keeping=_cross_entropy,
    name="cross_entropy",
    params="logits target reduction",
)

# -- normalisation -------------------------------------------------------------------------------------------------


def _mean(a: Array, axes: tuple[int, ...]) -> Array:
    """The mean over `axes`; over the last one as a product, which BLAS adds up many times faster than NumPy."""
    if axes not in ((-1,), (a.ndim - 1,)) or a.dtype.kind not in "fc":
        return a.mean(axis=axes, keepdims=True)
    n = a.shape[-1]
    return (rows(a) @ np.full((n, 1), 1 / max(n, 1), a.dtype)).reshape((*a.shape[:-1], 1))


def _standardize(x: Array, axes: tuple[int, ...], eps: float) -> tuple[Array, Array]:
    """(x − mean) / √(var + ε) over `axes`, and 1 / √(var + ε)."""
    d = x - _mean(x, axes)
    inverse = 1 / np.sqrt(_mean(d * d, axes) + eps)
    d *= inverse
    return d, inverse


def _back(g: Array, y: Array, inverse: Array, axes: tuple[int, ...]) -> Array:
    """(g − mean g − y · mean(g y)) / √(var + ε), for y = `standardize` x."""
    return inverse * (g - _mean(g, axes) - y * _mean(g * y, axes))


def standardize_rule(g: Array, out: Array, x: Array, axes: tuple[int, ...], eps: float, kept: Array = None) -> Array:
    """`_back`, with 1 / √(var + ε) as it was kept."""
    inverse = 1 / np.sqrt(x.var(axis=axes, keepdims=True) + eps) if kept is None else kept
    return _back(g, out, inverse, axes)


standardize = Op(
    lambda x, axes, eps: _standardize(x, axes, eps)[0],
    standardize_rule,
    keeping=_standardize,
    name="standardize",
    params="x axes eps",
)


def _layer_norm(x: Array, weight: Array, bias: Array, eps: float) -> tuple[Array, Any]:
    """y w + b for y = `standardize` x over the axes of w, and y with 1 / √(var + ε)."""
    if not weight.shape == bias.shape == x.shape[x.ndim - weight.ndim :]:
        raise ShapeError(
            f"layer_norm at {user_line()}: the weight has shape {weight.shape} and the bias {bias.shape}: both must have the "
            f"lengths of the last axes of the input, which has shape {x.shape}"
        )
    y, inverse = _standardize(x, tuple(range(-weight.ndim, 0)), eps)
    return y * weight + bias, (y, inverse)


def _again(x: Array, weight: Array, eps: float) -> tuple[Array, Array]:
    """y and 1 / √(var + ε), to be differentiated."""
    axes = tuple(range(-weight.ndim, 0))
    return standardize(x, axes=axes, eps=eps), 1 / np.sqrt(x.var(axis=axes, keepdims=True) + eps)


def layer_norm_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, weight: Array, bias: Array, eps: float, kept: Any = None
) -> list[Array]:
    """Of x as `standardize`, with g w for g; of w it is g y, of b it is g."""
    y, inverse = _again(x, weight, eps) if kept is None else kept
    axes = tuple(range(-weight.ndim, 0))
    return [_back(g * weight, y, inverse, axes) if i == 0 else _summed(g * y if i == 1 else g, weight) for i in wanted]


def _summed(g: Array, weight: Array) -> Array:
    """`g` summed over the axes that `weight` does not have."""
    return sum_of_rows(g.reshape((*g.shape[: g.ndim - weight.ndim], weight.size))).reshape(weight.shape)


layer_norm = Op(
    lambda x, weight, bias, eps: _layer_norm(x, weight, bias, eps)[0],
    layer_norm_rule,
    keeping=_layer_norm,
    variadic=True,
    name="layer_norm",
    params="x weight bias eps",
)

# -- gates and attention -------------------------------------------------------------------------------------------


def _gate(x: Array) -> Array:
    """tanh √(2/π) (x + 0.044715 x³)."""
    return np.tanh(x * (_SLOPE + (_SLOPE * _CUBIC) * (x * x)))


def _gelu_tanh(x: Array) -> tuple[Array, Array]:
    """½ x (1 + tanh √(2/π) (x + 0.044715 x³)), and the tanh."""
    t = _gate(x)
    return 0.5 * x * (1 + t), t


def gelu_tanh_rule(g: Array, out: Array, x: Array, kept: Array = None) -> Array:
    """½ (1 + t) + ½ x (1 − t²) u′, for t = tanh u."""
    t = _gate(x) if kept is None else kept
    return g * (0.5 * (1 + t) + (0.5 * x) * (1 - t * t) * (_SLOPE + (3 * _SLOPE * _CUBIC) * (x * x)))


gelu_tanh = Op(lambda x: _gelu_tanh(x)[0], gelu_tanh_rule, keeping=_gelu_tanh, name="gelu_tanh", elementwise=True)


def _attention_weights(q: Array, k: Array, *bias: Array, scale: float, causal: bool) -> Array:
    """softmax (scale q kᵀ + bias), of a query over the keys; zeros for a query that may look at none."""
    scores = (q * scale) @ k.swapaxes(-1, -2)
    for b in bias:
        scores = scores + b
    if causal:
        scores = np.where(np.tri(scores.shape[-2], scores.shape[-1], dtype=np.bool_), scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(top == -np.inf, 0, top))
    total = e.sum(axis=-1, keepdims=True)
    return e / np.where(total == 0, 1, total)


def _attention(q: Array, k: Array, v: Array, *bias: Array, scale: float, causal: bool = False) -> tuple[Array, Array]:
    """softmax (scale q kᵀ + bias) v, and the softmax."""
    if min(q.ndim, k.ndim, v.ndim) < 2:
        raise ShapeError(
            f"attention at {user_line()}: q of shape {q.shape}, k of {k.shape} and v of {v.shape} must have two axes or more: "
            "(…, L, E), (…, S, E) and (…, S, Ev)"
        )
    p = _attention_weights(q, k, *bias, scale=scale, causal=causal)
    return p @ v, p


def attention_rule(
    wanted: Sequence[int], g: Array, out: Array, q: Array, k: Array, v: Array, *bias: Array,
    scale: float, causal: bool = False, kept: Array = None,
) -> list[Array]:  # fmt: skip
    """pᵀ g for v; with s = p (g vᵀ − Σ g out): scale s k for q, scale sᵀ q for k, s for the bias."""
    p = _attention_weights(q, k, *bias, scale=scale, causal=causal) if kept is None else kept
    if list(wanted) == [2]:
        return [p.swapaxes(-1, -2) @ g]
    s = p * (g @ v.swapaxes(-1, -2) - (g * out).sum(axis=-1, keepdims=True))
    cotangents = {
        0: lambda: scale * (s @ k),
        1: lambda: scale * (s.swapaxes(-1, -2) @ q),
        2: lambda: p.swapaxes(-1, -2) @ g,
    }
    return [cotangents[i]() if i in cotangents else s for i in wanted]


attention = Op(
    lambda q, k, v, *bias, **static: _attention(q, k, v, *bias, **static)[0],
    attention_rule,
    keeping=_attention,
    variadic=True,
    name="attention",
)
