"""Two GPTs with their derivatives written by hand: GPT-2's architecture, and the one that is written on scalars."""

from __future__ import annotations

from typing import Any

import numpy as np
from suite.starts import Start

Array = Any


def attend(q: Array, k: Array, v: Array, mask: Array) -> tuple[Array, Array]:
    """softmax(qkᵀ/√d + mask) v, and the softmax."""
    scores = q @ k.swapaxes(-1, -2) * q.shape[-1] ** -0.5 + mask
    scores -= scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ v, weights


def attend_back(g: Array, weights: Array, q: Array, k: Array, v: Array) -> tuple[Array, Array, Array]:
    """The cotangents of q, k and v."""
    gw = g @ v.swapaxes(-1, -2)
    gs = weights * (gw - (gw * weights).sum(axis=-1, keepdims=True)) * q.shape[-1] ** -0.5
    return gs @ k, gs.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ g


def cross_entropy(z: Array, t: Array) -> tuple[Array, Array]:
    """The mean of −log softmax(z)[t] over the rows, and its gradient (softmax − onehot) / rows."""
    rows = np.arange(len(t))
    shifted = z - z.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    g = np.exp(log_p)
    g[rows, t] -= 1
    g /= len(t)
    return -log_p[rows, t].mean(), g


# GPT-2.


def norm(x: Array, gain: Array, bias: Array) -> tuple[Array, Any]:
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-5)
    unit = centred * scale
    return unit * gain + bias, (unit, scale)


def norm_back(g: Array, kept: Any, gain: Array) -> tuple[Array, Array, Array]:
    unit, scale = kept
    flat, gu = g.reshape(-1, g.shape[-1]), g * gain
    gx = scale * (gu - gu.mean(axis=-1, keepdims=True) - unit * (gu * unit).mean(axis=-1, keepdims=True))
    return gx, (flat * unit.reshape(flat.shape)).sum(axis=0), flat.sum(axis=0)


def gelu(x: Array) -> tuple[Array, Array]:
    """x/2 · (1 + tanh u) with u = √(2/π)(x + 0.044715x³), and the tanh."""
    t = np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x * x * x))
    return 0.5 * x * (1 + t), t


def gelu_back(g: Array, x: Array, t: Array) -> Array:
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (2 / np.pi) ** 0.5 * (1 + 3 * 0.044715 * x * x))


def linear_back(g: Array, x: Array, w: Array) -> tuple[Array, Array, Array]:
    flat = g.reshape(-1, g.shape[-1])
    return (flat @ w.T).reshape(x.shape), x.reshape(-1, x.shape[-1]).T @ flat, flat.sum(axis=0)


def block(x: Array, p: list[Array], heads: int, mask: Array) -> tuple[Array, Any]:
    g1, c1, w_qkv, b_qkv, w_out, b_out, g2, c2, w_up, b_up, w_down, b_down = p
    batch, time, width = x.shape
    a, norm1 = norm(x, g1, c1)
    q, k, v = (a @ w_qkv + b_qkv).reshape(batch, time, 3, heads, width // heads).transpose(2, 0, 3, 1, 4)
    mixed, weights = attend(q, k, v, mask)
    joined = mixed.transpose(0, 2, 1, 3).reshape(x.shape)
    x = x + joined @ w_out + b_out
    c, norm2 = norm(x, g2, c2)
    up = c @ w_up + b_up
    h, t = gelu(up)
    return x + h @ w_down + b_down, (a, norm1, q, k, v, weights, joined, c, norm2, up, h, t)


def block_back(g: Array, kept: Any, p: list[Array]) -> tuple[Array, list[Array]]:
    g1, _, w_qkv, _, w_out, _, g2, _, w_up, _, w_down, _ = p
    a, norm1, q, k, v, weights, joined, c, norm2, up, h, t = kept
    batch, heads, time, size = q.shape
    gh, gw_down, gb_down = linear_back(g, h, w_down)
    gc, gw_up, gb_up = linear_back(gelu_back(gh, up, t), c, w_up)
    gx, gg2, gc2 = norm_back(gc, norm2, g2)
    g = g + gx
    gj, gw_out, gb_out = linear_back(g, joined, w_out)
    gm = gj.reshape(batch, time, heads, size).transpose(0, 2, 1, 3)
    gqkv = np.stack(attend_back(gm, weights, q, k, v)).transpose(1, 3, 0, 2, 4).reshape(batch, time, -1)
    ga, gw_qkv, gb_qkv = linear_back(gqkv, a, w_qkv)
    gx, gg1, gc1 = norm_back(ga, norm1, g1)
    return g + gx, [gg1, gc1, gw_qkv, gb_qkv, gw_out, gb_out, gg2, gc2, gw_up, gb_up, gw_down, gb_down]


def gpt(s: Start) -> Any:
    p = [a.copy() for a in s.p]
    time, targets = s.tokens.shape[1], s.targets.ravel()
    mask = np.triu(np.full((time, time), -1e9, np.float32), 1)
    blocks = range(2, len(p) - 3, 12)

    def step() -> Any:
        x, kept = p[0][s.tokens] + p[1], []
        for i in blocks:
            x, needed = block(x, p[i : i + 12], s.heads, mask)
            kept.append(needed)
        y, last = norm(x, p[-3], p[-2])
        loss, g = cross_entropy((y @ p[-1]).reshape(len(targets), -1), targets)
        g, g_head, _ = linear_back(g, y, p[-1])
        g, g_gain, g_bias = norm_back(g, last, p[-3])
        gradients = [g_gain, g_bias, g_head]
        for i in reversed(blocks):
            g, found = block_back(g, kept.pop(), p[i : i + 12])
            gradients = found + gradients
        wte = np.zeros_like(p[0])
        np.add.at(wte, s.tokens, g)
        gradients = [wte, g.sum(axis=0), *gradients]
        for a, ga in zip(p, gradients, strict=True):
            np.subtract(a, s.rate * ga, out=a)
        return loss, *gradients

    return (step,)


# The GPT on scalars: RMS norms, ReLU, no biases, one text.


def rms(x: Array) -> tuple[Array, Array]:
    scale = ((x * x).mean(axis=-1, keepdims=True) + 1e-5) ** -0.5
    return x * scale, scale


def rms_back(g: Array, x: Array, scale: Array) -> Array:
    return g * scale - x * scale**3 * (g * x).mean(axis=-1, keepdims=True)


def scalar_gpt(s: Start) -> Any:
    p = {name: matrix.copy() for name, matrix in s.p.items()}
    before, after = s.tokens[:-1], s.tokens[1:]
    time = len(before)
    mask = np.triu(np.full((time, time), -np.inf), 1)

    def step() -> Any:
        split = lambda a: a.reshape(time, s.heads, -1).transpose(1, 0, 2)
        join = lambda a: a.transpose(1, 0, 2).reshape(time, -1)
        x0 = p["wte"][before] + p["wpe"]
        x1, scale0 = rms(x0)
        a, scale1 = rms(x1)
        q, k, v = (split(a @ p[name].T) for name in ("wq", "wk", "wv"))
        mixed, weights = attend(q, k, v, mask)
        joined = join(mixed)
        x2 = x1 + joined @ p["wo"].T
        c, scale2 = rms(x2)
        up = c @ p["fc1"].T
        h = np.maximum(up, 0)
        x3 = x2 + h @ p["fc2"].T
        loss, g = cross_entropy(x3 @ p["head"].T, after)
        d = {"head": g.T @ x3}
        g = g @ p["head"]
        d["fc2"] = g.T @ h
        gu = (g @ p["fc2"]) * (up > 0)
        d["fc1"] = gu.T @ c
        g = g + rms_back(gu @ p["fc1"], x2, scale2)
        d["wo"] = g.T @ joined
        parts = [join(part) for part in attend_back(split(g @ p["wo"]), weights, q, k, v)]
        for name, part in zip(("wq", "wk", "wv"), parts, strict=True):
            d[name] = part.T @ a
        ga = sum(part @ p[name] for name, part in zip(("wq", "wk", "wv"), parts, strict=True))
        g = rms_back(g + rms_back(ga, x1, scale1), x0, scale0)
        d["wte"], d["wpe"] = np.zeros_like(p["wte"]), g
        np.add.at(d["wte"], before, g)
        for name, matrix in p.items():
            np.subtract(matrix, s.rate * d[name], out=matrix)
        return loss, np.concatenate([d[name].ravel() for name in p])

    return (step,)
