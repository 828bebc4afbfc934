"""Two convolution nets with their derivatives written by hand, with the batch innermost in memory: (channels, H, W, batch)."""

from __future__ import annotations

from typing import Any

import numpy as np
from suite.starts import Start

from peers.numpy_gpt import cross_entropy

Array = Any


def columns(x: Array, k: int) -> Array:
    """The k × k windows of each channel, one below the other: (channels · k², places · batch)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), (1, 2))
    return windows.transpose(0, 4, 5, 1, 2, 3).reshape(x.shape[0] * k * k, -1)


def convolve(x: Array, w: Array, pad: int) -> tuple[Array, Array]:
    """The output, and the columns."""
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0))) if pad else x
    k = w.shape[-1]
    patches = columns(x, k)
    return (w.reshape(len(w), -1) @ patches).reshape(len(w), x.shape[1] - k + 1, x.shape[2] - k + 1, -1), patches


def weight_back(g: Array, patches: Array, w: Array) -> Array:
    return (g.reshape(len(w), -1) @ patches.T).reshape(w.shape)


def image_back(g: Array, w: Array, pad: int) -> Array:
    """The cotangent of the image: what each tap of the windows receives, added where it was read."""
    o, c, k, _ = w.shape
    _, h, width, n = g.shape
    taps = (w.reshape(o, -1).T @ g.reshape(o, -1)).reshape(c, k, k, h, width, n)
    x = np.zeros((c, h + k - 1, width + k - 1, n), g.dtype)
    for i in range(k):
        for j in range(k):
            x[:, i : i + h, j : j + width] += taps[:, i, j]
    return x[:, pad : x.shape[1] - pad, pad : x.shape[2] - pad]


def pool(x: Array) -> Array:
    return np.maximum(np.maximum(x[:, ::2, ::2], x[:, ::2, 1::2]), np.maximum(x[:, 1::2, ::2], x[:, 1::2, 1::2]))


def pool_back(g: Array, top: Array, x: Array) -> Array:
    result = np.empty_like(x)
    for i in (0, 1):
        for j in (0, 1):
            np.multiply(x[:, i::2, j::2] == top, g, out=result[:, i::2, j::2])
    return result


def norm(x: Array, gain: Array, bias: Array) -> tuple[Array, Any]:
    flat = x.reshape(len(x), -1)
    unit = flat - flat.mean(axis=1, keepdims=True)
    scale = 1 / np.sqrt((unit * unit).mean(axis=1, keepdims=True) + 1e-5)
    unit *= scale
    return (unit * gain[:, None] + bias[:, None]).reshape(x.shape), (unit, scale)


def norm_back(g: Array, kept: Any, gain: Array) -> tuple[Array, Array, Array]:
    unit, scale = kept
    flat = g.reshape(unit.shape)
    total, product = flat.sum(axis=1), (flat * unit).sum(axis=1)
    n = flat.shape[1]
    gx = (gain[:, None] * scale) * (flat - total[:, None] / n - unit * (product[:, None] / n))
    return gx.reshape(g.shape), product, total


def descend(p: list[Array], gradients: list[Array], rate: float) -> None:
    for a, g in zip(p, gradients, strict=True):
        np.subtract(a, rate * g, out=a)


def lenet(s: Start) -> Any:
    p = [a.copy() for a in s.p]

    def step() -> Any:
        w1, b1, w2, b2, w3, b3 = p
        y1, c1 = convolve(np.ascontiguousarray(s.x.transpose(1, 2, 3, 0)), w1, 0)
        h1 = np.maximum(y1 + b1[:, None, None, None], 0)
        p1 = pool(h1)
        y2, c2 = convolve(p1, w2, 0)
        h2 = np.maximum(y2 + b2[:, None, None, None], 0)
        p2 = pool(h2)
        flat = p2.reshape(-1, len(s.x)).T
        loss, d = cross_entropy(flat @ w3 + b3, s.t)
        d2 = pool_back((w3 @ d.T).reshape(p2.shape), p2, h2) * (h2 > 0)
        d1 = pool_back(image_back(d2, w2, 0), p1, h1) * (h1 > 0)
        gradients = [weight_back(d1, c1, w1), d1.sum(axis=(1, 2, 3)), weight_back(d2, c2, w2), d2.sum(axis=(1, 2, 3)),
                     flat.T @ d, d.sum(axis=0)]  # fmt: skip
        descend(p, gradients, s.rate)
        return loss, *gradients

    return (step,)


def convnet(s: Start) -> Any:
    p = [a.copy() for a in s.p]

    def step() -> Any:
        x, kept = np.ascontiguousarray(s.x.transpose(1, 2, 3, 0)), []
        for w, gain, bias in zip(p[0:-2:3], p[1:-2:3], p[2:-2:3], strict=True):
            y, patches = convolve(x, w, 1)
            y, statistics = norm(y, gain, bias)
            h = np.maximum(y, 0)
            x = pool(h)
            kept.append((w, gain, patches, statistics, h, x))
        places = x.shape[1] * x.shape[2]
        mean = x.mean(axis=(1, 2)).T
        loss, d = cross_entropy(mean @ p[-2] + p[-1], s.t)
        g = np.broadcast_to((p[-2] @ d.T / places)[:, None, None], x.shape)
        gradients = [d.sum(axis=0), mean.T @ d]
        for i, (w, gain, patches, statistics, h, top) in enumerate(reversed(kept)):
            g = pool_back(g, top, h) * (h > 0)
            g, of_gain, of_bias = norm_back(g, statistics, gain)
            gradients += [of_bias, of_gain, weight_back(g, patches, w)]
            g = image_back(g, w, 1) if i < len(kept) - 1 else None
        gradients.reverse()
        descend(p, gradients, s.rate)
        return loss, *gradients

    return (step,)
