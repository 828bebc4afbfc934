"""Functions of one number: powers and roots, exponentials and logarithms, trigonometric and hyperbolic functions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .activations import spherical_bessel
from .arithmetic import share
from .guards import chain, is_plain, over
from .op import Array, Op

sqrt = Op(np.sqrt, lambda g, out, x: over(g, 2 * out))
cbrt = Op(np.cbrt, lambda g, out, x: over(g, 3 * out * out))


def sign_rule(g: Array, out: Array, x: Array) -> Array:
    """sign′ = 0. For complex z/|z| only the angle moves: (g − Re(g·out)·conj(out)) / |z|."""
    if not np.iscomplexobj(x):
        return np.zeros_like(x)
    return over(g, abs(x)) - (g * out).real * over(out.conj(), abs(x))


absolute = Op(np.absolute, lambda g, out, x: g * np.sign(x).conj(), forward=operator.abs)
fabs = Op(np.fabs, lambda g, out, x: g * np.sign(x))
sign = Op(np.sign, sign_rule)

exp = Op(np.exp, lambda g, out, x: chain(g, out))
exp2 = Op(np.exp2, lambda g, out, x: chain(g, out * float(np.log(2))))
expm1 = Op(np.expm1, lambda g, out, x: chain(g, np.exp(x)))
log = Op(np.log, lambda g, out, x: over(g, x))
log2 = Op(np.log2, lambda g, out, x: over(g * float(1 / np.log(2)), x))
log10 = Op(np.log10, lambda g, out, x: over(g * float(1 / np.log(10)), x))
log1p = Op(np.log1p, lambda g, out, x: over(g, 1 + x))


def ahead(x: Array, y: Array) -> Array:
    """y − x; where both are the same infinity it is 0 of ∞ and ∞ of −∞, so that a sum of no exponentials does not move."""
    same = (x == y) & np.isinf(x)
    return np.where(same & (x > 0), 0, np.where(same, np.inf, y - x))


logaddexp = Op(
    np.logaddexp,
    lambda g, out, x, y: g / (1 + np.exp(ahead(x, y))),
    lambda g, out, x, y: g / (1 + np.exp(ahead(y, x))),
)
logaddexp2 = Op(
    np.logaddexp2,
    lambda g, out, x, y: g / (1 + np.exp2(ahead(x, y))),
    lambda g, out, x, y: g / (1 + np.exp2(ahead(y, x))),
)


# No square of a real x stands in a rule: it overflows, or vanishes, where the slope does not.


def _no_overflow(square: Array) -> bool:
    return is_plain(square) and bool(square.max(initial=0) < np.inf)


def _slant(x: Array) -> Array:
    """√(1 + x²); by `np.hypot`, which takes four times as long, only where a square overflows."""
    square = 1 + x * x
    return np.sqrt(square) if np.iscomplexobj(x) or _no_overflow(square) else np.hypot(x, 1)


def _over_slant_twice(g: Array, x: Array) -> Array:
    """g / (1 + x²); as two divisions by the root only where a square overflows."""
    square = 1 + x * x
    return over(g, square) if np.iscomplexobj(x) or _no_overflow(square) else over(over(g, slant(x)), slant(x))


slant = Op(_slant, lambda g, out, x: chain(g, over(x, out)), name="slant", elementwise=True)
over_slant_twice: Op = Op(
    _over_slant_twice,
    lambda h, out, g, x: over_slant_twice(h, x),
    lambda h, out, g, x: chain(h, chain(over(-2 * out, slant(x)), over(x, slant(x)))),
    name="over_slant_twice",
    elementwise=True,
)
sin = Op(np.sin, lambda g, out, x: g * np.cos(x))
cos = Op(np.cos, lambda g, out, x: -g * np.sin(x))
tan = Op(np.tan, lambda g, out, x: g * (1 + out * out))
arcsin = Op(np.arcsin, lambda g, out, x: over(g, np.sqrt(1 - x) * np.sqrt(1 + x)))
arccos = Op(np.arccos, lambda g, out, x: over(-g, np.sqrt(1 - x) * np.sqrt(1 + x)))
arctan = Op(np.arctan, lambda g, out, x: over_slant_twice(g, x))
sinh = Op(np.sinh, lambda g, out, x: chain(g, np.cosh(x)))
cosh = Op(np.cosh, lambda g, out, x: chain(g, np.sinh(x)))
tanh = Op(np.tanh, lambda g, out, x: g * (1 - out * out))
arcsinh = Op(np.arcsinh, lambda g, out, x: over(g, slant(x)))
arccosh = Op(np.arccosh, lambda g, out, x: over(g, np.sqrt(x - 1) * np.sqrt(x + 1)))
arctanh = Op(np.arctanh, lambda g, out, x: over(over(g, 1 - x), 1 + x))

# At the origin neither the angle nor the length has a derivative: both are taken as 0.
arctan2 = Op(
    np.arctan2,
    lambda g, out, y, x: chain(over(x, np.hypot(x, y)), over(g, np.hypot(x, y))),
    lambda g, out, y, x: chain(over(-y, np.hypot(x, y)), over(g, np.hypot(x, y))),
)
hypot = Op(
    np.hypot,
    lambda g, out, x, y: g * over(x, out),
    lambda g, out, x, y: g * over(y, out),
)
degrees = Op(np.degrees, lambda g, out, x: g * (180 / np.pi))
radians = Op(np.radians, lambda g, out, x: g * (np.pi / 180))
rad2deg = Op(np.rad2deg, lambda g, out, x: g * (180 / np.pi))
deg2rad = Op(np.deg2rad, lambda g, out, x: g * (np.pi / 180))

real = Op(np.real, lambda g, out, x: g, elementwise=True)
conjugate = Op(np.conjugate, lambda g, out, x: g.conj())
imag = Op(np.imag, lambda g, out, x: g * -1j, elementwise=True)


def angle(z: Array, deg: bool = False) -> Array:
    """The argument of a complex number."""
    turned = np.arctan2(np.imag(z), np.real(z))
    return np.degrees(turned) if deg else turned


def real_if_close(a: Array, tol: float = 100) -> Array:
    """The real part, if the imaginary one is no more than rounding."""
    limit = tol * np.finfo(a.dtype).eps if tol > 1 else tol
    return a.real if np.iscomplexobj(a) and np.all(abs(a.imag) < limit) else a


sinc = Op(np.sinc, lambda g, out, x: g * (-np.pi * spherical_bessel(np.pi * x, n=1)), elementwise=True)
copysign = Op(
    np.copysign,
    lambda g, out, x, y: g * np.sign(x) * np.copysign(1, y),
    lambda g, out, x, y: np.zeros_like(y),
)
heaviside = Op(
    np.heaviside,
    lambda g, out, x, y: np.zeros_like(x),
    lambda g, out, x, y: g * (x == 0),
)
# fmax and fmin leave NaN out, unless both are NaN; otherwise they are maximum and minimum.
fmax = Op(
    np.fmax,
    lambda g, out, x, y: share(g, out, x, y) + g * np.isnan(y),
    lambda g, out, x, y: share(g, out, y, x) + g * np.isnan(x),
)
fmin = Op(
    np.fmin,
    lambda g, out, x, y: share(g, out, y, x) + g * np.isnan(y),
    lambda g, out, x, y: share(g, out, x, y) + g * np.isnan(x),
)


def nan_to_num(x: Array, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Array:
    """NaN and infinities replaced; what is replaced has derivative 0."""
    x = x if hasattr(x, "dtype") else np.asarray(x)
    if np.iscomplexobj(x):
        return nan_to_num(x.real, copy, nan, posinf, neginf) + 1j * nan_to_num(x.imag, copy, nan, posinf, neginf)
    largest = float(np.finfo(x.dtype).max)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(np.isposinf(x), largest if posinf is None else posinf, x)
    return np.where(np.isneginf(x), -largest if neginf is None else neginf, x)


def divmod(x1: Array, x2: Array) -> tuple[Array, Array]:
    """Quotient and remainder."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def modf(x: Array) -> tuple[Array, Array]:
    """The parts after and before the decimal point."""
    return x - np.trunc(x), np.trunc(x)


def ldexp(x1: Array, x2: Any) -> Array:
    """x1 · 2ˣ²."""
    return x1 * np.ldexp(np.ones_like(x1), np.asarray(x2))


def float_power(x1: Array, x2: Array) -> Array:
    """x1 to the power x2, in at least float64."""
    wide = np.result_type(np.float64, x1, x2)
    return np.power(*(np.astype(x, wide) if np.ndim(x) else x * wide.type(1) for x in (x1, x2)))


# Steps: constant wherever they have a derivative at all.
floor = Op(np.floor, lambda g, out, x: np.zeros_like(x))
ceil = Op(np.ceil, lambda g, out, x: np.zeros_like(x))
trunc = Op(np.trunc, lambda g, out, x: np.zeros_like(x))
rint = Op(np.rint, lambda g, out, x: np.zeros_like(x))
around = Op(np.round, lambda g, out, x, **_: np.zeros_like(x), params="a decimals out", elementwise=True)
floor_divide = Op(
    np.floor_divide,
    lambda g, out, x, y: np.zeros_like(out),
    lambda g, out, x, y: np.zeros_like(out),
    forward=operator.floordiv,
)

fix = Op(np.fix, lambda g, out, x: np.zeros_like(x), params="x out", elementwise=True)
logical_and = Op(np.logical_and)
logical_or = Op(np.logical_or)
logical_xor = Op(np.logical_xor)
logical_not = Op(np.logical_not)
isfinite = Op(np.isfinite)
isinf = Op(np.isinf)
isnan = Op(np.isnan)
signbit = Op(np.signbit)

COMPOSED: dict[str, Callable[..., Any]] = {
    "angle": angle, "real_if_close": real_if_close, "nan_to_num": nan_to_num, "divmod": divmod, "modf": modf,
    "ldexp": ldexp, "float_power": float_power, "around": around, "copy": lambda a, order="K", subok=False: +a,
}  # fmt: skip
