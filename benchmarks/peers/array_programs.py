"""Functions that NumPy, HIPS autograd and JAX spell alike; `np` is the library's namespace."""

from __future__ import annotations

from typing import Any

import numpy

Array = Any


def elementwise(np: Any, x: Array) -> Array:
    return (np.tanh(x) * np.exp(-x * x) + x * np.sin(x)).sum()


def rosenbrock(np: Any, x: Array) -> Array:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def cross_entropy(np: Any, z: Array, t: Array) -> Array:
    """The mean of −log softmax(z)[t] over the rows."""
    shifted = z - np.max(z, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(log_p[numpy.arange(len(t)), t])


def mlp(np: Any, layers: Any, x: Array, t: Array) -> Array:
    *hidden, (w, b) = layers
    for v, c in hidden:
        x = np.maximum(x @ v + c, 0)
    return cross_entropy(np, x @ w + b, t)


def sigmoid(np: Any, x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def two_two_one(np: Any, p: Any, x: Array, t: float) -> Array:
    """The squared error of one person; `p` is W₁, b₁, w₂, b₂."""
    w1, b1, w2, b2 = p
    return ((sigmoid(np, sigmoid(np, x @ w1 + b1) @ w2 + b2) - t) ** 2).sum()


def two_two_one_arrays(p: Array) -> list[Array]:
    """The nine numbers as arrays: W₁ of shape (2, 2) with a column for each neuron, b₁, w₂, b₂."""
    return [numpy.ascontiguousarray(p[:4].reshape(2, 2).T), p[6:8].copy(), p[4:6].copy(), p[8:].copy()]


def layer_norm(np: Any, x: Array, gain: Array, bias: Array) -> Array:
    centred = x - np.mean(x, axis=-1, keepdims=True)
    return centred / np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + 1e-5) * gain + bias


def gelu(np: Any, x: Array) -> Array:
    return 0.5 * x * (1 + np.tanh((2 / numpy.pi) ** 0.5 * (x + 0.044715 * x * x * x)))


def attention(np: Any, x: Array, heads: int, mask: Array) -> Array:
    """Causal self-attention of queries, keys and values that lie side by side: (batch, time, 3·width) → (…, width)."""
    batch, time, width = x.shape[0], x.shape[1], x.shape[2] // 3
    q, k, v = np.transpose(x.reshape(batch, time, 3, heads, width // heads), (2, 0, 3, 1, 4))
    scores = q @ np.swapaxes(k, -1, -2) * (width // heads) ** -0.5 + mask
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return np.transpose(e / np.sum(e, axis=-1, keepdims=True) @ v, (0, 2, 1, 3)).reshape(batch, time, width)


def gpt(np: Any, p: Any, tokens: Array, targets: Array, heads: int) -> Array:
    """The mean cross-entropy of the next token; `p` as in `starts.gpt`."""
    time = tokens.shape[1]
    mask = numpy.triu(numpy.full((time, time), -1e9, numpy.float32), 1)
    x = p[0][tokens] + p[1]
    for i in range(2, len(p) - 3, 12):
        g1, c1, w_qkv, b_qkv, w_out, b_out, g2, c2, w_up, b_up, w_down, b_down = p[i : i + 12]
        x = x + attention(np, layer_norm(np, x, g1, c1) @ w_qkv + b_qkv, heads, mask) @ w_out + b_out
        x = x + gelu(np, layer_norm(np, x, g2, c2) @ w_up + b_up) @ w_down + b_down
    z = layer_norm(np, x, p[-3], p[-2]) @ p[-1]
    return cross_entropy(np, z.reshape(-1, z.shape[-1]), targets.ravel())
