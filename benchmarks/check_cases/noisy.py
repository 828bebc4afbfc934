"""Functions with few right digits: single precision, inside or outside, iterations stopped early, tables, dithering."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, between, elementwise, normal
from .smooth import cross_entropy, cross_entropy_vjp, sigmoid, softmax, softmax_vjp


def in_single(f):
    """`f`, computed in float32 whatever it is given, and returned as float32."""
    return lambda *xs: np.asarray(f(*(np.asarray(x, dtype=np.float32) for x in xs)))[()]


def secretly_single(f):
    """The same, but the result claims to be float64."""
    return lambda *xs: np.asarray(f(*(np.asarray(x, dtype=np.float32) for x in xs)), dtype=float)[()]


def dithered(f, size):
    """`f` with an error of the relative size `size` that looks random, and depends on nothing but x."""

    def noisy(x):
        fine = np.sin(1e9 * x) * 43758.5453
        return f(x) * (1 + size * (2 * (fine - np.floor(fine)) - 1))

    return noisy


def rounded(f, digits):
    """`f` to so many decimals, as from a printed table."""
    return lambda x: np.round(f(x), digits)


def newton_sqrt(x):
    """Four steps of Heron's method: an error of about 1e-9, which depends on x."""
    y = 0.5 * (1 + x)
    for _ in range(4):
        y = 0.5 * (y + x / y)
    return y


def bisection(x):
    """The root of y³ + y = x by halving an interval until it is 1e-9 wide: a staircase."""
    low, high = np.full_like(x, -3.0), np.full_like(x, 3.0)
    while (high - low).max() > 1e-9:
        middle = (low + high) / 2
        low, high = np.where(middle**3 + middle < x, (middle, high), (low, middle))
    return (low + high) / 2


def bisection_slope(x):
    y = bisection(x)
    return 1 / (3 * y * y + 1)


def cut_series(x):
    """eˣ by its series up to the first term below 1e-9: the number of terms jumps."""
    total, term, n = np.ones_like(x), np.ones_like(x), 0
    while (np.abs(term) > 1e-9).any():
        n += 1
        term = np.where(np.abs(term) > 1e-9, term * x / n, 0)
        total = total + term
    return total


def euler(x):
    """y′ = −y + sin t from y = x to t = 1 by a hundred steps of Euler's in float32."""
    y, step = np.asarray(x, dtype=np.float32), np.float32(0.01)
    for k in range(100):
        y = y + step * (np.sin(k * step) - y)
    return y.astype(float)


def single_vjp(vjp):
    """A derivative computed in float32, too."""

    def answer(g, out, *xs):
        found = vjp(*(np.asarray(v, dtype=np.float32) for v in (g, out, *xs)))
        return tuple(np.asarray(v, dtype=float) for v in found)

    return answer


# A function with six right digits does not show a derivative that is wrong by less.
_SIX_DIGITS = 2e-3

CASES = [
    elementwise("sin in float32", in_single(np.sin), np.cos, normal(3)),
    elementwise("exp in float32", in_single(np.exp), np.exp, normal(3)),
    elementwise("tanh in float32", in_single(np.tanh), lambda x: 1 - np.tanh(x) ** 2, normal(3)),
    elementwise("sigmoid in float32", in_single(sigmoid), lambda x: sigmoid(x) * sigmoid(-x), normal(3)),
    elementwise("x³ in float32", in_single(lambda x: x**3), lambda x: 3 * x**2, normal(3)),
    elementwise("log in float32", in_single(np.log), lambda x: 1 / x, between(0.1, 5, 3)),
    elementwise("sin, secretly float32", secretly_single(np.sin), np.cos, normal(3)),
    elementwise("x², secretly float32", secretly_single(np.square), lambda x: 2 * x, normal(3)),
    elementwise("exp, secretly float32", secretly_single(np.exp), np.exp, normal(3)),
    elementwise("sin with noise 1e-10", dithered(np.sin, 1e-10), np.cos, normal(3)),
    elementwise("exp with noise 1e-8", dithered(np.exp, 1e-8), np.exp, normal(3)),
    elementwise("x² with noise 1e-6", dithered(np.square, 1e-6), lambda x: 2 * x, normal(3), same=_SIX_DIGITS),
    elementwise("arctan with noise 1e-7", dithered(np.arctan, 1e-7), lambda x: 1 / (1 + x * x), normal(3)),
    elementwise("sin to 8 decimals", rounded(np.sin, 8), np.cos, normal(3)),
    elementwise("exp to 6 decimals", rounded(np.exp, 6), np.exp, normal(3), same=_SIX_DIGITS),
    elementwise("Heron's square root", newton_sqrt, lambda x: 0.5 / np.sqrt(x), between(0.7, 1.5, 3)),
    elementwise("10⁸ + sin x", lambda x: 1e8 + np.sin(x), np.cos, normal(3)),
    elementwise("10 + tanh x in float32", in_single(lambda x: 10 + np.tanh(x)), lambda x: 1 / np.cosh(x) ** 2, normal(3),
                same=_SIX_DIGITS),
    elementwise("√(1 + x²) - x, large x", lambda x: np.sqrt(1 + x * x) - x,
                lambda x: -1 / (np.sqrt(1 + x * x) * (np.sqrt(1 + x * x) + x)), between(100, 3000, 3)),
    elementwise("a root by bisection", bisection, bisection_slope, normal(3)),
    elementwise("a series cut off", cut_series, np.exp, normal(3)),
    elementwise("Euler's method in float32", euler, lambda x: np.full_like(x, 0.99**100), normal(3)),
    Case("sum of a thousand in float32", lambda x: np.sin(np.outer(np.linspace(1, 2, 1000, dtype=np.float32), x)
                                                          .astype(np.float32)).mean(axis=0),
         [lambda g, out, x: (g * (np.linspace(1, 2, 1000) * np.cos(np.outer(x, np.linspace(1, 2, 1000)))).mean(axis=1),)],
         arrays(normal(3))),
    Case("softmax in float32", in_single(softmax), [softmax_vjp], arrays(normal(2, 3))),
    Case("cross entropy in float32", in_single(cross_entropy), [cross_entropy_vjp], arrays(normal(3, 3))),
    Case("matmul in float32", in_single(np.matmul), [lambda g, out, x, y: (g @ y.T, x.T @ g)],
         arrays(normal(2, 3), normal(3, 2))),
    Case("matmul, derivative in float32", in_single(np.matmul),
         [single_vjp(lambda g, out, x, y: (g @ y.T, x.T @ g))], arrays(normal(2, 3), normal(3, 2))),
    Case("softmax, derivative in float32", secretly_single(softmax), [single_vjp(softmax_vjp)], arrays(normal(2, 3))),
]  # fmt: skip
