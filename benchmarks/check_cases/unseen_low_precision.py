"""Functions that compute in float32 and float16.

Written by someone who had not seen the checker, and never tuned on: see docs/checking.md.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from .case import Case
from .unseen import gaussian, uniform
from .unseen_ordinary import phi

_SAME = 1e-2  # a plant that moves no element by more is none
CASES: list[Case] = []


def low(name, draw, f, vjp, dtype=np.float32, points=2):
    """A function that runs in the precision of its inputs, and whose gradients come in it."""

    def rounded(g, out, *xs):
        return tuple(np.asarray(t, dtype=x.dtype)[()] for t, x in zip(vjp(g, out, *xs), xs, strict=True))

    def drawn(rng):
        return tuple(np.asarray(t, dtype=dtype)[()] for t in draw(rng))

    same = _SAME if dtype == np.float32 else 2e-2
    CASES.append(Case(name, f, [rounded], drawn, same=same, points=points))


H = np.float16


def smx(x):
    e = np.exp(x - x.real.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


low(
    "softmax 8x12, f32",
    lambda r: (gaussian(r, 8, 12),),
    smx,
    lambda g, o, x: (o * (g - (g * o).sum(1, keepdims=True)),),
)


def ln(x):
    c = x - x.mean(1, keepdims=True)
    return c / np.sqrt((c * c).mean(1, keepdims=True) + x.real.dtype.type(1e-05))


low(
    "layer norm 10x10, f32",
    lambda r: (gaussian(r, 10, 10) * 3 + 1,),
    ln,
    lambda g, o, x: (
        (g - g.mean(1, keepdims=True) - o * (g * o).mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-05),
    ),
)
low(
    "mean square 300, f32",
    lambda r: (gaussian(r, 300), gaussian(r, 300)),
    lambda a, b: ((a - b) ** 2).mean(),
    lambda g, o, a, b: (2 * g * (a - b) / 300, -2 * g * (a - b) / 300),
)
low("sum of squares 1000, f32", lambda r: (gaussian(r, 1000),), lambda x: (x * x).sum(), lambda g, o, x: (2 * g * x,))
low(
    "dense tanh 10x8 @ 8x6, f32",
    lambda r: (gaussian(r, 10, 8), gaussian(r, 8, 6) * 0.4, gaussian(r, 6)),
    lambda x, w, b: np.tanh(x @ w + b),
    lambda g, o, x, w, b: (lambda d: (d @ w.T, x.T @ d, d.sum(0)))(g * (1 - o * o)),
)
low(
    "sigmoid 50, f32",
    lambda r: (gaussian(r, 50) * 3,),
    lambda x: 1 / (1 + np.exp(-x)),
    lambda g, o, x: (g * o * (1 - o),),
)
low(
    "exp and log 100, f32",
    lambda r: (uniform(r, 0.2, 3, 100),),
    lambda x: np.exp(x) * np.log(x),
    lambda g, o, x: (g * np.exp(x) * (np.log(x) + 1 / x),),
)
low("running sum 200, f32", lambda r: (gaussian(r, 200),), np.cumsum, lambda g, o, x: (np.cumsum(g[::-1])[::-1],))
low(
    "GELU 64, f32",
    lambda r: (gaussian(r, 64) * 2,),
    lambda x: x * special.ndtr(x),
    lambda g, o, x: (g * (special.ndtr(x) + x * phi(x)),),
)
low(
    "unit vectors 20x3, f32",
    lambda r: (gaussian(r, 20, 3),),
    lambda x: x / np.sqrt((x * x).sum(1, keepdims=True)),
    lambda g, o, x: ((g - o * (g * o).sum(1, keepdims=True)) / np.sqrt((x * x).sum(1, keepdims=True)),),
)
low(
    "logsumexp of 40x5, f32",
    lambda r: (gaussian(r, 40, 5),),
    lambda x: np.log(np.exp(x).sum(1)),
    lambda g, o, x: (g[:, None] * np.exp(x - o[:, None]),),
)
low(
    "x y + z 300, f32",
    lambda r: (gaussian(r, 300), gaussian(r, 300), gaussian(r)[()]),
    lambda x, y, z: x * y + z,
    lambda g, o, x, y, z: (g * y, g * x, g.sum()),
)
low(
    "variance of 500 about 100, f32",
    lambda r: (gaussian(r, 500) + 100,),
    lambda x: ((x - x.mean()) ** 2).mean(),
    lambda g, o, x: (2 * g * (x - x.mean()) / 500,),
    points=2,
)
low(
    "softplus 128, f32",
    lambda r: (gaussian(r, 128) * 4,),
    lambda x: np.log1p(np.exp(x)),
    lambda g, o, x: (g / (1 + np.exp(-x)),),
)
low(
    "matrix 20x20 @ 20x20, f32",
    lambda r: (gaussian(r, 20, 20), gaussian(r, 20, 20)),
    lambda a, b: a @ b,
    lambda g, o, a, b: (g @ b.T, a.T @ g),
)
low(
    "ReLU MLP 12x10, f32",
    lambda r: (gaussian(r, 12, 10), gaussian(r, 10, 10)),
    lambda x, w: np.where(np.real(x @ w) > 0, x @ w, 0 * (x @ w)).sum(1),
    lambda g, o, x, w: (lambda d: (d @ w.T, x.T @ d))(g[:, None] * (x @ w > 0)),
)
low(
    "convolution 100 * 5, f32",
    lambda r: (gaussian(r, 100), gaussian(r, 5)),
    lambda x, k: np.convolve(x, k, "valid"),
    lambda g, o, x, k: (np.convolve(g, k[::-1], "full"), np.correlate(x, g, "valid")[::-1]),
)
low("cosine 400 of large angles, f32", lambda r: (uniform(r, 10, 50, 400),), np.cos, lambda g, o, x: (-g * np.sin(x),))
low("tanh 20, f16", lambda r: (gaussian(r, 20),), np.tanh, lambda g, o, x: (g * (1 - o * o),), H)
low(
    "x y 30, f16",
    lambda r: (gaussian(r, 30), gaussian(r, 30)),
    lambda x, y: x * y,
    lambda g, o, x, y: (g * y, g * x),
    H,
)
low(
    "scale and shift 6x5, f16",
    lambda r: (gaussian(r, 6, 5), gaussian(r, 5), gaussian(r, 5)),
    lambda x, s, b: x * s + b,
    lambda g, o, x, s, b: (g * s, (g * x).sum(0), g.sum(0)),
    H,
)
low("sum of squares 10, f16", lambda r: (gaussian(r, 10),), lambda x: (x * x).sum(), lambda g, o, x: (2 * g * x,), H)
low("exp 100, f16", lambda r: (gaussian(r, 100),), np.exp, lambda g, o, x: (g * o,), H)
low(
    "maximum per row 10x8, f16",
    lambda r: (r.permutation(80).reshape(10, 8) / 16.0,),
    lambda x: x.max(1),
    lambda g, o, x: (g[:, None] * (x == o[:, None]),),
    H,
)
low("mean of 64, f16", lambda r: (gaussian(r, 64),), lambda x: x.mean(), lambda g, o, x: (np.full_like(x, g / 64),), H)
low(
    "reciprocal square root 16, f16",
    lambda r: (uniform(r, 0.5, 4, 16),),
    lambda x: 1 / np.sqrt(x),
    lambda g, o, x: (-g * o / x / 2,),
    H,
)
