"""Gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Value

from .optimizer import replace_all


class SGD:
    """Stochastic gradient descent: p ← p − lr·g, with momentum μ: v ← μ·v + g, p ← p − lr·v.

    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, for the momentum; v begins
    at the first gradient, as in PyTorch.
    """

    def __init__(self, params: Iterable[Value], lr: float, momentum: float = 0.0) -> None:
        self.params = list(params)
        if not self.params:
            raise ValueError("SGD got no parameters: pass model.parameters(), or a list of Values")
        self.lr = lr
        self.momentum = momentum
        self._velocity: list[Any] = [None] * len(self.params)

    def step(self) -> None:
        """Move every parameter that has a gradient: all of them, or after an interrupt none."""
        velocity, moved = list(self._velocity), []
        for i, parameter in enumerate(self.params):
            g = parameter.grad
            if g is None:
                continue
            if self.momentum:
                v = velocity[i]
                g = velocity[i] = g.copy() if v is None else self.momentum * v + g
            step = self.lr * g
            raw = parameter.raw
            moved.append((parameter, raw, np.subtract(raw, step, out=step) if step.shape else raw - step))
        replace_all(moved)
        self._velocity = velocity

    def zero_grad(self) -> None:
        """Forget the gradients: the next `backward` begins at nothing."""
        for parameter in self.params:
            parameter.grad = None

    def __repr__(self) -> str:
        return f"SGD(lr={self.lr}, momentum={self.momentum}, {len(self.params)} parameters)"
