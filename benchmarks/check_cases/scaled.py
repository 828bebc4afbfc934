"""Badly scaled: huge and tiny inputs and outputs, steep and flat places, the neighbourhood of poles and of the domain's
edge."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, between, elementwise, normal, powers_of_ten
from .smooth import cross_entropy, cross_entropy_vjp, sigmoid, softmax, softmax_vjp


def wave(frequency):
    return lambda x: np.sin(frequency * x), lambda x: frequency * np.cos(frequency * x)


def gaussian(width):
    return lambda x: np.exp(-((x / width) ** 2)), lambda x: -2 * x / width**2 * np.exp(-((x / width) ** 2))


def rippled(x):
    """A straight line for all steps that are not far below 1e-6."""
    return x + 1e-6 * np.sin(1e6 * x)


def inverse_square(x):
    """e^(−1/x²): flat at 0 to all orders."""
    return np.exp(-1 / x**2)


def hardly_numbers(rng):
    """Zero, denormal numbers, and the smallest and largest beside ordinary ones."""
    return rng.choice([0.0, -0.0, 5e-324, -1e-310, 1e-300, -1e-30, 1e-9, 0.5], size=5)


def beside(place, low, high, *shape):
    """Numbers nearer to a place than 10^high, on both sides."""
    return lambda rng: place + powers_of_ten(low, high, *shape, signed=True)(rng)


CASES = [
    elementwise("x² of any size", np.square, lambda x: 2 * x, powers_of_ten(-10, 10, 3, signed=True)),
    elementwise("1/x of any size", lambda x: 1 / x, lambda x: -1 / x**2, powers_of_ten(-9, 9, 3, signed=True)),
    elementwise("log of any size", np.log, lambda x: 1 / x, powers_of_ten(-9, 9, 3)),
    elementwise("sqrt of any size", np.sqrt, lambda x: 0.5 / np.sqrt(x), powers_of_ten(-9, 9, 3)),
    elementwise("exp, steep", np.exp, np.exp, between(-300, 300, 3)),
    elementwise("sin of large numbers", np.sin, np.cos, powers_of_ten(2, 6, 3, signed=True)),
    elementwise("sin 1000x", *wave(1e3), normal(3)),
    elementwise("sin 1e6 x", *wave(1e6), normal(3)),
    elementwise("sin 1e-6 x", *wave(1e-6), normal(3)),
    elementwise("a narrow bell", *gaussian(1e-3), normal(3, scale=1e-3)),
    elementwise("a wide bell", *gaussian(1e5), normal(3, scale=1e5)),
    elementwise("sigmoid, saturated", sigmoid, lambda x: sigmoid(x) * sigmoid(-x), between(-30, 12, 3)),
    elementwise("tanh, saturated", np.tanh, lambda x: 1 / np.cosh(x) ** 2, between(-12, 12, 3)),
    elementwise("arcsin near 1", np.arcsin, lambda x: 1 / np.sqrt((1 - x) * (1 + x)),
                lambda rng: 1 - 10 ** rng.uniform(-7, -1, size=3)),
    elementwise("tan near its poles", np.tan, lambda x: 1 + np.tan(x) ** 2,
                lambda rng: np.pi / 2 - 10 ** rng.uniform(-5, 0, size=3)),
    elementwise("log1p near 0", np.log1p, lambda x: 1 / (1 + x), powers_of_ten(-12, 0, 3)),
    elementwise("expm1 near 0", np.expm1, np.exp, powers_of_ten(-12, 0, 3, signed=True)),
    elementwise("10⁸ + x", lambda x: 1e8 + x, np.ones_like, normal(3)),
    elementwise("10⁶ + sin x", lambda x: 1e6 + np.sin(x), np.cos, normal(3)),
    elementwise("x¹⁰", lambda x: x**10, lambda x: 10 * x**9, powers_of_ten(-3, 3, 3, signed=True)),
    elementwise("sin 1e8 x", *wave(1e8), normal(3)),
    elementwise("x with a ripple", rippled, lambda x: 1 + np.cos(1e6 * x), normal(3)),
    elementwise("a needle at 1", lambda x: np.exp(-(((x - 1) / 1e-6) ** 2)),
                lambda x: -2e12 * (x - 1) * np.exp(-(((x - 1) / 1e-6) ** 2)), normal(3, scale=1e-6, shift=1.0)),
    elementwise("a needle on a slope", lambda x: x + np.exp(-(((x - 1) / 1e-4) ** 2)),
                lambda x: 1 - 2e8 * (x - 1) * np.exp(-(((x - 1) / 1e-4) ** 2)), beside(1.0, -5, -2, 3)),
    elementwise("a sharp step", lambda x: np.tanh(1e5 * (x - 1)), lambda x: 1e5 / np.cosh(1e5 * (x - 1)) ** 2,
                beside(1.0, -7, -4.5, 3)),
    elementwise("hardly any slope", lambda x: 1 + 1e-6 * np.tanh(x), lambda x: 1e-6 / np.cosh(x) ** 2, normal(3)),
    elementwise("tiny values", lambda x: 1e-30 * np.sin(x), lambda x: 1e-30 * np.cos(x), normal(3)),
    elementwise("huge values", lambda x: 1e200 * np.sin(x), lambda x: 1e200 * np.cos(x), normal(3)),
    elementwise("e^(-1/x²)", inverse_square, lambda x: 2 / x**3 * inverse_square(x), between(0.06, 1, 3)),
    elementwise("1/(x - 1) beside 1", lambda x: 1 / (x - 1), lambda x: -1 / (x - 1) ** 2, beside(1.0, -7, -1, 3)),
    elementwise("log|x - 1| beside 1", lambda x: np.log(np.abs(x - 1)), lambda x: 1 / (x - 1), beside(1.0, -7, -1, 3)),
    elementwise("sin at 0 and denormals", np.sin, np.cos, hardly_numbers),
    elementwise("x/(1 + x²) at 0 and denormals", lambda x: x / (1 + x * x), lambda x: (1 - x * x) / (1 + x * x) ** 2,
                hardly_numbers),
    elementwise("1 - cos x near 0", lambda x: 1 - np.cos(x), np.sin, powers_of_ten(-5, 0, 3, signed=True)),
    Case("sum of logs of unlike sizes", lambda x: np.log(x * x).sum(), [lambda g, out, x: (2 * g / x,)],
         arrays(powers_of_ten(-9, 9, 5, signed=True))),
    Case("product of all, unlike sizes", np.prod, [lambda g, out, x: (g * out / x,)], arrays(powers_of_ten(-9, 9, 5))),
    Case("matmul of unlike rows", np.matmul, [lambda g, out, x, y: (g @ y.T, x.T @ g)],
         arrays(lambda rng: np.array([[1e-6], [1.0], [1e6]]) * rng.normal(size=(3, 2)), normal(2, 2))),
    Case("product of unlike sizes", lambda x, y: x * y, [lambda g, out, x, y: (g * y, g * x)],
         arrays(powers_of_ten(4, 8, 3), powers_of_ten(-8, -4, 3))),
    Case("quotient of unlike sizes", lambda x, y: x / y, [lambda g, out, x, y: (g / y, -g * x / y**2)],
         arrays(powers_of_ten(-6, 6, 3), powers_of_ten(-6, 6, 3))),
    Case("softmax, far apart", softmax, [softmax_vjp], arrays(normal(2, 3, scale=8.0))),
    Case("cross entropy, far apart", cross_entropy, [cross_entropy_vjp], arrays(normal(3, 3, scale=8.0))),
    Case("norm of any size", np.linalg.norm, [lambda g, out, x: (g * x / out,)],
         arrays(powers_of_ten(-4, 4, 3, signed=True))),
]  # fmt: skip
