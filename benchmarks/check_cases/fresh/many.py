"""Functions of hundreds or thousands of inputs."""

from __future__ import annotations

import numpy as np

from ..case import Case, arrays, normal

CASES: list[Case] = []
_R = np.random.default_rng(20264)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, same=1e-2, **options))


def dense(x, w, b):
    z = w @ x + b
    return np.logaddexp.reduce(z) - z[3] + 1e-2 * np.sum(w**2)


def dense_vjp(g, out, x, w, b):
    z = w @ x + b
    d = np.exp(z - z.max())
    d = g * d / d.sum()
    d[3] -= g
    return w.T @ d, np.outer(d, x) + 2e-2 * g * w, d


add(
    "dense layer, softmax loss and weight decay",
    dense,
    dense_vjp,
    arrays(normal(40), normal(30, 40, scale=0.15), normal(30)),
)


def membrane(u):
    dx, dy = u[1:, :-1] - u[:-1, :-1], u[:-1, 1:] - u[:-1, :-1]
    return np.sum(np.sqrt(1 + dx**2 + dy**2)) + 0.5 * np.sum((u - 0.3) ** 2)


def membrane_vjp(g, out, u):
    dx, dy = u[1:, :-1] - u[:-1, :-1], u[:-1, 1:] - u[:-1, :-1]
    s = np.sqrt(1 + dx**2 + dy**2)
    d = u - 0.3
    d[1:, :-1] += dx / s
    d[:-1, 1:] += dy / s
    d[:-1, :-1] -= (dx + dy) / s
    return (g * d,)


add("membrane energy on a grid", membrane, membrane_vjp, arrays(normal(50, 60)))

_WY = np.cumsum(0.3 * _R.normal(size=5000))


def random_walk(e):
    return np.mean(np.log(np.cosh(0.3 * np.cumsum(e) - _WY))) + 0.5 * np.mean(e**2)


def random_walk_vjp(g, out, e):
    d = 0.3 * np.tanh(0.3 * np.cumsum(e) - _WY)
    return (g * (np.cumsum(d[::-1])[::-1] + e) / len(e),)


add("loss of a cumulative sum", random_walk, random_walk_vjp, arrays(normal(5000)))

_SK = np.exp(-np.arange(513) / 100.0)


def filtered_power(x):
    return np.log(np.sum(_SK * np.abs(np.fft.rfft(x)) ** 2)) + np.tanh(np.fft.irfft(_SK * np.fft.rfft(x), 1024))


def filtered_power_vjp(g, out, x):
    f = np.fft.rfft(x)
    h = np.sum(_SK * np.abs(f) ** 2)
    two = np.full(513, 2.0)
    two[[0, -1]] = 1.0
    power = 1024 * np.fft.irfft(2 * _SK * f / two, 1024) / h
    y = np.fft.irfft(_SK * f, 1024)
    back = np.fft.irfft(_SK * np.fft.rfft(g / np.cosh(y) ** 2), 1024)
    return (g.sum() * power + back,)


add("filter by FFT and band power", filtered_power, filtered_power_vjp, arrays(normal(1024)))


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_vjp(g, out, x):
    r = x[1:] - x[:-1] ** 2
    d = np.zeros_like(x)
    d[1:] += 200 * r
    d[:-1] += -400 * r * x[:-1] - 2 * (1 - x[:-1])
    return (g * d,)


add("Rosenbrock chain", rosenbrock, rosenbrock_vjp, arrays(normal(2000)))


def conv1d(x, k):
    return np.log1p(np.exp(np.convolve(x, k, mode="same")))


def conv1d_vjp(g, out, x, k):
    d = g * -np.expm1(-out)
    dx = np.convolve(d, k[::-1], mode="same")
    xp = np.pad(x, 4)
    dk = np.array([d @ xp[8 - j : 8 - j + len(x)] for j in range(9)])
    return dx, dk


add("1-d convolution and softplus", conv1d, conv1d_vjp, arrays(normal(800), normal(9, scale=0.4)))


def repulsion(p, width):
    d2 = ((p[:, None] - p[None]) ** 2).sum(-1)
    return 0.5 * (np.exp(-0.5 * d2 / width**2).sum() - len(p)) + 0.1 * np.sum(p**2)


def repulsion_vjp(g, out, p, width):
    diff = p[:, None] - p[None]
    d2 = (diff**2).sum(-1)
    k = np.exp(-0.5 * d2 / width**2)
    dp = -(k[:, :, None] * diff).sum(1) / width**2 + 0.2 * p
    return g * dp, g * 0.5 * np.sum(k * d2) / width**3


add(
    "repulsion of neighbours",
    repulsion,
    repulsion_vjp,
    lambda rng: (2 * rng.normal(size=(160, 2)), rng.uniform(0.2, 0.6)),
)

_KI, _KJ = np.repeat(np.arange(500), 4), (np.repeat(np.arange(500), 4) + _R.integers(1, 500, 2000)) % 500


def kuramoto(theta, w, omega):
    return omega + (w * np.sin(theta[_KJ] - theta[_KI])).reshape(500, 4).sum(1)


def kuramoto_vjp(g, out, theta, w, omega):
    a = theta[_KJ] - theta[_KI]
    d = g[_KI] * w * np.cos(a)
    dt = np.zeros_like(theta)
    np.add.at(dt, _KJ, d)
    np.add.at(dt, _KI, -d)
    return dt, g[_KI] * np.sin(a), 1.0 * g


add("oscillators on a sparse graph", kuramoto, kuramoto_vjp, arrays(normal(500, scale=2), normal(2000), normal(500)))
