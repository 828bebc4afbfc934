"""Activation functions and the error function, which NumPy does not have: accurate in both tails."""

from __future__ import annotations

import math

import numpy as np

from .op import Array, Op

# W. J. Cody, "Rational Chebyshev approximation for the error function", Math. Comp. 23 (1969), 631-637:
# numerator and denominator coefficients, highest power first, on |x| <= 0.5, 0.46875 <= |x| <= 4, |x| >= 4.
_SMALL = (
    (
        1.85777706184603153e-1, 3.16112374387056560e00, 1.13864154151050156e02, 3.77485237685302021e02,
        3.20937758913846947e03,
    ),
    (1.0, 2.36012909523441209e01, 2.44024637934444173e02, 1.28261652607737228e03, 2.84423683343917062e03),
)  # fmt: skip
_MIDDLE = (
    (
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e00, 6.61191906371416295e01,
        2.98635138197400131e02, 8.81952221241769090e02, 1.71204761263407058e03, 2.05107837782607147e03,
        1.23033935479799725e03,
    ),
    (
        1.0, 1.57449261107098347e01, 1.17693950891312499e02, 5.37181101862009858e02, 1.62138957456669019e03,
        3.29079923573345963e03, 4.36261909014324716e03, 3.43936767414372164e03, 1.23033935480374942e03,
    ),
)  # fmt: skip
_LARGE = (
    (
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
        1.60837851487422766e-2, 6.58749161529837803e-4,
    ),
    (
        1.0, 2.56852019228982242e00, 1.87295284992346725e00, 5.27905102951428412e-1, 6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)  # fmt: skip
_ERF_SLOPE = 2 / math.sqrt(math.pi)
_NORMAL_PEAK = 1 / math.sqrt(2 * math.pi)
_MINUS_HALF_SQRT = -math.sqrt(0.5)


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], t: Array) -> Array:
    """A quotient of two polynomials in `t`, by Horner's scheme."""
    top, bottom = 0.0, 0.0
    for p, q in zip(*coefficients, strict=True):
        top, bottom = top * t + p, bottom * t + q
    return top / bottom


def _erf_near_zero(x: Array) -> Array:
    """erf for |x| <= 0.5."""
    small = np.where(abs(x) <= 0.5, x, 0.0)
    return small * _ratio(_SMALL, small * small)


def _erfc_tail(a: Array) -> Array:
    """erfc for a >= 0.46875; exp(-a²) is split in two so that the rounding of a² does not show."""
    a = np.clip(a, 0.46875, 30.0)  # erfc(30) is 0 in float64
    t = 1.0 / (np.maximum(a, 4.0) ** 2)
    far = (_ERF_SLOPE / 2 - t * _ratio(_LARGE, t)) / a
    scaled = np.where(a <= 4.0, _ratio(_MIDDLE, np.minimum(a, 4.0)), far)
    coarse = np.trunc(a * 16.0) / 16.0
    return np.exp(-coarse * coarse) * np.exp(-(a - coarse) * (a + coarse)) * scaled


def _erf(x: Array) -> Array:
    """(2/√π) ∫₀ˣ exp(−t²) dt."""
    a = abs(x)
    with np.errstate(under="ignore"):
        result = np.where(a <= 0.5, _erf_near_zero(x), np.sign(x) * (1.0 - _erfc_tail(a)))
    return result.astype(x.dtype)


def _erfc(x: Array) -> Array:
    """1 − erf(x), without cancellation for large x."""
    a = abs(x)
    with np.errstate(under="ignore"):
        tail = _erfc_tail(a)
    return np.where(a <= 0.5, 1.0 - _erf_near_zero(x), np.where(x > 0, tail, 2.0 - tail)).astype(x.dtype)


erf = Op(_erf, lambda g, out, x: g * (np.exp(-x * x) * _ERF_SLOPE), name="erf", elementwise=True)
erfc = Op(_erfc, lambda g, out, x: -g * (np.exp(-x * x) * _ERF_SLOPE), name="erfc", elementwise=True)


def _sigmoid(x: Array) -> Array:
    """1 / (1 + exp(−x)), with exponents that are never positive: nothing overflows, the left tail keeps its digits."""
    if isinstance(x, float):  # a scalar: 0.3 µs in place of 2
        e = math.exp(-abs(x))
        return np.float64((1.0 if x >= 0 else e) / (1.0 + e))
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-abs(x)))


def _normal_cdf(x: Array) -> Array:
    return erfc(x * _MINUS_HALF_SQRT) / 2


def gelu_slope(x: Array) -> Array:
    """Φ(x) + x φ(x), the normal distribution function and density."""
    return _normal_cdf(x) + x * (np.exp(-x * x / 2) * _NORMAL_PEAK)


def _spherical_bessel(z: Array, n: int) -> Array:
    """The spherical Bessel function jₙ; j₀(z) = sin z / z.

    From its power series for |z| ≤ n + 1, otherwise by jₖ₊₁ = (2k + 1) jₖ / z − jₖ₋₁ from j₋₁ and j₀ (DLMF 10.51, 10.53).
    """
    near = abs(z) <= n + 1
    x = np.where(near, z, 0)
    term = x**n / math.prod(range(1, 2 * n + 2, 2))
    series = term
    for k in range(1, 10 + 2 * n):
        term = term * (x * x) / (-2 * k * (2 * n + 2 * k + 1))
        series = series + term
    x = np.where(near, 1, z)
    below, here = np.cos(x) / x, np.sin(x) / x
    for k in range(n):
        below, here = here, (2 * k + 1) / x * here - below
    return np.where(near, series, here).astype(z.dtype)


spherical_bessel: Op = Op(
    _spherical_bessel,
    lambda g, out, z, n: (
        g * (n * spherical_bessel(z, n=n - 1) - (n + 1) * spherical_bessel(z, n=n + 1)) / (2 * n + 1)
        if n
        else -g * spherical_bessel(z, n=1)
    ),
    name="spherical_bessel",
    params="z n",
    elementwise=True,
)

relu = Op(
    lambda x: np.maximum(x, 0), lambda g, out, x: g * np.sign(out), name="relu", elementwise=True
)  # sign(NaN) is NaN
sigmoid = Op(_sigmoid, lambda g, out, x: g * (out * (1 - out)), name="sigmoid", elementwise=True)
softplus = Op(lambda x: np.logaddexp(x, 0), lambda g, out, x: g * sigmoid(x), name="softplus", elementwise=True)
silu = Op(
    lambda x: x * _sigmoid(x),
    lambda g, out, x: g * (sigmoid(x) * (1 + x * sigmoid(-x))),
    name="silu",
    elementwise=True,
)
gelu = Op(lambda x: x * _normal_cdf(x), lambda g, out, x: g * gelu_slope(x), name="gelu", elementwise=True)
