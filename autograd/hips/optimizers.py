"""Gradient descent on nests of arrays: ``x = adam(grad(loss), x0)``, ``grad(x, i)`` being the gradient at step i."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .flatten import flatten

Gradient = Callable[[Any, int], Any]
Optimizer = Callable[..., Any]


def unflatten_optimizer(optimize: Optimizer) -> Optimizer:
    """An optimiser of vectors, ``optimize(grad, x0, callback=None, …)``, made one of nests of arrays."""

    @functools.wraps(optimize)
    def of_nests(grad: Gradient, x0: Any, callback: Any = None, *args: Any, **kwargs: Any) -> Any:
        start, unflatten = flatten(x0)

        def shown(x: Any, i: int, g: Any) -> None:
            callback(unflatten(x), i, unflatten(g))

        def gradient(x: Any, i: int) -> Any:
            return flatten(grad(unflatten(x), i))[0]

        return unflatten(optimize(gradient, start, shown if callback else None, *args, **kwargs))

    return of_nests


@unflatten_optimizer
def sgd(
    grad: Gradient, x: Any, callback: Any = None, num_iters: int = 200, step_size: float = 0.1, mass: float = 0.9
) -> Any:
    """v ← mass v − (1 − mass) g; x ← x + step_size v. (Polyak's momentum.)"""
    velocity = np.zeros_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        velocity = mass * velocity - (1.0 - mass) * g
        x = x + step_size * velocity
    return x


@unflatten_optimizer
def rmsprop(
    grad: Gradient, x: Any, callback: Any = None, num_iters: int = 100, step_size: float = 0.1, gamma: float = 0.9,
    eps: float = 10**-8,
) -> Any:  # fmt: skip
    """s ← γ s + (1 − γ) g²; x ← x − step_size g / (√s + ε). (Tieleman and Hinton, 2012.)"""
    average = np.ones_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        average = average * gamma + g**2 * (1 - gamma)
        x = x - step_size * g / (np.sqrt(average) + eps)
    return x


@unflatten_optimizer
def adam(
    grad: Gradient, x: Any, callback: Any = None, num_iters: int = 100, step_size: float = 0.001, b1: float = 0.9,
    b2: float = 0.999, eps: float = 10**-8,
) -> Any:  # fmt: skip
    """Momentum and scale from running means of g and g². (Kingma and Ba, "Adam", 2015.)"""
    m, v = np.zeros_like(x), np.zeros_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        m, v = (1 - b1) * g + b1 * m, (1 - b2) * g**2 + b2 * v
        x = x - step_size * (m / (1 - b1 ** (i + 1))) / (np.sqrt(v / (1 - b2 ** (i + 1))) + eps)
    return x
