"""Functions whose inputs or derivatives span many decades: physics in SI units."""

from __future__ import annotations

import numpy as np

from ..case import Case, arrays, between, normal, powers_of_ten

CASES: list[Case] = []
_R = np.random.default_rng(20262)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, same=1e-2, **options))


# --- physics ----------------------------------------------------------------------------------------------------------
_H, _C, _K = 6.62607015e-34, 2.99792458e8, 1.380649e-23


def planck(lam, t):
    return 2 * _H * _C**2 / lam**5 / np.expm1(_H * _C / (lam * _K * t))


def planck_vjp(g, out, lam, t):
    x = _H * _C / (lam * _K * t)
    r = x / -np.expm1(-x)
    return g * out * (r - 5) / lam, np.sum(g * out * r) / t


add("Planck radiance", planck, planck_vjp, arrays(powers_of_ten(-6.5, -4, 7), between(500, 7000)))

_PAIRS = np.triu_indices(4, 1)


def gravity(m, p):
    d = p[_PAIRS[0]] - p[_PAIRS[1]]
    return -6.6743e-11 * np.sum(m[_PAIRS[0]] * m[_PAIRS[1]] / np.sqrt((d**2).sum(1)))


def gravity_vjp(g, out, m, p):
    i, j = _PAIRS
    d = p[i] - p[j]
    r = np.sqrt((d**2).sum(1))
    c = -6.6743e-11 * g
    dm, dp = np.zeros(4), np.zeros((4, 3))
    np.add.at(dm, i, c * m[j] / r)
    np.add.at(dm, j, c * m[i] / r)
    f = (-c * m[i] * m[j] / r**3)[:, None] * d
    np.add.at(dp, i, f)
    np.add.at(dp, j, -f)
    return dm, dp


add(
    "gravitational energy of a planet system",
    gravity,
    gravity_vjp,
    lambda rng: (
        10 ** rng.uniform([30, 26, 24, 22], [30.5, 27, 25, 23]),
        rng.normal(size=(4, 3)) * np.array([[1e7], [8e11], [1.5e11], [1.5e11]]),
    ),
)


def coulomb(q, p):
    d = p[_PAIRS[0]] - p[_PAIRS[1]]
    return 8.9875517923e9 * np.sum(q[_PAIRS[0]] * q[_PAIRS[1]] / np.sqrt((d**2).sum(1)))


def coulomb_vjp(g, out, q, p):
    i, j = _PAIRS
    d = p[i] - p[j]
    r = np.sqrt((d**2).sum(1))
    c = 8.9875517923e9 * g
    dq, dp = np.zeros(4), np.zeros((4, 3))
    np.add.at(dq, i, c * q[j] / r)
    np.add.at(dq, j, c * q[i] / r)
    f = (-c * q[i] * q[j] / r**3)[:, None] * d
    np.add.at(dp, i, f)
    np.add.at(dp, j, -f)
    return dq, dp


add("Coulomb energy of ions", coulomb, coulomb_vjp, arrays(normal(4, scale=1.6e-19), normal(4, 3, scale=3e-10)))


def diode(v, i_s, n, t):
    return i_s * np.expm1(v / (n * 8.617333e-5 * t))


def diode_vjp(g, out, v, i_s, n, t):
    vt = n * 8.617333e-5 * t
    e = g * i_s * np.exp(v / vt) / vt
    return e, np.sum(g * out) / i_s, -np.sum(e * v) / n, -np.sum(e * v) / t


add(
    "Shockley diode",
    diode,
    diode_vjp,
    arrays(between(-0.2, 0.8, 6), powers_of_ten(-15, -10), between(1, 2), between(250, 380)),
)


def van_der_waals(v, t, a, b):
    return 8.314462618 * t / (v - b) - a / v**2


def van_der_waals_vjp(g, out, v, t, a, b):
    r = 8.314462618
    return (
        g * (2 * a / v**3 - r * t / (v - b) ** 2),
        np.sum(g * r / (v - b)),
        -np.sum(g / v**2),
        np.sum(g * r * t / (v - b) ** 2),
    )


add(
    "van der Waals pressure",
    van_der_waals,
    van_der_waals_vjp,
    arrays(powers_of_ten(-4, -1.5, 5), between(150, 600), between(0.03, 0.6), between(2e-5, 7e-5)),
)


def orbit(gm, r, a):
    return np.array([np.sqrt(gm * (2 / r - 1 / a)), 2 * np.pi * np.sqrt(a**3 / gm), -gm / (2 * a)])


def orbit_vjp(g, out, gm, r, a):
    v, period, _e = out
    return (
        g[0] * v / (2 * gm) - g[1] * period / (2 * gm) - g[2] / (2 * a),
        -g[0] * gm / (v * r**2),
        g[0] * gm / (2 * v * a**2) + g[1] * 1.5 * period / a + g[2] * gm / (2 * a**2),
    )


add(
    "orbit speed, period and energy",
    orbit,
    orbit_vjp,
    arrays(powers_of_ten(19.5, 20.5), between(0.5e11, 1.4e11), between(1e11, 3e11)),
)


def star_magnitude(radius, temp, dist):
    flux = 5.670374419e-8 * temp**4 * (radius / dist) ** 2
    return np.stack([flux, -2.5 * np.log10(flux / 2.518e-8)])


def star_magnitude_vjp(g, out, radius, temp, dist):
    d = g[0] * out[0] - g[1] * 2.5 / np.log(10.0)
    return 2 * d / radius, 4 * d / temp, -2 * d / dist


add(
    "flux and magnitude of stars",
    star_magnitude,
    star_magnitude_vjp,
    arrays(powers_of_ten(8, 11, 4), powers_of_ten(3.4, 4.5, 4), powers_of_ten(16, 20, 4)),
)


def hydrogen_2s(r, a0):
    x = r / a0
    return (2 - x) ** 2 * np.exp(-x) / (32 * np.pi * a0**3)


def hydrogen_2s_vjp(g, out, r, a0):
    x = r / a0
    dx = (2 - x) * (x - 4) * np.exp(-x) / (32 * np.pi * a0**3)
    return g * dx / a0, np.sum(g * (-dx * x - 3 * out)) / a0


add("hydrogen density", hydrogen_2s, hydrogen_2s_vjp, arrays(powers_of_ten(-11, -9.2, 6), between(4.5e-11, 6e-11)))


def rlc(r, ind, cap, f):
    w = 2 * np.pi * f
    return np.sqrt(r**2 + (w * ind - 1 / (w * cap)) ** 2)


def rlc_vjp(g, out, r, ind, cap, f):
    w = 2 * np.pi * f
    x = w * ind - 1 / (w * cap)
    d = g / out
    return np.sum(d) * r, np.sum(d * x * w), np.sum(d * x / (w * cap**2)), d * x * (ind + 1 / (w**2 * cap)) * 2 * np.pi


add(
    "impedance of an RLC circuit",
    rlc,
    rlc_vjp,
    arrays(between(10, 100), powers_of_ten(-7, -5), powers_of_ten(-11, -8), powers_of_ten(4, 8, 6)),
)


def pipe(rho, mu, v, eps):
    d, length = 0.15, 120.0
    re = rho * v * d / mu
    s = -1.8 * np.log10((eps / d / 3.7) ** 1.11 + 6.9 / re)
    return length / d * rho * v**2 / 2 / s**2


def pipe_vjp(g, out, rho, mu, v, eps):
    d = 0.15
    re = rho * v * d / mu
    e = (eps / d / 3.7) ** 1.11
    u = e + 6.9 / re
    s = -1.8 * np.log10(u)
    du = g * out * -2 / s * -1.8 / np.log(10.0) / u
    dre = -du * 6.9 / re**2 * re
    return g * out / rho + dre / rho, -dre / mu, 2 * g * out / v + dre / v, du * 1.11 * e / eps


add(
    "pressure loss of a pipe",
    pipe,
    pipe_vjp,
    arrays(between(800, 1100), powers_of_ten(-4, -2.5), between(0.5, 5), powers_of_ten(-6, -3.5)),
)


def relativistic(m, v):
    gamma = 1 / np.sqrt(1 - (v / _C) ** 2)
    return np.stack([(gamma - 1) * m * _C**2, gamma * m * v])


def relativistic_vjp(g, out, m, v):
    gamma = 1 / np.sqrt(1 - (v / _C) ** 2)
    return g[0] * (gamma - 1) * _C**2 + g[1] * gamma * v, (g[0] * v + g[1]) * m * gamma**3


add(
    "relativistic energy and momentum",
    relativistic,
    relativistic_vjp,
    arrays(powers_of_ten(-30, -25, 4), between(3e7, 2.9e8, 4)),
)


def steinhart(a, b, c, r):
    u = np.log(r)
    return 1 / (a + b * u + c * u**3)


def steinhart_vjp(g, out, a, b, c, r):
    u = np.log(r)
    d = -g * out**2
    return np.sum(d), np.sum(d * u), np.sum(d * u**3), d * (b + 3 * c * u**2) / r


add(
    "thermistor temperature",
    steinhart,
    steinhart_vjp,
    arrays(between(9e-4, 1.3e-3), between(2e-4, 2.5e-4), between(5e-8, 2e-7), powers_of_ten(2, 6, 5)),
)
