"""Pooling as modules; what they compute is in `nn.functional`."""

from __future__ import annotations

from typing import Any, ClassVar

from .. import functional
from ..functional.windows import Numbers
from ..module import Module


class _MaxPool(Module):
    settings = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(
        self, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, dilation: Numbers = 1,
        ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation, self.ceil_mode = padding, dilation, ceil_mode


class MaxPool1d(_MaxPool):
    """The largest number of each window over one axis; see `nn.functional.max_pool1d`."""

    def forward(self, x: Any) -> Any:
        return functional.max_pool1d(x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)


class MaxPool2d(_MaxPool):
    """The largest number of each window over two axes; see `nn.functional.max_pool2d`."""

    def forward(self, x: Any) -> Any:
        return functional.max_pool2d(x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)


class AvgPool1d(Module):
    """The mean of each window over one axis; see `nn.functional.avg_pool1d`."""

    settings: ClassVar[tuple[str, ...]] = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

    def __init__(
        self, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:  # fmt: skip
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad

    def forward(self, x: Any) -> Any:
        given = self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        return functional.avg_pool1d(x, *given)


class AvgPool2d(AvgPool1d):
    """The mean of each window over two axes; see `nn.functional.avg_pool2d`."""

    settings: ClassVar[tuple[str, ...]] = (*AvgPool1d.settings, "divisor_override")

    def __init__(
        self, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)
        self.divisor_override = divisor_override

    def forward(self, x: Any) -> Any:
        given = self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        return functional.avg_pool2d(x, *given, self.divisor_override)


class _Adaptive(Module):
    settings = ("output_size",)

    def __init__(self, output_size: Any) -> None:
        self.output_size = output_size


class AdaptiveAvgPool1d(_Adaptive):
    """The means of `output_size` windows; see `nn.functional.adaptive_avg_pool1d`."""

    def forward(self, x: Any) -> Any:
        return functional.adaptive_avg_pool1d(x, self.output_size)


class AdaptiveAvgPool2d(_Adaptive):
    """The means of `output_size` windows along each axis; see `nn.functional.adaptive_avg_pool2d`."""

    def forward(self, x: Any) -> Any:
        return functional.adaptive_avg_pool2d(x, self.output_size)


class AdaptiveMaxPool1d(_Adaptive):
    """The largest numbers of `output_size` windows; see `nn.functional.adaptive_max_pool1d`."""

    def forward(self, x: Any) -> Any:
        return functional.adaptive_max_pool1d(x, self.output_size)


class AdaptiveMaxPool2d(_Adaptive):
    """The largest numbers of `output_size` windows along each axis; see `nn.functional.adaptive_max_pool2d`."""

    def forward(self, x: Any) -> Any:
        return functional.adaptive_max_pool2d(x, self.output_size)
