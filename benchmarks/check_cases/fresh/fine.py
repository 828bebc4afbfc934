"""Functions whose structure is finer than one would expect."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from ..case import Case, arrays, between, elementwise, normal

CASES: list[Case] = []
_R = np.random.default_rng(20263)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, same=1e-2, **options))


def add_elementwise(name, f, slope, draw, **options):
    CASES.append(elementwise(name, f, slope, draw, same=1e-2, **options))


# --- ripples ----------------------------------------------------------------------------------------------------------
add_elementwise(
    "parabola with a ripple of 1e-3",
    lambda x: x**2 + 1e-3 * np.sin(1e3 * x),
    lambda x: 2 * x + np.cos(1e3 * x),
    normal(6),
)


def bumpy(x):
    return np.sum(np.log1p(x**2)) - 1e-5 * np.sum(np.cos(1e5 * x + 0.3))


add(
    "bumpy loss landscape",
    bumpy,
    lambda g, out, x: (g * (2 * x / (1 + x**2) + np.sin(1e5 * x + 0.3)),),
    arrays(normal(8)),
)

add_elementwise(
    "ripple of 1e-6 on an exponential",
    lambda x: np.exp(x) + 3e-6 * np.cos(1e6 * x),
    lambda x: np.exp(x) - 3 * np.sin(1e6 * x),
    between(-1, 2, 4),
)


def corrugated(x, y):
    return np.exp(-(x**2) - y**2) * (1 + 0.02 * np.sin(200 * (x + 2 * y)))


def corrugated_vjp(g, out, x, y):
    e = np.exp(-(x**2) - y**2)
    c = 4 * e * np.cos(200 * (x + 2 * y))
    return g * (c - 2 * x * out), g * (2 * c - 2 * y * out)


add("corrugated hill", corrugated, corrugated_vjp, arrays(normal(), normal()))

_WA, _WB = 0.45 ** np.arange(11), 3.0 ** np.arange(11)


def weierstrass(x):
    return np.cos(x[:, None] * _WB) @ _WA


add(
    "partial sum of Weierstrass",
    weierstrass,
    lambda g, out, x: (-g * (np.sin(x[:, None] * _WB) @ (_WA * _WB)),),
    arrays(normal(4)),
)


def beats(x, k):
    return np.sin(k * x) * np.sin(1.01 * k * x) + x


def beats_vjp(g, out, x, k):
    d = np.cos(k * x) * np.sin(1.01 * k * x) + 1.01 * np.sin(k * x) * np.cos(1.01 * k * x)
    return g * (k * d + 1), np.sum(g * x * d)


add("beats of two near frequencies", beats, beats_vjp, arrays(between(0.5, 2, 5), between(1e4, 2e4)))

# --- peaks ------------------------------------------------------------------------------------------------------------
_LC = np.array([-1.3, -0.2, 0.4, 1.7])


def spectrum_lines(x, width):
    z = (x[:, None] - _LC) / width
    return np.sum(1 / (1 + z**2), 1) + 0.3 * x


def spectrum_lines_vjp(g, out, x, width):
    z = (x[:, None] - _LC) / width
    d = -2 * z / (1 + z**2) ** 2
    return g * (d.sum(1) / width + 0.3), -np.sum(g[:, None] * d * z) / width


add(
    "narrow Lorentzian lines on a slope",
    spectrum_lines,
    spectrum_lines_vjp,
    lambda rng: (_LC[rng.integers(0, 4, 6)] + 2e-3 * rng.normal(size=6), rng.uniform(5e-4, 3e-3)),
)

_KD = np.sort(_R.normal(size=60))


def narrow_density(x):
    return np.exp(-0.5 * ((x[:, None] - _KD) / 1e-2) ** 2).sum(1) + 10 * np.exp(-0.5 * x**2)


def narrow_density_vjp(g, out, x):
    z = (x[:, None] - _KD) / 1e-2
    return (-g * ((z / 1e-2 * np.exp(-0.5 * z**2)).sum(1) + 10 * x * np.exp(-0.5 * x**2)),)


add("kernel density of small bandwidth", narrow_density, narrow_density_vjp, arrays(normal(6)))


def etalon(lam, gap, refl):
    fin = 4 * refl / (1 - refl) ** 2
    return 1 / (1 + fin * np.sin(2 * np.pi * gap / lam) ** 2)


def etalon_vjp(g, out, lam, gap, refl):
    fin = 4 * refl / (1 - refl) ** 2
    p = 2 * np.pi * gap / lam
    dp = -g * out**2 * fin * np.sin(2 * p)
    dfin = -g * out**2 * np.sin(p) ** 2
    return -dp * p / lam, np.sum(dp * p) / gap, np.sum(dfin) * 4 * (1 + refl) / (1 - refl) ** 3


add(
    "transmission of an etalon",
    etalon,
    etalon_vjp,
    arrays(between(500e-9, 700e-9, 5), between(0.9e-3, 1.1e-3), between(0.8, 0.95)),
)

# --- switches and staircases ------------------------------------------------------------------------------------------


def switch(x, a):
    s = 0.5 * (1 + np.tanh(1e4 * (x - a)))
    return s * np.exp(-x) + (1 - s) * np.sin(3 * x)


def switch_vjp(g, out, x, a):
    t = np.tanh(1e4 * (x - a))
    s, ds = 0.5 * (1 + t), 0.5e4 * (1 - t**2)
    jump = ds * (np.exp(-x) - np.sin(3 * x))
    return g * (jump - s * np.exp(-x) + 3 * (1 - s) * np.cos(3 * x)), -np.sum(g * jump)


def _draw_switch(rng):
    a = rng.uniform(0.2, 0.9)
    return a + rng.normal(size=6) * np.array([1e-4, 1e-4, 3e-4, 1e-3, 0.3, 0.3]), a


add("switch between two laws, tanh(1e4 x)", switch, switch_vjp, _draw_switch)


def friction(v, mu, load):
    return -mu * load * np.tanh(v / 1e-3) * (1 + 0.4 * np.exp(-((v / 0.1) ** 2))) - 2 * v


def friction_vjp(g, out, v, mu, load):
    t, e = np.tanh(v / 1e-3), np.exp(-((v / 0.1) ** 2))
    s = t * (1 + 0.4 * e)
    dv = -mu * load * (1e3 * (1 - t**2) * (1 + 0.4 * e) - t * 0.8 * e * v / 0.01) - 2
    return g * dv, -np.sum(g * s) * load, -np.sum(g * s) * mu


add(
    "dry friction",
    friction,
    friction_vjp,
    lambda rng: (
        rng.normal(size=6) * np.array([1e-3, 2e-3, 1e-2, 0.1, 0.1, 0.5]),
        rng.uniform(0.2, 0.6),
        rng.uniform(1, 5),
    ),
)

add_elementwise(
    "smoothed staircase of 200 steps",
    lambda x: x - 0.9 * np.sin(400 * np.pi * x) / (400 * np.pi),
    lambda x: 1 - 0.9 * np.cos(400 * np.pi * x),
    between(-1, 1, 6),
)

# --- chirps and tables ------------------------------------------------------------------------------------------------


def chirp(t, rate):
    return np.exp(-0.1 * t) * np.sin(rate * t**2)


def chirp_vjp(g, out, t, rate):
    e = np.exp(-0.1 * t) * np.cos(rate * t**2)
    return g * (2 * rate * t * e - 0.1 * out), np.sum(g * t**2 * e)


add("linear chirp", chirp, chirp_vjp, arrays(between(0, 10, 7), between(50, 300)))

_TX = np.sort(np.concatenate([np.linspace(0, 1, 401), _R.uniform(0, 1, 20)]))
_TY = np.sin(6 * _TX) + 0.02 * _R.normal(size=len(_TX))
_SPLINE = CubicSpline(np.linspace(0, 1, 801), np.cumsum(_R.normal(size=801)) / 20)


def table(x):
    return np.interp(x, _TX, _TY) ** 2


def table_vjp(g, out, x):
    i = np.clip(np.searchsorted(_TX, x) - 1, 0, len(_TX) - 2)
    return (2 * g * np.interp(x, _TX, _TY) * (_TY[i + 1] - _TY[i]) / (_TX[i + 1] - _TX[i]),)


add("linear interpolation in a rough table", table, table_vjp, arrays(between(0.001, 0.999, 6)))

add_elementwise("cubic spline through 801 rough values", _SPLINE, lambda x: _SPLINE(x, 1), between(0, 1, 6))

_IMAGE = _R.normal(size=(60, 60))


def image_lookup(p):
    s = 59 * p
    i = np.clip(np.floor(s).astype(int), 0, 58)
    u, v = (s - i)[:, 0], (s - i)[:, 1]
    a, b = i[:, 0], i[:, 1]
    return (1 - u) * ((1 - v) * _IMAGE[a, b] + v * _IMAGE[a, b + 1]) + u * (
        (1 - v) * _IMAGE[a + 1, b] + v * _IMAGE[a + 1, b + 1]
    )


def image_lookup_vjp(g, out, p):
    s = 59 * p
    i = np.clip(np.floor(s).astype(int), 0, 58)
    u, v = (s - i)[:, 0], (s - i)[:, 1]
    q00, q01 = _IMAGE[i[:, 0], i[:, 1]], _IMAGE[i[:, 0], i[:, 1] + 1]
    q10, q11 = _IMAGE[i[:, 0] + 1, i[:, 1]], _IMAGE[i[:, 0] + 1, i[:, 1] + 1]
    du = (1 - v) * (q10 - q00) + v * (q11 - q01)
    dv = (1 - u) * (q01 - q00) + u * (q11 - q10)
    return (59 * np.stack([g * du, g * dv], 1),)


add("bilinear lookup in an image of noise", image_lookup, image_lookup_vjp, arrays(between(0.01, 0.99, 5, 2)))
