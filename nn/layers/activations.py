"""Activation functions as modules; the formulas are in `nn.functional`.

`inplace` is PyTorch's, and without effect: nothing is changed in place here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import functional
from ..module import Module, Parameter


class _InPlace(Module):
    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace


class ReLU(_InPlace):
    """max(x, 0)."""

    def forward(self, x: Any) -> Any:
        return functional.relu(x)


class ReLU6(_InPlace):
    """min(max(x, 0), 6)."""

    def forward(self, x: Any) -> Any:
        return functional.relu6(x)


class LeakyReLU(Module):
    """x where it is positive, slope · x elsewhere; see `nn.functional.leaky_relu`."""

    settings = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, x: Any) -> Any:
        return functional.leaky_relu(x, self.negative_slope)


class PReLU(Module):
    """x where it is positive, w x elsewhere; w is learnt: one number, or one for each channel (axis 1)."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: Any = np.float64) -> None:
        self.weight = Parameter(np.full(num_parameters, init, dtype))

    def forward(self, x: Any) -> Any:
        return functional.prelu(x, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.weight.size}"


class ELU(Module):
    """x where it is positive, α (eˣ − 1) elsewhere; see `nn.functional.elu`."""

    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self.alpha, self.inplace = alpha, inplace

    def forward(self, x: Any) -> Any:
        return functional.elu(x, self.alpha)


class SELU(_InPlace):
    """The self-normalising ELU; see `nn.functional.selu`."""

    def forward(self, x: Any) -> Any:
        return functional.selu(x)


class CELU(ELU):
    """An ELU whose slope at 0 is 1; see `nn.functional.celu`."""

    def forward(self, x: Any) -> Any:
        return functional.celu(x, self.alpha)


class GELU(Module):
    """x Φ(x), exactly or by tanh; see `nn.functional.gelu`."""

    settings = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = approximate

    def forward(self, x: Any) -> Any:
        return functional.gelu(x, self.approximate)


class SiLU(_InPlace):
    """x σ(x)."""

    def forward(self, x: Any) -> Any:
        return functional.silu(x)


class Mish(_InPlace):
    """x tanh(log(1 + eˣ)); see `nn.functional.mish`."""

    def forward(self, x: Any) -> Any:
        return functional.mish(x)


class Hardswish(_InPlace):
    """x min(max(x + 3, 0), 6) / 6; see `nn.functional.hardswish`."""

    def forward(self, x: Any) -> Any:
        return functional.hardswish(x)


class Hardsigmoid(_InPlace):
    """min(max(x + 3, 0), 6) / 6."""

    def forward(self, x: Any) -> Any:
        return functional.hardsigmoid(x)


class Hardtanh(Module):
    """x, kept between two bounds.

    Raises:
        ValueError: `min_val` is not below `max_val`.
    """

    settings = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        if not min_val < max_val:
            raise ValueError(f"Hardtanh: min_val={min_val} must be below max_val={max_val}")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, x: Any) -> Any:
        return functional.hardtanh(x, self.min_val, self.max_val)


class Softplus(Module):
    """log(1 + exp(β x)) / β; see `nn.functional.softplus`."""

    settings = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Any) -> Any:
        return functional.softplus(x, self.beta, self.threshold)


class Softsign(Module):
    """x / (1 + |x|)."""

    def forward(self, x: Any) -> Any:
        return functional.softsign(x)


class Tanh(Module):
    """tanh x."""

    def forward(self, x: Any) -> Any:
        return functional.tanh(x)


class Sigmoid(Module):
    """σ(x) = 1 / (1 + e⁻ˣ)."""

    def forward(self, x: Any) -> Any:
        return functional.sigmoid(x)


class LogSigmoid(Module):
    """log σ(x)."""

    def forward(self, x: Any) -> Any:
        return functional.logsigmoid(x)


class _AlongAxis(Module):
    settings = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim


class Softmax(_AlongAxis):
    """eˣ / Σ eˣ along axis `dim`. Not for training: `CrossEntropyLoss` takes the logits before it."""

    def forward(self, x: Any) -> Any:
        return functional.softmax(x, self.dim)


class LogSoftmax(_AlongAxis):
    """log softmax x along axis `dim`; `NLLLoss` takes it."""

    def forward(self, x: Any) -> Any:
        return functional.log_softmax(x, self.dim)


class GLU(_AlongAxis):
    """a σ(b), for the two halves a and b of the input along axis `dim`."""

    def forward(self, x: Any) -> Any:
        return functional.glu(x, self.dim)
