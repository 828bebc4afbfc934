"""One sigmoid neuron with the loss ½·Σ(o − t)², trained twice: as the fourth article's code does, and with autograd.

The article multiplies by the derivative of the sigmoid taken *on the output*, σ(o)·(1 − σ(o)). The derivative of the
loss has σ′(in) = o·(1 − o) there. Its weights still classify, but they are not those that the gradient leads to. Here
are both, and a check by finite differences that tells which is which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from _common import Row, claim, finite_differences

import nn
from autograd import Value, value_and_grad
from autograd.functions import sigmoid

EPOCHS, RATE = 10_000, 0.05


@dataclass
class Neuron:
    """The weights and the bias (None for a neuron without one), and the loss in every epoch that led to them."""

    weights: Any
    bias: Any
    losses: list[float]

    def __call__(self, x: Any) -> Any:
        return sigmoid(np.asarray(x, dtype=float) @ self.weights + (0.0 if self.bias is None else self.bias))


def loss(w: Any, b: Any, x: Any, t: Any) -> Any:
    """½·Σ(o − t)² with o = σ(x·w + b)."""
    return 0.5 * ((sigmoid(x @ w + b) - t) ** 2).sum()


def gradient_of_the_article(w: Any, b: Any, x: Any, t: Any) -> tuple[Any, Any]:
    """What the article's code computes for ∂loss/∂w and ∂loss/∂b: wrong, and shown for that reason."""
    out = sigmoid(x @ w + b)
    delta = (out - t) * sigmoid(out) * (1 - sigmoid(out))
    return x.T @ delta, delta.sum()


def train_like_the_article(x: Any, t: Any, weights: Any, bias: float | None) -> Neuron:
    """Full-batch descent along the article's derivative."""
    w, b, losses = np.array(weights, dtype=float), bias, []
    for _ in range(EPOCHS):
        losses.append(float(loss(w, b or 0.0, x, t)))
        along_w, along_b = gradient_of_the_article(w, b or 0.0, x, t)
        w -= RATE * along_w
        b = None if b is None else b - RATE * along_b
    return Neuron(w, b, losses)


def train_with_autograd(x: Any, t: Any, weights: Any, bias: float | None) -> Neuron:
    """Full-batch descent along the gradient."""
    w, b = Value(weights, name="w"), None if bias is None else Value(bias, name="b")
    optimizer = nn.SGD([w] if b is None else [w, b], lr=RATE)
    losses = []
    for _ in range(EPOCHS):
        error = loss(w, 0.0 if b is None else b, x, t)
        optimizer.zero_grad()
        error.backward(leaves_only=True)
        optimizer.step()
        losses.append(error.item())
    return Neuron(w.data, None if b is None else b.data, losses)


def gradient_check(x: Any, t: Any, weights: Any, bias: float | None) -> list[Row]:
    """The verdict of finite differences, which know nothing of rules, on both gradients at the first weights."""
    w, b = np.array(weights, dtype=float), bias or 0.0
    measured = finite_differences(lambda v: loss(v, b, x, t), w)
    rows = []
    for name, found, expected in (
        ("the article's derivative", gradient_of_the_article(w, b, x, t)[0], False),
        ("the gradient by autograd", value_and_grad(loss)(w, b, x, t)[1], True),
    ):
        error = np.max(np.abs(found - measured)) / np.max(np.abs(measured))
        right = error < 1e-6
        print(f"  gradient check of {name}: off by {error:.1e} of its size: {'right' if right else 'WRONG'}")
        rows.append(claim(name, "right" if expected else "wrong", "right" if right else "wrong", right == expected))
    return rows
