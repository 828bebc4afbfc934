"""Layers, by kind."""

from __future__ import annotations

from .activations import ReLU, Sigmoid, Softmax, Tanh
from .linear import Dense, Linear

__all__ = ["Dense", "Linear", "ReLU", "Sigmoid", "Softmax", "Tanh"]
