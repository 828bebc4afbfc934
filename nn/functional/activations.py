"""Activation functions; `relu`, `sigmoid` and `tanh` are autograd's own."""

from __future__ import annotations

from typing import Any

from autograd.functions import gelu as _gelu
from autograd.functions import gelu_tanh, relu, sigmoid, tanh
from autograd.functions import log_softmax as _log_softmax
from autograd.functions import softmax as _softmax

__all__ = ["gelu", "log_softmax", "relu", "sigmoid", "softmax", "tanh"]


def softmax(input: Any, dim: int = -1) -> Any:
    """eˣ / Σ eˣ along axis `dim`."""
    return _softmax(input, axis=dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """log softmax x = x − log Σ eˣ along axis `dim`, in the form that neither overflows nor takes the log of 0."""
    return _log_softmax(input, axis=dim)


def gelu(input: Any, approximate: str = "none") -> Any:
    """x Φ(x), for the normal distribution function Φ; with ``approximate="tanh"`` ½ x (1 + tanh √(2/π) (x + 0.044715 x³)).

    D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate={approximate!r} is neither 'none' nor 'tanh'")
    return gelu_tanh(input) if approximate == "tanh" else _gelu(input)
