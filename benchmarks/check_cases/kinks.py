"""At and beside kinks, jumps and ties: the `mixed` points lie on the hostile places, near them and far away."""

from __future__ import annotations

import numpy as np

from .case import Case, arrays, normal


def mixed(*kinks, size=4):
    """Each number exactly on a kink, beside one by 10⁻⁹ to 10⁻¹, or anywhere."""

    def draw(rng):
        at = rng.choice(kinks, size=size)
        beside = at + rng.choice([-1, 1], size=size) * 10 ** rng.uniform(-9, -1, size=size)
        return np.select([rng.random(size) < 0.35, rng.random(size) < 0.5], [at, beside], 2 * rng.normal(size=size))

    return draw


def piecewise(name, f, left, right, kinks, *conventions):
    """An elementwise function with one-sided derivatives `left` and `right`; at a kink several choices are right."""

    def interval(x):
        return np.minimum(left(x), right(x)), np.maximum(left(x), right(x))

    vjps = [lambda g, out, x, s=side: (g * s(x),) for side in (left, right, *conventions)]
    return Case(name, f, vjps, arrays(mixed(*kinks)), interval=interval)


def halfway(left, right):
    return lambda x: (left(x) + right(x)) / 2


def relu_like(x, below, above):
    """left and right derivatives of a function with a kink at 0."""
    return (lambda x: np.where(x > 0, above(x), below(x))), (lambda x: np.where(x >= 0, above(x), below(x)))


def step(low, high):
    return lambda x: np.where(x > 0, high, low), lambda x: np.where(x >= 0, high, low)


def tied(rng):
    """Rows with ties for the largest and the smallest number, exact and almost."""
    x = rng.integers(-2, 3, size=(2, 4)).astype(float)
    return x + np.where(rng.random(x.shape) < 0.3, 10 ** rng.uniform(-8, -2, size=x.shape), 0)


def max_even(g, out, x):
    mask = x == out[:, None]
    return (g[:, None] * mask / mask.sum(axis=1, keepdims=True),)


def max_first(g, out, x):
    mask = np.zeros_like(x)
    mask[np.arange(len(x)), x.argmax(axis=1)] = 1
    return (g[:, None] * mask,)


def max_accepts(g, gradients, x):
    """Shares between 0 and 1 on the tied places that add up to 1, nothing elsewhere."""
    (given,) = gradients
    if np.shape(given) != x.shape:
        return False
    shares, mask = given / g[:, None], x == x.max(axis=1, keepdims=True)
    inside = (shares >= -1e-4) & (shares <= 1 + 1e-4) & (mask | (np.abs(shares) < 1e-4))
    return bool(inside.all() and (np.abs(shares.sum(axis=1) - 1) < 1e-4).all())


def maximum_accepts(g, gradients, x, y):
    share, other = gradients[0] / g, gradients[1] / g
    low, high = (x > y).astype(float), (x >= y).astype(float)
    return bool(((share >= low - 1e-4) & (share <= high + 1e-4)).all() and (np.abs(share + other - 1) < 1e-4).all())


def stair(rng):
    """On a step of floor(x), beside one, or anywhere."""
    beside = rng.choice([-1, 1], size=4) * 10 ** rng.uniform(-8, -2, size=4)
    inside = rng.uniform(0.01, 0.99, size=4)
    return rng.integers(-3, 4, size=4) + np.select([rng.random(4) < 0.3, rng.random(4) < 0.6], [0, beside], inside)


def nearly_tied(rng):
    """Numbers that come in pairs, 10⁻⁷ to 10⁻² apart."""
    x = np.repeat(rng.normal(size=3), 2)
    return rng.permutation(x + np.tile([0, 1], 3) * 10 ** rng.uniform(-7, -2, size=6))


def median_vjp(g, out, x):
    return (g * (x == out),)


def nearly_equal(rng):
    x = rng.normal(size=4)
    gap = np.where(rng.random(4) < 0.4, 0, rng.choice([-1, 1], size=4) * 10 ** rng.uniform(-8, 0, size=4))
    return x, x + gap


_relu = step(0.0, 1.0)
_abs = step(-1.0, 1.0)
_leaky = step(0.1, 1.0)
_elu = relu_like(None, np.exp, np.ones_like)
_clip = (lambda x: ((x > -1) & (x <= 1)) * 1.0, lambda x: ((x >= -1) & (x < 1)) * 1.0)
_hinge = (lambda x: np.where(x <= 1, -1.0, 0.0), lambda x: np.where(x < 1, -1.0, 0.0))
_sin = (lambda x: np.where(x > 0, np.cos(x), -np.cos(x)), lambda x: np.where(x >= 0, np.cos(x), -np.cos(x)))
_cubic = (lambda x: np.where(x > 0, 3 * x**2 + 2, x - 1), lambda x: np.where(x >= 0, 3 * x**2 + 2, x - 1))
_hard = (lambda x: ((x > -3) & (x <= 3)) / 6, lambda x: ((x >= -3) & (x < 3)) / 6)
_tent = (lambda x: 1e3 * (((x > -1e-3) & (x <= 0)) * 1.0 - ((x > 0) & (x <= 1e-3))),
         lambda x: 1e3 * (((x >= -1e-3) & (x < 0)) * 1.0 - ((x >= 0) & (x < 1e-3))))  # fmt: skip
_knots = np.linspace(-3, 3, 61)
_heights = np.cos(3 * _knots)
_slopes = np.concatenate([[0], np.diff(_heights) / np.diff(_knots), [0]])
_table = (lambda x: _slopes[np.searchsorted(_knots, x, "left")], lambda x: _slopes[np.searchsorted(_knots, x, "right")])
_far = (lambda x: np.where(x > 1e6, 2.0, 1.0), lambda x: np.where(x >= 1e6, 2.0, 1.0))
_huber = lambda x: np.clip(x, -1, 1)
_squared = lambda x: 2 * np.maximum(x, 0)

CASES = [
    piecewise("relu", lambda x: np.maximum(x, 0), *_relu, [0.0], halfway(*_relu)),
    piecewise("abs", np.abs, *_abs, [0.0], halfway(*_abs)),
    piecewise("leaky relu", lambda x: np.where(x > 0, x, 0.1 * x), *_leaky, [0.0], halfway(*_leaky)),
    piecewise("clip", lambda x: np.clip(x, -1, 1), *_clip, [-1.0, 1.0], halfway(*_clip)),
    piecewise("hinge", lambda x: np.maximum(0, 1 - x), *_hinge, [1.0], halfway(*_hinge)),
    piecewise("|sin|-like", lambda x: np.sign(x) * np.sin(x), *_sin, [0.0], halfway(*_sin)),
    piecewise("cubic beside quadratic", lambda x: np.where(x > 0, x**3 + 2 * x, x * x / 2 - x), *_cubic, [0.0]),
    piecewise("hard sigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1), *_hard, [-3.0, 3.0], halfway(*_hard)),
    piecewise("elu", lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), *_elu, [0.0]),
    piecewise("huber", lambda x: np.where(np.abs(x) <= 1, x * x / 2, np.abs(x) - 0.5), _huber, _huber, [-1.0, 1.0]),
    piecewise("squared relu", lambda x: np.maximum(x, 0) ** 2, _squared, _squared, [0.0]),
    piecewise("relu, offset", lambda x: np.maximum(x - 1000, 0),
              lambda x: 1.0 * (x > 1000), lambda x: 1.0 * (x >= 1000), [1000.0]),
    piecewise("a tent of width 1e-3", lambda x: np.maximum(0, 1 - np.abs(x) / 1e-3), *_tent, [-1e-3, 0.0, 1e-3]),
    piecewise("a table with straight lines", lambda x: np.interp(x, _knots, _heights), *_table, list(_knots[25:35])),
    piecewise("a small kink at 1e6", lambda x: x + np.maximum(x - 1e6, 0), *_far, [1e6]),
    Case("floor away from integers", lambda x: np.floor(x) + x, [lambda g, out, x: (g,)],
         lambda rng: (rng.integers(-3, 3, size=4) + rng.choice([1e-4, 0.02, 0.3, 0.9], size=4),)),
    Case("floor at and beside integers", lambda x: np.floor(x) + x, [lambda g, out, x: (g,)], arrays(stair)),
    Case("a jump beside", lambda x: np.where(x > 0, 1 + x * x + x, x - 1),
         [lambda g, out, x: (g * np.where(x > 0, 2 * x + 1, 1),)],
         lambda rng: (rng.choice([-1, 1], size=4) * 10 ** rng.uniform(-8, 0, size=4),)),
    Case("a tiny jump beside", lambda x: np.sin(x) + 1e-5 * (x > 0.5), [lambda g, out, x: (g * np.cos(x),)],
         lambda rng: (0.5 + rng.choice([-1, 1], size=4) * 10 ** rng.uniform(-7, -1, size=4),)),
    Case("sort with near ties", np.sort, [lambda g, o, x: (g[np.argsort(np.argsort(x))],)], arrays(nearly_tied)),
    Case("median with near ties", lambda x: np.median(x[:5]),
         [lambda g, out, x: (np.append(median_vjp(g, out, x[:5])[0], 0.0),)], arrays(nearly_tied)),
    Case("max with ties", lambda x: x.max(axis=1), [max_even, max_first], arrays(tied), accepts=max_accepts),
    Case("maximum of two", np.maximum,
         [lambda g, o, x, y: (g * ((x > y) + 0.5 * (x == y)), g * ((y > x) + 0.5 * (x == y))),
          lambda g, o, x, y: (g * (x >= y), g * (y > x))],
         nearly_equal, accepts=maximum_accepts),
    Case("relu then sum", lambda x: np.maximum(x, 0).sum(),
         [lambda g, o, x: (g * (x > 0),), lambda g, o, x: (g * (x >= 0),)],
         arrays(mixed(0.0, size=6)), interval=lambda x: (1.0 * (x > 0), 1.0 * (x >= 0))),
    Case("where", lambda x: np.where(x > 0, np.sin(x), 0.5 * x),
         [lambda g, o, x: (g * np.where(x > 0, np.cos(x), 0.5),)],
         arrays(mixed(0.0)),
         interval=lambda x: (np.where(x > 0, np.cos(x), 0.5), np.where(x >= 0, np.cos(x), 0.5))),
    Case("sort", np.sort, [lambda g, o, x: (g[np.argsort(np.argsort(x))],)], arrays(normal(4))),
]  # fmt: skip
