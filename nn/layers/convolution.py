"""Convolution layers. Shapes, names and first values of the parameters are PyTorch's."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from .. import functional
from ..functional.convolution import around
from ..functional.windows import Numbers, each
from ..module import Module
from ..random import Seed, default_generator
from .linear import uniform

_MODES = ("zeros", "reflect", "replicate", "circular")


class _Convolution(Module):
    """What they share; both parameters begin uniform on ±1/√(inputs of one output)."""

    axes: ClassVar[int]
    transposed: ClassVar[bool] = False

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers, padding: Numbers | str,
        dilation: Numbers, groups: int, bias: bool, padding_mode: str, dtype: Any, generator: Seed,
    ) -> None:  # fmt: skip
        name = type(self).__name__
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"{name}: groups={groups} must divide in_channels={in_channels} and out_channels={out_channels}"
            )
        if padding_mode not in (_MODES[:1] if self.transposed else _MODES):
            raise ValueError(
                f"{name}: padding_mode={padding_mode!r} is none of {', '.join(_MODES)}; a transposed one has zeros"
            )
        self.in_channels, self.out_channels, self.groups, self.padding_mode = (
            in_channels,
            out_channels,
            groups,
            padding_mode,
        )
        self.kernel_size = each(kernel_size, self.axes, "kernel_size", 1)
        self.stride = each(stride, self.axes, "stride", 1)
        self.dilation = each(dilation, self.axes, "dilation", 1)
        self.padding: Any = padding if isinstance(padding, str) else each(padding, self.axes, "padding")
        around(padding, self.kernel_size, self.stride, self.dilation)
        outer, inner = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape, rng = (outer, inner // groups, *self.kernel_size), default_generator(generator)
        bound = 1 / math.sqrt(math.prod(shape[1:])) if math.prod(shape) else 0.0
        self.weight = uniform(*shape, bound=bound, dtype=dtype, generator=rng)
        self.bias = uniform(out_channels, bound=bound, dtype=dtype, generator=rng) if bias else None

    def extra_repr(self) -> str:
        one, zero = (1,) * self.axes, (0,) * self.axes
        usual = {
            "padding": zero, "output_padding": zero, "dilation": one, "groups": 1, "padding_mode": "zeros",
        }  # fmt: skip
        named = {name: getattr(self, name) for name, value in usual.items() if getattr(self, name, value) != value}
        named |= {} if self.bias is not None else {"bias": False}
        first = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        return ", ".join([first, *(f"{name}={value!r}" for name, value in named.items())])


class _Forward(_Convolution):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers = 1,
        padding: Numbers | str = 0, dilation: Numbers = 1, groups: int = 1, bias: bool = True,
        padding_mode: str = "zeros", *, dtype: Any = np.float64, generator: Seed = None,
    ) -> None:  # fmt: skip
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            dtype,
            generator,
        )

    def forward(self, x: Any) -> Any:
        convolve, padding = (functional.conv1d, functional.conv2d)[self.axes - 1], self.padding
        if self.padding_mode != "zeros":
            sides = around(padding, self.kernel_size, self.stride, self.dilation)
            x, padding = functional.pad(x, [n for pair in sides[::-1] for n in pair], self.padding_mode), 0
        return convolve(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Forward):
    """Convolution over one axis, of an input of shape (N, C, L) or (C, L); see `nn.functional.conv1d` and `Conv2d`.

    `weight` has the shape (out_channels, in_channels / groups, kernel_size).
    """

    axes = 1


class Conv2d(_Forward):
    """Convolution over two axes, of an input of shape (N, C, H, W) or (C, H, W); see `nn.functional.conv2d`.

    `weight` has the shape (out_channels, in_channels / groups, *kernel_size), and both parameters begin uniform on ±1/√n,
    for the n = in_channels / groups · kernel_size numbers that an output is computed from.

    Args:
        in_channels: C.
        out_channels: the number of channels of the output.
        kernel_size: of the window: a number, or one for each axis; so are stride, padding and dilation.
        stride: how far the window moves.
        padding: how many places are put around the image on every side; also "same" and "valid".
        dilation: the distance between the taps of the window.
        groups: as many independent convolutions.
        bias: whether a number is added to each channel.
        padding_mode: what is in these places: "zeros", or "reflect", "replicate" or "circular" as in `nn.functional.pad`.
        dtype: of the parameters; with inputs of the same dtype everything stays in it.
        generator: a `numpy.random.Generator` or a seed; None takes that of `nn.manual_seed`.
    """

    axes = 2


class _Transposed(_Convolution):
    transposed = True

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers = 1, padding: Numbers = 0,
        output_padding: Numbers = 0, groups: int = 1, bias: bool = True, dilation: Numbers = 1,
        padding_mode: str = "zeros", *, dtype: Any = np.float64, generator: Seed = None,
    ) -> None:  # fmt: skip
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            dtype,
            generator,
        )
        self.output_padding = each(output_padding, self.axes, "output_padding")

    def forward(self, x: Any, output_size: Any = None) -> Any:
        more = self.output_padding if output_size is None else self._missing(x, tuple(output_size)[-self.axes :])
        convolve = (functional.conv_transpose1d, functional.conv_transpose2d)[self.axes - 1]
        return convolve(x, self.weight, self.bias, self.stride, self.padding, more, self.groups, self.dilation)

    def _missing(self, x: Any, size: tuple[int, ...]) -> tuple[int, ...]:
        """The output_padding for a result of this size."""
        places = x.shape[x.ndim - self.axes :]
        least = [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(places, self.stride, self.padding, self.dilation, self.kernel_size, strict=True)
        ]
        more = tuple(wanted - n for wanted, n in zip(size, least, strict=True))
        if any(not 0 <= m < s for m, s in zip(more, self.stride, strict=True)):
            most = [n + s - 1 for n, s in zip(least, self.stride, strict=True)]
            raise ValueError(
                f"{type(self).__name__}: output_size={size} of an input of shape {x.shape}: it can be from {least} to {most}"
            )
        return more


class ConvTranspose1d(_Transposed):
    """The transpose of `Conv1d`, of an input of shape (N, C, L) or (C, L); see `ConvTranspose2d`."""

    axes = 1


class ConvTranspose2d(_Transposed):
    """The transpose of `Conv2d`, of an input of shape (N, C, H, W) or (C, H, W); see `nn.functional.conv_transpose2d`.

    `weight` has the shape (in_channels, out_channels / groups, *kernel_size). The arguments are those of `Conv2d`, and
    `output_padding`: how much larger the result is, of the sizes that `Conv2d` takes to one. A call may name the wanted
    size instead: ``layer(x, output_size=(28, 28))``.
    """

    axes = 2
