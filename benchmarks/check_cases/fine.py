"""Structure finer than the steps of differences: poles, peaks, fast waves, ill-conditioned systems; and near overflow."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, between, elementwise, normal
from .ordinary import solve_vjp
from .scaled import beside


def pole_and_sines(x):
    return np.sin(x[:3]).sum() + 1 / (x[3] - 1)


def needle_and_sines(x):
    return np.sin(x).sum() + np.exp(-(((x[0] - 1) / 1e-9) ** 2))


def needle_and_sines_vjp(g, out, x):
    slope = np.cos(x)
    slope[0] += -2e18 * (x[0] - 1) * np.exp(-(((x[0] - 1) / 1e-9) ** 2))
    return (g * slope,)


def at_one(low, high, others):
    """Ordinary numbers, and one beside 1 at the place `others` (first or last)."""

    def draw(rng):
        x, near = rng.normal(size=3), beside(1.0, low, high, 1)(rng)
        return np.concatenate([near, x] if others == "after" else [x, near])

    return draw


def nearly_singular(smallest):
    """A 3 × 3 matrix with such a singular value."""

    def draw(rng):
        (q, _), (r, _) = (np.linalg.qr(rng.normal(size=(3, 3))) for _ in range(2))
        return q * [1.0, 0.5, smallest] @ r

    return draw


def waves(x):
    return sum(0.5**k * np.sin(8.0**k * x) for k in range(10))


def waves_slope(x):
    return sum(4.0**k * np.cos(8.0**k * x) for k in range(10))


def fringes_vjp(g, out, x, y):
    r = np.sqrt(x**2 + y**2)
    slope = -1e7 * np.sin(1e7 * r) / r
    return g * slope * x, g * slope * y


def bump(x):
    return np.exp(-1 / ((1 - x) * (1 + x)))


_HILBERT = 1 / (1.0 + np.add.outer(np.arange(5), np.arange(5)))


def hilbert(x):
    return np.linalg.solve(_HILBERT + np.diag(x), np.ones(5))


CASES = [
    elementwise("a pole at 1e-10", lambda x: 1 / (x - 1), lambda x: -1 / (x - 1) ** 2, beside(1.0, -11, -7, 3)),
    elementwise("a double pole", lambda x: 1 / (x - 1) ** 2, lambda x: -2 / (x - 1) ** 3, beside(1.0, -9, -3, 3)),
    elementwise("a step of 1e-10", lambda x: np.tanh((x - 1) / 1e-10), lambda x: 1e10 / np.cosh((x - 1) / 1e-10) ** 2,
                beside(1.0, -12, -9.5, 3)),
    elementwise("a bell of 1e-11", lambda x: np.exp(-(((x - 1) / 1e-11) ** 2)),
                lambda x: -2e22 * (x - 1) * np.exp(-(((x - 1) / 1e-11) ** 2)), beside(1.0, -12, -10.5, 3)),
    elementwise("a resonance of 1e-7", lambda x: 1 / ((x - 1) ** 2 + 1e-14),
                lambda x: -2 * (x - 1) / ((x - 1) ** 2 + 1e-14) ** 2, beside(1.0, -8, -4, 3)),
    elementwise("sin 1e9 x", lambda x: np.sin(1e9 * x), lambda x: 1e9 * np.cos(1e9 * x), normal(3)),
    elementwise("sin 1e11 x", lambda x: np.sin(1e11 * x), lambda x: 1e11 * np.cos(1e11 * x), normal(3)),
    elementwise("sin x² of large x", lambda x: np.sin(x * x), lambda x: 2 * x * np.cos(x * x), between(1e3, 3e4, 3)),
    elementwise("waves on waves", waves, waves_slope, normal(2)),
    elementwise("a fine ripple", lambda x: x + 1e-9 * np.sin(1e9 * x), lambda x: 1 + np.cos(1e9 * x), normal(3)),
    elementwise("tan at 1e-9 from a pole", np.tan, lambda x: 1 + np.tan(x) ** 2,
                lambda r: np.pi / 2 - 10 ** r.uniform(-9, -6, size=3)),
    elementwise("log barrier", lambda x: -np.log(1 - x), lambda x: 1 / (1 - x),
                lambda r: 1 - 10 ** r.uniform(-10, -3, size=3)),
    elementwise("square root at its edge", lambda x: np.sqrt(x - 1), lambda x: 0.5 / np.sqrt(x - 1),
                lambda r: 1 + 10 ** r.uniform(-11, -4, size=3)),
    elementwise("a bump at its edge", bump, lambda x: -2 * x * bump(x) / ((1 - x) * (1 + x)) ** 2,
                lambda r: 1 - 10 ** r.uniform(-2, -0.5, size=3)),
    Case("fringes", lambda x, y: np.cos(1e7 * np.sqrt(x**2 + y**2)), [fringes_vjp], arrays(normal(2), normal(2))),
    Case("sines and a pole", pole_and_sines,
         [lambda g, out, x: (g * np.append(np.cos(x[:3]), -1 / (x[3] - 1) ** 2),)], arrays(at_one(-10, -6, "before"))),
    Case("sines and a needle", needle_and_sines, [needle_and_sines_vjp], arrays(at_one(-10, -8.7, "after"))),
    Case("solve, nearly singular 1e-6", np.linalg.solve, [solve_vjp], arrays(nearly_singular(1e-6), normal(3))),
    Case("solve, nearly singular 1e-9", np.linalg.solve, [solve_vjp], arrays(nearly_singular(1e-9), normal(3)),
         same=2e-3),
    Case("Hilbert's matrix", hilbert, [lambda g, out, x: (-np.linalg.solve(_HILBERT + np.diag(x), g) * out,)],
         arrays(between(1e-6, 1e-4, 5))),
    Case("length of a tiny vector", lambda x, y: np.sqrt(x**2 + y**2), [lambda g, out, x, y: (g * x / out, g * y / out)],
         arrays(normal(2, scale=1e-12), normal(2, scale=1e-12))),
    elementwise("exp before overflow", np.exp, np.exp, between(704, 709, 3)),
    elementwise("exp before underflow", np.exp, np.exp, between(-705, -660, 3)),
    elementwise("sinh before overflow", np.sinh, np.cosh, lambda r: r.choice([-1, 1], size=3) * r.uniform(700, 710, size=3)),
    elementwise("x³⁰⁰ before overflow", lambda x: x**300, lambda x: 300 * x**299, between(9, 10.5, 3)),
    Case("a product before overflow", np.prod, [lambda g, out, x: (g * out / x,)], arrays(between(1e101, 3e102, 3))),
    Case("squares before overflow", lambda x: (x**2).sum(), [lambda g, out, x: (2 * g * x,)],
         arrays(between(1e150, 5e153, 3))),
]  # fmt: skip
