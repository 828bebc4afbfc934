"""Activation functions as modules; the formulas are in `nn.functional`."""

from __future__ import annotations

from typing import Any

from .. import functional
from ..module import Module


class Sigmoid(Module):
    """σ(x) = 1 / (1 + e⁻ˣ)."""

    def forward(self, x: Any) -> Any:
        return functional.sigmoid(x)


class Tanh(Module):
    """tanh x."""

    def forward(self, x: Any) -> Any:
        return functional.tanh(x)


class ReLU(Module):
    """max(x, 0)."""

    def forward(self, x: Any) -> Any:
        return functional.relu(x)


class Softmax(Module):
    """eˣ / Σ eˣ along axis `dim`. Not for training: `CrossEntropyLoss` takes the logits before it."""

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Any) -> Any:
        return functional.softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
