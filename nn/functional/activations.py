"""Activation functions. `inplace` is PyTorch's, and without effect."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.functions import clip, expm1, gelu_tanh, where
from autograd.functions import gelu as _gelu
from autograd.functions import log_softmax as _log_softmax
from autograd.functions import relu as _relu
from autograd.functions import sigmoid as _sigmoid
from autograd.functions import silu as _silu
from autograd.functions import softmax as _softmax
from autograd.functions import softplus as _softplus
from autograd.functions import tanh as _tanh

__all__ = [
    "celu", "elu", "gelu", "glu", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "log_softmax", "logsigmoid", "mish",
    "prelu", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "tanh",
]  # fmt: skip

_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def relu(input: Any, inplace: bool = False) -> Any:
    """max(x, 0); its derivative at 0 is 0."""
    return _relu(input)


def sigmoid(input: Any) -> Any:
    """σ(x) = 1 / (1 + e⁻ˣ), with exponents that are never positive: nothing overflows, the left tail keeps its digits."""
    return _sigmoid(input)


def tanh(input: Any) -> Any:
    """tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)."""
    return _tanh(input)


def silu(input: Any, inplace: bool = False) -> Any:
    """x σ(x).

    S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units", 2017.
    """
    return _silu(input)


def relu6(input: Any, inplace: bool = False) -> Any:
    """min(max(x, 0), 6)."""
    return clip(input, 0.0, 6.0)


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """x where it is positive, slope · x elsewhere."""
    return where(input > 0, input, negative_slope * input)


def prelu(input: Any, weight: Any) -> Any:
    """x where it is positive, w x elsewhere, for one slope w or one for each channel (axis 1).

    K. He et al., "Delving deep into rectifiers", 2015.

    Raises:
        ShapeError: there are neither one nor as many slopes as channels.
    """
    if weight.size > 1:
        channels = input.shape[1] if input.ndim > 1 else None
        if channels != weight.size:
            raise ShapeError(
                f"prelu: {weight.size} slopes for an input of shape {input.shape}: one for each channel, axis 1"
            )
        weight = weight.reshape(-1, *(1,) * (input.ndim - 2))
    return where(input > 0, input, weight * input)


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """x where it is positive, α (eˣ − 1) elsewhere.

    D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2016.
    """
    positive = input > 0
    return where(positive, input, alpha * expm1(where(positive, 0, input)))


def selu(input: Any, inplace: bool = False) -> Any:
    """λ x where it is positive, λ α (eˣ − 1) elsewhere: activations keep mean 0 and variance 1.

    G. Klambauer et al., "Self-normalizing neural networks", 2017.
    """
    return _SELU_SCALE * elu(input, _SELU_ALPHA)


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """x where it is positive, α (exp(x / α) − 1) elsewhere, whose slope at 0 is 1 for every α.

    J. T. Barron, "Continuously differentiable exponential linear units", 2017.
    """
    positive = input > 0
    return where(positive, input, alpha * expm1(where(positive, 0, input) / alpha))


def gelu(input: Any, approximate: str = "none") -> Any:
    """x Φ(x), for the normal distribution function Φ; with ``approximate="tanh"`` ½ x (1 + tanh √(2/π) (x + 0.044715 x³)).

    D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.

    Raises:
        ValueError: `approximate` is neither "none" nor "tanh".
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate={approximate!r} is neither 'none' nor 'tanh'")
    return gelu_tanh(input) if approximate == "tanh" else _gelu(input)


def mish(input: Any, inplace: bool = False) -> Any:
    """x tanh(log(1 + eˣ)).

    D. Misra, "Mish: a self regularized non-monotonic activation function", 2019.
    """
    return input * tanh(_softplus(input))


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """x, kept between two bounds."""
    return clip(input, min_val, max_val)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """min(max(x + 3, 0), 6) / 6."""
    return relu6(input + 3) / 6


def hardswish(input: Any, inplace: bool = False) -> Any:
    """x min(max(x + 3, 0), 6) / 6.

    A. Howard et al., "Searching for MobileNetV3", 2019.
    """
    return input * hardsigmoid(input)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(β x)) / β, and x itself where β x is above the threshold."""
    scaled = beta * input
    return where(scaled > threshold, input, _softplus(scaled) / beta)


def softsign(input: Any) -> Any:
    """x / (1 + |x|)."""
    return input / (1 + abs(input))


def logsigmoid(input: Any) -> Any:
    """log σ(x) = −log(1 + e⁻ˣ)."""
    return -_softplus(-input)


def softmax(input: Any, dim: int = -1) -> Any:
    """eˣ / Σ eˣ along axis `dim`."""
    return _softmax(input, axis=dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """log softmax x = x − log Σ eˣ along axis `dim`, in the form that neither overflows nor takes the log of 0."""
    return _log_softmax(input, axis=dim)


def glu(input: Any, dim: int = -1) -> Any:
    """a σ(b), for the two halves a and b of the input along axis `dim`.

    Y. N. Dauphin et al., "Language modeling with gated convolutional networks", 2017.

    Raises:
        ShapeError: the axis has an odd length.
    """
    if input.shape[dim] % 2:
        raise ShapeError(f"glu: axis {dim} of an input of shape {input.shape} cannot be halved")
    a, b = np.split(input, 2, axis=dim)
    return a * sigmoid(b)
