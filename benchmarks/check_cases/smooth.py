"""Smooth functions at ordinary points."""

from __future__ import annotations

import math

import numpy as np

from .case import Case, arrays, between, elementwise, normal


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_vjp(g, out, x):
    return (out * (g - (g * out).sum(axis=-1, keepdims=True)),)


def cross_entropy(x):
    """Mean over the rows, class i mod n for row i."""
    rows = np.arange(len(x))
    z = x - x.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - z[rows, rows % x.shape[1]]).mean()


def cross_entropy_vjp(g, out, x):
    p = softmax(x)
    rows = np.arange(len(x))
    p[rows, rows % x.shape[1]] -= 1
    return (g * p / len(x),)


def layer_norm(x):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)


def layer_norm_vjp(g, out, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return ((g - g.mean(axis=-1, keepdims=True) - out * (g * out).mean(axis=-1, keepdims=True)) / std,)


def gather(x):
    return x[[0, 2, 2, 1, 0]]


def gather_vjp(g, out, x):
    result = np.zeros_like(x)
    np.add.at(result, [0, 2, 2, 1, 0], g)
    return (result,)


def determinant_vjp(g, out, x):
    return (g * out * np.linalg.inv(x).T,)


def inverse_vjp(g, out, x):
    return (-out.T @ g @ out.T,)


def complex_square(a, b):
    """z² of z = a + ib, as two real arrays in one."""
    return np.stack([a * a - b * b, 2 * a * b])


def complex_square_vjp(g, out, a, b):
    return 2 * (a * g[0] + b * g[1]), 2 * (a * g[1] - b * g[0])


def attention(q, k):
    return softmax(q @ k.T)


def attention_vjp(g, out, q, k):
    (inner,) = softmax_vjp(g, out, None)
    return inner @ k, inner.T @ q


def convolution_vjp(g, out, x, w):
    return np.convolve(g, w[::-1]), np.correlate(x, g)[::-1]


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def gelu_slope(x):
    return 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


CASES = [
    elementwise("sin", np.sin, np.cos, normal(2, 3)),
    elementwise("exp", np.exp, np.exp, normal(3)),
    elementwise("log", np.log, lambda x: 1 / x, between(0.1, 5, 3)),
    elementwise("sqrt", np.sqrt, lambda x: 0.5 / np.sqrt(x), between(0.1, 5, 3)),
    elementwise("tanh", np.tanh, lambda x: 1 - np.tanh(x) ** 2, normal(2, 2)),
    elementwise("sigmoid", sigmoid, lambda x: sigmoid(x) * sigmoid(-x), normal(4)),
    elementwise("cube", lambda x: x**3, lambda x: 3 * x**2, normal(3)),
    elementwise("reciprocal", lambda x: 1 / x, lambda x: -1 / x**2, between(0.3, 3, 3)),
    elementwise("arctan", np.arctan, lambda x: 1 / (1 + x * x), normal(3)),
    elementwise("softplus", lambda x: np.logaddexp(x, 0), sigmoid, normal(3)),
    elementwise("gelu", gelu, gelu_slope, normal(3)),
    elementwise("x sin x", lambda x: x * np.sin(x), lambda x: np.sin(x) + x * np.cos(x), normal(3)),
    Case("product", lambda x, y: x * y, [lambda g, out, x, y: (g * y, g * x)], arrays(normal(3), normal(3))),
    Case(
        "broadcast add", lambda x, b: x + b, [lambda g, out, x, b: (g, g.sum(axis=0))], arrays(normal(3, 2), normal(2))
    ),
    Case(
        "matmul", lambda x, y: x @ y, [lambda g, out, x, y: (g @ y.T, x.T @ g)], arrays(normal(2, 3), normal(3, 2))
    ),
    Case("softmax", softmax, [softmax_vjp], arrays(normal(2, 3))),
    Case("cross entropy", cross_entropy, [cross_entropy_vjp], arrays(normal(3, 3))),
    Case("layer norm", layer_norm, [layer_norm_vjp], arrays(normal(2, 4))),
    Case("gather", gather, [gather_vjp], arrays(normal(3, 2))),
    Case("mean", np.mean, [lambda g, out, x: (np.full_like(x, g / x.size),)], arrays(normal(2, 3))),
    Case("determinant", np.linalg.det, [determinant_vjp], arrays(normal(3, 3))),
    Case("inverse", np.linalg.inv, [inverse_vjp], arrays(lambda rng: 3 * np.eye(3) + rng.normal(size=(3, 3)))),
    Case("arctan2", np.arctan2, [lambda g, o, y, x: (g * x / (x * x + y * y), -g * y / (x * x + y * y))],
         arrays(normal(3), normal(3))),
    Case("complex square", complex_square, [complex_square_vjp], arrays(normal(3), normal(3))),
    Case("attention weights", attention, [attention_vjp], arrays(normal(2, 3), normal(3, 3))),
    Case("convolution", lambda x, w: np.convolve(x, w, "valid"), [convolution_vjp], arrays(normal(6), normal(3))),
    Case("power", np.power, [lambda g, out, x, y: (g * y * x ** (y - 1), g * out * np.log(x))],
         arrays(between(0.3, 3, 3), normal(3))),
    Case("product of all", np.prod, [lambda g, out, x: (g * out / x,)], arrays(between(0.3, 3, 5))),
    Case("cumulative sum", np.cumsum, [lambda g, out, x: (np.cumsum(g[::-1])[::-1],)], arrays(normal(5))),
    Case("quadratic form", lambda x, a: x @ a @ x, [lambda g, out, x, a: (g * (a + a.T) @ x, g * np.outer(x, x))],
         arrays(normal(3), normal(3, 3))),
    Case("sine and cosine", lambda x: np.concatenate([np.sin(x), np.cos(x)]),
         [lambda g, out, x: (g[: x.size] * np.cos(x) - g[x.size :] * np.sin(x),)], arrays(normal(3))),
]  # fmt: skip
