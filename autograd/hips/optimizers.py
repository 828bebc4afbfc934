"""Gradient descent on nests of arrays: ``x = adam(grad(loss), x0)``, ``grad(x, i)`` being the gradient at step i."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .flatten import flatten

Gradient = Callable[[Any, int], Any]


def _descend(gradient: Gradient, x0: Any, callback: Any, steps: int, update: Callable[[Any, Any, int], Any]) -> Any:
    """Walk from `x0`: x ← update(x, gradient, step), on the vector of all numbers in `x0`."""
    x, unflatten = flatten(x0)
    for i in range(steps):
        g = flatten(gradient(unflatten(x), i))[0]
        if callback:
            callback(unflatten(x), i, unflatten(g))
        x = update(x, g, i)
    return unflatten(x)


def sgd(
    grad: Gradient, x0: Any, callback: Any = None, num_iters: int = 200, step_size: float = 0.1, mass: float = 0.9
) -> Any:
    """v ← mass v − (1 − mass) g; x ← x + step_size v. (Polyak's momentum.)"""
    velocity: Any = 0.0

    def update(x: Any, g: Any, i: int) -> Any:
        nonlocal velocity
        velocity = mass * velocity - (1.0 - mass) * g
        return x + step_size * velocity

    return _descend(grad, x0, callback, num_iters, update)


def rmsprop(
    grad: Gradient, x0: Any, callback: Any = None, num_iters: int = 100, step_size: float = 0.1, gamma: float = 0.9,
    eps: float = 10**-8,
) -> Any:  # fmt: skip
    """s ← γ s + (1 − γ) g²; x ← x − step_size g / (√s + ε). (Tieleman and Hinton, 2012.)"""
    average: Any = 1.0

    def update(x: Any, g: Any, i: int) -> Any:
        nonlocal average
        average = average * gamma + g**2 * (1 - gamma)
        return x - step_size * g / (np.sqrt(average) + eps)

    return _descend(grad, x0, callback, num_iters, update)


def adam(
    grad: Gradient, x0: Any, callback: Any = None, num_iters: int = 100, step_size: float = 0.001, b1: float = 0.9,
    b2: float = 0.999, eps: float = 10**-8,
) -> Any:  # fmt: skip
    """Momentum and scale from running means of g and g². (Kingma and Ba, "Adam", 2015.)"""
    m: Any = 0.0
    v: Any = 0.0

    def update(x: Any, g: Any, i: int) -> Any:
        nonlocal m, v
        m, v = (1 - b1) * g + b1 * m, (1 - b2) * g**2 + b2 * v
        return x - step_size * (m / (1 - b1 ** (i + 1))) / (np.sqrt(v / (1 - b2 ** (i + 1))) + eps)

    return _descend(grad, x0, callback, num_iters, update)
