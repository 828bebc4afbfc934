"""`scipy.stats`: distributions, composed of the rows of `special`, and so differentiable in every parameter these are.

Each is written for its standard form, ``*shapes`` and z = (x − loc)/scale, in a `Continuous` or `Discrete`, which adds the
rest. Outside the support a density is 0 and its logarithm −∞, both with derivative 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..op import Array
from . import special as sc
from .multivariate import NAMES as MULTIVARIATE
from .multivariate import as_array

_HALF_LOG_2PI = math.log(2 * math.pi) / 2

Function = Callable[..., Array]


def _logarithm(of_p: Function, of_rest: Function) -> Function:
    """log p of a probability, with all digits also near 1, where it is log(1 − rest); −∞, with derivative 0, where p is 0."""

    def logarithm(*args: Any, **kwargs: Any) -> Array:
        p, rest = of_p(*args, **kwargs), of_rest(*args, **kwargs)
        small = np.where(p > 0, np.log(np.where(p > 0, p, 1)), -np.inf)
        return np.where(p < 0.5, small, np.log1p(-np.where(p < 0.5, 0, rest)))

    return logarithm


@dataclass(frozen=True)
class Continuous:
    """A density with location and scale, from the functions ``(z, *shapes)`` of its standard form."""

    shapes: str
    log_density: Function
    support: tuple[float, float] = (-math.inf, math.inf)
    functions: dict[str, Function] = field(default_factory=dict)  # cdf, sf, logcdf, logsf; ppf and isf of a probability

    def names(self) -> dict[str, Function]:
        """Its functions by SciPy's names."""
        logpdf = self._called(self._logpdf)
        found = {"logpdf": logpdf, "pdf": lambda *args, **kwargs: np.exp(logpdf(*args, **kwargs))}
        for name, of_standard in self.functions.items():
            found[name] = self._called(self._quantile(of_standard) if name in ("ppf", "isf") else self._at(of_standard))
        for name, other in (("cdf", "sf"), ("sf", "cdf")):
            if name in found and "log" + name not in found:
                found["log" + name] = _logarithm(found[name], found[other])
        return found

    def _called(self, f: Function) -> Function:
        """`f` of (x, shapes, loc, scale), as SciPy's functions are called: ``(x, *shapes, loc=0, scale=1)``."""
        order = (*self.shapes.split(), "loc", "scale")

        def called(x: Any, *args: Any, **kwargs: Any) -> Array:
            given = {"loc": 0.0, "scale": 1.0} | dict(zip(order, map(as_array, args), strict=False)) | kwargs
            return f(
                as_array(x), [given.pop(name) for name in order[:-2]], given.pop("loc"), given.pop("scale"), **given
            )

        return called

    def _inside(self, z: Array) -> tuple[Array, Array]:
        """Where z lies in the support; and z, with a number from inside in place of what does not."""
        low, high = self.support
        inside = (z >= low) & (z <= high)
        harmless = low + 0.5 if math.isfinite(low) else 0.0
        return inside, z if (low, high) == (-math.inf, math.inf) else np.where(inside, z, harmless)

    def _logpdf(self, x: Any, shapes: list[Any], loc: Any, scale: Any) -> Array:
        inside, z = self._inside((x - loc) / scale)
        result = self.log_density(z, *shapes) - np.log(scale)
        return result if self.support == (-math.inf, math.inf) else np.where(inside, result, -np.inf)

    def _at(self, of_standard: Function) -> Function:
        """A distribution function at z, which is held within the support."""

        def at(x: Any, shapes: list[Any], loc: Any, scale: Any) -> Array:
            return of_standard(np.clip((x - loc) / scale, *self.support), *shapes)

        return at

    @staticmethod
    def _quantile(of_standard: Function) -> Function:
        return lambda q, shapes, loc, scale: loc + scale * of_standard(q, *shapes)


@dataclass(frozen=True)
class Discrete:
    """Probabilities of the integers from 0 to `last` (of the shapes), from the functions ``(k, *shapes)``."""

    shapes: str
    log_mass: Function
    last: Callable[..., Any]
    functions: dict[str, Function] = field(default_factory=dict)

    def names(self) -> dict[str, Function]:
        """Its functions by SciPy's names."""
        logpmf = self._called(self._logpmf)
        found = {"logpmf": logpmf, "pmf": lambda *args, **kwargs: np.exp(logpmf(*args, **kwargs))}
        for name, f in self.functions.items():
            found[name] = self._called(self._cumulated(f, before=float(name == "sf")))
        return found

    @staticmethod
    def _cumulated(f: Function, before: float) -> Function:
        """`f`, which is constant between the integers, and `before` the first of them."""
        return lambda k, *shapes: np.where(k < 0, before, f(np.floor(np.maximum(k, 0)), *shapes))

    def _called(self, f: Function) -> Function:
        order = (*self.shapes.split(), "loc")

        def called(k: Any, *args: Any, **kwargs: Any) -> Array:
            given = {"loc": 0} | dict(zip(order, map(as_array, args), strict=False)) | kwargs
            return f(as_array(k) - given.pop("loc"), *(given.pop(name) for name in order[:-1]), **given)

        return called

    def _logpmf(self, k: Any, *shapes: Any) -> Array:
        possible = (k >= 0) & (k <= self.last(*shapes)) & (np.floor(k) == k)
        return np.where(possible, self.log_mass(np.where(possible, k, 0), *shapes), -np.inf)


def _t_log_density(z: Array, df: Any) -> Array:
    return -sc.betaln(0.5, df / 2) - np.log(df) / 2 - (df + 1) / 2 * np.log1p(z * z / df)


def _binom_log_mass(k: Array, n: Any, p: Any) -> Array:
    choices = sc.gammaln(n + 1.0) - sc.gammaln(k + 1.0) - sc.gammaln(n - k + 1.0)
    return choices + sc.xlogy(k, p) + sc.xlog1py(n - k, -p)


def _nbinom_log_mass(k: Array, n: Any, p: Any) -> Array:
    return sc.gammaln(n + k) - sc.gammaln(k + 1.0) - sc.gammaln(n) + n * np.log(p) + sc.xlog1py(k, -p)


def _laplace_cdf(z: Array) -> Array:
    """eᶻ/2 below 0, 1 − e⁻ᶻ/2 above; neither branch overflows where the other is taken, and at 0 the slope is ½."""
    below, above = np.where(z < 0, z, 0), np.where(z < 0, 0, z)
    return np.where(z < 0, np.exp(below) / 2, 1 - np.exp(-above) / 2)


def _laplace_logcdf(z: Array) -> Array:
    below, above = np.where(z < 0, z, 0), np.where(z < 0, 0, z)
    return np.where(z < 0, below - math.log(2), np.log1p(-np.exp(-above) / 2))


def _laplace_ppf(q: Array) -> Array:
    below, above = np.where(q < 0.5, q, 0.5), np.where(q < 0.5, 0.5, q)
    return np.where(q < 0.5, np.log(2 * below), -np.log(2 - 2 * above))


def _lognorm_log_density(z: Array, s: Any) -> Array:
    return -((np.log(z) / s) ** 2) / 2 - np.log(s) - np.log(z) - _HALF_LOG_2PI


def _of_logarithm(f: Function, below: float) -> Function:
    """The function (z, s) ↦ f(log(z)/s), and `below` where z is not positive."""
    return lambda z, s: np.where(z > 0, f(np.log(np.where(z > 0, z, 1)) / s), below)


_POSITIVE = (0.0, math.inf)

CONTINUOUS = {
    "norm": Continuous(
        "",
        lambda z: -z * z / 2 - _HALF_LOG_2PI,
        functions={
            "cdf": sc.ndtr, "sf": lambda z: sc.ndtr(-z), "logcdf": sc.log_ndtr, "logsf": lambda z: sc.log_ndtr(-z),
            "ppf": sc.ndtri, "isf": lambda q: -sc.ndtri(q),
        },
    ),
    "t": Continuous(
        "df",
        _t_log_density,
        functions={"cdf": lambda z, df: sc.stdtr(df, z), "sf": lambda z, df: sc.stdtr(df, -z)},
    ),
    "beta": Continuous(
        "a b",
        lambda z, a, b: sc.xlogy(a - 1.0, z) + sc.xlog1py(b - 1.0, -z) - sc.betaln(a, b),
        (0.0, 1.0),
        {
            "cdf": lambda z, a, b: sc.betainc(a, b, z), "sf": lambda z, a, b: sc.betaincc(a, b, z),
            "ppf": lambda q, a, b: sc.betaincinv(a, b, q),
        },
    ),
    "gamma": Continuous(
        "a",
        lambda z, a: sc.xlogy(a - 1.0, z) - z - sc.gammaln(a),
        _POSITIVE,
        {
            "cdf": lambda z, a: sc.gammainc(a, z), "sf": lambda z, a: sc.gammaincc(a, z),
            "ppf": lambda q, a: sc.gammaincinv(a, q),
        },
    ),
    "chi2": Continuous(
        "df",
        lambda z, df: sc.xlogy(df / 2 - 1, z) - z / 2 - sc.gammaln(df / 2) - df * (math.log(2) / 2),
        _POSITIVE,
        {
            "cdf": lambda z, df: sc.gammainc(df / 2, z / 2), "sf": lambda z, df: sc.gammaincc(df / 2, z / 2),
            "ppf": lambda q, df: 2 * sc.gammaincinv(df / 2, q),
        },
    ),
    "expon": Continuous(
        "",
        lambda z: -z,
        _POSITIVE,
        {
            "cdf": lambda z: -np.expm1(-z), "sf": lambda z: np.exp(-z), "logsf": lambda z: -z,
            "ppf": lambda q: -np.log1p(-q),
        },
    ),
    "uniform": Continuous(
        "", lambda z: z * 0, (0.0, 1.0), {"cdf": lambda z: +z, "sf": lambda z: 1 - z, "ppf": lambda q: +q}
    ),
    "laplace": Continuous(
        "",
        lambda z: -abs(z) - math.log(2),
        functions={
            "cdf": _laplace_cdf, "sf": lambda z: _laplace_cdf(-z), "logcdf": _laplace_logcdf,
            "logsf": lambda z: _laplace_logcdf(-z), "ppf": _laplace_ppf, "isf": lambda q: -_laplace_ppf(q),
        },
    ),
    "cauchy": Continuous(
        "",
        lambda z: -np.log1p(z * z) - math.log(math.pi),
        functions={
            "cdf": lambda z: np.arctan2(1, -z) / math.pi, "sf": lambda z: np.arctan2(1, z) / math.pi,
            "ppf": lambda q: -1 / np.tan(math.pi * q), "isf": lambda q: 1 / np.tan(math.pi * q),
        },
    ),
    "weibull_min": Continuous(
        "c",
        lambda z, c: np.log(c) + sc.xlogy(c - 1.0, z) - z**c,
        _POSITIVE,
        {
            "cdf": lambda z, c: -np.expm1(-(z**c)), "sf": lambda z, c: np.exp(-(z**c)), "logsf": lambda z, c: -(z**c),
            "ppf": lambda q, c: (-np.log1p(-q)) ** (1 / c), "isf": lambda q, c: (-np.log(q)) ** (1 / c),
        },
    ),
    "lognorm": Continuous(
        "s",
        lambda z, s: np.where(z > 0, _lognorm_log_density(np.where(z > 0, z, 1), s), -np.inf),
        _POSITIVE,
        {
            "cdf": _of_logarithm(sc.ndtr, 0.0), "sf": _of_logarithm(lambda z: sc.ndtr(-z), 1.0),
            "logcdf": _of_logarithm(sc.log_ndtr, -np.inf), "logsf": _of_logarithm(lambda z: sc.log_ndtr(-z), 0.0),
            "ppf": lambda q, s: np.exp(s * sc.ndtri(q)), "isf": lambda q, s: np.exp(-s * sc.ndtri(q)),
        },
    ),
}  # fmt: skip

DISCRETE = {
    "poisson": Discrete(
        "mu",
        lambda k, mu: sc.xlogy(k, mu) - sc.gammaln(k + 1.0) - mu,
        lambda mu: math.inf,
        {"cdf": lambda k, mu: sc.gammaincc(k + 1, mu), "sf": lambda k, mu: sc.gammainc(k + 1, mu)},
    ),
    "bernoulli": Discrete("p", lambda k, p: sc.xlogy(k, p) + sc.xlog1py(1 - k, -p), lambda p: 1),
    "binom": Discrete("n p", _binom_log_mass, lambda n, p: n),
    "nbinom": Discrete(
        "n p",
        _nbinom_log_mass,
        lambda n, p: math.inf,
        {"cdf": lambda k, n, p: sc.betainc(n, k + 1, p), "sf": lambda k, n, p: sc.betaincc(n, k + 1, p)},
    ),
}

NAMES: dict[str, Function] = {
    f"{name}.{key}": f
    for name, distribution in (CONTINUOUS | DISCRETE).items()
    for key, f in distribution.names().items()
} | MULTIVARIATE
