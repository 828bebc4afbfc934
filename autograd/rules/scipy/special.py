"""`scipy.special`: gamma and beta functions, error functions, logistic functions, entropies, hypergeometric functions.

The formulas are those of the Digital Library of Mathematical Functions (dlmf.nist.gov), chapters 4 to 8, 13, 15 and 25.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as sc

from .. import activations as core
from .. import reductions
from ..guards import chain, over
from ..op import Array, Op, library
from . import bessel
from .missing import missing

_ROOT_PI = math.sqrt(math.pi)
_ROOT_HALF = math.sqrt(0.5)
_ROOT_2PI = math.sqrt(2 * math.pi)

# -- gamma, beta, zeta -------------------------------------------------------------------------------------------

polygamma: Op = Op(
    sc.polygamma,
    missing("polygamma", "the order n"),
    lambda g, out, n, x: g * polygamma(n + 1, x),
    forward=library(sc.polygamma),
    elementwise=True,
)
zeta: Op = Op(sc.zeta, missing("zeta", "x"), lambda g, out, x, q: -g * x * zeta(x + 1, q), elementwise=True)
psi = Op(sc.psi, lambda g, out, x: g * polygamma(1, x))
gamma = Op(sc.gamma, lambda g, out, x: g * out * sc.psi(x))
gammaln = Op(sc.gammaln, lambda g, out, x: g * sc.psi(x))
loggamma = Op(sc.loggamma, lambda g, out, x: g * sc.psi(x))
rgamma = Op(sc.rgamma, lambda g, out, x: -g * out * sc.psi(x))
gammasgn = Op(sc.gammasgn, lambda g, out, x: np.zeros_like(x))
beta = Op(
    sc.beta,
    lambda g, out, a, b: g * out * (sc.psi(a) - sc.psi(a + b)),
    lambda g, out, a, b: g * out * (sc.psi(b) - sc.psi(a + b)),
)
betaln = Op(
    sc.betaln,
    lambda g, out, a, b: g * (sc.psi(a) - sc.psi(a + b)),
    lambda g, out, a, b: g * (sc.psi(b) - sc.psi(a + b)),
)
binom = Op(
    sc.binom,
    lambda g, out, n, k: g * out * (sc.psi(n + 1) - sc.psi(n - k + 1)),
    lambda g, out, n, k: g * out * (sc.psi(n - k + 1) - sc.psi(k + 1)),
)
poch = Op(
    sc.poch,
    lambda g, out, z, m: g * out * (sc.psi(z + m) - sc.psi(z)),
    lambda g, out, z, m: g * out * sc.psi(z + m),
)


def gamma_density(a: Array, x: Array) -> Array:
    """xᵃ⁻¹ e⁻ˣ / Γ(a)."""
    return np.exp(sc.xlogy(a - 1, x) - x - sc.gammaln(a))


def beta_density(a: Array, b: Array, x: Array) -> Array:
    """xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b)."""
    return np.exp(sc.xlogy(a - 1, x) + sc.xlog1py(b - 1, -x) - sc.betaln(a, b))


gammainc = Op(sc.gammainc, missing("gammainc", "a"), lambda g, out, a, x: g * gamma_density(a, x))
gammaincc = Op(sc.gammaincc, missing("gammaincc", "a"), lambda g, out, a, x: -g * gamma_density(a, x))
gammaincinv = Op(sc.gammaincinv, missing("gammaincinv", "a"), lambda g, out, a, y: over(g, gamma_density(a, out)))
gammainccinv = Op(sc.gammainccinv, missing("gammainccinv", "a"), lambda g, out, a, y: over(-g, gamma_density(a, out)))
betainc = Op(
    sc.betainc,
    missing("betainc", "a"),
    missing("betainc", "b"),
    lambda g, out, a, b, x: g * beta_density(a, b, x),
)
betaincc = Op(
    sc.betaincc,
    missing("betaincc", "a"),
    missing("betaincc", "b"),
    lambda g, out, a, b, x: -g * beta_density(a, b, x),
)
betaincinv = Op(
    sc.betaincinv,
    missing("betaincinv", "a"),
    missing("betaincinv", "b"),
    lambda g, out, a, b, y: over(g, beta_density(a, b, out)),
)


def student_density(df: Array, t: Array) -> Array:
    """The density of Student's t distribution: (1 + t²/ν)^(−(ν+1)/2) / (√ν B(1/2, ν/2))."""
    return np.exp(-(df + 1) / 2 * np.log1p(t * t / df) - sc.betaln(0.5, df / 2)) / np.sqrt(df)


stdtr = Op(sc.stdtr, missing("stdtr", "the degrees of freedom"), lambda g, out, df, t: g * student_density(df, t))

# -- error functions and the normal distribution -----------------------------------------------------------------

erf = Op(sc.erf, *core.erf.rules)
erfc = Op(sc.erfc, *core.erfc.rules)
erfcx = Op(sc.erfcx, lambda g, out, x: g * (2 * x * out - 2 / _ROOT_PI))
erfi = Op(sc.erfi, lambda g, out, x: g * (np.exp(x * x) * (2 / _ROOT_PI)))
dawsn = Op(sc.dawsn, lambda g, out, x: g * (1 - 2 * x * out))
# out**2 and not out * out: the rule of a power is guarded, where out is infinite.
erfinv = Op(sc.erfinv, lambda g, out, x: chain(g, np.exp(out**2) * (_ROOT_PI / 2)))
erfcinv = Op(sc.erfcinv, lambda g, out, x: chain(g, np.exp(out**2) * (-_ROOT_PI / 2)))


def mills(x: Array) -> Array:
    """Φ(x) / φ(x), the normal distribution function over its density, without cancellation in the left tail."""
    return sc.erfcx(x * -_ROOT_HALF) * (_ROOT_2PI / 2)


ndtr = Op(sc.ndtr, lambda g, out, x: g * (np.exp(-x * x / 2) * (1 / _ROOT_2PI)))
log_ndtr = Op(sc.log_ndtr, lambda g, out, x: g / mills(x))
ndtri = Op(sc.ndtri, lambda g, out, p: chain(g, np.exp(out**2 / 2) * _ROOT_2PI))
ndtri_exp = Op(sc.ndtri_exp, lambda g, out, y: g * mills(out))

# -- logistic functions, x log y, entropies ----------------------------------------------------------------------

expit = Op(sc.expit, lambda g, out, x: g * (out * sc.expit(-x)))
log_expit = Op(sc.log_expit, lambda g, out, x: g * sc.expit(-x))
logit = Op(sc.logit, lambda g, out, p: over(g, p * (1 - p)))
xlogy = Op(sc.xlogy, lambda g, out, x, y: chain(g, np.log(y)), lambda g, out, x, y: chain(g, over(x, y)))
xlog1py = Op(sc.xlog1py, lambda g, out, x, y: chain(g, np.log1p(y)), lambda g, out, x, y: chain(g, over(x, 1 + y)))
entr = Op(sc.entr, lambda g, out, x: chain(-g, np.log(x) + 1))
rel_entr = Op(
    sc.rel_entr,
    lambda g, out, x, y: chain(g, np.log(x / y) + 1),
    lambda g, out, x, y: -chain(g, over(x, y)),
)
kl_div = Op(
    sc.kl_div,
    lambda g, out, x, y: chain(g, np.log(x / y)),
    lambda g, out, x, y: chain(g, 1 - over(x, y)),
)
exp10 = Op(sc.exp10, lambda g, out, x: chain(g, out * math.log(10)))
cosm1 = Op(sc.cosm1, lambda g, out, x: -g * np.sin(x))


def lambertw_rule(g: Array, out: Array, z: Array, k: int = 0, tol: float = 1e-8) -> Array:
    """W′ = e⁻ᵂ / (1 + W)."""
    return chain(g, np.exp(-out) / (1 + out))


lambertw = Op(sc.lambertw, lambertw_rule, params="z k tol", elementwise=True)

# -- exponential integrals and hypergeometric functions ----------------------------------------------------------

expi = Op(sc.expi, lambda g, out, x: chain(g, np.exp(x) / x))
exp1 = Op(sc.exp1, lambda g, out, x: chain(-g, np.exp(-x) / x))
expn = Op(
    sc.expn,
    missing("expn", "the order n"),
    lambda g, out, n, x: chain(g, ((n - 1) * out - np.exp(-x)) / x),
)
hyp0f1 = Op(sc.hyp0f1, missing("hyp0f1", "v"), lambda g, out, v, z: g * (sc.hyp0f1(v + 1, z) / v))
hyp1f1 = Op(
    sc.hyp1f1,
    missing("hyp1f1", "a"),
    missing("hyp1f1", "b"),
    lambda g, out, a, b, x: g * (a / b * sc.hyp1f1(a + 1, b + 1, x)),
)
hyp2f1 = Op(
    sc.hyp2f1,
    missing("hyp2f1", "a"),
    missing("hyp2f1", "b"),
    missing("hyp2f1", "c"),
    lambda g, out, a, b, c, z: g * (a * b / c * sc.hyp2f1(a + 1, b + 1, c + 1, z)),
)


# -- compositions ------------------------------------------------------------------------------------------------


def multigammaln(a: Array, d: int) -> Array:
    """The logarithm of the multivariate gamma function: d(d−1)/4 log π + Σⱼ log Γ(a + (1 − j)/2)."""
    terms: Array = sum(gammaln(a - j / 2) for j in range(d))
    return terms + d * (d - 1) / 4 * math.log(math.pi)


def logsumexp(a: Array, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """log Σ b exp(a) over `axis`; with `return_sign` the logarithm of its size, and its sign."""
    if b is None and not return_sign:
        return reductions.logsumexp(a, axis=axis, keepdims=keepdims)
    b = np.ones(()) if b is None else b
    top = np.max(np.where(b == 0, -np.inf, a), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    total = np.sum(b * np.exp(np.where(b == 0, 0, a) - top), axis=axis, keepdims=True)
    result = np.log(abs(total) if return_sign else total) + top
    result, sign = (x if keepdims else np.squeeze(x, axis=axis) for x in (result, np.sign(total)))
    return (result, sign) if return_sign else result


def softmax(x: Array, axis: Any = None) -> Array:
    """exp(x) / Σ exp(x) over `axis`, or over everything."""
    if axis is None:
        return np.reshape(reductions.softmax(np.reshape(x, (-1,)), axis=-1), x.shape)
    return reductions.softmax(x, axis=axis)


def log_softmax(x: Array, axis: Any = None) -> Array:
    """The logarithm of `softmax`."""
    if axis is None:
        return np.reshape(reductions.log_softmax(np.reshape(x, (-1,)), axis=-1), x.shape)
    return reductions.log_softmax(x, axis=axis)


def factorial(n: Array, exact: bool = False) -> Array:
    """Γ(n + 1)."""
    return gamma(n + 1)


OPS: dict[str, Op] = {op.name: op for op in vars().values() if isinstance(op, Op)} | bessel.OPS

COMPOSED: dict[str, Callable[..., Any]] = {
    "multigammaln": multigammaln, "logsumexp": logsumexp, "softmax": softmax, "log_softmax": log_softmax,
    "factorial": factorial, **bessel.COMPOSED,
}  # fmt: skip

NAMES: dict[str, Callable[..., Any]] = OPS | COMPOSED | {"digamma": psi, "jn": bessel.jv}

TABLE: dict[Callable[..., Any], Op] = {op.function: op for op in OPS.values()}
