"""float32 and float16 at sizes that people use, noise, rounding to few digits, and iterations with a tolerance."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, between, elementwise, normal
from .noisy import dithered
from .smooth import layer_norm, layer_norm_vjp, softmax

_POINTS = 1
_SIX_DIGITS = 2e-3
_THREE_DIGITS = 3e-2
_TARGETS = np.random.default_rng(22).normal(size=1000)
_LABELS = np.random.default_rng(23).integers(0, 20, size=50)


def single(draw):
    return lambda rng: np.asarray(draw(rng), dtype=np.float32)[()]


def half(draw):
    return lambda rng: np.asarray(draw(rng), dtype=np.float16)[()]


def as_given(vjp):
    """The gradients in the precision of the inputs, as a user returns them."""
    return lambda g, out, *xs: tuple(
        np.asarray(v, dtype=np.asarray(x).dtype)[()] for v, x in zip(vjp(g, out, *xs), xs, strict=True)
    )


def log_sum_exp(x):
    return np.log(np.exp(x - x.max()).sum()) + x.max()


def classified(x):
    z = x - x.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(50), _LABELS]).mean()


def classified_vjp(g, out, x):
    p = softmax(x)
    p[np.arange(50), _LABELS] -= 1
    return (g * p / 50,)


def dense_vjp(g, out, x, w, b):
    inner = g * (1 - out * out)
    return inner @ w.T, x.T @ inner, inner.sum(axis=0)


def cosine_root(a):
    """x = cos(a x) by repetition until it moves by less than 1e-7, 500 times at most."""
    x = np.full_like(a, 0.7)
    for _ in range(500):
        x, last = np.cos(a * x), x
        if np.abs(x - last).max() < 1e-7:
            break
    return x


def cosine_root_vjp(g, out, a):
    s = np.sin(a * out)
    return (-g * out * s / (1 + a * s),)


def largest_eigenvalue(a):
    """By power iteration on (a + aᵀ)/2, until the value moves by less than 1e-9 of itself, 500 times at most."""
    a, v, last = (a + a.T) / 2, np.ones(len(a)) / np.sqrt(len(a)), np.inf
    for _ in range(500):
        w = a @ v
        value, v = v @ w, w / np.linalg.norm(w)
        if abs(value - last) < 1e-9 * abs(value):
            break
        last = value
    return value


def largest_eigenvalue_vjp(g, out, a):
    v = np.linalg.eigh((a + a.T) / 2)[1][:, -1]
    return (g * np.outer(v, v),)


_SPD = np.eye(40) * 4 + np.diag(np.ones(39), 1) + np.diag(np.ones(39), -1)


def conjugate_gradients(b):
    """_SPD⁻¹ b for each of 25 right sides, until the residual is below 1e-6, 100 times at most."""
    x, r = np.zeros_like(b), b
    p = r
    for _ in range(100):
        if np.abs(r).max() < 1e-6:
            break
        q = _SPD @ p
        a = (r * r).sum(axis=0) / (p * q).sum(axis=0)
        x, s = x + a * p, r - a * q
        p, r = s + p * (s * s).sum(axis=0) / (r * r).sum(axis=0), s
    return x


def printed(f, digits):
    """To so many significant digits."""
    return lambda x: float(f"{f(x):.{digits - 1}e}")


def in_single(f):
    """Computed in float32, and given back as float64."""
    return lambda *xs: np.asarray(f(*(np.asarray(x, dtype=np.float32) for x in xs)), dtype=float)[()]


def case(name, f, vjp, *draws, same=_SIX_DIGITS):
    return Case(name, f, [as_given(vjp)], arrays(*draws), same=same, points=_POINTS)


CASES = [
    case("1,000 squares in float32", lambda x: (x**2).sum(), lambda g, out, x: (2 * g * x,), single(normal(1000))),
    case("mean of 4,000 squares in float32", lambda x: (x**2).mean(), lambda g, out, x: (2 * g * x / x.size,),
         single(normal(4000))),
    case("variance of 1,000 numbers near 100 in float32", np.var, lambda g, out, x: (2 * g * (x - x.mean(dtype=float)) / x.size,),
         single(normal(1000, shift=100.0))),
    case("log-sum-exp of 1,000 in float32", log_sum_exp, lambda g, out, x: (g * softmax(x),), single(normal(1000))),
    case("cross entropy of 50 in float32", classified, classified_vjp, single(normal(50, 20))),
    case("layer norm in float32", layer_norm, layer_norm_vjp, single(normal(20, 50))),
    case("dense layer in float32", lambda x, w, b: np.tanh(x @ w + b), dense_vjp, single(normal(16, 40)),
         single(normal(40, 20, scale=0.15)), single(normal(20))),
    case("1,000 tanh in float32", np.tanh, lambda g, out, x: (g * (1 - out * out),), single(normal(1000))),
    case("dot product of 1,000 in float32", np.dot, lambda g, out, x, y: (g * y, g * x), single(normal(1000)),
         single(normal(1000))),
    case("squared error of 1,000 in float32", lambda x: ((x - _TARGETS.astype(x.dtype)) ** 2).mean(),
         lambda g, out, x: (2 * g * (x - _TARGETS) / 1000,), single(normal(1000))),
    case("1,000 sines, in float32 inside", in_single(lambda x: np.sin(x).sum()), lambda g, out, x: (g * np.cos(x),),
         normal(1000)),
    case("1,000 tanh in float16", np.tanh, lambda g, out, x: (g * (1 - out * out),), half(normal(1000)),
         same=_THREE_DIGITS),
    case("1,000 squares in float16", np.square, lambda g, out, x: (2 * g * x,), half(normal(1000)), same=_THREE_DIGITS),
    case("mean of 1,000 squares in float16", lambda x: (x**2).mean(), lambda g, out, x: (2 * g * x / x.size,),
         half(normal(1000)), same=_THREE_DIGITS),
    case("matrix product in float16", np.matmul, lambda g, out, x, y: (g @ y.T, x.T @ g), half(normal(25, 30)),
         half(normal(30, 10)), same=_THREE_DIGITS),
    elementwise("1,000 exp with noise 1e-9", dithered(np.exp, 1e-9), np.exp, normal(1000), points=_POINTS),
    elementwise("1,000 sin to 7 decimals", lambda x: np.round(np.sin(x), 7), np.cos, normal(1000), same=_SIX_DIGITS,
                points=_POINTS),
    Case("1,000 sines summed with noise 1e-9", lambda x: dithered(lambda x: x, 1e-9)(np.sin(x)).sum(),
         [lambda g, out, x: (g * np.cos(x),)], arrays(normal(1000)), same=_SIX_DIGITS, points=_POINTS),
    Case("a loss printed to 10 digits", printed(lambda x: ((x - _TARGETS[:30]) ** 2).sum(), 10),
         [lambda g, out, x: (2 * g * (x - _TARGETS[:30]),)], arrays(normal(30)), same=_SIX_DIGITS),
    case("cosine's fixed point, 1,000 times", cosine_root, cosine_root_vjp, between(0.3, 1.0, 1000)),
    case("largest eigenvalue by iteration", largest_eigenvalue, largest_eigenvalue_vjp,
         lambda r: r.normal(size=(32, 32)) + np.diag(np.arange(32.0)) + 12 * np.diag(np.arange(32) == 31)),
    case("conjugate gradients", conjugate_gradients, lambda g, out, b: (np.linalg.solve(_SPD, g),), normal(40, 25)),
]  # fmt: skip
