"""Structure that is finer than most steps: needles, ripples, tables, knees and near ties.

Written by someone who had not seen the checker, and never tuned on: see docs/checking.md.
"""

from __future__ import annotations

import numpy as np

from .case import Case
from .unseen import gaussian, uniform

_SAME = 1e-2  # a plant that moves no element by more is none
CASES: list[Case] = []


def add(name, draw, f, vjp, same=_SAME):
    CASES.append(Case(name, f, [vjp], draw, same=max(same, _SAME)))


def needle(w, amp, a=0.7):
    f = lambda x: np.sin(x) + amp * np.exp(-(((x - a) / w) ** 2))
    v = lambda g, o, x: (g * (np.cos(x) - 2 * amp * (x - a) / w**2 * np.exp(-(((x - a) / w) ** 2))),)
    return (f, v)


for w, amp in ((0.001, 1), (1e-05, 0.1), (1e-07, 0.001), (1e-09, 1), (1e-12, 1)):
    add(f"needle of width {w}", lambda r, w=w: (0.7 + w * gaussian(r, 3),), *needle(w, amp), same=0.001)
add(
    "needle 1e-4 among ordinary points",
    lambda r: (np.concatenate([gaussian(r, 4), [0.7 + 5e-05]]),),
    *needle(0.0001, 1),
)
for k in (10000.0, 1000000.0, 1000000000.0):
    add(
        f"ripple of frequency {k}",
        lambda r: (uniform(r, 0.5, 1, 4),),
        lambda x, k=k: x * x + np.sin(k * x) / k,
        lambda g, o, x, k=k: (g * (2 * x + np.cos(k * x)),),
        same=0.001,
    )
for w in (0.0001, 1e-08):
    add(
        f"tanh step of width {w}",
        lambda r, w=w: (1 + w * gaussian(r, 3), gaussian(r)[()]),
        lambda x, y, w=w: y * np.tanh((x - 1) / w) + x,
        lambda g, o, x, y, w=w: (g * (1 + y * (1 - np.tanh((x - 1) / w) ** 2) / w), (g * np.tanh((x - 1) / w)).sum()),
        same=0.001,
    )
xs = np.arange(0, 1.0005, 0.001)
ys = np.sin(20 * xs) + 0.01 * np.cos(900 * xs)
add(
    "table, spacing 1e-3",
    lambda r: ((r.integers(1, 998, 5) + uniform(r, 0.1, 0.9, 5)) * 0.001,),
    lambda x: np.interp(x, xs, ys),
    lambda g, o, x: (g * (np.diff(ys) / np.diff(xs))[np.searchsorted(xs, x) - 1],),
)
xs6 = 0.5 + np.arange(0, 2001) * 1e-06
ys6 = np.random.default_rng(5).normal(size=2001).cumsum() * 1e-06
add(
    "table of a random walk, spacing 1e-6",
    lambda r: (0.5 + (r.integers(1, 1998, 4) + uniform(r, 0.2, 0.8, 4)) * 1e-06,),
    lambda x: np.interp(x, xs6, ys6),
    lambda g, o, x: (g * (np.diff(ys6) / np.diff(xs6))[np.searchsorted(xs6, x) - 1],),
    same=0.001,
)
for e in (0.001, 1e-06, 1e-12):
    add(
        f"soft |x| with {e}",
        lambda r, e=e: (e * gaussian(r, 4),),
        lambda x, e=e: np.sqrt(x * x + e * e),
        lambda g, o, x: (g * x / o,),
    )
add(
    "Huber, knee at 1e-4",
    lambda r: (0.0003 * gaussian(r, 5),),
    lambda x: np.where(np.abs(np.real(x)) < 0.0001, x * x / 0.0002, np.sign(np.real(x)) * x - 5e-05),
    lambda g, o, x: (g * np.clip(x / 0.0001, -1, 1),),
)
for d in (0.0001, 1e-08):
    add(
        f"leaky ReLU at {d}",
        lambda r, d=d: (d * gaussian(r, 4), gaussian(r)[()]),
        lambda x, y: y * np.where(np.real(x) > 0, x, 0.1 * x),
        lambda g, o, x, y: (g * y * np.where(x > 0, 1, 0.1), (g * np.where(x > 0, x, 0.1 * x)).sum()),
    )
add(
    "|x - 1| at 1 ± 1e-7",
    lambda r: (1 + 1e-07 * gaussian(r, 4),),
    lambda x: np.abs(x - 1) * x,
    lambda g, o, x: (g * (np.sign(x - 1) * x + np.abs(x - 1)),),
)
add(
    "softplus, sharpness 1e6",
    lambda r: (1e-06 * gaussian(r, 4),),
    lambda x: np.log1p(np.exp(1000000.0 * x)) / 1000000.0,
    lambda g, o, x: (g / (1 + np.exp(-1000000.0 * x)),),
)


def sm(x):
    t = (x - 0.3) / 0.0001
    t = np.where(np.real(t) < 0, 0, np.where(np.real(t) > 1, 1, t))
    return t * t * (3 - 2 * t)


add(
    "smoothstep of width 1e-4",
    lambda r: (0.3 + 0.0001 * uniform(r, 0.05, 0.95, 4),),
    sm,
    lambda g, o, x: (lambda t: (g * np.where((t > 0) & (t < 1), 6 * t * (1 - t), 0) / 0.0001,))((x - 0.3) / 0.0001),
)
add(
    "spectral line of width 1e-7",
    lambda r: (5.89 + 1e-07 * gaussian(r, 4), uniform(r, 1, 2)[()]),
    lambda x, a: a / (1 + ((x - 5.89) / 1e-07) ** 2),
    lambda g, o, x, a: (-g * a * 2 * (x - 5.89) / 1e-14 / (1 + ((x - 5.89) / 1e-07) ** 2) ** 2, (g * o).sum() / a),
    same=0.001,
)
add(
    "comb of teeth 1e-4",
    lambda r: (uniform(r, 0.2, 0.9, 3),),
    lambda x: np.cos(np.pi * x / 0.0001) ** 20,
    lambda g, o, x: (-20 * g * np.pi / 0.0001 * np.cos(np.pi * x / 0.0001) ** 19 * np.sin(np.pi * x / 0.0001),),
    same=0.001,
)
add(
    "maximum of two planes, 1e-6 apart",
    lambda r: (lambda x: (x, x + 1e-06 * gaussian(r, 4)))(gaussian(r, 4)),
    lambda x, y: np.maximum(2 * x, 2 * y) + x * y,
    lambda g, o, x, y: (g * (2.0 * (x > y) + y), g * (2.0 * (y > x) + x)),
)
add(
    "median of five, 1e-6 apart",
    lambda r: (3 + 1e-06 * gaussian(r, 5),),
    lambda x: np.median(x) ** 2,
    lambda g, o, x: (g * 2 * np.median(x) * (x == np.median(x)),),
)
add(
    "sorted dot weights, gaps 1e-9",
    lambda r: (0.4 + 1e-09 * gaussian(r, 6), gaussian(r, 6)),
    lambda x, w: np.sort(x) @ w,
    lambda g, o, x, w: (g * w[np.argsort(np.argsort(x))], g * np.sort(x)),
)
add(
    "smooth staircase of 1e4 steps",
    lambda r: (uniform(r, 0.1, 0.9, 4),),
    lambda x: x - np.sin(20000.0 * np.pi * x) / (20000.0 * np.pi),
    lambda g, o, x: (g * (1 - np.cos(20000.0 * np.pi * x)),),
    same=0.001,
)
