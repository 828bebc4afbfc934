"""Ten to a hundred thousand inputs, of which one, half or all have a wrong derivative."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, normal
from .smooth import softmax

_POINTS = 1
_TARGETS = np.random.default_rng(24).normal(size=100_000)
_IMAGES = np.random.default_rng(25).normal(size=(8, 784))
_LABELS = np.arange(8)


def log_sum_exp(x):
    return np.log(np.exp(x).sum())


def roughness_vjp(g, out, x):
    d = 2 * g * np.diff(x)
    return (np.concatenate([[0.0], d]) - np.concatenate([d, [0.0]]),)


def classifier(w, v):
    z = np.tanh(_IMAGES @ w) @ v
    return (np.log(np.exp(z).sum(axis=1)) - z[_LABELS, _LABELS]).mean()


def classifier_vjp(g, out, w, v):
    h = np.tanh(_IMAGES @ w)
    p = softmax(h @ v)
    p[_LABELS, _LABELS] -= 1
    p = g * p / 8
    return _IMAGES.T @ ((p @ v.T) * (1 - h**2)), h.T @ p


CASES = [
    Case("100,000 squares", lambda x: (x**2).sum(), [lambda g, out, x: (2 * g * x,)], arrays(normal(100_000)),
         points=_POINTS),
    Case("mean squared error of 100,000", lambda x: ((x - _TARGETS) ** 2).mean(),
         [lambda g, out, x: (2 * g * (x - _TARGETS) / x.size,)], arrays(normal(100_000)), points=_POINTS),
    Case("100,000 tanh", np.tanh, [lambda g, out, x: (g * (1 - out * out),)], arrays(normal(100_000)), points=_POINTS),
    Case("log-sum-exp of 100,000", log_sum_exp, [lambda g, out, x: (g * np.exp(x - out),)], arrays(normal(100_000)),
         points=_POINTS),
    Case("roughness of 100,000", lambda x: (np.diff(x) ** 2).sum(), [roughness_vjp], arrays(normal(100_000)),
         points=_POINTS),
    Case("50,000 weights of a layer", lambda w, b: np.tanh(_IMAGES @ w + b),
         [lambda g, out, w, b: (_IMAGES.T @ (g * (1 - out**2)), (g * (1 - out**2)).sum(axis=0))],
         arrays(normal(784, 64, scale=0.03), normal(64)), points=_POINTS),
    Case("50,000 weights of a classifier", classifier, [classifier_vjp],
         arrays(normal(784, 60, scale=0.03), normal(60, 10, scale=0.1)), points=_POINTS),
]  # fmt: skip
