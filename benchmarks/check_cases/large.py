"""Ten thousand inputs, of which one may have a wrong derivative: too many to take differences in each of them."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, normal

_POINTS = 1


def half_zero(rng):
    """Numbers of which every other one lies on the kink of a ReLU."""
    return np.where(np.arange(10_000) % 2, 0.0, rng.normal(size=10_000))


def normalised_vjp(g, out, x):
    return ((g - out * (g * out).sum()) / np.sqrt((x * x).sum()),)


CASES = [
    Case("sum of 10,000 sines", lambda x: np.sin(x).sum(), [lambda g, out, x: (g * np.cos(x),)],
         arrays(normal(10_000)), points=_POINTS),
    Case("10,000 tanh", np.tanh, [lambda g, out, x: (g * (1 - out * out),)], arrays(normal(100, 100)), points=_POINTS),
    Case("product of large matrices", np.matmul, [lambda g, out, x, y: (g @ y.T, x.T @ g)],
         arrays(normal(70, 70), normal(70, 70)), points=_POINTS),
    Case("10,000 numbers normalised", lambda x: x / np.sqrt((x * x).sum()), [normalised_vjp],
         arrays(normal(10_000)), points=_POINTS),
    Case("10,000 relus, half of them at the kink", lambda x: np.maximum(x, 0), [lambda g, out, x: (g * (x > 0),)],
         arrays(half_zero), interval=lambda x: (1.0 * (x > 0), 1.0 * (x >= 0)), points=_POINTS),
]  # fmt: skip
