"""Samples for the rows and compositions that stand in for SciPy's functions, in the form of `tests/samples.py`.

The calls go through the face, which gives plain arrays to SciPy itself: SciPy is the oracle for the values, and central
differences of SciPy's own functions are the oracle for the derivatives.
"""

from __future__ import annotations

import numpy as np

from autograd.rules.scipy import signal as _rows
from autograd.scipy import interpolate, linalg, signal, sparse, stats
from autograd.scipy import special as sc
from tests.samples import ANY, AWAY, POSITIVE, Sample, each, fixed

ABOVE = (1.3, 3.0)
PROBABILITY = (0.05, 0.95)


def unary(names, domain, **options):
    return [Sample(name, getattr(sc, name), (domain,), **options) for name in names.split()]


def binary(names, *domains, **options):
    return [Sample(name, getattr(sc, name), domains, **options) for name in names.split()]


def of_order(names, orders, domain, **options):
    """Functions whose first argument has no derivative."""
    return [
        Sample(name, lambda x, name=name, n=n: getattr(sc, name)(n, x), (domain,), **options)
        for name in names.split()
        for n in orders
    ]


SPECIAL = [
    *unary("gamma rgamma loggamma", POSITIVE, complex=True),
    *unary("gamma gammaln", (-0.8, -0.2)),
    *unary("gammaln psi digamma factorial", POSITIVE),
    *unary("gammasgn", (-0.9, -0.1)),
    *binary("beta betaln poch", POSITIVE, POSITIVE),
    *binary("binom", ABOVE, POSITIVE),
    *of_order("polygamma", [0, 1, 3], POSITIVE),
    *of_order("zeta", [2.5, 4.0], POSITIVE),
    *of_order("gammainc gammaincc", [0.7, 2.0], POSITIVE),
    *of_order("gammaincinv gammainccinv", [0.7, 2.0], PROBABILITY),
    *[
        Sample(name, lambda x, name=name: getattr(sc, name)(1.5, 0.8, x), (PROBABILITY,))
        for name in ("betainc", "betaincc", "betaincinv")
    ],
    *of_order("stdtr", [0.7, 3.0], ANY),
    *unary("erf erfc erfcx erfi dawsn ndtr log_ndtr", ANY, complex=True),
    *unary("expit log_expit exp10 cosm1", ANY),
    *unary("erfinv", (-0.9, 0.9)),
    *unary("erfcinv ndtri logit", (0.1, 0.9)),
    *unary("ndtri_exp", (-2.0, -0.2)),
    *unary("entr", POSITIVE),
    *binary("rel_entr kl_div", POSITIVE, POSITIVE),
    *binary("xlogy", POSITIVE, POSITIVE, complex=True),
    *binary("xlog1py", ANY, POSITIVE, complex=True),
    fixed("lambertw", lambda x: np.real(sc.lambertw(x)), (3,), domain=POSITIVE),
    fixed("lambertw", lambda x: np.real(sc.lambertw(x, -1)), (3,), domain=(-0.3, -0.1)),
    *unary("expi exp1", POSITIVE, complex=True),
    *of_order("expn", [1, 3], POSITIVE),
    *of_order("hyp0f1", [0.7], ANY),
    Sample("hyp1f1", lambda x: sc.hyp1f1(0.7, 1.4, x), (ANY,)),
    Sample("hyp2f1", lambda x: sc.hyp2f1(0.7, 1.1, 1.9, x), ((-0.8, 0.8),)),
    *each("multigammaln", [lambda x: sc.multigammaln(x, 3)], (2,), domain=ABOVE),
    *each(
        "logsumexp",
        [
            sc.logsumexp,
            lambda x: sc.logsumexp(x, axis=1, keepdims=True),
            lambda x: sc.logsumexp(x, axis=0, b=np.array([[1.0], [0.5]], x.dtype)),
        ],
        (2, 3),
    ),
    fixed(
        "logsumexp",
        lambda x: sc.logsumexp(x, axis=1, b=np.array([1.0, -9.0, 0.0], x.dtype), return_sign=True)[0],
        (2, 3),
        domain=(-0.9, 0.9),
    ),
    Sample("logsumexp", lambda x, b: sc.logsumexp(x, 1, b, True), (ANY, POSITIVE), ((2, 3), (2, 3))),
    *[
        s
        for name in ("softmax", "log_softmax")
        for f in [getattr(sc, name)]
        for s in each(name, [f, lambda x, f=f: f(x, axis=1)], (2, 3))
    ],
]

BESSEL = [
    *unary("j0 j1 i0 i1", ANY),
    *unary("i0e i1e", AWAY),
    *unary("y0 y1 k0 k1 k0e k1e", POSITIVE),
    *of_order("jn jv iv", [0, 1, 2.5], POSITIVE, complex=True),
    *of_order("jve", [0, 1, 2.5], POSITIVE),
    *of_order("ive", [0, 2.5], POSITIVE),
    *of_order("ive", [2, 3], AWAY),
    *of_order("yn kn", [0, 1, 3], POSITIVE),
    *of_order("yv kv kve", [0.5, 2.0], POSITIVE, complex=True),
    *of_order("spherical_jn spherical_yn spherical_in spherical_kn", [0, 2], POSITIVE, complex=True),
    *[
        Sample(name, lambda x, name=name: getattr(sc, name)(2, x, True), (POSITIVE,), ((2,),))
        for name in ("spherical_jn", "spherical_yn", "spherical_in", "spherical_kn")
    ],
]


def of(name, functions):
    """Pairs of a name and the function of that name, of the distribution `name`."""
    return [(f"{name}.{f}", getattr(getattr(stats, name), f)) for f in functions.split()]


def density(name, functions, domain, *shapes):
    """Functions of a continuous distribution, of x, its shapes, location and scale."""
    given = ((2, 3), (3,), (2, 1), (), ())[: 3 + len(shapes)] if shapes else None
    return [Sample(key, f, (domain, *shapes, (0.0, 0.05), ABOVE), given) for key, f in of(name, functions)]


def in_x(name, functions, domain, *shapes):
    """Functions of a continuous distribution, of x, location and scale; the shapes have no derivative."""
    return [
        Sample(
            key,
            lambda x, loc, scale, f=f: f(x, *shapes, loc=loc, scale=scale),
            (domain, (0.0, 0.05), ABOVE),
        )
        for key, f in of(name, functions)
    ]


def positive(m):
    """A symmetric positive matrix, made from any matrix."""
    return m @ m.T + 0.5 * np.eye(m.shape[0], dtype=m.dtype)


_K = np.array([0.0, 2.0, 5.0])
_SINGULAR = np.array([[1.0, 0.5], [0.0, 2.0], [1.0, -1.0]])
_normal = stats.multivariate_normal

STATS = [
    *density("norm", "cdf logcdf logpdf logsf pdf sf", ANY),
    *density("norm", "ppf isf", PROBABILITY),
    *density("t", "logpdf pdf", ANY, ABOVE),
    *in_x("t", "cdf sf logcdf logsf", ANY, 2.5),
    *density("beta", "logpdf pdf", (0.1, 0.9), POSITIVE, POSITIVE),
    *in_x("beta", "cdf sf logcdf logsf", (0.1, 0.9), 1.5, 2.0),
    *in_x("beta", "ppf", PROBABILITY, 1.5, 2.0),
    *density("gamma", "logpdf pdf", POSITIVE, POSITIVE),
    *in_x("gamma", "cdf sf logcdf logsf", POSITIVE, 1.5),
    *in_x("gamma", "ppf", PROBABILITY, 1.5),
    *density("chi2", "logpdf pdf", POSITIVE, ABOVE),
    *in_x("chi2", "cdf sf logcdf logsf", POSITIVE, 1.5),
    *in_x("chi2", "ppf", PROBABILITY, 1.5),
    *density("expon", "logpdf pdf cdf sf logcdf logsf", POSITIVE),
    *density("expon", "ppf", PROBABILITY),
    *density("uniform", "logpdf pdf cdf sf logcdf logsf", (0.1, 0.9)),
    *density("uniform", "ppf", PROBABILITY),
    *density("laplace", "logpdf pdf cdf sf logcdf logsf", (0.1, 2.0)),
    *density("laplace", "logpdf pdf cdf sf logcdf logsf", (-2.0, -0.1)),
    *density("laplace", "ppf isf", (0.1, 0.4)),
    *density("laplace", "ppf isf", (0.6, 0.9)),
    *density("lognorm", "logpdf pdf cdf sf logcdf logsf", POSITIVE, POSITIVE),
    *density("lognorm", "ppf isf", PROBABILITY, POSITIVE),
    *density("cauchy", "logpdf pdf cdf sf logcdf logsf", ANY),
    *density("cauchy", "ppf isf", PROBABILITY),
    *density("weibull_min", "logpdf pdf cdf sf logcdf logsf", POSITIVE, POSITIVE),
    *density("weibull_min", "ppf isf", PROBABILITY, POSITIVE),
    *[fixed(key, lambda mu, f=f: f(_K, mu), (2, 3), domain=POSITIVE) for key, f in of("poisson", "logpmf pmf cdf sf")],
    *[fixed(key, lambda p, f=f: f(_K[:2] / 2, p), (2,), domain=(0.1, 0.9)) for key, f in of("bernoulli", "logpmf pmf")],
    *[fixed(key, lambda p, f=f: f(_K, 5, p, loc=0), (3,), domain=(0.1, 0.9)) for key, f in of("binom", "logpmf pmf")],
    *[
        fixed(key, lambda n, p, f=f: f(_K, n, p), (3,), (3,), domain=(0.1, 0.9))
        for key, f in of("nbinom", "logpmf pmf")
    ],
    *[fixed(key, lambda p, f=f: f(_K, 2.5, p), (3,), domain=(0.1, 0.9)) for key, f in of("nbinom", "cdf sf")],
    *[
        Sample(
            key,
            lambda x, alpha, f=f: f(np.astype(x, float) / np.sum(np.astype(x, float), axis=0), alpha),
            (POSITIVE, ABOVE),
            (shape, (3,)),
        )
        for key, f in of("dirichlet", "logpdf pdf")
        for shape in ((3,), (3, 2))
    ],
    fixed(
        "dirichlet.logpdf",
        lambda x: stats.dirichlet.logpdf(x, np.array([1.5, 2.0, 0.7], x.dtype)),
        (2,),
        domain=(0.1, 0.4),
    ),
    *[
        Sample(key, lambda x, m, c, f=f: f(x, m, positive(c)), (ANY, ANY, ANY), (shape, (2,), (2, 2)))
        for key, f in of("multivariate_normal", "logpdf pdf")
        for shape in ((2,), (3, 2))
    ],
    Sample("multivariate_normal.logpdf", _normal.logpdf, (ANY, ANY, POSITIVE), ((3,), (), ())),
    fixed("multivariate_normal.logpdf", lambda x: _normal.logpdf(x, [1.0, 2.0]), (3, 2)),
    fixed("multivariate_normal.logpdf", lambda x: _normal.logpdf(x, cov=np.eye(2)), (2, 3, 2)),
    fixed("multivariate_normal.logpdf", lambda x, c: _normal.logpdf(x, np.ones(2), c), (3, 2), (2,), domain=POSITIVE),
    fixed(
        "multivariate_normal.logpdf",
        lambda x, c: _normal.logpdf(x @ _SINGULAR.T, cov=_SINGULAR @ positive(c) @ _SINGULAR.T, allow_singular=True),
        (2, 2),
        (2, 2),
    ),
    fixed("multivariate_normal.entropy", lambda c: _normal.entropy(cov=positive(c)), (2, 2)),
    fixed("multivariate_normal.entropy", lambda c: _normal.entropy(2.0, c), (), domain=POSITIVE),
]


def dominant(m):
    """A matrix with a diagonal away from 0; the other triangle is there, and not read."""
    return m * m.dtype.type(0.5) + 3 * np.eye(m.shape[-1], dtype=m.dtype)


def regular(m):
    """A matrix whose eigenvalues are positive and apart."""
    return m * m.dtype.type(0.2) + np.diag(np.array([1.0, 2.0, 3.5], m.dtype))


_BANDS = np.array([[0, 0, 1, 1.0], [0, 1, 1, 1], [4, 5, 6, 4], [1, 1, 1, 0]])


def banded(ab):
    """The diagonals of a dominant matrix, two above the main one and one below; the corners are not read."""
    return _BANDS.astype(ab.dtype) + ab * ab.dtype.type(0.3)


LINALG = [
    *[
        Sample(
            "solve_triangular",
            lambda a, b, trans=trans, lower=lower, unit=unit: linalg.solve_triangular(
                dominant(a), b, trans, lower, unit_diagonal=unit
            ),
            (ANY, ANY),
            ((3, 3), shape),
            complex=True,
        )
        for trans, lower, unit, shape in [
            (0, False, False, (3,)), (0, True, False, (3, 2)), ("T", True, False, (3, 2)), (2, False, True, (3,)),
            (1, True, True, (3,)),
        ]
    ],
    *each(
        "cholesky",
        [lambda m: linalg.cholesky(positive(m)), lambda m: linalg.cholesky(positive(m), lower=True)],
        (3, 3),
    ),
    *[
        fixed(
            "cho_solve", lambda m, b, lower=lower: linalg.cho_solve((linalg.cholesky(positive(m), lower), lower), b), (3, 3), (3,)
        )
        for lower in (False, True)
    ],
    fixed("cho_factor", lambda m: np.triu(linalg.cho_factor(positive(m))[0]), (3, 3)),
    fixed("solve_banded", lambda ab, b: linalg.solve_banded((1, 2), banded(ab), b), (4, 4), (4,)),
    fixed("solve_banded", lambda ab, b: linalg.solve_banded((1, 2), banded(ab), b), (4, 4), (4, 2), complex=True),
    fixed(
        "solve_sylvester", lambda a, b, q: linalg.solve_sylvester(regular(a), np.eye(2) + b * 0.1, q), (3, 3), (2, 2), (3, 2)
    ),
    fixed("sqrtm", lambda m: linalg.sqrtm(regular(m)), (3, 3), complex=True),
    fixed("expm", linalg.expm, (2, 3, 3), complex=True),
    fixed("logm", lambda m: linalg.logm(np.astype(regular(m), float)), (3, 3)),
    *[fixed(name, getattr(linalg, name), (2, 2)) for name in ("sinm", "cosm", "sinhm", "coshm")],
    fixed("block_diag", linalg.block_diag, (2, 2), (3,), ()),
    fixed("solve", lambda a, b: linalg.solve(regular(a), b), (3, 3), (3,)),
    *[fixed(name, lambda m, name=name: getattr(linalg, name)(regular(m)), (3, 3)) for name in ("inv", "det")],
    fixed("eigvalsh", lambda m: linalg.eigvalsh(m + m.T), (3, 3)),
    fixed("eigh", lambda m: linalg.eigh(m + m.T)[1] ** 2, (3, 3)),
]  # fmt: skip

_PAIRS = [((5,), (3,)), ((3,), (5,)), ((4, 3), (2, 3))]
_SHORT = np.array([1.0, -2.0, 0.5])
_LONG = 1 + np.sqrt(np.arange(520.0))
_STACKED = 1 + np.sqrt(np.arange(3 * 2 * 520.0)).reshape((3, 2, 520))

SIGNAL = [
    *[
        fixed(name, lambda a, b, f=f, mode=mode: f(a, b, mode=mode), *shapes, complex=True)
        for name, f in [
            ("convolve", signal.convolve),
            ("fftconvolve", signal.fftconvolve),
            ("correlate", signal.correlate),
        ]
        for mode in ("full", "same", "valid")
        for shapes in _PAIRS
    ],
    fixed("convolve", lambda a, b: signal.convolve(a, b, "same"), (5,), (3,)),
    fixed("convolve", lambda a, b: signal.convolve(a, b, ([2], [2]), ([1], [0])), (2, 3, 4), (3, 2, 2)),
    fixed("convolve", lambda a, b: signal.convolve(a, b, ([2, 3], [2, 3]), ([1], [0])), (2, 3, 2, 4), (3, 4, 3, 2)),
    *[
        fixed(name, lambda x: signal.convolve(x, _SHORT, mode="valid"), (n,), domain=POSITIVE, complex=True)
        for name in ("convolve", "correlate_all")  # each is the other's rule
        for n in (2, 3, 4)
    ],
    *[
        fixed(
            "correlate_all",
            lambda g, b, n=n: _rows.correlate_all(g, b, sizes=(n,)),
            (2, 3, n + 2),
            (3, 4, 3),
            complex=True,
        )
        for n in (2, 4)
    ],
    fixed("fftconvolve", lambda a, b: signal.fftconvolve(a, b, axes=0), (4, 2), (3, 2)),
    *[
        fixed(
            "lfilter",
            lambda b, a, x, axis=axis: signal.lfilter(b, 3 + a * np.array([0, 1, 1]), x, axis),
            (2,),
            (1,),
            shape,
        )
        for axis, shape in [(-1, (6,)), (0, (5, 2))]
    ],
    fixed("lfilter", lambda b, a, x: signal.lfilter(b, 3 + a * np.array([0, 1, 1, 1]), x), (4,), (1,), (2,)),
]

# Kernels so large that the convolution is a product of Fourier transforms.
TRANSFORMED = [
    sample
    for name in ("convolve", "correlate_all")
    for sample in (
        *[
            fixed(name, lambda x: signal.convolve(x, _LONG, mode="valid"), (n,), domain=POSITIVE, complex=True)
            for n in (515, 525)
        ],
        fixed(name, lambda a, b: signal.convolve(a, b, mode="valid"), (24, 25), (23, 24), domain=POSITIVE),
        fixed(name, lambda x: signal.convolve(x, _LONG[None, :], mode="valid"), (2, 525), domain=POSITIVE),
        fixed(name, lambda x: signal.convolve(x, _STACKED, ([1], [2]), ([0], [1]), "valid"), (2, 525), domain=POSITIVE),
    )
]

_KNOTS = np.array([0.0, 0.5, 1.3, 2.0, 3.1])
_ORDINATES = np.sin(_KNOTS)
_MATRIX = sparse.csr_array(np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 3.0, 4.0]]))

OTHERS = [
    *[
        Sample(
            "spline_at",
            lambda y, x, bc=bc: interpolate.CubicSpline(_KNOTS, y, bc_type=bc)(x),
            (ANY, (0.6, 1.2)),  # between two knots, where the third derivative jumps
            ((5,), shape),
        )
        for bc, shape in [("not-a-knot", (3,)), ("natural", (2, 2)), ("clamped", ())]
    ],
    Sample("spline_at", lambda y: interpolate.CubicSpline(_KNOTS, y, axis=1)([[0.2, 0.7]], 1), (ANY,), ((2, 5, 3),)),
    Sample(
        "spline_at",
        lambda x: interpolate.CubicSpline(_KNOTS, np.array([_ORDINATES, _KNOTS]), axis=1)(x),
        ((1.4, 1.9),),
        ((2, 2),),
    ),
    fixed("sparse_product", lambda x: sparse.matmul(_MATRIX, x), (3,)),
    fixed("sparse_product", lambda x: sparse.matmul(_MATRIX[:2], x), (3, 2)),
    *each("sparse_product", [lambda x: sparse.matmul(x, _MATRIX)], (3,)),
    *each("sparse_product", [lambda x: sparse.matmul(x, _MATRIX[:, :2])], (2, 3)),
    fixed("spsolve", lambda b: sparse.linalg.spsolve(_MATRIX.tocsc(), b), (3,)),
    fixed("spsolve", lambda b: sparse.linalg.spsolve(_MATRIX.tocsc(), b), (3, 2)),
]

# Points where a derivative is infinite, or infinity times zero: a cotangent of zero wins.
_INFINITE = [
    ("lambertw", (-np.exp(-1.0),)), ("erfinv ndtri", (1.0,)), ("erfcinv logit entr expi exp1", (0.0,)),
    ("xlogy rel_entr kl_div", (0.0, 0.0)), ("rel_entr kl_div", (1.0, 0.0)), ("xlogy", (1.0, 0.0)),
    ("xlog1py", (0.0, -1.0)), ("xlog1py", (1.0, -1.0)), ("exp10", (400.0,)),
]  # fmt: skip
SINGULAR = [(getattr(sc, name), point) for names, point in _INFINITE for name in names.split()]
SINGULAR += [
    (lambda p: sc.gammaincinv(2.0, p), (0.0,)),
    (lambda p: sc.gammainccinv(2.0, p), (1.0,)),
    (lambda p: sc.betaincinv(2.0, 3.0, p), (0.0,)),
    (lambda x: sc.expn(1, x), (0.0,)),
]

SAMPLES = [*SPECIAL, *BESSEL, *STATS, *LINALG, *SIGNAL, *TRANSFORMED, *OTHERS]
