"""The three products of `rules/convolution.py` as XLA's one convolution, which has kernels of its own on every device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jax import lax

from ..rules.convolution import planned

Pairs = Sequence[tuple[int, int]]


def _promoted(*arrays: Any) -> list[Any]:
    dtype = jnp.result_type(*arrays)
    return [jnp.asarray(a, dtype) for a in arrays]


def convolution(
    x: Any, w: Any, *bias: Any, stride: Sequence[int], padding: Pairs, dilation: Sequence[int], groups: int
) -> Any:
    """y, and to each of its channels its bias added."""
    one = (1, *x.shape[1:])  # the number of images may be open
    planned(one, w.shape, (), stride=stride, padding=padding, dilation=dilation, groups=groups)  # the shapes are right
    x, w, *offsets = _promoted(x, w, *bias)
    y = lax.conv_general_dilated(x, w, stride, padding, rhs_dilation=dilation, feature_group_count=groups)
    return y + offsets[0].reshape((-1,) + (1,) * (x.ndim - 2)) if offsets else y


def transpose(
    y: Any, w: Any, size: Sequence[int], stride: Sequence[int], padding: Pairs, dilation: Sequence[int], groups: int
) -> Any:
    """x: y spread by the stride, under the kernel the other way round."""
    y, w = _promoted(y, w)
    channels = w.shape[1]
    turned = w.reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2).reshape(groups * channels, -1, *w.shape[2:])
    turned = jnp.flip(turned, range(2, w.ndim))
    edges = [
        (d * (k - 1) - low, n + low - (m - 1) * s - 1)
        for n, m, k, s, (low, _), d in zip(size, y.shape[2:], w.shape[2:], stride, padding, dilation, strict=True)
    ]
    ones = (1,) * len(size)
    return lax.conv_general_dilated(
        y, turned, ones, edges, lhs_dilation=stride, rhs_dilation=dilation, feature_group_count=groups
    )


def weight(
    x: Any, y: Any, size: Sequence[int], stride: Sequence[int], padding: Pairs, dilation: Sequence[int], groups: int
) -> Any:
    """w: for each tap the image that it reads beside y, over the batch, which takes the place of the channels."""
    x, y = _promoted(x, y)
    batch = x.shape[0]
    images = x.reshape(batch, groups, -1, *x.shape[2:]).swapaxes(0, 2)  # (channels of a group, groups, batch, …)
    images = images.reshape(-1, groups * batch, *x.shape[2:])
    edges = [
        (low, d * (k - 1) + s * (m - 1) + 1 - n - low)
        for n, m, k, s, (low, _), d in zip(x.shape[2:], y.shape[2:], size, stride, padding, dilation, strict=True)
    ]
    found = lax.conv_general_dilated(
        images, y.swapaxes(0, 1), dilation, edges, rhs_dilation=stride, feature_group_count=groups
    )
    return found.swapaxes(0, 1)
