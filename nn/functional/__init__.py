"""Layers and losses as plain functions, under PyTorch's names."""

from __future__ import annotations

from .activations import gelu, log_softmax, relu, sigmoid, softmax, tanh
from .attention import scaled_dot_product_attention
from .linear import linear
from .losses import accuracy, cross_entropy, mse_loss, perceptron_loss, sse_loss
from .normalization import layer_norm

__all__ = [
    "accuracy",
    "cross_entropy",
    "gelu",
    "layer_norm",
    "linear",
    "log_softmax",
    "mse_loss",
    "perceptron_loss",
    "relu",
    "scaled_dot_product_attention",
    "sigmoid",
    "softmax",
    "sse_loss",
    "tanh",
]
