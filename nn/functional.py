"""Layers and losses as plain functions, under PyTorch's names; `relu`, `sigmoid` and `tanh` are autograd's own.

Every `reduction` is "mean", "sum" or "none", as in PyTorch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Value
from autograd.functions import attention, gelu_tanh, matmul, relu, sigmoid, standardize, tanh, where
from autograd.functions import cross_entropy as _cross_entropy
from autograd.functions import gelu as _gelu
from autograd.functions import layer_norm as _layer_norm
from autograd.functions import linear as _linear
from autograd.functions import log_softmax as _log_softmax
from autograd.functions import softmax as _softmax

__all__ = [
    "accuracy",
    "cross_entropy",
    "gelu",
    "layer_norm",
    "linear",
    "log_softmax",
    "mse_loss",
    "perceptron_loss",
    "relu",
    "scaled_dot_product_attention",
    "sigmoid",
    "softmax",
    "sse_loss",
    "tanh",
]


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """y = x W + b, for x of shape (…, inputs), W of shape (inputs, outputs) and b of shape (outputs,)."""
    if bias is None or bias.shape != weight.shape[1:]:
        product = matmul(input, weight)
        return product if bias is None else product + bias
    return _linear(input, weight, bias)


def softmax(input: Any, dim: int = -1) -> Any:
    """eˣ / Σ eˣ along axis `dim`."""
    return _softmax(input, axis=dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """log softmax x = x − log Σ eˣ along axis `dim`, in the form that neither overflows nor takes the log of 0."""
    return _log_softmax(input, axis=dim)


def gelu(input: Any, approximate: str = "none") -> Any:
    """x Φ(x), for the normal distribution function Φ; with ``approximate="tanh"`` ½ x (1 + tanh √(2/π) (x + 0.044715 x³)).

    D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate={approximate!r} is neither 'none' nor 'tanh'")
    return gelu_tanh(input) if approximate == "tanh" else _gelu(input)


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + ε) · w + b, over the last axes, which have the lengths `normalized_shape`.

    J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016.
    """
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    for name, part in (("input", input.shape[-len(shape) :]), ("weight", np.shape(weight)), ("bias", np.shape(bias))):
        if part != shape and not (part == () and name != "input"):
            raise ShapeError(f"layer_norm over {shape}: the {name} ends in {part}")
    if weight is not None and bias is not None:
        return _layer_norm(input, weight, bias, eps=eps)
    y = standardize(input, axes=tuple(range(-len(shape), 0)), eps=eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, *, is_causal: bool = False, scale: float | None = None
) -> Any:
    """softmax (q kᵀ / √E + mask) v, for q of shape (…, L, E), k of (…, S, E) and v of (…, S, Ev).

    Args:
        query: q; the axes before the last two are batches and heads, and broadcast.
        key: k.
        value: v.
        attn_mask: of a shape that broadcasts to (…, L, S): booleans, True where a query may look, or numbers to add.
        is_causal: a query looks at keys up to its own place only.
        scale: in place of 1/√E.

    A. Vaswani et al., "Attention is all you need", 2017. A query that may look at nothing gets zeros.
    """
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    if attn_mask is not None and attn_mask.dtype == bool:
        attn_mask = np.where(attn_mask, 0, -np.inf).astype(query.dtype)
    bias = () if attn_mask is None else (attn_mask,)
    return attention(query, key, value, *bias, scale=scale, causal=is_causal)


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """(y − t)² of each element, and their mean."""
    _same_shape("mse_loss", input, target)
    error = input - target
    return _reduce(error * error, reduction)


def sse_loss(input: Any, target: Any) -> Any:
    """The sum of squared errors, Σ (y − t)²."""
    return mse_loss(input, target, "sum")


def perceptron_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """max(0, −t·s) for scores s and labels t of ±1: zero for a hit, the distance of the score from zero for a miss.

    Its gradient with respect to w, where s = w·x, is −t·x on a miss: the perceptron rule.
    F. Rosenblatt, "The perceptron", Psychological Review 65 (1958).
    """
    _same_shape("perceptron_loss", input, target)
    return _reduce(relu(-(input * target)), reduction)


def cross_entropy(
    input: Any,
    target: Any,
    reduction: str = "mean",
    *,
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    """−log of the probability that softmax gives to the target class, straight from the logits.

    With logits z it is log Σⱼ exp zⱼ − z_t. Its gradient is softmax(z) − onehot(t): no division, no log of 0.

    Args:
        input: logits, of shape (…, classes).
        target: class numbers, integers of shape (…); or one distribution over the classes (one-hot, for example) for
            each row, in the shape of `input`.
        reduction: "mean" is over rows, each with the weight of its class if the target is class numbers.
        weight: how much each class counts, of shape (classes,).
        ignore_index: a class number that says that its row does not count.
        label_smoothing: the share ε of the target that goes to all classes evenly: (1 − ε) t + ε / classes.
    """
    _known(reduction)
    target = target if isinstance(target, Value) else np.asarray(target)
    soft = target.shape == input.shape
    ignored: Any = None if soft else target == ignore_index
    if weight is None and not label_smoothing and (soft or not np.count_nonzero(ignored)):
        return _cross_entropy(input, target, reduction=reduction)
    classes = input.shape[-1]
    weights = (np.ones(classes) if weight is None else np.asarray(weight)).astype(input.dtype)
    if soft:
        smoothed = (1 - label_smoothing) * target + label_smoothing / classes
        return _cross_entropy(input, (smoothed * weights).astype(input.dtype), reduction=reduction)
    target = np.where(ignored, 0, target)
    terms = (1 - label_smoothing) * _cross_entropy(input, target) * weights[target]
    if label_smoothing:
        terms = terms + label_smoothing * _cross_entropy(input, np.broadcast_to(weights / classes, input.shape))
    terms = where(ignored, 0, terms)
    counted = np.where(ignored, 0, weights[target]).sum()
    return terms.sum() / counted if reduction == "mean" else _reduce(terms, reduction)


def accuracy(output: Any, target: Any) -> float:
    """The fraction of rows whose largest output is at the target class (targets as for `cross_entropy`)."""
    target = np.asarray(target)
    classes = target.argmax(axis=-1) if target.shape == output.shape else target
    return float((output.argmax(axis=-1) == classes).mean())


def _same_shape(name: str, input: Any, target: Any) -> None:
    if np.shape(input) != np.shape(target):
        raise ShapeError(
            f"{name}: the input has shape {np.shape(input)} and the target {np.shape(target)}; broadcasting one to the "
            "other would compare every pair. Reshape one, e.g. target.reshape(input.shape)"
        )


def _known(reduction: str) -> str:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r}: it is 'mean', 'sum' or 'none'")
    return reduction


def _reduce(each: Any, reduction: str) -> Any:
    if _known(reduction) == "none":
        return each
    return each.mean() if reduction == "mean" else each.sum()
