"""Functions as scientists write them: losses and layers."""

from __future__ import annotations

import numpy as np

from ..case import Case, arrays, normal
from .common import logsumexp, sigmoid, softmax

CASES: list[Case] = []
_R = np.random.default_rng(20261)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, **options))


# --- losses -----------------------------------------------------------------------------------------------------------
_HX, _HY = _R.normal(size=(15, 4)), _R.normal(size=15) * 2


def huber_regression(w, b):
    r = _HX @ w + b - _HY
    a = np.abs(r)
    return np.mean(np.where(a <= 1, 0.5 * r**2, a - 0.5))


def huber_regression_vjp(g, out, w, b):
    d = g * np.clip(_HX @ w + b - _HY, -1, 1) / len(_HY)
    return _HX.T @ d, d.sum()


add("huber regression", huber_regression, huber_regression_vjp, arrays(normal(4), normal()))

_LS = _R.integers(0, 4, size=6)
_LST = 0.9 * np.eye(4)[_LS] + 0.1 / 4


def smoothed_cross_entropy(z):
    return -np.mean(np.sum(_LST * (z - logsumexp(z)[:, None]), axis=1))


def smoothed_cross_entropy_vjp(g, out, z):
    return (g * (softmax(z) - _LST) / len(z),)


add("label-smoothed cross-entropy", smoothed_cross_entropy, smoothed_cross_entropy_vjp, arrays(normal(6, 4, scale=2)))

_FT = _R.integers(0, 2, size=12)


def focal(z):
    p = sigmoid(z)
    pt = np.where(_FT == 1, p, 1 - p)
    return -np.sum((1 - pt) ** 2 * np.log(pt))


def focal_vjp(g, out, z):
    p = sigmoid(z)
    pt = np.where(_FT == 1, p, 1 - p)
    d = 2 * (1 - pt) * np.log(pt) - (1 - pt) ** 2 / pt
    return (g * d * p * (1 - p) * np.where(_FT == 1, 1, -1),)


add("focal loss", focal, focal_vjp, arrays(normal(12, scale=1.5)))

_DT = _R.integers(0, 2, size=15).astype(float)


def dice(z):
    p = sigmoid(z)
    return 1 - (2 * np.sum(p * _DT) + 1) / (np.sum(p) + np.sum(_DT) + 1)


def dice_vjp(g, out, z):
    p = sigmoid(z)
    num, den = 2 * np.sum(p * _DT) + 1, np.sum(p) + np.sum(_DT) + 1
    return (-g * (2 * _DT / den - num / den**2) * p * (1 - p),)


add("dice loss", dice, dice_vjp, arrays(normal(15)))


def info_nce(q, k):
    qn = q / np.sqrt((q**2).sum(1, keepdims=True))
    kn = k / np.sqrt((k**2).sum(1, keepdims=True))
    s = qn @ kn.T / 0.2
    return np.mean(logsumexp(s) - np.diag(s))


def info_nce_vjp(g, out, q, k):
    lq, lk = np.sqrt((q**2).sum(1, keepdims=True)), np.sqrt((k**2).sum(1, keepdims=True))
    qn, kn = q / lq, k / lk
    s = qn @ kn.T / 0.2
    ds = g * (softmax(s) - np.eye(len(q))) / len(q) / 0.2
    dq, dk = ds @ kn, ds.T @ qn
    return ((dq - qn * (dq * qn).sum(1, keepdims=True)) / lq, (dk - kn * (dk * kn).sum(1, keepdims=True)) / lk)


add("contrastive loss (InfoNCE)", info_nce, info_nce_vjp, arrays(normal(4, 5), normal(4, 5)))


def triplet(a, p, n):
    return np.log1p(np.exp(np.sum((a - p) ** 2, -1) - np.sum((a - n) ** 2, -1) + 0.3))


def triplet_vjp(g, out, a, p, n):
    s = (g * sigmoid(np.sum((a - p) ** 2, -1) - np.sum((a - n) ** 2, -1) + 0.3))[:, None]
    return 2 * s * (n - p), -2 * s * (a - p), 2 * s * (a - n)


add(
    "soft-margin triplet",
    triplet,
    triplet_vjp,
    arrays(normal(4, 3, scale=0.6), normal(4, 3, scale=0.6), normal(4, 3, scale=0.6)),
)

# --- layers -----------------------------------------------------------------------------------------------------------


def layer_norm(x, gamma, beta):
    c = x - x.mean(1, keepdims=True)
    return gamma * c / np.sqrt((c**2).mean(1, keepdims=True) + 1e-5) + beta


def layer_norm_vjp(g, out, x, gamma, beta):
    c = x - x.mean(1, keepdims=True)
    s = np.sqrt((c**2).mean(1, keepdims=True) + 1e-5)
    h = c / s
    d = g * gamma
    dx = (d - d.mean(1, keepdims=True) - h * (d * h).mean(1, keepdims=True)) / s
    return dx, (g * h).sum(0), g.sum(0)


add("layer norm with gain and bias", layer_norm, layer_norm_vjp, arrays(normal(4, 6, shift=1), normal(6), normal(6)))


def gru_cell(x, h, w, u):
    a, b = w @ x, u @ h
    z, r = sigmoid(a[:4] + b[:4]), sigmoid(a[4:8] + b[4:8])
    n = np.tanh(a[8:] + r * b[8:])
    return (1 - z) * n + z * h


def gru_cell_vjp(g, out, x, h, w, u):
    a, b = w @ x, u @ h
    z, r = sigmoid(a[:4] + b[:4]), sigmoid(a[4:8] + b[4:8])
    n = np.tanh(a[8:] + r * b[8:])
    dn = g * (1 - z) * (1 - n**2)
    dz = g * (h - n) * z * (1 - z)
    dr = dn * b[8:] * r * (1 - r)
    da = np.concatenate([dz, dr, dn])
    db = np.concatenate([dz, dr, dn * r])
    return w.T @ da, u.T @ db + g * z, np.outer(da, x), np.outer(db, h)


add(
    "GRU cell",
    gru_cell,
    gru_cell_vjp,
    arrays(normal(3), normal(4, scale=0.5), normal(12, 3, scale=0.6), normal(12, 4, scale=0.5)),
)


def attention(q, k, v):
    return softmax(q @ k.T / np.sqrt(q.shape[1])) @ v


def attention_vjp(g, out, q, k, v):
    c = np.sqrt(q.shape[1])
    p = softmax(q @ k.T / c)
    dp = g @ v.T
    ds = p * (dp - (dp * p).sum(1, keepdims=True)) / c
    return ds @ k, ds.T @ q, p.T @ g


add("dot-product attention", attention, attention_vjp, arrays(normal(3, 4), normal(5, 4), normal(5, 2)))

_GC = 0.7978845608028654


def geglu(x, w):
    a = x @ w
    u, v = a[:, :3], a[:, 3:]
    return 0.5 * u * (1 + np.tanh(_GC * (u + 0.044715 * u**3))) * v


def geglu_vjp(g, out, x, w):
    a = x @ w
    u, v = a[:, :3], a[:, 3:]
    t = np.tanh(_GC * (u + 0.044715 * u**3))
    gelu = 0.5 * u * (1 + t)
    dgelu = 0.5 * (1 + t) + 0.5 * u * (1 - t**2) * _GC * (1 + 3 * 0.044715 * u**2)
    da = np.concatenate([g * v * dgelu, g * gelu], axis=1)
    return da @ w.T, x.T @ da


add("GEGLU layer", geglu, geglu_vjp, arrays(normal(3, 4), normal(4, 6, scale=0.6)))


def conv2d(x, k):
    n, m = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    return np.tanh(sum(k[i, j] * x[i : i + n, j : j + m] for i in range(k.shape[0]) for j in range(k.shape[1])))


def conv2d_vjp(g, out, x, k):
    d = g * (1 - out**2)
    dx, dk = np.zeros_like(x), np.zeros_like(k)
    n, m = d.shape
    for i in range(k.shape[0]):
        for j in range(k.shape[1]):
            dx[i : i + n, j : j + m] += k[i, j] * d
            dk[i, j] = np.sum(d * x[i : i + n, j : j + m])
    return dx, dk


add("2-d convolution and tanh", conv2d, conv2d_vjp, arrays(normal(6, 6), normal(3, 3, scale=0.4)))
