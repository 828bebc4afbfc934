"""Losses as modules: ``loss = nn.MSELoss()``, then ``loss(output, target)``. The formulas are in `nn.functional`.

Arguments have PyTorch's names; its `size_average` and `reduce`, long deprecated, are not here, and so `reduction` may be
given by position where nothing else is before it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from . import functional
from .module import Module


class _Loss(Module):
    """A loss with PyTorch's `reduction`: "mean", "sum" or "none"."""

    settings: ClassVar[tuple[str, ...]] = ("reduction",)

    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = reduction


class _WeightedLoss(_Loss):
    """One with a buffer `weight`, which may be None."""

    weight: Any

    def __init__(self, weight: Any = None, *, reduction: str = "mean") -> None:
        super().__init__(reduction)
        if isinstance(weight, str):
            raise TypeError(f"{type(self).__name__}: reduction={weight!r} is given by name; the weights come first")
        self.register_buffer("weight", weight)

    def extra_repr(self) -> str:
        return ("" if self.weight is None else f"weight={self.weight.tolist()}, ") + super().extra_repr()


class MSELoss(_Loss):
    """The mean squared error; see `nn.functional.mse_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.mse_loss(input, target, self.reduction)


class SSELoss(Module):
    """The sum of squared errors; see `nn.functional.sse_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.sse_loss(input, target)


class L1Loss(_Loss):
    """The mean absolute error; see `nn.functional.l1_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.l1_loss(input, target, self.reduction)


class SmoothL1Loss(_Loss):
    """Squared errors near zero, absolute ones elsewhere; see `nn.functional.smooth_l1_loss`."""

    settings = ("reduction", "beta")

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = beta

    def forward(self, input: Any, target: Any) -> Any:
        return functional.smooth_l1_loss(input, target, self.reduction, self.beta)


class HuberLoss(_Loss):
    """Squared errors near zero, absolute ones elsewhere; see `nn.functional.huber_loss`."""

    settings = ("reduction", "delta")

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = delta

    def forward(self, input: Any, target: Any) -> Any:
        return functional.huber_loss(input, target, self.reduction, self.delta)


class PoissonNLLLoss(_Loss):
    """−log of the Poisson probability of counts; see `nn.functional.poisson_nll_loss`."""

    settings = ("log_input", "full", "eps", "reduction")

    def __init__(
        self, log_input: bool = True, full: bool = False, *, eps: float = 1e-8, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Any, target: Any) -> Any:
        return functional.poisson_nll_loss(log_input, target, self.log_input, self.full, self.eps, self.reduction)


class GaussianNLLLoss(_Loss):
    """−log of the normal density, for means and variances; see `nn.functional.gaussian_nll_loss`."""

    settings = ("full", "eps", "reduction")

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Any, target: Any, var: Any) -> Any:
        return functional.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)


class BCELoss(_WeightedLoss):
    """The cross-entropy of probabilities of yes; see `nn.functional.binary_cross_entropy`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """The same from logits; see `nn.functional.binary_cross_entropy_with_logits`."""

    pos_weight: Any

    def __init__(self, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(weight, reduction=reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Any, target: Any) -> Any:
        return functional.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.pos_weight is None else f", pos_weight={self.pos_weight.tolist()}")


class CrossEntropyLoss(_WeightedLoss):
    """Softmax cross-entropy from logits; see `nn.functional.cross_entropy`."""

    def __init__(
        self, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ) -> None:
        super().__init__(weight, reduction=reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        return functional.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(_WeightedLoss):
    """−the log-probability of the target class; see `nn.functional.nll_loss`."""

    def __init__(self, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(weight, reduction=reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Any, target: Any) -> Any:
        return functional.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class KLDivLoss(_Loss):
    """The Kullback–Leibler divergence; see `nn.functional.kl_div`."""

    settings = ("reduction", "log_target")

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction)
        self.log_target = log_target

    def forward(self, input: Any, target: Any) -> Any:
        return functional.kl_div(input, target, self.reduction, log_target=self.log_target)


class CTCLoss(_Loss):
    """Connectionist temporal classification; see `nn.functional.ctc_loss`."""

    settings = ("blank", "reduction", "zero_infinity")

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any) -> Any:
        return functional.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )


class PerceptronLoss(_Loss):
    """max(0, −t·s); see `nn.functional.perceptron_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.perceptron_loss(input, target, self.reduction)


class SoftMarginLoss(_Loss):
    """log(1 + exp(−t s)); see `nn.functional.soft_margin_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.soft_margin_loss(input, target, self.reduction)


class _MarginLoss(_Loss):
    settings: ClassVar[tuple[str, ...]] = ("margin", "reduction")

    def __init__(self, margin: float, *, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin


class HingeEmbeddingLoss(_MarginLoss):
    """Distances of pairs that belong together or not; see `nn.functional.hinge_embedding_loss`."""

    def __init__(self, margin: float = 1.0, *, reduction: str = "mean") -> None:
        super().__init__(margin, reduction=reduction)

    def forward(self, input: Any, target: Any) -> Any:
        return functional.hinge_embedding_loss(input, target, self.margin, self.reduction)


class MarginRankingLoss(_MarginLoss):
    """Which of two is to be larger; see `nn.functional.margin_ranking_loss`."""

    def __init__(self, margin: float = 0.0, *, reduction: str = "mean") -> None:
        super().__init__(margin, reduction=reduction)

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:
        return functional.margin_ranking_loss(input1, input2, target, self.margin, self.reduction)


class CosineEmbeddingLoss(_MarginLoss):
    """The angle between two vectors; see `nn.functional.cosine_embedding_loss`."""

    def __init__(self, margin: float = 0.0, *, reduction: str = "mean") -> None:
        super().__init__(margin, reduction=reduction)

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:
        return functional.cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """The hinge loss of several classes; see `nn.functional.multi_margin_loss`."""

    settings = ("p", "margin", "reduction")

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Any = None, *, reduction: str = "mean") -> None:
        super().__init__(weight, reduction=reduction)
        self.p, self.margin = p, margin

    def forward(self, input: Any, target: Any) -> Any:
        return functional.multi_margin_loss(input, target, self.p, self.margin, self.weight, self.reduction)


class MultiLabelMarginLoss(_Loss):
    """The hinge loss of rows with several labels; see `nn.functional.multilabel_margin_loss`."""

    def forward(self, input: Any, target: Any) -> Any:
        return functional.multilabel_margin_loss(input, target, self.reduction)


class TripletMarginLoss(_MarginLoss):
    """An anchor nearer to the positive than to the negative; see `nn.functional.triplet_margin_loss`."""

    settings = ("margin", "p", "eps", "swap", "reduction")

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, *, reduction: str = "mean"
    ) -> None:
        super().__init__(margin, reduction=reduction)
        self.p, self.eps, self.swap = p, eps, swap

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        return functional.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )
