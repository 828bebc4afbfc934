"""An LSTM and its derivatives by hand, in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from suite.starts import Start


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def lstm(s: Start) -> Any:
    w_ih, w_hh, b_ih, b_hh = (p.copy() for p in s.p)
    steps, batch, width = s.x.shape

    def step() -> Any:
        pre = s.x @ w_ih.T + (b_ih + b_hh)
        h, c = np.zeros((2, steps + 1, batch, width), np.float32)
        gates, squashed = np.empty_like(pre), np.empty_like(s.x)
        for t in range(steps):
            i, f, g, o = np.split(pre[t] + h[t] @ w_hh.T, 4, axis=1)
            i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
            c[t + 1] = f * c[t] + i * g
            squashed[t] = np.tanh(c[t + 1])
            h[t + 1] = o * squashed[t]
            gates[t] = np.concatenate([i, f, g, o], axis=1)
        error = h[1:] - s.target
        d, dh, dc = np.empty_like(pre), np.zeros_like(h[0]), np.zeros_like(h[0])
        for t in reversed(range(steps)):
            i, f, g, o = np.split(gates[t], 4, axis=1)
            dh = dh + error[t] * (2 / error.size)
            dc = dc + dh * o * (1 - squashed[t] ** 2)
            d[t] = np.concatenate(
                [dc * g * i * (1 - i), dc * c[t] * f * (1 - f), dc * i * (1 - g * g), dh * squashed[t] * o * (1 - o)],
                axis=1,
            )
            dh, dc = d[t] @ w_hh, dc * f
        flat = d.reshape(-1, 4 * width)
        bias = flat.sum(axis=0)
        gradients = flat.T @ s.x.reshape(-1, width), flat.T @ h[:-1].reshape(-1, width), bias, bias
        for parameter, gradient in zip((w_ih, w_hh, b_ih, b_hh), gradients, strict=True):
            np.subtract(parameter, s.rate * gradient, out=parameter)
        return (error * error).mean(), *gradients

    return (step,)
