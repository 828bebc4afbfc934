"""The derivatives written by hand: what every other result is compared with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from suite.starts import Start

from peers.array_programs import two_two_one_arrays
from peers.numpy_gpt import gpt, scalar_gpt
from peers.numpy_images import convnet, lenet
from peers.numpy_lstm import lstm

__all__ = ["convnet", "gpt", "lenet", "lstm", "scalar_gpt"]
importing = "numpy"


# One operation: the chain on NumPy's own numbers and arrays, and its rule as often.


def scalar_add_1(s: Start) -> Any:
    return _sums(np.float64(s.x), np.float64(s.c), s.n, lambda gx, gc: (gx,))


def scalar_add_2(s: Start) -> Any:
    return _sums(np.float64(s.x), np.float64(s.c), s.n, lambda gx, gc: (gx, gc))


def array_add(s: Start) -> Any:
    return _sums(s.x, s.near_one, s.n, lambda gx, gc: (gx, gc))


def _sums(x: Any, c: Any, n: int, wanted: Any) -> Any:
    def forward() -> Any:
        y = x
        for _ in range(n):
            y = y + c
        return y

    def backward(y: Any) -> Any:
        g, gc = np.ones_like(y)[()], np.zeros_like(y)[()]
        for _ in range(n):
            gc = gc + g
        return wanted(g, gc)

    return forward, backward


def scalar_exp(s: Start) -> Any:
    def forward() -> Any:
        y, kept = np.float64(s.x), []
        for _ in range(s.n // 2):
            y = np.exp(-y)
            kept.append(y)
        return kept

    def backward(kept: Any) -> Any:
        g = np.float64(1)
        for y in reversed(kept):
            g = -(g * y)
        return (g,)

    return forward, backward


def array_mul(s: Start) -> Any:
    def forward() -> Any:
        y, kept = s.x, []
        for _ in range(s.n):
            kept.append(y)
            y = y * s.near_one
        return kept

    def backward(kept: Any) -> Any:
        g, gc = np.ones((4, 4)), np.zeros((4, 4))
        for y in reversed(kept):
            gc = gc + g * y
            g = g * s.near_one
        return g, gc

    return forward, backward


def array_matmul(s: Start) -> Any:
    def forward() -> Any:
        y, kept = s.x, []
        for _ in range(s.n):
            kept.append(y)
            y = y @ s.turn
        return kept

    def backward(kept: Any) -> Any:
        g, gc = np.ones((4, 4)), np.zeros((4, 4))
        for y in reversed(kept):
            gc = gc + y.T @ g
            g = g @ s.turn.T
        return g, gc

    return forward, backward


def square(s: Start) -> Any:
    derivative = lambda x: 2 * x
    return (lambda: (derivative(s.x),),)


# Networks.


def moons(s: Start) -> Any:
    layers = [(w.copy(), b.copy()) for w, b in s.layers]

    def step() -> Any:
        inputs, x = [], s.x
        for w, b in layers:
            inputs.append(x)
            z = x @ w.T + b
            x = np.maximum(z, 0)
        margin = 1 - s.t * z[:, 0]
        loss = np.maximum(margin, 0).mean() + s.decay * sum((w * w).sum() + (b * b).sum() for w, b in layers)
        g, gradients = np.where(margin > 0, -s.t, 0)[:, None] / len(s.t), []
        for (w, b), x in zip(reversed(layers), reversed(inputs), strict=True):
            gradients.append((g.T @ x + 2 * s.decay * w, g.sum(axis=0) + 2 * s.decay * b))
            g = (g @ w) * (x > 0)
        gradients.reverse()
        for (w, b), (gw, gb) in zip(layers, gradients, strict=True):
            np.subtract(w, s.rate * gw, out=w)
            np.subtract(b, s.rate * gb, out=b)
        return loss, np.concatenate([g.ravel() for pair in gradients for g in pair])

    return (step,)


moons_replayed, scalar_gpt_replayed = moons, scalar_gpt


def two_sigmoid(s: Start) -> Any:
    """On Python's floats."""

    def epochs() -> Any:
        a, b, c, d, u, v, p, q, r = s.p.tolist()
        f = lambda z: 1 / (1 + math.exp(-z))
        for _ in range(s.epochs):
            for (x, y), t in s.people:
                h, k = f(a * x + b * y + p), f(c * x + d * y + q)
                o = f(u * h + v * k + r)
                g = -2 * (t - o) * o * (1 - o) * s.rate
                gh, gk = g * u * h * (1 - h), g * v * k * (1 - k)
                a, b, p = a - gh * x, b - gh * y, p - gh
                c, d, q = c - gk * x, d - gk * y, q - gk
                u, v, r = u - g * h, v - g * k, r - g
        return (np.array([a, b, c, d, u, v, p, q, r]),)

    return (epochs,)


two_elementary = two_replayed = two_sigmoid


def two_arrays(s: Start) -> Any:
    people = [(np.array(x), t) for x, t in s.people]

    def epochs() -> Any:
        w1, b1, w2, b2 = two_two_one_arrays(s.p)
        f = lambda z: 1 / (1 + np.exp(-z))
        for _ in range(s.epochs):
            for x, t in people:
                h = f(x @ w1 + b1)
                o = f(h @ w2 + b2)
                g = 2 * (o - t) * o * (1 - o)
                gh = g * w2 * h * (1 - h)
                w2 -= s.rate * g * h
                b2 -= s.rate * g
                w1 -= s.rate * np.outer(x, gh)
                b1 -= s.rate * gh
        return w1, b1, w2, b2

    return (epochs,)


two_nn = two_arrays


def mlp(s: Start) -> Any:
    (w1, b1), (w2, b2), (w3, b3) = [(w.copy(), b.copy()) for w, b in s.layers]

    def epoch() -> Any:
        total = 0.0
        for start in range(0, len(s.x), s.batch):
            x, t = s.x[start : start + s.batch], s.t[start : start + s.batch]
            n, rows = len(x), np.arange(len(x))
            z1 = x @ w1 + b1
            h1 = np.maximum(z1, 0)
            z2 = h1 @ w2 + b2
            h2 = np.maximum(z2, 0)
            z3 = h2 @ w3 + b3
            shifted = z3 - z3.max(axis=1, keepdims=True)
            log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            total += float(-log_p[rows, t].mean()) * n
            d = np.exp(log_p)  # (softmax - onehot) / n, and the chain rule layer by layer
            d[rows, t] -= 1
            d /= n
            gw3, gb3 = h2.T @ d, d.sum(axis=0)
            d = (d @ w3.T) * (z2 > 0)
            gw2, gb2 = h1.T @ d, d.sum(axis=0)
            d = (d @ w2.T) * (z1 > 0)
            gw1, gb1 = x.T @ d, d.sum(axis=0)
            for parameter, gradient in ((w1, gw1), (b1, gb1), (w2, gw2), (b2, gb2), (w3, gw3), (b3, gb3)):
                np.subtract(parameter, s.rate * gradient, out=parameter)
        return total / len(s.x), w1, b1, w2, b2, w3, b3

    return (epoch,)


mlp_32 = mlp_128 = mlp_512 = mlp_values = mlp


# Functions of many numbers.


def elementwise(s: Start) -> Any:
    def step() -> Any:
        x = s.x
        t, e, sine = np.tanh(x), np.exp(-x * x), np.sin(x)
        te = t * e
        return (te + x * sine).sum(), (1 - t * t) * e - 2 * x * te + sine + x * np.cos(x)

    return (step,)


blocked = elementwise


def hessian(s: Start) -> Any:
    """2 + 1200x² − 400x⁺ on the diagonal and −400x beside it; each f term is of xᵢ and its neighbour x⁺."""

    def step() -> Any:
        x, n = s.x, len(s.x)
        h, i = np.zeros((n, n)), np.arange(n - 1)
        h[i, i] = 2 + 1200 * x[:-1] ** 2 - 400 * x[1:]
        h[i + 1, i + 1] += 200
        h[i, i + 1] = h[i + 1, i] = -400 * x[:-1]
        return (h,)

    return (step,)


def hvp(s: Start) -> Any:
    def step() -> Any:
        x, v = s.x, s.v
        out, beside = np.zeros_like(x), -400 * x[:-1]
        out[:-1] = (2 + 1200 * x[:-1] ** 2 - 400 * x[1:]) * v[:-1] + beside * v[1:]
        out[1:] += 200 * v[1:] + beside * v[:-1]
        return (out,)

    return (step,)


def chain(s: Start) -> Any:
    def forward() -> Any:
        y = np.float64(s.x)
        for _ in range(s.n // 2):
            y = y * 1.0000001
            y = y + 1e-9
        return y

    def backward(y: Any) -> Any:
        g = np.float64(1)
        for _ in range(s.n // 2):
            g = g * 1.0000001
        return y, g

    return forward, backward, lambda results: results
