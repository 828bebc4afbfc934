"""Normalization as modules; the formulas are in `nn.functional`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autograd import ShapeError

from .. import functional
from ..module import Module, Parameter


class _OfChannels(Module):
    """What keeps a scale, a shift and running statistics for each channel."""

    settings = ("num_features", "eps", "momentum", "affine", "track_running_stats")
    ranks: ClassVar[tuple[int, ...]]  # how many axes an input may have
    running_mean: Any
    running_var: Any
    num_batches_tracked: Any

    def __init__(
        self, num_features: int, eps: float, momentum: float | None, affine: bool, track_running_stats: bool, dtype: Any
    ) -> None:
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine else None
        self.register_buffer("running_mean", np.zeros(num_features, dtype) if track_running_stats else None)
        self.register_buffer("running_var", np.ones(num_features, dtype) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", np.array(0) if track_running_stats else None)

    def reset_running_stats(self) -> None:
        """Forget the running statistics."""
        if self.track_running_stats:
            self.running_mean[...], self.running_var[...], self.num_batches_tracked[...] = 0, 1, 0

    def _checked(self, x: Any) -> Any:
        """The input, if its shape is one of those that the layer takes."""
        if x.ndim not in self.ranks:
            ranks = " or ".join(map(str, self.ranks))
            raise ShapeError(f"{type(self).__name__}: the input must have {ranks} axes, and it has the shape {x.shape}")
        return x


class _BatchNorm(_OfChannels):
    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
        track_running_stats: bool = True, *, dtype: Any = np.float64,
    ) -> None:  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype)

    def forward(self, x: Any) -> Any:
        x, tracked = self._checked(x), self.training and self.track_running_stats
        share = self.momentum if self.momentum is not None else 1 / (self.num_batches_tracked + 1) if tracked else 0.0
        moved = tracked or not self.training
        y = functional.batch_norm(
            x, self.running_mean if moved else None, self.running_var if moved else None, self.weight, self.bias,
            self.training or not self.track_running_stats, share, self.eps,
        )  # fmt: skip
        if tracked:
            self.num_batches_tracked += 1
        return y


class BatchNorm1d(_BatchNorm):
    """`BatchNorm2d` of an input of shape (N, C) or (N, C, L)."""

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """(x − mean) / √(var + ε) · w + b of each channel, of an input of shape (N, C, H, W); see `nn.functional.batch_norm`.

    In training mean and variance are the batch's, and move `running_mean` and `running_var`, which are those of use.

    Args:
        num_features: C.
        eps: ε.
        momentum: how far the running statistics move at each batch; None makes them the means over all batches.
        affine: whether there are w and b, `weight` and `bias`, which begin at 1 and 0.
        track_running_stats: whether there are running statistics; else the batch's are those of use too.
        dtype: of parameters and statistics.
    """

    ranks = (4,)


class _InstanceNorm(_OfChannels):
    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = False,
        track_running_stats: bool = False, *, dtype: Any = np.float64,
    ) -> None:  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype)

    def forward(self, x: Any) -> Any:
        batch = self._checked(x) if x.ndim == max(self.ranks) else self._checked(x)[None]
        y = functional.instance_norm(
            batch, self.running_mean, self.running_var, self.weight, self.bias,
            self.training or not self.track_running_stats, self.momentum or 0.0, self.eps,
        )  # fmt: skip
        return y if batch is x else y[0]


class InstanceNorm1d(_InstanceNorm):
    """`InstanceNorm2d` of an input of shape (N, C, L) or (C, L)."""

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """(x − mean) / √(var + ε) · w + b of each channel of each image, of an input of shape (N, C, H, W) or (C, H, W).

    See `nn.functional.instance_norm`; the arguments are those of `BatchNorm2d`, and others are usual.
    """

    ranks = (3, 4)


class GroupNorm(Module):
    """(x − mean) / √(var + ε) · w + b of each image over its places and a group of channels, for (N, C, …).

    See `nn.functional.group_norm`.

    Args:
        num_groups: how many there are.
        num_channels: C.
        eps: ε.
        affine: whether there are w and b, `weight` and `bias`, of shape (C,).
        dtype: of the parameters.

    Raises:
        ValueError: `num_groups` does not divide `num_channels`.
    """

    settings = ("num_groups", "num_channels", "eps", "affine")

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, *, dtype: Any = np.float64
    ) -> None:
        if num_channels % num_groups:
            raise ValueError(f"GroupNorm: num_groups={num_groups} must divide num_channels={num_channels}")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self.weight = Parameter(np.ones(num_channels, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_channels, dtype)) if affine else None

    def forward(self, x: Any) -> Any:
        return functional.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)


class LayerNorm(Module):
    """(x − mean) / √(var + ε) · w + b over the last axes; see `nn.functional.layer_norm`.

    Args:
        normalized_shape: the lengths of these axes; a number of one.
        eps: ε.
        elementwise_affine: whether there is w, `weight`, of that shape.
        bias: whether there is b too.
        dtype: of the parameters.
    """

    settings = ("normalized_shape", "eps", "elementwise_affine")

    def __init__(
        self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True, *,
        dtype: Any = np.float64,
    ) -> None:  # fmt: skip
        self.normalized_shape, self.eps, self.elementwise_affine = _lengths(normalized_shape), eps, elementwise_affine
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape, dtype)) if elementwise_affine and bias else None

    def forward(self, x: Any) -> Any:
        return functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        without = self.elementwise_affine and self.bias is None
        return super().extra_repr() + (", bias=False" if without else "")


class RMSNorm(Module):
    """x / √(mean x² + ε) · w over the last axes; see `nn.functional.rms_norm`.

    Args:
        normalized_shape: the lengths of these axes; a number of one.
        eps: ε; None is that of the input's dtype.
        elementwise_affine: whether there is w, `weight`, of that shape.
        dtype: of the parameter.
    """

    settings = ("normalized_shape", "eps", "elementwise_affine")

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        *,
        dtype: Any = np.float64,
    ) -> None:
        self.normalized_shape, self.eps, self.elementwise_affine = _lengths(normalized_shape), eps, elementwise_affine
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None

    def forward(self, x: Any) -> Any:
        return functional.rms_norm(x, self.normalized_shape, self.weight, self.eps)


def _lengths(normalized_shape: Any) -> tuple[int, ...]:
    return (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
