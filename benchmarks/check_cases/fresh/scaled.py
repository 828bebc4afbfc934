"""Functions whose inputs or derivatives span many decades: chemistry, biology and numerics."""

from __future__ import annotations

import numpy as np

from ..case import Case, arrays, between, powers_of_ten

CASES: list[Case] = []
_R = np.random.default_rng(20262)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, same=1e-2, **options))


# --- chemistry and biology --------------------------------------------------------------------------------------------


def arrhenius(a, ea, t):
    return a * np.exp(-ea / (8.314462618 * t))


def arrhenius_vjp(g, out, a, ea, t):
    rt = 8.314462618 * t
    return np.sum(g * out / a), -np.sum(g * out / rt), g * out * ea / (rt * t)


add(
    "Arrhenius rate",
    arrhenius,
    arrhenius_vjp,
    arrays(powers_of_ten(11, 14), between(4e4, 1.5e5), between(300, 1500, 6)),
)


def inhibited_enzyme(vmax, km, ki, c):
    return vmax * c[0] / (km * (1 + c[1] / ki) + c[0])


def inhibited_enzyme_vjp(g, out, vmax, km, ki, c):
    a = km * (1 + c[1] / ki)
    d = a + c[0]
    m = -g * vmax * c[0] / d**2
    return (
        g * c[0] / d,
        m * a / km,
        -m * km * c[1] / ki**2,
        np.array([g * vmax * a / d**2, m * km / ki]),
    )


add(
    "Michaelis-Menten, inhibited",
    inhibited_enzyme,
    inhibited_enzyme_vjp,
    lambda rng: (
        10 ** rng.uniform(-7, -5),
        10 ** rng.uniform(-5, -3),
        10 ** rng.uniform(-9, -7),
        10 ** rng.uniform([-6, -9], [-3, -6]),
    ),
)


def robertson(y, k):
    r1, r2, r3 = k[0] * y[0], k[1] * y[1] * y[2], k[2] * y[1] ** 2
    return np.array([-r1 + r2, r1 - r2 - r3, r3])


def robertson_vjp(g, out, y, k):
    a, b, c = g[1] - g[0], g[0] - g[1], g[2] - g[1]
    dy = np.array([a * k[0], b * k[1] * y[2] + 2 * c * k[2] * y[1], b * k[1] * y[1]])
    return dy, np.array([a * y[0], b * y[1] * y[2], c * y[1] ** 2])


add(
    "Robertson kinetics",
    robertson,
    robertson_vjp,
    lambda rng: (
        np.array([0.8, 3e-5, 0.2]) * rng.uniform(0.5, 1.5, 3),
        np.array([0.04, 1e4, 3e7]) * rng.uniform(0.5, 2, 3),
    ),
)

_GF = 8.314462618 / 96485.33212


def goldman(inside, outside, perm, t):
    num = perm[0] * outside[0] + perm[1] * outside[1] + perm[2] * inside[2]
    den = perm[0] * inside[0] + perm[1] * inside[1] + perm[2] * outside[2]
    return _GF * t * np.log(num / den)


def goldman_vjp(g, out, inside, outside, perm, t):
    num = perm[0] * outside[0] + perm[1] * outside[1] + perm[2] * inside[2]
    den = perm[0] * inside[0] + perm[1] * inside[1] + perm[2] * outside[2]
    a, b = g * _GF * t / num, -g * _GF * t / den
    top = np.array([outside[0], outside[1], inside[2]])
    low = np.array([inside[0], inside[1], outside[2]])
    return (
        perm * np.array([b, b, a]),
        perm * np.array([a, a, b]),
        a * top + b * low,
        g * out / t,
    )


add(
    "Goldman voltage",
    goldman,
    goldman_vjp,
    lambda rng: (
        10 ** rng.uniform([-1.3, -2.3, -3], [-0.7, -1.7, -2]),
        10 ** rng.uniform([-2.7, -1.2, -1.2], [-2, -0.7, -0.7]),
        10 ** rng.uniform([-8, -10, -9], [-7, -9, -8]),
        rng.uniform(280, 320),
    ),
)

_PT = np.array([60.0, 600.0, 3600.0, 2e4, 8e4, 3e5])


def two_compartments(dose, k, v):
    a, b = k[0], k[1]
    return dose / v * a / (a - b) * (np.exp(-b * _PT) - np.exp(-a * _PT))


def two_compartments_vjp(g, out, dose, k, v):
    a, b = k[0], k[1]
    ea, eb = np.exp(-a * _PT), np.exp(-b * _PT)
    c = dose / v
    da = c * (-b / (a - b) ** 2 * (eb - ea) + a / (a - b) * _PT * ea)
    db = c * (a / (a - b) ** 2 * (eb - ea) - a / (a - b) * _PT * eb)
    return np.sum(g * out) / dose, np.array([np.sum(g * da), np.sum(g * db)]), -np.sum(g * out) / v


add(
    "drug concentration in seconds to days",
    two_compartments,
    two_compartments_vjp,
    lambda rng: (10 ** rng.uniform(-4, -1), 10 ** rng.uniform([-3.5, -5.5], [-2.8, -4.5]), rng.uniform(0.01, 0.06)),
)


def debye_huckel(c, t):
    ionic = 0.5 * np.sum(np.array([1, 4, 1, 9, 1.0]) * c)
    a = 1.8246e6 / (78.5 * t) ** 1.5
    return -a * np.sqrt(ionic) / (1 + np.sqrt(ionic)) + np.log10(c)


def debye_huckel_vjp(g, out, c, t):
    z = np.array([1, 4, 1, 9, 1.0])
    s = np.sqrt(0.5 * np.sum(z * c))
    a = 1.8246e6 / (78.5 * t) ** 1.5
    di = -a * g.sum() / (1 + s) ** 2 / (2 * s)
    return 0.5 * z * di + g / c / np.log(10.0), 1.5 / t * a * s / (1 + s) * g.sum()


add("Debye-Hueckel log activities", debye_huckel, debye_huckel_vjp, arrays(powers_of_ten(-7, -2, 5), between(275, 350)))

# --- numerics ---------------------------------------------------------------------------------------------------------


def polynomial(c, x):
    y = c[-1] + 0 * x
    for k in c[-2::-1]:
        y = y * x + k
    return y


def polynomial_vjp(g, out, c, x):
    n = np.arange(len(c))
    p = x[:, None] ** n
    return g @ p, g * (p[:, :-1] @ (n[1:] * c[1:]))


add(
    "polynomial with coefficients of all sizes",
    polynomial,
    polynomial_vjp,
    lambda rng: (
        rng.normal(size=6) * 10.0 ** np.array([3, 1, -2, -5, -8, -12]),
        rng.choice([-1, 1], 5) * 10 ** rng.uniform(0, 3, 5),
    ),
)


def tiny_variance(x, mu, log_s):
    return np.sum(-0.5 * ((x - mu) / np.exp(log_s)) ** 2 - log_s - 0.5 * np.log(2 * np.pi))


def tiny_variance_vjp(g, out, x, mu, log_s):
    s = np.exp(log_s)
    z = (x - mu) / s
    return -g * z / s, g * z / s, g * np.sum(z**2 - 1)


def _draw_tiny(rng):
    mu = rng.normal(size=5)
    return mu + np.exp(-13.0) * rng.normal(size=5), mu, -13 + rng.normal()


add("Gaussian log-density of tiny variance", tiny_variance, tiny_variance_vjp, _draw_tiny)


def two_scale_mixture(x, w, s):
    p = w * np.exp(-0.5 * (x[:, None] / s) ** 2) / (s * np.sqrt(2 * np.pi))
    return np.sum(np.log(p.sum(1)) - np.log(w.sum()))


def two_scale_mixture_vjp(g, out, x, w, s):
    z = x[:, None] / s
    p = w * np.exp(-0.5 * z**2) / (s * np.sqrt(2 * np.pi))
    r = p / p.sum(1, keepdims=True)
    return -g * (r * z / s).sum(1), g * (r.sum(0) / w - len(x) / w.sum()), g * (r * (z**2 - 1)).sum(0) / s


def _draw_mixture(rng):
    s = np.array([1e-4, 1e-1, 1e2]) * rng.uniform(0.5, 2, 3)
    return s[[0, 0, 0, 1, 1, 1, 2, 2]] * rng.normal(size=8), rng.uniform(0.2, 1, 3), s


add("mixture of scales", two_scale_mixture, two_scale_mixture_vjp, _draw_mixture)

_Q1, _Q2 = np.linalg.qr(_R.normal(size=(5, 5)))[0], np.linalg.qr(_R.normal(size=(5, 5)))[0]


def stiff_solve(a, b):
    return np.linalg.solve(a, b)


def stiff_solve_vjp(g, out, a, b):
    v = np.linalg.solve(a.T, g)
    return -np.outer(v, out), v


add(
    "solve with condition number 1e5",
    stiff_solve,
    stiff_solve_vjp,
    lambda rng: ((_Q1 * 10.0 ** -np.array([0, 1, 2, 4, 5])) @ _Q2 + 1e-7 * rng.normal(size=(5, 5)), rng.normal(size=5)),
)

_VT = np.linspace(0, 10, 12)


def vandermonde_fit(y, lam):
    a = _VT[:, None] ** np.arange(5)
    return np.linalg.solve(a.T @ a + lam * np.eye(5), a.T @ y)


def vandermonde_fit_vjp(g, out, y, lam):
    a = _VT[:, None] ** np.arange(5)
    v = np.linalg.solve(a.T @ a + lam * np.eye(5), g)
    return a @ v, -(v @ out)


add(
    "ridge fit of a polynomial",
    vandermonde_fit,
    vandermonde_fit_vjp,
    lambda rng: (1e3 * rng.normal(size=12) + 5e3, 10 ** rng.uniform(-6, -2)),
)

_UX = _R.normal(size=(20, 4)) * np.array([1e-6, 1, 3e3, 1e6])
_UT = _R.integers(0, 2, 20)


def unscaled_logistic(w, b):
    z = _UX @ w + b
    return np.mean(np.logaddexp(0, z) - _UT * z)


def unscaled_logistic_vjp(g, out, w, b):
    d = g * (1 / (1 + np.exp(-(_UX @ w + b))) - _UT) / 20
    return _UX.T @ d, d.sum()


add(
    "logistic regression on raw units",
    unscaled_logistic,
    unscaled_logistic_vjp,
    lambda rng: (rng.normal(size=4) * np.array([1e6, 1, 3e-4, 1e-6]), rng.normal()),
)

_CT = 10.0 ** np.linspace(-3, 3, 10)
_CD = 5e3 * _CT**-1.3 * (1 + 0.05 * _R.normal(size=10))


def power_law_chi2(amp, slope, floor):
    model = amp * _CT**slope + floor
    return np.sum(((model - _CD) / (0.05 * _CD)) ** 2)


def power_law_chi2_vjp(g, out, amp, slope, floor):
    p = _CT**slope
    d = 2 * g * (amp * p + floor - _CD) / (0.05 * _CD) ** 2
    return np.sum(d * p), np.sum(d * amp * p * np.log(_CT)), d.sum()


add(
    "chi-square of a power law over decades",
    power_law_chi2,
    power_law_chi2_vjp,
    lambda rng: (5e3 * rng.uniform(0.8, 1.2), -1.3 + 0.05 * rng.normal(), 0.1 * rng.uniform(0.1, 1)),
)

_QW = 10.0 ** np.array([8, 5, 2, 0, -3, -6])


def unlike_terms(x):
    return 0.5 * np.sum(_QW * x**2) + 1e-2 * np.prod(np.cos(x)) + np.sum(x[1:] * x[:-1])


def unlike_terms_vjp(g, out, x):
    d = _QW * x - 1e-2 * np.prod(np.cos(x)) * np.tan(x)
    d[1:] += x[:-1]
    d[:-1] += x[1:]
    return (g * d,)


add(
    "sum of terms of unlike size",
    unlike_terms,
    unlike_terms_vjp,
    lambda rng: (rng.normal(size=6) * 10.0 ** np.array([-3, -2, -1, 0, 0, 0]),),
)
