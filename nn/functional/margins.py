"""Losses that ask for a margin, and the similarities that some of them measure."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Value
from autograd.functions import absolute, maximum, minimum, power, relu, softplus, sqrt, take_along_axis, where

from .arrays import as_array, entries
from .losses import beside, reduce, same_shape


def perceptron_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """max(0, −t·s) for scores s and labels t of ±1: zero for a hit, the distance of the score from zero for a miss.

    Its gradient with respect to w, where s = w·x, is −t·x on a miss: the perceptron rule.
    F. Rosenblatt, "The perceptron", Psychological Review 65 (1958).
    """
    return reduce(relu(-(input * same_shape("perceptron_loss", input, target))), reduction)


def soft_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """log(1 + exp(−t s)) for scores s and labels t of ±1."""
    return reduce(softplus(-(input * same_shape("soft_margin_loss", input, target))), reduction)


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, reduction: str = "mean") -> Any:
    """The distance d of a pair that belongs together (t = 1), max(0, margin − d) of one that does not (t = −1)."""
    target = _signs("hinge_embedding_loss", same_shape("hinge_embedding_loss", input, target))
    return reduce(where(target > 0, input, relu(margin - input)), reduction)


def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean") -> Any:
    """max(0, margin − t (x₁ − x₂)): x₁ is to be the larger where t = 1, x₂ where t = −1."""
    same_shape("margin_ranking_loss", input1, input2)
    target = same_shape("margin_ranking_loss", input1, target)
    return reduce(relu(margin - target * (input1 - input2)), reduction)


def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: str = "mean"
) -> Any:
    """Σ max(0, margin − s_t + s_i)ᵖ / classes over the classes i other than the target t, times the weight of the target.

    Args:
        input: scores s, of shape (N, classes) or (classes,).
        target: class numbers, of shape (N,) or ().
        p: 1 or 2.
        margin: by which the score of the target is to be the largest.
        weight: how much each class counts, of shape (classes,).
        reduction: "mean", "sum" or "none".

    K. Crammer, Y. Singer, "On the algorithmic implementation of multiclass kernel-based vector machines", 2001.

    Raises:
        ValueError: `p` is neither 1 nor 2.
        ShapeError: the target has not one integer for each row.
    """
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: p={p} is neither 1 nor 2")
    target, classes = as_array(target), input.shape[-1]
    if target.shape != input.shape[:-1] or target.dtype.kind not in "iu":
        raise ShapeError(
            f"multi_margin_loss: scores of shape {input.shape} need integers of shape {input.shape[:-1]}, and the target has "
            f"{target.shape} {target.dtype}"
        )
    lead = relu(margin - take_along_axis(input, target[..., None], -1) + input)
    terms = where(np.arange(classes) == target[..., None], 0, lead if p == 1 else lead * lead)
    if weight is not None:
        terms = terms * entries(beside(weight, input), target)[..., None]
    return reduce(terms.sum(axis=-1) / classes, reduction)


def multilabel_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Σ max(0, 1 − (s_j − s_i)) / classes over the classes j that are named and the i that are not.

    Args:
        input: scores s, of shape (N, classes) or (classes,).
        target: the numbers of the classes of each row, in the shape of `input`; the first −1 ends them.
        reduction: "mean", "sum" or "none".

    Raises:
        ShapeError: the target has not an integer for each score.
    """
    target, classes = as_array(target), input.shape[-1]
    if target.shape != input.shape or target.dtype.kind not in "iu":
        raise ShapeError(
            f"multilabel_margin_loss: scores of shape {input.shape} need integers of that shape, and the target has "
            f"{target.shape} {target.dtype}"
        )
    valid = np.logical_and.accumulate(target >= 0, axis=-1)
    named = ((target[..., None] == np.arange(classes)) & valid[..., None]).any(axis=-2)
    lead = relu(1 - (input[..., :, None] - input[..., None, :]))
    terms = where(named[..., :, None] & ~named[..., None, :], lead, 0)
    return reduce(terms.sum(axis=(-2, -1)) / classes, reduction)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """x₁·x₂ / (|x₁| |x₂|) along axis `dim`, where each length counts as at least ε."""
    squares = [(x * x).sum(axis=dim) for x in (x1, x2)]
    return (x1 * x2).sum(axis=dim) / (sqrt(maximum(squares[0], eps * eps)) * sqrt(maximum(squares[1], eps * eps)))


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """(Σ |x₁ − x₂ + ε|ᵖ)^(1/p) along the last axis."""
    size = absolute(x1 - x2 + eps)
    if p == 2:
        return sqrt((size * size).sum(axis=-1, keepdims=keepdim))
    if p == np.inf:
        return size.max(axis=-1, keepdims=keepdim)
    return power(power(size, p).sum(axis=-1, keepdims=keepdim), 1 / p)


def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean") -> Any:
    """1 − cos(x₁, x₂) of a pair that belongs together (t = 1), max(0, cos − margin) of one that does not (t = −1).

    The inputs have shape (N, D) or (D,), the target (N,) or ().
    """
    same_shape("cosine_embedding_loss", input1, input2)
    target = _signs("cosine_embedding_loss", same_shape("cosine_embedding_loss", input1[..., 0], target))
    lengths = ((input1 * input1).sum(axis=-1) + 1e-12) * ((input2 * input2).sum(axis=-1) + 1e-12)
    cosine = (input1 * input2).sum(axis=-1) / sqrt(lengths)
    return reduce(where(target > 0, 1 - cosine, relu(cosine - margin)), reduction)


def triplet_margin_loss(
    anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """max(0, d(anchor, positive) − d(anchor, negative) + margin), for the distance of the p-norm along the last axis.

    With `swap` the negative counts as near as it is to the anchor or to the positive.

    V. Balntas et al., "Learning local feature descriptors with triplets and shallow convolutional neural networks", 2016.
    """
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduce(relu(margin + pairwise_distance(anchor, positive, p, eps) - far), reduction)


def _signs(name: str, target: Any) -> Any:
    numbers = target.raw if isinstance(target, Value) else target
    if not (abs(numbers) == 1).all():
        raise ValueError(f"{name}: the targets are 1 and −1")
    return target
