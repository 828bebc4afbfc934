"""A thousand to a hundred thousand inputs.

Written by someone who had not seen the checker, and never tuned on: see docs/checking.md.
"""

from __future__ import annotations

import numpy as np

from .case import Case
from .unseen import gaussian, uniform

_SAME = 1e-2  # a plant that moves no element by more is none
CASES: list[Case] = []


def add(name, draw, f, vjp, same=_SAME):
    CASES.append(Case(name, f, [vjp], draw, same=max(same, _SAME), points=1))


n4 = 10000
n5 = 100000
add("sin 1e5", lambda r: (gaussian(r, n5),), np.sin, lambda g, o, x: (g * np.cos(x),))
add(
    "x y 5e4",
    lambda r: (gaussian(r, n5 // 2), gaussian(r, n5 // 2)),
    lambda x, y: x * y,
    lambda g, o, x, y: (g * y, g * x),
)
add("sum of squares 1e5", lambda r: (gaussian(r, n5),), lambda x: (x * x).sum(), lambda g, o, x: (2 * g * x,))
add(
    "dot 3e4", lambda r: (gaussian(r, 30000), gaussian(r, 30000)), lambda x, y: x @ y, lambda g, o, x, y: (g * y, g * x)
)
add("mean of log 1e4", lambda r: (uniform(r, 0.1, 5, n4),), lambda x: np.log(x).mean(), lambda g, o, x: (g / x / n4,))
add("cumsum 2e4", lambda r: (gaussian(r, 2 * n4),), np.cumsum, lambda g, o, x: (np.cumsum(g[::-1])[::-1],))
add(
    "differences squared 1e5",
    lambda r: (gaussian(r, n5),),
    lambda x: np.diff(x) ** 2,
    lambda g, o, x: (np.concatenate([[0], 2 * g * np.diff(x)]) - np.concatenate([2 * g * np.diff(x), [0]]),),
)
add(
    "softmax of 1e4",
    lambda r: (gaussian(r, n4),),
    lambda x: np.exp(x) / np.exp(x).sum(),
    lambda g, o, x: (o * (g - (g * o).sum()),),
)
add(
    "normalised 1e4",
    lambda r: (gaussian(r, n4),),
    lambda x: x / np.sqrt((x * x).sum()),
    lambda g, o, x: ((g - o * (g * o).sum()) / np.sqrt((x * x).sum()),),
)
add(
    "ReLU 1e4, away from 0",
    lambda r: (r.choice([-1, 1], n4) * uniform(r, 0.3, 2, n4),),
    lambda x: np.where(np.real(x) > 0, x, 0 * x),
    lambda g, o, x: (g * (x > 0),),
)
add(
    "linear 500x100 @ 100x3 + b",
    lambda r: (gaussian(r, 500, 100), gaussian(r, 100, 3), gaussian(r, 3)),
    lambda x, w, b: x @ w + b,
    lambda g, o, x, w, b: (g @ w.T, x.T @ g, g.sum(0)),
)
add(
    "smooth total variation 100x100",
    lambda r: (gaussian(r, 100, 100),),
    lambda x: np.sqrt(np.diff(x, axis=1) ** 2 + 0.01).sum(),
    lambda g, o, x: (lambda d: (np.pad(d, ((0, 0), (1, 0))) - np.pad(d, ((0, 0), (0, 1))),))(
        g * np.diff(x, axis=1) / np.sqrt(np.diff(x, axis=1) ** 2 + 0.01)
    ),
)
add(
    "x times its neighbour 5e4",
    lambda r: (gaussian(r, n5 // 2),),
    lambda x: x * np.roll(x, 1),
    lambda g, o, x: (g * np.roll(x, 1) + np.roll(g * x, -1),),
)
add(
    "variance of rows 100x200",
    lambda r: (gaussian(r, 100, 200),),
    lambda x: ((x - x.mean(1, keepdims=True)) ** 2).mean(1),
    lambda g, o, x: (2 * g[:, None] * (x - x.mean(1, keepdims=True)) / 200,),
)
add(
    "logsumexp of 1e5",
    lambda r: (gaussian(r, n5),),
    lambda x: np.log(np.exp(x).sum()),
    lambda g, o, x: (g * np.exp(x - o),),
)
add(
    "cubic 1e5 with three coefficients",
    lambda r: (gaussian(r, n5), gaussian(r, 3)),
    lambda x, c: c[0] * x + c[1] * x**2 + c[2] * x**3,
    lambda g, o, x, c: (g * (c[0] + 2 * c[1] * x + 3 * c[2] * x**2), np.array([(g * x**k).sum() for k in (1, 2, 3)])),
)
ix = np.random.default_rng(3).integers(0, n4, 3 * n4)
add(
    "embedding look-up 1e4, 3e4 words",
    lambda r: (gaussian(r, n4),),
    lambda x: x[ix],
    lambda g, o, x: (np.bincount(ix, g, n4),),
)
add(
    "blur of 5 over 2e4",
    lambda r: (gaussian(r, 2 * n4), gaussian(r, 5)),
    lambda x, k: np.convolve(x, k, "valid"),
    lambda g, o, x, k: (np.convolve(g, k[::-1], "full"), np.correlate(x, g, "valid")[::-1]),
)
add(
    "maximum per row 1000x20",
    lambda r: (r.permutation(20000).reshape(1000, 20) / 10000.0,),
    lambda x: x.max(1),
    lambda g, o, x: (g[:, None] * (x == o[:, None]),),
)
add(
    "RBF distances to 1 centre 5000x3",
    lambda r: (gaussian(r, 5000, 3), gaussian(r, 3)),
    lambda x, c: np.exp(-((x - c) ** 2).sum(1)),
    lambda g, o, x, c: (lambda d: (d, -d.sum(0)))(-2 * (g * o)[:, None] * (x - c)),
)
add(
    "sigmoid cross-entropy 1e4",
    lambda r: (gaussian(r, n4) * 2, uniform(r, 0, 1, n4)),
    lambda z, t: (np.log1p(np.exp(z)) - t * z).sum(),
    lambda g, o, z, t: (g * (1 / (1 + np.exp(-z)) - t), -g * z),
)
