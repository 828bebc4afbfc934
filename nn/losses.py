"""Losses as modules: ``loss = nn.MSELoss()``, then ``loss(output, target)``. The formulas are in `nn.functional`."""

from __future__ import annotations

from typing import Any

from . import functional
from .module import Module


class _Loss(Module):
    """A loss with PyTorch's `reduction`: "mean", "sum" or "none"."""

    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = reduction

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"


class MSELoss(_Loss):
    """The mean squared error; see `nn.functional.mse_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.mse_loss(input, target, self.reduction)


class SSELoss(Module):
    """The sum of squared errors; see `nn.functional.sse_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.sse_loss(input, target)


class CrossEntropyLoss(_Loss):
    """Softmax cross-entropy from logits; see `nn.functional.cross_entropy`."""

    def __init__(
        self,
        reduction: str = "mean",
        *,
        weight: Any = None,
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction)
        self.weight, self.ignore_index, self.label_smoothing = weight, ignore_index, label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        return functional.cross_entropy(
            input,
            target,
            self.reduction,
            weight=self.weight,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
        )


class PerceptronLoss(_Loss):
    """max(0, −t·s); see `nn.functional.perceptron_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.perceptron_loss(input, target, self.reduction)
