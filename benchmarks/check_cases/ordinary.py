"""Functions as people in science and machine learning write them, several inputs of different shapes, at ordinary points."""

from __future__ import annotations

import math

import numpy as np

from .case import Case, arrays, between, normal
from .smooth import sigmoid, softmax, softmax_vjp

_rng = np.random.default_rng(20)
_X, _Y = _rng.normal(size=(7, 4)), _rng.normal(size=7)
_LABELS = _rng.integers(0, 2, size=7)
_COUNTS = _rng.poisson(2.0, size=7)
_IDS = np.array([0, 3, 3, 1, 4, 0])
_TIMES = np.linspace(0, 2, 41)


def regression_vjp(g, out, w, b):
    r = 2 * g * (_X @ w + b - _Y) / len(_Y)
    return _X.T @ r, r.sum()


def logistic(w):
    z = _X @ w
    return (np.logaddexp(0, z) - _LABELS * z).sum() + 0.1 * (w @ w)


def logistic_vjp(g, out, w):
    return (g * (_X.T @ (sigmoid(_X @ w) - _LABELS) + 0.2 * w),)


def poisson(w):
    return (np.exp(_X @ w) - _COUNTS * (_X @ w)).mean()


def gauss(mu, log_sigma):
    return 0.5 * ((mu - 0.3) ** 2 * np.exp(-2 * log_sigma) + 2 * log_sigma + math.log(2 * math.pi)).sum()


def gauss_vjp(g, out, mu, log_sigma):
    z = (mu - 0.3) * np.exp(-log_sigma)
    return g * z * np.exp(-log_sigma), g * (1 - z**2)


def divergence(m, s):
    """KL(N(m, eˢ) ‖ N(0, 1))."""
    return 0.5 * (np.exp(2 * s) + m**2 - 1 - 2 * s).sum()


def squared_distances(x, y):
    return ((x[:, None] - y[None]) ** 2).sum(axis=-1)


def squared_distances_vjp(g, out, x, y):
    d = 2 * g[..., None] * (x[:, None] - y[None])
    return d.sum(axis=1), -d.sum(axis=0)


def kernel(x, length):
    return np.exp(-squared_distances(x, x) / (2 * length**2))


def kernel_vjp(g, out, x, length):
    a = g * out
    pull = (a + a.T)[..., None] * (x[:, None] - x[None])
    return -pull.sum(axis=1) / length**2, (a * squared_distances(x, x)).sum() / length**3


def cosine_vjp(g, out, a, b):
    p, q = np.linalg.norm(a), np.linalg.norm(b)
    return g * (b / (p * q) - out * a / p**2), g * (a / (p * q) - out * b / q**2)


def mixture(logits, means):
    parts = np.log(softmax(logits)) - 0.5 * (_Y[:, None] - means) ** 2
    return np.log(np.exp(parts).sum(axis=1)).sum()


def mixture_vjp(g, out, logits, means):
    p = softmax(logits)
    share = softmax(np.log(p) - 0.5 * (_Y[:, None] - means) ** 2)
    return g * (share - p).sum(axis=0), g * (share * (_Y[:, None] - means)).sum(axis=0)


def network(w1, b1, w2):
    return np.tanh(_X @ w1 + b1) @ w2


def network_vjp(g, out, w1, b1, w2):
    h = np.tanh(_X @ w1 + b1)
    inner = (g @ w2.T) * (1 - h**2)
    return _X.T @ inner, inner.sum(axis=0), h.T @ g


def recurrent(w, u, h):
    for _ in range(5):
        h = np.tanh(w @ h + u)
    return h


def recurrent_vjp(g, out, w, u, h):
    states = [h]
    for _ in range(5):
        states.append(np.tanh(w @ states[-1] + u))
    gw, gu = np.zeros_like(w), np.zeros_like(u)
    for before, after in zip(states[-2::-1], states[:0:-1], strict=True):
        z = g * (1 - after**2)
        gw, gu, g = gw + np.outer(z, before), gu + z, w.T @ z
    return gw, gu, g


def solve_vjp(g, out, a, b):
    gb = np.linalg.solve(a.T, g)
    return -np.outer(gb, out), gb


def ridge(a, b):
    return np.linalg.solve(a.T @ a + 0.5 * np.eye(a.shape[1]), a.T @ b)


def ridge_vjp(g, out, a, b):
    u = np.linalg.solve(a.T @ a + 0.5 * np.eye(a.shape[1]), g)
    return np.outer(b - a @ out, u) - np.outer(a @ u, out), a @ u


def log_det(b):
    return np.linalg.slogdet(b @ b.T + np.eye(len(b)))[1]


def decay_integral(a):
    """∫₀² e^(−a t²) dt by the trapezium rule."""
    y = np.exp(-np.multiply.outer(a, _TIMES**2))
    return ((y[..., 1:] + y[..., :-1]) / 2 * np.diff(_TIMES)).sum(axis=-1)


def decay_integral_vjp(g, out, a):
    y = -(_TIMES**2) * np.exp(-np.multiply.outer(a, _TIMES**2))
    return (g * ((y[..., 1:] + y[..., :-1]) / 2 * np.diff(_TIMES)).sum(axis=-1),)


def logistic_map(x, r):
    for _ in range(6):
        x = r * x * (1 - x)
    return x


def logistic_map_vjp(g, out, x, r):
    dx, dr = np.ones_like(x), np.zeros_like(r)
    for _ in range(6):
        dx, dr, x = r * (1 - 2 * x) * dx, x * (1 - x) + r * (1 - 2 * x) * dr, r * x * (1 - x)
    return g * dx, g * dr


def interpolate(values, x):
    i = np.floor(x).astype(int)
    return values[i] * (1 - (x - i)) + values[i + 1] * (x - i)


def interpolate_vjp(g, out, values, x):
    i = np.floor(x).astype(int)
    gv = np.zeros_like(values)
    np.add.at(gv, i, g * (1 - (x - i)))
    np.add.at(gv, i + 1, g * (x - i))
    return gv, g * (values[i + 1] - values[i])


def horner(c, x):
    y = np.zeros_like(x)
    for a in c:
        y = y * x + a
    return y


def horner_vjp(g, out, c, x):
    n = len(c)
    slope = sum((n - 1 - k) * c[k] * x ** (n - 2 - k) for k in range(n - 1))
    return np.array([(g * x ** (n - 1 - k)).sum() for k in range(n)]), g * slope


def tempered(x, t):
    return softmax(x / t)


def tempered_vjp(g, out, x, t):
    (inner,) = softmax_vjp(g, out, None)
    return inner / t, -(inner * x).sum() / t**2


def batch_norm(x, scale, shift):
    return scale * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + shift


def batch_norm_vjp(g, out, x, scale, shift):
    std = np.sqrt(x.var(axis=0) + 1e-5)
    z = (x - x.mean(axis=0)) / std
    gx = scale / std * (g - g.mean(axis=0) - z * (g * z).mean(axis=0))
    return gx, (g * z).sum(axis=0), g.sum(axis=0)


def filtered(image, kernel):
    n, m = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return sum(k * image[i : i + n, j : j + m] for (i, j), k in np.ndenumerate(kernel))


def filtered_vjp(g, out, image, kernel):
    gi, gk = np.zeros_like(image), np.zeros_like(kernel)
    for (i, j), k in np.ndenumerate(kernel):
        gi[i : i + len(g), j : j + g.shape[1]] += k * g
        gk[i, j] = (g * image[i : i + len(g), j : j + g.shape[1]]).sum()
    return gi, gk


def pooled_vjp(g, out, x):
    pairs = x.reshape(-1, 2)
    return ((g[:, None] * (pairs == out[:, None])).reshape(x.shape),)


def embedded_vjp(g, out, table):
    gt = np.zeros_like(table)
    np.add.at(gt, _IDS, np.tile(g / len(_IDS), (len(_IDS), 1)))
    return (gt,)


def bilinear_vjp(g, out, x, w, y):
    return g[:, None] * (y @ w.T), (g[:, None] * x).T @ y, g[:, None] * (x @ w)


def sticks(v):
    return v * np.concatenate([[1.0], np.cumprod(1 - v)[:-1]])


def sticks_vjp(g, out, v):
    later = np.concatenate([np.cumsum((g * out)[::-1])[::-1][1:], [0.0]])
    return (g * out / v - later / (1 - v),)


def kepler(mean, e):
    x = mean + e * np.sin(mean)
    for _ in range(20):
        x = x - (x - e * np.sin(x) - mean) / (1 - e * np.cos(x))
    return x


def kepler_vjp(g, out, mean, e):
    return g / (1 - e * np.cos(out)), g * np.sin(out) / (1 - e * np.cos(out))


def hill_vjp(g, out, s, *constants):
    """top·sⁿ/(kⁿ + sⁿ)"""
    top, k, n = constants
    share = out / top
    q = share * (1 - share) * top
    return g * q * n / s, (g * share).sum(), -(g * q).sum() * n / k, (g * q * np.log(s / k)).sum()


def lennard_jones(x):
    i, j = np.triu_indices(len(x), 1)
    r2 = ((x[i] - x[j]) ** 2).sum(axis=1)
    return (4 * (r2**-6 - r2**-3)).sum()


def lennard_jones_vjp(g, out, x):
    i, j = np.triu_indices(len(x), 1)
    d = x[i] - x[j]
    r2 = (d**2).sum(axis=1)
    pull = (4 * (-6 * r2**-7 + 3 * r2**-4) * 2)[:, None] * d
    gx = np.zeros_like(x)
    np.add.at(gx, i, pull)
    np.add.at(gx, j, -pull)
    return (g * gx,)


_cdf = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)), otypes=[float])


def option(s, sigma):
    """A call on a stock at s, strike 1, one year, interest 0.05, by Black and Scholes."""
    d = (np.log(s) + 0.05 + sigma**2 / 2) / sigma
    return s * _cdf(d) - math.exp(-0.05) * _cdf(d - sigma)


def option_vjp(g, out, s, sigma):
    d = (np.log(s) + 0.05 + sigma**2 / 2) / sigma
    return g * _cdf(d), g * s * np.exp(-(d**2) / 2) / math.sqrt(2 * math.pi)


def spherical(r, t, p):
    return np.stack([r * np.sin(t) * np.cos(p), r * np.sin(t) * np.sin(p), r * np.cos(t)])


def spherical_vjp(g, out, r, t, p):
    a, b, c = g
    along = a * np.cos(p) + b * np.sin(p)
    return (np.sin(t) * along + c * np.cos(t), r * (np.cos(t) * along - c * np.sin(t)),
            r * np.sin(t) * (b * np.cos(p) - a * np.sin(p)))  # fmt: skip


def contrastive(x, y):
    z = 2 * x @ y.T
    return (np.log(np.exp(z).sum(axis=1)) - np.diag(z)).mean()


def contrastive_vjp(g, out, x, y):
    p = 2 * g * (softmax(2 * x @ y.T) - np.eye(len(x))) / len(x)
    return p @ y, p.T @ x


def eigenvalues_vjp(g, out, a):
    v = np.linalg.eigh((a + a.T) / 2)[1]
    return ((v * g) @ v.T,)


_FOURIER = np.exp(-2j * np.pi * np.outer(np.arange(5), np.arange(8)) / 8)


def spectrum_vjp(g, out, x):
    return (2 * (_FOURIER.conj().T @ (g * (_FOURIER @ x))).real,)


def log_cosh_vjp(g, out, x, y):
    slope = g * np.tanh(x - y) / x.size
    return slope, -slope.sum(axis=0)


CASES = [
    Case("linear regression", lambda w, b: ((_X @ w + b - _Y) ** 2).mean(), [regression_vjp],
         arrays(normal(4), normal())),
    Case("logistic regression with L2", logistic, [logistic_vjp], arrays(normal(4))),
    Case("Poisson regression", poisson, [lambda g, out, w: (g * _X.T @ (np.exp(_X @ w) - _COUNTS) / len(_X),)],
         arrays(normal(4, scale=0.5))),
    Case("Gaussian likelihood", gauss, [gauss_vjp], arrays(normal(3), normal(3, scale=0.5))),
    Case("divergence of Gaussians", divergence, [lambda g, out, m, s: (g * m, g * (np.exp(2 * s) - 1))],
         arrays(normal(3), normal(3))),
    Case("squared distances", squared_distances, [squared_distances_vjp], arrays(normal(3, 2), normal(2, 2))),
    Case("kernel matrix and its length", kernel, [kernel_vjp], arrays(normal(3, 2), between(0.5, 2))),
    Case("cosine similarity", lambda a, b: a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), [cosine_vjp],
         arrays(normal(4), normal(4))),
    Case("mixture of Gaussians", mixture, [mixture_vjp], arrays(normal(3), normal(3))),
    Case("two layers", network, [network_vjp], arrays(normal(4, 3), normal(3), normal(3, 2))),
    Case("recurrent network", recurrent, [recurrent_vjp], arrays(normal(3, 3, scale=0.5), normal(3), normal(3))),
    Case("solve", np.linalg.solve, [solve_vjp], arrays(lambda r: 3 * np.eye(3) + r.normal(size=(3, 3)), normal(3))),
    Case("ridge regression", ridge, [ridge_vjp], arrays(normal(4, 2), normal(4))),
    Case("log determinant", log_det, [lambda g, out, b: (2 * g * np.linalg.solve(b @ b.T + np.eye(len(b)), b),)],
         arrays(normal(3, 3))),
    Case("trapezium rule", decay_integral, [decay_integral_vjp], arrays(between(0.2, 3, 3))),
    Case("logistic map", logistic_map, [logistic_map_vjp], arrays(between(0.1, 0.9, 3), between(2.2, 3.8, 3))),
    Case("linear interpolation", interpolate, [interpolate_vjp],
         arrays(normal(6), lambda r: r.integers(0, 5, size=4) + r.uniform(0.1, 0.9, size=4))),
    Case("Horner's scheme", horner, [horner_vjp], arrays(normal(4), normal(3))),
    Case("softmax with a temperature", tempered, [tempered_vjp], arrays(normal(2, 3), between(0.5, 2))),
    Case("batch norm", batch_norm, [batch_norm_vjp], arrays(normal(5, 2), normal(2), normal(2))),
    Case("filtered image", filtered, [filtered_vjp], arrays(normal(5, 4), normal(2, 2))),
    Case("pooled", lambda x: x.reshape(-1, 2).max(axis=1), [pooled_vjp], arrays(normal(8))),
    Case("mean of embeddings", lambda t: t[_IDS].mean(axis=0), [embedded_vjp], arrays(normal(5, 3))),
    Case("bilinear form", lambda x, w, y: np.einsum("bi,ij,bj->b", x, w, y), [bilinear_vjp],
         arrays(normal(2, 3), normal(3, 4), normal(2, 4))),
    Case("stick breaking", sticks, [sticks_vjp], arrays(between(0.1, 0.9, 4))),
    Case("Kepler's equation", kepler, [kepler_vjp], arrays(between(0.3, 2.8, 3), between(0.1, 0.8, 3))),
    Case("Hill's equation", lambda s, top, k, n: top * s**n / (k**n + s**n), [hill_vjp],
         arrays(between(0.2, 5, 4), between(1, 3), between(0.5, 2), between(1, 3))),
    Case("Lennard-Jones energy", lennard_jones, [lennard_jones_vjp],
         arrays(lambda r: np.array([[0, 0], [1.2, 0], [0, 1.2], [1.2, 1.2]]) + r.uniform(-0.1, 0.1, size=(4, 2)))),
    Case("price of an option", option, [option_vjp], arrays(between(0.7, 1.4, 3), between(0.1, 0.5, 3))),
    Case("spherical coordinates", spherical, [spherical_vjp], arrays(between(0.5, 2, 2), normal(2), normal(2))),
    Case("contrastive loss", contrastive, [contrastive_vjp], arrays(normal(3, 2), normal(3, 2))),
    Case("eigenvalues", lambda a: np.linalg.eigvalsh((a + a.T) / 2), [eigenvalues_vjp], arrays(normal(4, 4))),
    Case("power spectrum", lambda x: np.abs(np.fft.rfft(x)) ** 2, [spectrum_vjp], arrays(normal(8))),
    Case("log-cosh loss", lambda x, y: np.log(np.cosh(x - y)).mean(), [log_cosh_vjp], arrays(normal(3, 2), normal(2))),
]  # fmt: skip
