"""`scipy.special`: Bessel functions. Each derivative is a combination of the neighbouring orders (DLMF 10.6, 10.29, 10.51)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as sc

from ..op import Array, Op
from .missing import missing

_ORDER = "the order"

j0 = Op(sc.j0, lambda g, out, x: -g * sc.j1(x))
j1 = Op(sc.j1, lambda g, out, x: g * (sc.j0(x) - sc.jv(2, x)) / 2)
jv = Op(sc.jv, missing("jv", _ORDER), lambda g, out, n, x: g * (sc.jv(n - 1, x) - sc.jv(n + 1, x)) / 2)
jve = Op(sc.jve, missing("jve", _ORDER), lambda g, out, n, x: g * (sc.jve(n - 1, x) - sc.jve(n + 1, x)) / 2)
y0 = Op(sc.y0, lambda g, out, x: -g * sc.y1(x))
y1 = Op(sc.y1, lambda g, out, x: g * (sc.y0(x) - sc.yv(2, x)) / 2)
yn = Op(sc.yn, missing("yn", _ORDER), lambda g, out, n, x: g * (sc.yn(n - 1, x) - sc.yn(n + 1, x)) / 2)
yv = Op(sc.yv, missing("yv", _ORDER), lambda g, out, n, x: g * (sc.yv(n - 1, x) - sc.yv(n + 1, x)) / 2)

i0 = Op(sc.i0, lambda g, out, x: g * sc.i1(x))
i1 = Op(sc.i1, lambda g, out, x: g * (sc.i0(x) + sc.iv(2, x)) / 2)
iv = Op(sc.iv, missing("iv", _ORDER), lambda g, out, n, x: g * (sc.iv(n - 1, x) + sc.iv(n + 1, x)) / 2)
k0 = Op(sc.k0, lambda g, out, x: -g * sc.k1(x))
k1 = Op(sc.k1, lambda g, out, x: -g * (sc.k0(x) + sc.kv(2, x)) / 2)
kn = Op(sc.kn, missing("kn", _ORDER), lambda g, out, n, x: -g * (sc.kn(abs(n - 1), x) + sc.kn(n + 1, x)) / 2)
kv = Op(sc.kv, missing("kv", _ORDER), lambda g, out, n, x: -g * (sc.kv(n - 1, x) + sc.kv(n + 1, x)) / 2)

# Scaled by exp(−|x|), those of the second kind by exp(x).
i0e = Op(sc.i0e, lambda g, out, x: g * (sc.i1e(x) - np.sign(x) * out))
i1e = Op(sc.i1e, lambda g, out, x: g * ((sc.i0e(x) + sc.ive(2, x)) / 2 - np.sign(x) * out))
ive = Op(
    sc.ive,
    missing("ive", _ORDER),
    lambda g, out, n, x: g * ((sc.ive(n - 1, x) + sc.ive(n + 1, x)) / 2 - np.sign(x) * out),
)
k0e = Op(sc.k0e, lambda g, out, x: g * (out - sc.k1e(x)))
k1e = Op(sc.k1e, lambda g, out, x: g * (out - (sc.k0e(x) + sc.kve(2, x)) / 2))
kve = Op(
    sc.kve,
    missing("kve", _ORDER),
    lambda g, out, n, x: g * (out - (sc.kve(n - 1, x) + sc.kve(n + 1, x)) / 2),
)


def lower(n: Array) -> Array:
    """n − 1, and 0 for n = 0, where the term of the lower order has the factor 0."""
    return np.maximum(n - 1, 0)


def neighbours(f: Callable[..., Array], n: Array, z: Array, sign: int) -> Array:
    """(n f(n−1, z) + sign · (n+1) f(n+1, z)) / (2n + 1)."""
    return (n * f(lower(n), z) + sign * (n + 1) * f(n + 1, z)) / (2 * n + 1)


spherical_j: Op = Op(
    sc.spherical_jn,
    missing("spherical_jn", _ORDER),
    lambda g, out, n, z: g * neighbours(spherical_j, n, z, -1),
    name="spherical_jn",
    elementwise=True,
)
spherical_y: Op = Op(
    sc.spherical_yn,
    missing("spherical_yn", _ORDER),
    lambda g, out, n, z: g * neighbours(spherical_y, n, z, -1),
    name="spherical_yn",
    elementwise=True,
)
spherical_i: Op = Op(
    sc.spherical_in,
    missing("spherical_in", _ORDER),
    lambda g, out, n, z: g * neighbours(spherical_i, n, z, 1),
    name="spherical_in",
    elementwise=True,
)
spherical_k: Op = Op(
    sc.spherical_kn,
    missing("spherical_kn", _ORDER),
    lambda g, out, n, z: -g * neighbours(spherical_k, n, z, 1),
    name="spherical_kn",
    elementwise=True,
)


def _spherical(f: Op, sign: int, of_out: int) -> Callable[..., Array]:
    """The spherical Bessel function `f`, or its derivative."""

    def spherical(n: Any, z: Array, derivative: bool = False) -> Array:
        return of_out * neighbours(f, n, z, sign) if derivative else f(n, z)

    return spherical


OPS: dict[str, Op] = {op.name: op for op in vars().values() if isinstance(op, Op)}

COMPOSED: dict[str, Callable[..., Any]] = {
    "spherical_jn": _spherical(spherical_j, -1, 1),
    "spherical_yn": _spherical(spherical_y, -1, 1),
    "spherical_in": _spherical(spherical_i, 1, 1),
    "spherical_kn": _spherical(spherical_k, 1, -1),
}
