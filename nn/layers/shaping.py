"""The same numbers in another shape, and images of another size."""

from __future__ import annotations

from typing import Any

from .. import functional
from ..module import Module


class Flatten(Module):
    """The axes from `start_dim` to `end_dim` joined into one."""

    settings = ("start_dim", "end_dim")

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Any) -> Any:
        return functional.flatten(x, self.start_dim, self.end_dim)


class Unflatten(Module):
    """The axis `dim` taken apart into axes of the lengths `unflattened_size`, of which one may be −1."""

    settings = ("dim", "unflattened_size")

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, x: Any) -> Any:
        return functional.unflatten(x, self.dim, self.unflattened_size)


class Upsample(Module):
    """An image of another size; see `nn.functional.interpolate`."""

    settings = ("size", "scale_factor", "mode", "align_corners")

    def __init__(
        self, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
    ) -> None:
        self.size, self.scale_factor, self.mode, self.align_corners = size, scale_factor, mode, align_corners

    def forward(self, x: Any) -> Any:
        return functional.interpolate(x, self.size, self.scale_factor, self.mode, self.align_corners)


class PixelShuffle(Module):
    """r² channels turned into r × r places; see `nn.functional.pixel_shuffle`."""

    settings = ("upscale_factor",)

    def __init__(self, upscale_factor: int) -> None:
        self.upscale_factor = upscale_factor

    def forward(self, x: Any) -> Any:
        return functional.pixel_shuffle(x, self.upscale_factor)


class PixelUnshuffle(Module):
    """r × r places turned into r² channels; see `nn.functional.pixel_unshuffle`."""

    settings = ("downscale_factor",)

    def __init__(self, downscale_factor: int) -> None:
        self.downscale_factor = downscale_factor

    def forward(self, x: Any) -> Any:
        return functional.pixel_unshuffle(x, self.downscale_factor)
