"""Inputs or outputs of very different scale: large blocks beside small ones, derivatives of many decades in one input."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, between, normal, powers_of_ten
from .smooth import softmax, softmax_vjp

_WEIGHTS = 10.0 ** np.linspace(-8, 8, 6)
_TIMES = np.array([0.01, 0.1, 1.0, 10.0])
_rng = np.random.default_rng(21)
_X, _Y = _rng.normal(size=(6, 4)), 1e4 * _rng.normal(size=6)
_POWERS = np.arange(6)


def decays(a, k):
    return (a * np.exp(-np.outer(_TIMES, k))).sum(axis=1)


def decays_vjp(g, out, a, k):
    e = np.exp(-np.outer(_TIMES, k))
    return g @ e, -(g * _TIMES) @ e * a


def fitted_vjp(g, out, w, p):
    return 2 * g * _X.T @ (_X @ w - _Y) / len(_Y), 2e-8 * g * p


def arrhenius(a, e, t):
    return a * np.exp(-e / (8.314 * t))


def arrhenius_vjp(g, out, a, e, t):
    return g * out / a, -g * out / (8.314 * t), g * out * e / (8.314 * t**2)


def planck(wave, t):
    """2hc²/λ⁵ / (e^(hc/λkT) − 1)"""
    return 1.19104e-16 / wave**5 / np.expm1(1.438777e-2 / (wave * t))


def planck_vjp(g, out, wave, t):
    u = 1.438777e-2 / (wave * t)
    q = u / -np.expm1(-u)
    return g * out * (q - 5) / wave, g * out * q / t


def likelihood(x, mu, sigma):
    return (((x - mu) / sigma) ** 2 / 2 + np.log(sigma)).sum()


def likelihood_vjp(g, out, x, mu, sigma):
    z = (x - mu) / sigma
    return g * z / sigma, -g * (z / sigma).sum(), g * ((1 - z**2) / sigma).sum()


def two_scales_vjp(g, out, x):
    return (1e6 * g[0] * np.cos(x) - 1e-6 * g[1] * np.sin(x),)


def rescaled(scale, *shape):
    return lambda rng: scale * rng.uniform(0.5, 2, size=shape) * rng.choice([-1.0, 1.0], size=shape)


CASES = [
    Case("squares of 1e5 and 1e-2", lambda a, b: (a**2).sum() + (b**2).sum(), [lambda g, out, a, b: (2 * g * a, 2 * g * b)],
         arrays(rescaled(1e5, 3), rescaled(1e-2, 3))),
    Case("squares of 1e-2 and 1e5", lambda a, b: (a**2).sum() + (b**2).sum(), [lambda g, out, a, b: (2 * g * a, 2 * g * b)],
         arrays(rescaled(1e-2, 3), rescaled(1e5, 3))),
    Case("large squares and sines", lambda a, b: (a**2).sum() + np.sin(b).sum(),
         [lambda g, out, a, b: (2 * g * a, g * np.cos(b))], arrays(rescaled(1e5, 3), normal(3))),
    Case("three scales", lambda a, b, c: (a**2).sum() + np.tanh(b).sum() + np.sin(c).sum(),
         [lambda g, out, a, b, c: (2 * g * a, g * (1 - np.tanh(b) ** 2), g * np.cos(c))],
         arrays(rescaled(1e4, 2), normal(2), rescaled(1e-4, 2))),
    Case("one array of two scales", lambda x: (x**2).sum(), [lambda g, out, x: (2 * g * x,)],
         arrays(lambda r: np.concatenate([rescaled(1e5, 3)(r), rescaled(1e-2, 3)(r)]))),
    Case("kinetic energy of electrons", lambda m, v: 0.5 * m * v**2, [lambda g, out, m, v: (g * v**2 / 2, g * m * v)],
         arrays(rescaled(9e-31, 3), rescaled(1e5, 3))),
    Case("Arrhenius", arrhenius, [arrhenius_vjp],
         arrays(between(1e12, 1e14, 2), between(5e4, 9e4, 2), between(280, 400, 2))),
    Case("gravitation", lambda m, n, r: 6.674e-11 * m * n / r**2,
         [lambda g, out, m, n, r: (g * out / m, (g * out / n).sum(), -2 * g * out / r)],
         arrays(between(1e22, 1e25, 3), between(1e22, 1e25), between(1e7, 1e11, 3))),
    Case("sum of exponentials", lambda x: np.exp(x).sum(), [lambda g, out, x: (g * np.exp(x),)],
         arrays(between(-15, 15, 6))),
    Case("weighted squares", lambda x: (_WEIGHTS * x**2).sum(), [lambda g, out, x: (2 * g * _WEIGHTS * x,)],
         arrays(normal(6))),
    Case("weighted sines", lambda x: _WEIGHTS @ np.sin(x), [lambda g, out, x: (g * _WEIGHTS * np.cos(x),)],
         arrays(normal(6))),
    Case("decays of many rates", decays, [decays_vjp], arrays(normal(4), powers_of_ten(-3, 2, 4))),
    Case("a loss and a small penalty", lambda w, p: ((_X @ w - _Y) ** 2).mean() + 1e-8 * (p**2).sum(), [fitted_vjp],
         arrays(normal(4), normal(3))),
    Case("coefficients of a polynomial at 50", lambda c: c @ 50.0**_POWERS, [lambda g, out, c: (g * 50.0**_POWERS,)],
         arrays(normal(6))),
    Case("outputs of two scales", lambda x: np.stack([1e6 * np.sin(x), 1e-6 * np.cos(x)]), [two_scales_vjp],
         arrays(normal(3))),
    Case("matmul of unlike columns", np.matmul, [lambda g, out, x, y: (g @ y.T, x.T @ g)],
         arrays(lambda r: r.normal(size=(2, 3)) * [1e-5, 1, 1e5], normal(3, 2))),
    Case("softmax of many decades", softmax, [softmax_vjp],
         arrays(lambda r: np.linspace(-20, 0, 4) + r.normal(size=(1, 4)))),
    Case("likelihood of a narrow bell", likelihood, [likelihood_vjp],
         arrays(normal(4, scale=1e-3, shift=1e3), normal(scale=1e-3, shift=1e3), between(5e-4, 2e-3))),
    Case("Planck's law", planck, [planck_vjp], arrays(between(3e-7, 2e-6, 3), between(2000, 8000, 3))),
    Case("Reynolds number", lambda d, v, s, m: d * v * s / m,
         [lambda g, out, d, v, s, m: (g * out / d, g * out / v, g * out / s, -g * out / m)],
         arrays(between(900, 1100, 2), between(0.1, 3, 2), between(1e-6, 1e-3, 2), between(1e-6, 1e-3, 2))),
]  # fmt: skip
