"""Losses. Every `reduction` is "mean", "sum" or "none", as in PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Value
from autograd.functions import cross_entropy as _cross_entropy
from autograd.functions import relu, where


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
