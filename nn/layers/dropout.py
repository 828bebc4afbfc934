"""Dropout as modules."""

from __future__ import annotations

from typing import Any

from .. import functional
from ..module import Module
from ..random import Seed, kept_generator


class Dropout(Module):
    """In training each number is 0 with probability p, and 1 / (1 − p) times itself otherwise; see `nn.functional.dropout`.

    Args:
        p: the probability.
        inplace: PyTorch's, and without effect.
        generator: where the numbers come from; None takes that of `nn.manual_seed`.

    Raises:
        ValueError: p is no probability.
    """

    settings = ("p",)

    def __init__(self, p: float = 0.5, inplace: bool = False, *, generator: Seed = None) -> None:
        if not 0 <= p <= 1:
            raise ValueError(f"{type(self).__name__}: p={p} is no probability")
        self.p, self.inplace, self.generator = p, inplace, kept_generator(generator)

    def forward(self, x: Any) -> Any:
        return functional.dropout(x, self.p, self.training, generator=self.generator)


class Dropout1d(Dropout):
    """`Dropout` of whole channels, of an input of shape (N, C, L) or (C, L)."""

    def forward(self, x: Any) -> Any:
        return functional.dropout1d(x, self.p, self.training, generator=self.generator)


class Dropout2d(Dropout):
    """`Dropout` of whole channels, of an input of shape (N, C, H, W)."""

    def forward(self, x: Any) -> Any:
        return functional.dropout2d(x, self.p, self.training, generator=self.generator)
