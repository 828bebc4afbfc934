"""Losses. Every `reduction` is "mean", "sum" or "none", as in PyTorch.

A target that is a plain array is brought to the dtype of the input, so that a loss of float32 is one of float32.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import DtypeError, ShapeError, Value
from autograd.functions import absolute, exp, log, log1p, maximum, minimum, softplus, take_along_axis, where
from autograd.functions import cross_entropy as _cross_entropy

from .arrays import as_array, entries, known

# -- numbers against numbers ---------------------------------------------------------------------------------------


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """(y − t)² of each element, and their mean."""
    error = input - same_shape("mse_loss", input, target)
    return reduce(error * error, reduction)


def sse_loss(input: Any, target: Any) -> Any:
    """The sum of squared errors, Σ (y − t)²."""
    return mse_loss(input, target, "sum")


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """|y − t| of each element, and their mean."""
    return reduce(absolute(input - same_shape("l1_loss", input, target)), reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    """(y − t)² / 2β where |y − t| < β, else |y − t| − β/2.

    Raises:
        ValueError: β is negative.
    """
    if beta < 0:
        raise ValueError(f"smooth_l1_loss: beta={beta} must not be negative")
    if beta == 0:
        return l1_loss(input, target, reduction)
    return huber_loss(input, target, reduction, beta) / beta


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """(y − t)² / 2 where |y − t| < δ, else δ (|y − t| − δ/2).

    P. J. Huber, "Robust estimation of a location parameter", 1964.

    Raises:
        ValueError: δ is not positive.
    """
    if delta <= 0:
        raise ValueError(f"huber_loss: delta={delta} must be positive")
    size = absolute(input - same_shape("huber_loss", input, target))
    near = minimum(size, delta)
    return reduce(near * (size - 0.5 * near), reduction)


def poisson_nll_loss(
    input: Any, target: Any, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean"
) -> Any:
    """−log of the Poisson probability of the count t, at the rate eʸ (or y + ε, where `log_input` is False), without log t!.

    `full` adds Stirling's t log t − t + ½ log 2πt for log t!, where t > 1.
    """
    target = same_shape("poisson_nll_loss", input, target)
    terms = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        large = where(target > 1, target, 1)
        terms = terms + where(target > 1, large * log(large) - large + 0.5 * log(2 * math.pi * large), 0)
    return reduce(terms, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """½ (log v + (y − t)² / v), −log of the normal density of t with mean y and variance v, which counts as ε where it is less.

    `var` has the shape of the input, or that with a last axis of length 1 or none. `full` adds ½ log 2π.

    D. A. Nix, A. S. Weigend, "Estimating the mean and variance of the target probability distribution", 1994.

    Raises:
        ShapeError: the variances have another shape.
        ValueError: a variance is negative.
    """
    target = same_shape("gaussian_nll_loss", input, target)
    var = beside(var, input)
    if var.shape == input.shape[:-1] != input.shape:
        var = var[..., None]
    if var.shape not in (input.shape, (*input.shape[:-1], 1)):
        raise ShapeError(f"gaussian_nll_loss: the input has shape {input.shape}, and the variances {var.shape}")
    numbers = var.raw if isinstance(var, Value) else var
    if (numbers < 0).any():
        raise ValueError("gaussian_nll_loss: a variance is negative")
    var = var + np.maximum(eps - numbers, 0)  # its derivative stays what it is, as in PyTorch
    error = input - target
    terms = 0.5 * (log(var) + error * error / var)
    return reduce(terms + 0.5 * math.log(2 * math.pi) if full else terms, reduction)


# -- probabilities -------------------------------------------------------------------------------------------------


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """−(t log p + (1 − t) log(1 − p)), whose logarithms count as −100 where they are less, for probabilities p.

    `binary_cross_entropy_with_logits` is exact, and does not stop learning where p is 0 or 1.

    Raises:
        ValueError: an input is no probability.
    """
    target = same_shape("binary_cross_entropy", input, target)
    numbers = input.raw if isinstance(input, Value) else input
    if not ((numbers >= 0) & (numbers <= 1)).all():
        raise ValueError(
            "binary_cross_entropy: the inputs must be probabilities, from 0 to 1, and they are "
            f"{numbers.min():.6g} to {numbers.max():.6g}; binary_cross_entropy_with_logits takes the numbers before the sigmoid"
        )
    hit, miss = where(numbers > 0, input, 1), where(numbers < 1, input, 0)
    log_hit = where(numbers > 0, maximum(log(hit), -100), -100)
    log_miss = where(numbers < 1, maximum(log1p(-miss), -100), -100)
    return reduce(_weighted(-(target * log_hit + (1 - target) * log_miss), weight, input), reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """−(w t log σ(z) + (1 − t) log(1 − σ(z))), straight from the logits z.

    Args:
        input: z.
        target: t, from 0 to 1.
        weight: times which each term counts.
        reduction: "mean", "sum" or "none".
        pos_weight: w, of a shape that broadcasts to that of the input: one for each class, for example.
    """
    target = same_shape("binary_cross_entropy_with_logits", input, target)
    if pos_weight is None:
        terms = softplus(input) - target * input
    else:
        factor = _broadcasting("pos_weight", pos_weight, input)
        terms = (1 - target) * input + (1 + (factor - 1) * target) * softplus(-input)
    return reduce(_weighted(terms, weight, input), reduction)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """−log of the probability that softmax gives to the target class, straight from the logits.

    With logits z it is log Σⱼ exp zⱼ − z_t. Its gradient is softmax(z) − onehot(t): no division, no log of 0.

    Args:
        input: logits, of shape (N, classes), (N, classes, …), or (classes,).
        target: class numbers, integers of the shape of `input` without the axis of classes; or one distribution over the
            classes (one-hot, for example) for each row, in the shape of `input`.
        weight: how much each class counts, of shape (classes,).
        ignore_index: a class number that says that its row does not count.
        reduction: "mean" is over rows, each with the weight of its class if the target is class numbers.
        label_smoothing: the share ε of the target that goes to all classes evenly: (1 − ε) t + ε / classes.

    Raises:
        ValueError: `label_smoothing` is no share.
        DtypeError: class numbers for logits of one axis.
    """
    _known(reduction)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing={label_smoothing} must be a share, from 0 to 1")
    input, target = _array(input), _array(target)
    soft = target.shape == input.shape
    if soft and target.ndim == 1 and target.dtype.kind in "iu":
        raise DtypeError(
            f"cross_entropy: logits of shape {input.shape} are those of one example, and its distribution over the classes is "
            "of floating point numbers; class numbers of many examples need logits of shape (N, classes)"
        )
    input = _classes_last(input)
    target = _classes_last(target) if soft else target
    ignored: Any = None if soft else target == ignore_index
    if weight is None and not label_smoothing and (soft or (known(target) and not np.count_nonzero(ignored))):
        return _cross_entropy(input, target, reduction=reduction)
    classes = input.shape[-1]
    weights = _class_weights("cross_entropy", weight, input)
    if soft:
        smoothed = (1 - label_smoothing) * target + label_smoothing / classes
        return _cross_entropy(input, (smoothed * weights).astype(input.dtype), reduction=reduction)
    target = np.where(ignored, 0, target)
    terms = (1 - label_smoothing) * _cross_entropy(input, target) * entries(weights, target)
    if label_smoothing:
        terms = terms + label_smoothing * _cross_entropy(input, np.broadcast_to(weights / classes, input.shape))
    return _mean_of_counted(where(ignored, 0, terms), np.where(ignored, 0, entries(weights, target)), reduction)


def nll_loss(input: Any, target: Any, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean") -> Any:
    """−the log-probability of the target class; of `log_softmax` of logits it is their `cross_entropy`.

    Shapes and arguments are those of `cross_entropy` for class numbers.

    Raises:
        DtypeError: class numbers are no integers.
        ShapeError: the target has another shape than the rows, or names a class that there is not.
    """
    input, target = _classes_last(_array(input)), as_array(target)
    if target.dtype.kind not in "iu":
        raise DtypeError(f"nll_loss: class numbers must be integers, and the target has dtype {target.dtype}")
    if target.shape != input.shape[:-1]:
        raise ShapeError(
            f"nll_loss: the log-probabilities need class numbers of shape {input.shape[:-1]}, and the target has {target.shape}"
        )
    ignored = target == ignore_index
    target = np.where(ignored, 0, target)
    if target.size and known(target) and not 0 <= target.min() <= target.max() < input.shape[-1]:
        raise ShapeError(
            f"nll_loss: with {input.shape[-1]} classes the class numbers are 0 to {input.shape[-1] - 1}, and the target has "
            f"{target.min()} to {target.max()}"
        )
    counts = np.where(ignored, 0, entries(_class_weights("nll_loss", weight, input), target))
    terms = where(ignored, 0, -take_along_axis(input, target[..., None], -1)[..., 0]) * counts
    return _mean_of_counted(terms, counts, reduction)


def kl_div(input: Any, target: Any, reduction: str = "mean", *, log_target: bool = False) -> Any:
    """t (log t − y), the Kullback–Leibler divergence of t from eʸ, for log-probabilities y.

    Args:
        input: y.
        target: t, or with `log_target` its logarithm.
        reduction: "batchmean" is the sum divided by the length of the first axis: the divergence as it is defined. "mean" is
            over the elements.
        log_target: see `target`.

    S. Kullback, R. A. Leibler, "On information and sufficiency", 1951.
    """
    target = same_shape("kl_div", input, target)
    if log_target:
        terms = exp(target) * (target - input)
    else:
        positive = where(target > 0, target, 1)
        terms = where(target > 0, positive * log(positive), 0) - target * input
    return terms.sum() / input.shape[0] if reduction == "batchmean" else reduce(terms, reduction)


# -- what they share -----------------------------------------------------------------------------------------------


def accuracy(output: Any, target: Any) -> float:
    """The fraction of rows whose largest output, along the axis of classes, is at the target class (as for `cross_entropy`).

    Raises:
        ShapeError: outputs and targets do not fit each other.
    """
    axis, target = min(1, output.ndim - 1), as_array(target)
    classes = target.argmax(axis=axis) if target.shape == output.shape else target
    largest = output.argmax(axis=axis)
    if np.shape(largest) != np.shape(classes):
        raise ShapeError(f"accuracy: outputs of shape {output.shape} do not fit targets of shape {target.shape}")
    return float((largest == classes).mean())


def same_shape(name: str, input: Any, target: Any) -> Any:
    """The target, beside the input, whose shape it must have."""
    if np.shape(input) != np.shape(target):
        raise ShapeError(
            f"{name}: the input has shape {np.shape(input)} and the target {np.shape(target)}; broadcasting one to the "
            "other would compare every pair. Reshape one, e.g. target.reshape(input.shape)"
        )
    return beside(target, input)


def beside(given: Any, input: Any) -> Any:
    """What is no Value as an array of the input's dtype."""
    return given if isinstance(given, Value) else as_array(given, getattr(input, "dtype", None))


def _array(given: Any) -> Any:
    return given if isinstance(given, Value) else as_array(given)


def reduce(each: Any, reduction: str) -> Any:
    """The mean or the sum, or the terms themselves."""
    if _known(reduction) == "none":
        return each
    return each.mean() if reduction == "mean" else each.sum()


def _known(reduction: str) -> str:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r}: it is 'mean', 'sum' or 'none'")
    return reduction


def _weighted(terms: Any, weight: Any, input: Any) -> Any:
    return terms if weight is None else terms * _broadcasting("weight", weight, input)


def _broadcasting(name: str, given: Any, input: Any) -> Any:
    given = beside(given, input)
    if given.ndim > input.ndim or any(
        n not in (1, m) for n, m in zip(given.shape[::-1], input.shape[::-1], strict=False)
    ):
        raise ShapeError(
            f"{name} has shape {given.shape}, which does not broadcast to that of the input, {input.shape}"
        )
    return given


def _classes_last(x: Any) -> Any:
    return np.moveaxis(x, 1, -1) if x.ndim > 2 else x


def _class_weights(name: str, weight: Any, input: Any) -> Any:
    classes = input.shape[-1]
    weights = np.ones(classes, input.dtype) if weight is None else beside(weight, input)
    if weights.shape != (classes,):
        raise ShapeError(
            f"{name}: {classes} classes need weights of shape ({classes},), and these have {weights.shape}"
        )
    return weights


def _mean_of_counted(terms: Any, counts: Any, reduction: str) -> Any:
    """The terms reduced; their mean is over what they count, and NaN if none does."""
    if reduction != "mean":
        return reduce(terms, reduction)
    with np.errstate(invalid="ignore"):
        return terms.sum() / counts.sum()
