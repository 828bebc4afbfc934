"""Normalization."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError, Value
from autograd.functions import batch_norm as _batch_norm
from autograd.functions import layer_norm as _layer_norm
from autograd.functions import maximum, moments, standardize


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + ε) · w + b, over the last axes, which have the lengths `normalized_shape`.

    J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016.
    """
    shape = _last_axes("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    if weight is not None and bias is not None:
        return _layer_norm(input, weight, bias, eps=eps)
    return _affine(standardize(input, axes=tuple(range(-len(shape), 0)), eps=eps), weight, bias)


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """x / max(|x|ₚ, ε), for the p-norm along axis `dim`."""
    return input / maximum(np.linalg.norm(input, p, axis=dim, keepdims=True), eps)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """x / √(mean x² + ε) · w, over the last axes, which have the lengths `normalized_shape`; ε is the dtype's if it is None.

    B. Zhang, R. Sennrich, "Root mean square layer normalization", 2019.
    """
    shape = _last_axes("rms_norm", input, normalized_shape, weight=weight)
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    square = (input * input).mean(axis=tuple(range(-len(shape), 0)), keepdims=True)
    return _affine(input / np.sqrt(square + eps), weight, None)


def batch_norm(
    input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None,
    training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """(x − mean) / √(var + ε) · w + b, of each channel over the batch and all places.

    Args:
        input: x, of shape (N, C, …).
        running_mean: an array of shape (C,): the mean of use, and in training moved to that of the batch, in place.
        running_var: the variance of use likewise; it is moved to the batch's Σ (x − mean)² / (n − 1).
        weight: w, of shape (C,).
        bias: b, of shape (C,).
        training: whether mean and variance are the batch's.
        momentum: the share of the new in running_mean and running_var.
        eps: ε.

    S. Ioffe, C. Szegedy, "Batch normalization", 2015.

    Raises:
        ShapeError: in training, of one number for each channel.
        ValueError: not in training, and without running moments.
    """
    _of_channels("batch_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("batch_norm: in use it needs a running_mean and a running_var, of a training before it")
        scale = 1 / np.sqrt(running_var + np.asarray(eps, running_var.dtype))
        scale = scale if weight is None else weight * scale
        shift = -running_mean * scale if bias is None else bias - running_mean * scale
        return input * _channels(scale, input) + _channels(shift, input)
    n = input.size // max(input.shape[1], 1)
    if n < 2:
        raise ShapeError(
            f"batch_norm: an input of shape {input.shape} has {n} numbers for each channel, and no variance. In training take "
            "batches of two or more (drop_last=True); in use, after model.eval(), one is enough"
        )
    found = moments(input)
    y = _batch_norm(input, *_both(input, weight, bias), found, eps=eps)
    _move(running_mean, found[0], momentum)
    _move(running_var, found[1] * (n / (n - 1)), momentum)
    return y


def instance_norm(
    input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None,
    use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """(x − mean) / √(var + ε) · w + b, of each channel of each image over its places; see `batch_norm`.

    D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance normalization", 2016.

    Raises:
        ShapeError: an image has one number for each channel.
    """
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    _of_channels("instance_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    axes = tuple(range(2, input.ndim))
    n = math.prod(input.shape[2:])
    if n < 2:
        raise ShapeError(
            f"instance_norm: an input of shape {input.shape} has {n} numbers for each channel, and no variance"
        )
    y = standardize(input, axes=axes, eps=eps)
    if running_mean is not None:
        x = input.raw if isinstance(input, Value) else input
        _move(running_mean, x.mean(axis=(0, *axes)), momentum)
        _move(running_var, x.var(axis=axes).mean(axis=0) * (n / (n - 1)), momentum)
    return _affine(y, *(None if p is None else _channels(p, input) for p in (weight, bias)))


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + ε) · w + b, of each image over its places and the channels of a group, which lie side by side.

    Y. Wu, K. He, "Group normalization", 2018.

    Raises:
        ShapeError: the channels cannot be divided into `num_groups`.
    """
    _of_channels("group_norm", input, weight=weight, bias=bias)
    n, channels = input.shape[:2]
    if channels % num_groups:
        raise ShapeError(f"group_norm: {channels} channels cannot be divided into {num_groups} groups")
    y = standardize(input.reshape((n, num_groups, -1)), axes=(-1,), eps=eps).reshape(input.shape)
    return _affine(y, *(None if p is None else _channels(p, input) for p in (weight, bias)))


def _last_axes(name: str, input: Any, normalized_shape: Any, **parameters: Any) -> tuple[int, ...]:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if input.shape[-len(shape) :] != shape:
        raise ShapeError(f"{name} over {shape}: the input ends in {input.shape[-len(shape) :]}")
    for what, parameter in parameters.items():
        if parameter is not None and parameter.shape != shape:
            raise ShapeError(f"{name} over {shape}: the {what} ends in {parameter.shape}")
    return shape


def _of_channels(name: str, input: Any, **parameters: Any) -> None:
    if input.ndim < 2:
        raise ShapeError(f"{name}: the input must have the shape (N, C, …), and it has {input.shape}")
    for what, parameter in parameters.items():
        if parameter is not None and parameter.shape != input.shape[1:2]:
            raise ShapeError(
                f"{name}: {what} has shape {parameter.shape}, and the input of shape {input.shape} {input.shape[1]} channels"
            )


def _both(input: Any, weight: Any, bias: Any) -> tuple[Any, Any]:
    channels = input.shape[1]
    weight = np.ones(channels, input.dtype) if weight is None else weight
    return weight, np.zeros(channels, input.dtype) if bias is None else bias


def _channels(p: Any, input: Any) -> Any:
    """A number for each channel, in a shape that broadcasts."""
    return p.reshape((-1,) + (1,) * (input.ndim - 2))


def _affine(y: Any, weight: Any, bias: Any) -> Any:
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def _move(running: Any, new: Any, momentum: float) -> None:
    """Move the array `running` to `new`, in place."""
    if running is not None:
        running[...] = (1 - momentum) * running + momentum * new
