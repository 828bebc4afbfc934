"""Inputs and outputs of unlike size: physics in SI units, coefficients and weights over many decades.

Written by someone who had not seen the checker, and never tuned on: see docs/checking.md.
"""

from __future__ import annotations

import numpy as np

from .case import Case
from .unseen import decades, gaussian, uniform

_SAME = 1e-2  # a plant that moves no element by more is none
CASES: list[Case] = []


def add(name, draw, f, vjp, same=_SAME):
    CASES.append(Case(name, f, [vjp], draw, same=max(same, _SAME)))


add(
    "a x + b, 1e8 and 1e-8",
    lambda r: (gaussian(r, 5) * 100000000.0, gaussian(r, 5) * 1e-08, gaussian(r)[()]),
    lambda a, x, b: a * x + b,
    lambda g, o, a, x, b: (g * x, g * a, g.sum()),
)
kB = 8.314
add(
    "Arrhenius, four reactions",
    lambda r: (decades(r, 6, 8, 4), uniform(r, 40000.0, 90000.0, 4), uniform(r, 280, 400)[()]),
    lambda a, e, T: a * np.exp(-e / kB / T),
    lambda g, o, a, e, T: (g * o / a, -g * o / kB / T, (g * o * e / kB / T**2).sum()),
)
h_ = 6.626e-34
c_ = 299800000.0
k_ = 1.381e-23


def planck(l, T):
    return 1e-13 * 2 * h_ * c_**2 / l**5 / np.expm1(h_ * c_ / (l * k_ * T))


def planck_v(g, o, l, T):
    u = h_ * c_ / (l * k_ * T)
    q = o * u * np.exp(u) / np.expm1(u)
    return (g * (-5 * o / l + q / l), (g * q / T).sum())


add("Planck's law in metres", lambda r: (uniform(r, 3e-07, 3e-06, 5), uniform(r, 3000, 7000)[()]), planck, planck_v)


def coul(q, Q, x):
    d = x[0] - x[1]
    return 8990000000.0 * q * Q * d / (d @ d) ** 1.5


def coul_v(g, o, q, Q, x):
    d = x[0] - x[1]
    r2 = d @ d
    k = 8990000000.0 * q * Q
    gd = k * (g / r2**1.5 - 3 * (g @ d) * d / r2**2.5)
    return (g @ o / q, g @ o / Q, np.array([gd, -gd]))


add(
    "Coulomb force, SI",
    lambda r: (gaussian(r)[()] * 1e-08, gaussian(r)[()] * 1e-08, gaussian(r, 2, 3) * 0.001),
    coul,
    coul_v,
)
add(
    "ratio 1e-8 / 1e8",
    lambda r: (gaussian(r, 4) * 1e-08, uniform(r, 1, 2, 4) * 100000000.0),
    lambda x, y: x / y,
    lambda g, o, x, y: (g / y, -g * x / y**2),
)
add(
    "three outputs of unlike size",
    lambda r: (gaussian(r, 3), gaussian(r, 3)),
    lambda x, y: np.stack([x * 100000000.0, np.sin(y) * 1e-08, x * y]),
    lambda g, o, x, y: (g[0] * 100000000.0 + g[2] * y, g[1] * np.cos(y) * 1e-08 + g[2] * x),
)
add(
    "logsumexp of 1e-8..1e2",
    lambda r: (decades(r, -8, 2, 6),),
    lambda x: np.log(np.exp(x - x.real.max()).sum()) + x.real.max() + 0 * x[0],
    lambda g, o, x: (g * np.exp(x - o),),
)
add(
    "sum of squares 1e-8..1e8", lambda r: (decades(r, -8, 8, 7),), lambda x: (x * x).sum(), lambda g, o, x: (2 * g * x,)
)
add(
    "sum of squares by float()",
    lambda r: (decades(r, -8, 8, 7),),
    lambda x: sum(float(t) ** 2 for t in x),
    lambda g, o, x: (2 * g * x,),
)
add(
    "hypot 1e8, 1e-8",
    lambda r: (gaussian(r, 4) * 100000000.0, gaussian(r, 4) * 1e-08),
    np.hypot,
    lambda g, o, x, y: (g * x / o, g * y / o),
)
add(
    "hypot 1e3, 1",
    lambda r: (gaussian(r, 4) * 1000.0, gaussian(r, 4)),
    np.hypot,
    lambda g, o, x, y: (g * x / o, g * y / o),
)
add(
    "weighted mean",
    lambda r: (gaussian(r, 6), decades(r, -8, 8, 6)),
    lambda x, w: (w * x).sum() / w.sum(),
    lambda g, o, x, w: (g * w / w.sum(), g * (x - o) / w.sum()),
)


def rc(V, t, R, C):
    return V * np.exp(-t / R / C)


add(
    "RC circuit in SI",
    lambda r: (
        gaussian(r)[()] * 5,
        uniform(r, 1e-07, 3e-06, 5),
        uniform(r, 5000.0, 20000.0)[()],
        uniform(r, 5e-11, 2e-10)[()],
    ),
    rc,
    lambda g, o, V, t, R, C: (
        (g * o).sum() / V,
        -g * o / R / C,
        (g * o * t).sum() / R**2 / C,
        (g * o * t).sum() / R / C**2,
    ),
)
add(
    "thin lens",
    lambda r: (uniform(r, 0.01, 0.05)[()], decades(r, 0, 7, 5)),
    lambda f, d: 1 / (1 / f - 1 / d),
    lambda g, o, f, d: ((g * o**2).sum() / f**2, -g * o**2 / d**2),
)
add(
    "Lorentz factor",
    lambda r: (decades(r, 4, 8, 6),),
    lambda v: 1 / np.sqrt(1 - (v / 299792458.0) ** 2),
    lambda g, o, v: (g * o**3 * v / 299792458.0**2,),
)
add(
    "van der Waals",
    lambda r: (
        uniform(r, 0.5, 2)[()],
        uniform(r, 250, 400)[()],
        uniform(r, 0.001, 0.01, 4),
        uniform(r, 0.1, 0.4)[()],
        uniform(r, 3e-05, 5e-05)[()],
    ),
    lambda n, T, V, a, b: n * kB * T / (V - n * b) - a * n * n / V**2,
    lambda g, o, n, T, V, a, b: (
        (g * (kB * T / (V - n * b) + n * kB * T * b / (V - n * b) ** 2 - 2 * a * n / V**2)).sum(),
        (g * n * kB / (V - n * b)).sum(),
        g * (-n * kB * T / (V - n * b) ** 2 + 2 * a * n * n / V**3),
        -(g * n * n / V**2).sum(),
        (g * n * n * kB * T / (V - n * b) ** 2).sum(),
    ),
)
add(
    "lognormal density 1e-4..1e4",
    lambda r: (decades(r, -4, 4, 6),),
    lambda x: np.exp(-(np.log(x) ** 2) / 8) / x,
    lambda g, o, x: (-g * o / x * (1 + np.log(x) / 4),),
)
add(
    "pH of a weak acid",
    lambda r: (decades(r, -8, -1, 5), decades(r, -9, -3)[()]),
    lambda c, K: -np.log10((-K + np.sqrt(K * K + 4 * K * c)) / 2),
    lambda g, o, c, K: (
        lambda q, x: (-g / np.log(10) / x * K / q, (-g / np.log(10) / x * (-1 + (K + 2 * c) / q) / 2).sum())
    )(np.sqrt(K * K + 4 * K * c), (-K + np.sqrt(K * K + 4 * K * c)) / 2),
    same=0.001,
)
sc = np.array([1e-08, 0.001, 1000.0, 100000000.0])
add(
    "matrix of unlike columns",
    lambda r: (gaussian(r, 3, 4) * sc, gaussian(r, 4, 2)),
    lambda a, b: a @ b,
    lambda g, o, a, b: (g @ b.T, a.T @ g),
)
add(
    "rows of unlike size, times 1",
    lambda r: (gaussian(r, 3, 4), gaussian(r, 4)[:, None] * sc[:, None]),
    lambda a, b: np.tanh(a) @ b,
    lambda g, o, a, b: (g @ b.T * (1 - np.tanh(a) ** 2), np.tanh(a).T @ g),
)


def st(x, T):
    e = np.exp((x - x.real.max()) / T)
    return e / e.sum()


def st_v(g, o, x, T):
    d = o * (g - (g * o).sum()) / T
    return (d, -(d * x).sum() / T)


add("softmax with temperature", lambda r: (gaussian(r, 5) * 1000.0, decades(r, 2, 4)[()]), st, st_v)
add(
    "a step of Adam",
    lambda r: (gaussian(r, 5) * 1e-06, decades(r, -16, -8, 5)),
    lambda m, v: m / (np.sqrt(v) + 1e-08),
    lambda g, o, m, v: (g / (np.sqrt(v) + 1e-08), -g * m / (np.sqrt(v) + 1e-08) ** 2 / 2 / np.sqrt(v)),
)
add(
    "polynomial, unlike coefficients",
    lambda r: (gaussian(r, 5) * 10.0 ** (-2 * np.arange(5)), uniform(r, 50, 150, 3)),
    lambda c, x: sum(c[k] * x**k for k in range(5)),
    lambda g, o, c, x: (
        np.array([(g * x**k).sum() for k in range(5)]),
        g * sum(k * c[k] * x ** (k - 1) for k in range(1, 5)),
    ),
)
