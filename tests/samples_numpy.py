"""More samples: the rows and compositions that cover the rest of NumPy's namespace, `linalg` and `fft`."""

from __future__ import annotations

import numpy as np

from autograd import functions as F
from tests.samples import ANY, AWAY, POSITIVE, Sample, binary, each, fixed, unary

_MASK = np.array([[True, False, True], [False, True, True]])
_NAN = np.array([[0.0, np.nan, 0.0], [np.nan, 0.0, 0.0]])

MASKED = [
    *[
        s
        for name in ("sum", "prod", "max", "min", "amax", "amin")
        for f in [getattr(np, name)]
        for s in each(
            name,
            [
                lambda x, f=f: f(x, where=_MASK, initial=0.2),
                lambda x, f=f: f(x, axis=1, where=_MASK, initial=-0.1, keepdims=True),
                lambda x, f=f: f(x, axis=0, initial=9.0),
                lambda x, f=f: f(x, axis=(0, 1), initial=-9.0),
            ],
            (2, 3),
            domain=AWAY,
        )
    ],
    *[
        s
        for name in ("mean", "var", "std")
        for f in [getattr(np, name)]
        for s in each(
            name, [lambda x, f=f: f(x, where=_MASK), lambda x, f=f: f(x, 1, where=_MASK, keepdims=True)], (2, 3)
        )
    ],
    fixed("var", lambda x: np.var(x, axis=0, mean=np.mean(x, axis=0, keepdims=True)), (3, 2)),
    fixed("std", lambda x: np.std(x, correction=1), (5,)),
    fixed("sum", lambda x: np.sum(x, dtype=np.float64), (3,)),
    *each("cumprod", [np.cumprod, lambda x: np.cumprod(x, axis=1)], (2, 3)),
    fixed("cumulative_sum", lambda x: np.cumulative_sum(x, axis=1, include_initial=True), (2, 3)),
    fixed("cumulative_prod", lambda x: np.cumulative_prod(x, axis=0, include_initial=True), (3, 2)),
    *[
        s
        for name in ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian")
        for f in [getattr(np, name)]
        for s in each(
            name,
            [lambda x, f=f: f(x + _NAN.astype(x.dtype)), lambda x, f=f: f(x + _NAN.astype(x.dtype), axis=1)],
            (2, 3),
        )
    ],
    *[
        fixed(f.__name__, lambda x, f=f: f(x + _NAN.astype(x.dtype), axis=1), (2, 3))
        for f in (np.nancumsum, np.nancumprod)
    ],
]

STATISTICS = [
    *each(
        "median",
        [np.median, lambda x: np.median(x, axis=0), lambda x: np.median(x, axis=(0, 1), keepdims=True)],
        (3, 4),
    ),
    *each("quantile", [lambda x: np.quantile(x, 0.3), lambda x: np.quantile(x, [0.1, 0.8], axis=1)], (3, 4)),
    *[
        fixed("quantile", lambda x, m=m: np.quantile(x, [0.1, 0.35, 1.0], axis=0, method=m), (5, 2))
        for m in ("lower", "higher", "nearest", "midpoint", "hazen", "weibull", "median_unbiased", "inverted_cdf")
    ],
    *each(
        "percentile",
        [lambda x: np.percentile(x, 30, keepdims=True), lambda x: np.percentile(x, [10, 90], axis=0)],
        (3, 4),
    ),
    fixed("nanquantile", lambda x: np.nanquantile(x + _NAN.astype(x.dtype), [0.2, 0.9], axis=1, keepdims=True), (2, 3)),
    fixed("nanpercentile", lambda x: np.nanpercentile(x + _NAN.astype(x.dtype), 40), (2, 3)),
    fixed("average", np.average, (2, 3)),
    Sample("average", lambda x, w: np.average(x, axis=1, weights=w), (ANY, POSITIVE), ((2, 3), (2, 3))),
    Sample("average", lambda x, w: np.average(x, axis=0, weights=w, keepdims=True), (ANY, POSITIVE), ((2, 3), (2,))),
    Sample(
        "average", lambda x, w: np.multiply(*np.average(x, weights=w, returned=True)), (ANY, POSITIVE), ((3,), (3,))
    ),
    *each("ptp", [np.ptp, lambda x: np.ptp(x, axis=1, keepdims=True)], (2, 3)),
    *each(
        "cov",
        [np.cov, lambda x: np.cov(x, rowvar=False), lambda x: np.cov(x, bias=True, fweights=[1, 2, 1, 3])],
        (2, 4),
        complex=True,
    ),
    Sample("cov", lambda x, y: np.cov(x, y, ddof=0), (ANY, ANY), ((4,), (4,))),
    Sample("cov", lambda x, w: np.cov(x, aweights=w), (ANY, POSITIVE), ((2, 4), (4,))),
    fixed("corrcoef", np.corrcoef, (2, 5)),
    fixed("corrcoef", lambda x, y: np.corrcoef(x, y), (4,), (4,)),
]

ELEMENTWISE = [
    *unary("sinc", (-9.0, 9.0)),
    *[Sample("spherical_bessel", lambda x, n=n: F.spherical_bessel(x, n=n), ((-30.0, 30.0),)) for n in (0, 1, 2)],
    *unary("fix", (0.1, 0.4)),
    *binary("fmax fmin", ANY, ANY),
    *binary("copysign", AWAY, AWAY),
    *binary("heaviside", AWAY, ANY),
    fixed("heaviside", lambda y: np.heaviside(0.0, y), (3,)),
    fixed("angle", np.angle, (3,), domain=AWAY, complex=True),
    fixed("angle", lambda z: np.angle(z, deg=True), (3,), domain=AWAY, complex=True),
    fixed("real_if_close", np.real_if_close, (3,), complex=True),
    *each(
        "nan_to_num",
        [
            np.nan_to_num,
            lambda x: np.nan_to_num(
                np.where([True, False, False], x, np.array([0, np.nan, np.inf], x.dtype)), nan=2, posinf=3.0
            ),
        ],
        (3,),
    ),
    fixed("nan_to_num", np.nan_to_num, (3,), complex=True),
    Sample("divmod", lambda x, y: np.divmod(x, y)[1], ((2.2, 2.3), (0.6, 0.62)), ((2, 3), (3,))),
    fixed("modf", lambda x: np.modf(x)[0], (4,), domain=(0.1, 0.9)),
    fixed("ldexp", lambda x: np.ldexp(x, np.array([1, -2, 3])), (3,)),
    fixed("float_power", np.float_power, (3,), (3,), domain=POSITIVE),
    fixed("around", lambda x: np.around(x, 1), (3,), domain=(0.01, 0.04)),
    fixed("copy", np.copy, (3,)),
]

JOINING = [
    *[fixed(f"atleast_{n}d", getattr(np, f"atleast_{n}d"), s) for n in (1, 2, 3) for s in [(), (3,), (2, 3)]],
    *[
        fixed(f, lambda x, y, f=f: getattr(np, f)([x, y]), (3,), (3,))
        for f in ("hstack", "vstack", "dstack", "column_stack")
    ],
    *[
        fixed(f, lambda x, y, f=f: getattr(np, f)([x, y]), (2, 3), (2, 3))
        for f in ("hstack", "vstack", "dstack", "column_stack")
    ],
    fixed("row_stack", lambda x, y: F.row_stack([x, y]), (2, 3), (3,)),
    fixed("hsplit", lambda x: np.hsplit(x, 2)[1], (2, 4)),
    fixed("hsplit", lambda x: np.hsplit(x, [1])[1], (4,)),
    fixed("vsplit", lambda x: np.vsplit(x, 2)[0], (4, 2)),
    fixed("dsplit", lambda x: np.dsplit(x, 2)[0], (2, 2, 4)),
    fixed("unstack", lambda x: np.unstack(x, axis=1)[2], (2, 3)),
    fixed("block", lambda a, b: np.block([[a, np.zeros((2, 1))], [np.ones((1, 2)), b]]), (2, 2), (1, 1)),
    fixed("block", lambda a, b: np.block([a, b]), (2,), (3,)),
    fixed("append", np.append, (2, 2), (3,)),
    fixed("append", lambda a, b: np.append(a, b, axis=0), (2, 2), (1, 2)),
    *each("delete", [lambda x: np.delete(x, 1), lambda x: np.delete(x, [0, 2], axis=1)], (2, 3)),
    fixed("insert", lambda x, v: np.insert(x, 1, v), (3,), ()),
    fixed("insert", lambda x, v: np.insert(x, [0, 2], v, axis=1), (2, 3), (2, 2)),
    fixed("insert", lambda x, v: np.insert(x, 1, v, axis=0), (2, 3), (3,)),
    *each("resize", [lambda x: np.resize(x, (3, 4)), lambda x: np.resize(x, 4)], (2, 3)),
    fixed("trim_zeros", lambda x: np.trim_zeros(x * np.array([0, 1, 0, 1, 0], x.dtype)), (5,), domain=AWAY),
    *[fixed("rot90", lambda x, k=k: np.rot90(x, k), (2, 3)) for k in range(4)],
    *each(
        "rollaxis",
        [lambda x: np.rollaxis(x, 2), lambda x: np.rollaxis(x, 0, 2), lambda x: np.rollaxis(x, 1, -1)],
        (2, 3, 4),
    ),
    fixed("fliplr", np.fliplr, (2, 3)),
    fixed("flipud", np.flipud, (2, 3)),
    fixed("broadcast_arrays", lambda x, y: np.multiply(*np.broadcast_arrays(x, y)), (2, 1), (3,)),
    *[
        fixed("meshgrid", lambda x, y, kw=kw: np.meshgrid(x, y, **kw)[0] * np.meshgrid(x, y, **kw)[1], (2,), (3,))
        for kw in ({}, {"indexing": "ij"}, {"sparse": True})
    ],
    fixed("select", lambda x, y: np.select([_MASK, ~_MASK[::-1]], [x, y], 0.0), (2, 3), (2, 3)),
    fixed("choose", lambda x, y: np.choose([0, 1, 1], [x, y]), (3,), (3,)),
    fixed("choose", lambda x, y: np.choose([0, 3, -1], [x, y], mode="clip"), (3,), (3,)),
    fixed("choose", lambda x, y: np.choose([0, 3, 2], [x, y], mode="wrap"), (3,), (3,)),
    fixed("piecewise", lambda x: np.piecewise(x, [x < -0.5, x > 0.5], [lambda v: v**2, lambda v: -v, 3.0]), (6,)),
    fixed("extract", lambda x: np.extract(_MASK, x), (2, 3)),
    *each(
        "compress",
        [lambda x: np.compress([True, False, True], x, axis=1), lambda x: np.compress([False, True], x)],
        (2, 3),
    ),
    fixed("apply_along_axis", lambda x: np.apply_along_axis(lambda v: np.cumsum(v) ** 2, 0, x), (2, 3)),
    fixed("apply_along_axis", lambda x: np.apply_along_axis(np.sum, 1, x), (2, 3)),
    fixed("apply_over_axes", lambda x: np.apply_over_axes(np.sum, x, [0, 2]), (2, 3, 2)),
    *each("partition", [lambda x: np.partition(x, 2), lambda x: np.partition(x, 3, axis=None)], (5,)),
    fixed("diagflat", lambda x: np.diagflat(x, 1), (2, 2)),
    fixed("diagonal", np.linalg.diagonal, (2, 3, 3)),
    fixed("trace", np.linalg.trace, (2, 3, 3)),
]

CALCULUS = [
    *each("diff", [np.diff, lambda x: np.diff(x, 2, axis=0), lambda x: np.diff(x, prepend=0, append=1.5)], (4, 3)),
    fixed("ediff1d", lambda x: np.ediff1d(x, to_begin=0.5, to_end=[1.0, 2.0]), (2, 3)),
    *each("gradient", [np.gradient, lambda x: np.gradient(x, 0.5, edge_order=2)], (5,)),
    fixed("gradient", lambda x: np.gradient(x, axis=0), (4, 3)),
    fixed("gradient", lambda x: np.gradient(x, 2.0, 0.5)[1], (4, 3)),
    fixed("gradient", lambda x: np.gradient(x, np.array([0.0, 0.5, 2.0, 2.5], x.dtype), edge_order=2), (4,)),
    *each("trapezoid", [np.trapezoid, lambda y: np.trapezoid(y, dx=0.5, axis=0)], (4, 3)),
    fixed("trapezoid", lambda y, x: np.trapezoid(y, x), (2, 4), (4,)),
    fixed("trapz", lambda y: F.trapz(y), (4,)),
    *[
        Sample("interp", f, ((0.05, 0.35), ANY), ((), (4,)))
        for f in (
            lambda x, fp: np.interp(x + np.array([-2.2, -1.2, 0, 0.6, 2.0]), [-1.5, -0.5, 0.4, 1.7], fp),
            lambda x, fp: np.interp(x + np.array([-2.2, 0.6, 2.0]), [-1.5, -0.5, 0.4, 1.7], fp, left=0.0, right=1.0),
            lambda x, fp: np.interp(x / 2 + np.array([0.31, 1.31, -0.69]), [0.1, 0.3, 0.5, 0.9], fp, period=1.0),
        )
    ],
    Sample(
        "interp", lambda xp: np.interp([1.0, 1.8, 2.5], np.cumsum(xp), [1.0, 3.0, 2.0, 5.0]), ((0.7, 0.75),), ((4,),)
    ),
    Sample("unwrap", lambda x: np.unwrap(x + 2.5 * np.arange(6) % 6.28), ((0.1, 0.3),), ((6,),)),
    *[
        fixed(f, lambda a, v, f=f, mode=mode: getattr(np, f)(a, v, mode), (n,), (m,), complex=True)
        for f in ("convolve", "correlate")
        for mode in ("full", "same", "valid")
        for n, m in [(5, 3), (5, 2), (3, 5), (2, 5), (4, 4)]
    ],
    fixed("polyval", lambda p, x: np.polyval(p, x), (3,), (2, 2)),
    *each("vander", [np.vander, lambda x: np.vander(x, 2, increasing=True)], (3,)),
    fixed("polymul", np.polymul, (3,), (2,)),
    fixed("polyadd", np.polyadd, (3,), (2,)),
    fixed("polysub", np.polysub, (2,), (3,)),
    fixed("polyder", lambda p: np.polyder(p, 2), (4,)),
    fixed("polyint", lambda p: np.polyint(p, 2, [1.0, 2.0]), (3,)),
    fixed("polyfit", lambda y: np.polyfit(np.arange(5.0), y, 2), (5,)),
    fixed("polyfit", lambda y: np.polyfit(np.arange(5.0), y, 1, w=[1, 2, 1, 2, 1]), (5, 2)),
    fixed("linspace", lambda a, b: np.linspace(a, b, 4), (), ()),
    fixed("linspace", lambda a, b: np.linspace(a, b, 4, endpoint=False, axis=-1), (2,), (2,)),
    fixed("linspace", lambda a, b: np.linspace(a, b, 3, retstep=True)[1], (), ()),
    fixed("logspace", lambda a, b: np.logspace(a, b, 3), (), (), domain=(0.1, 0.5)),
    fixed("geomspace", lambda a, b: np.geomspace(a, b, 4), (), (), domain=POSITIVE),
]

PRODUCTS = [
    fixed("inner", np.inner, (2, 3), (4, 3)),
    fixed("inner", np.inner, (3,), (3,)),
    fixed("inner", lambda a: np.inner(a, 2.0), (3,)),
    fixed("vdot", np.vdot, (2, 3), (2, 3), complex=True),
    fixed("vecdot", np.vecdot, (2, 3), (3,), complex=True),
    fixed("vecdot", lambda a, b: np.linalg.vecdot(a, b, axis=0), (2, 3), (2, 3)),
    fixed("matvec", np.matvec, (5, 2, 3), (5, 3), complex=True),
    fixed("vecmat", np.vecmat, (5, 2), (5, 2, 3), complex=True),
    fixed("kron", np.kron, (2, 3), (2, 2), complex=True),
    fixed("kron", np.kron, (2,), (2, 2)),
    fixed("cross", np.cross, (2, 3), (3,)),
    fixed("cross", lambda a, b: np.cross(a, b, axis=0), (3, 2), (3, 2)),
    fixed("cross", lambda a, b: np.linalg.cross(a, b), (2, 3), (2, 3)),
    fixed("multi_dot", lambda a, b, c: np.linalg.multi_dot([a, b, c]), (2, 3), (3, 4), (4, 2)),
    fixed("multi_dot", lambda a, b, c: np.linalg.multi_dot([a, b, c]), (3,), (3, 4), (4,)),
    fixed("matmul", np.linalg.matmul, (2, 3), (3, 2)),
    fixed("outer", np.linalg.outer, (2,), (3,)),
    fixed("tensordot", lambda a, b: np.linalg.tensordot(a, b, axes=1), (2, 3), (3, 2)),
    fixed("matrix_transpose", np.linalg.matrix_transpose, (2, 3)),
]


def regular(x):
    """A well-conditioned matrix, from any."""
    return 0.3 * x + 2 * np.eye(*x.shape[-2:])


def apart(x):
    """A matrix whose singular values are apart, from any."""
    return 0.2 * x + np.eye(*x.shape[-2:]) * np.arange(1.0, x.shape[-1] + 1)


def hermitian(x):
    """A positive definite Hermitian matrix with distinct eigenvalues, from any square one."""
    return 0.1 * x @ np.conjugate(np.swapaxes(x, -1, -2)) + np.diag(np.arange(1.0, x.shape[-1] + 1))


_la = np.linalg
_SQUARE = [(3, 3), (2, 1, 3, 3)]
_ANY_SHAPE = [(3, 3), (4, 2), (2, 4), (2, 1, 4, 2)]


def _gauge_free(w, v):
    """A function of eigenvalues and eigenvectors that does not depend on the phase of the vectors."""
    return np.sum(w) + np.sum(w**2) + np.sum(np.abs(v) ** 4 * np.arange(1.0, v.shape[-1] + 1))


LINALG = [
    *[fixed("inv", lambda x: _la.inv(regular(x)), s, complex=True) for s in _SQUARE],
    *[fixed("det", lambda x: _la.det(regular(x)), s, complex=True) for s in _SQUARE],
    fixed("det", _la.det, (1, 1)),
    *[fixed("cofactors", lambda x: F.cofactors(regular(x)), s) for s in _SQUARE],
    *[fixed("slogdet", lambda x: _la.slogdet(regular(x))[1], s, complex=True) for s in _SQUARE],
    fixed("slogdet", lambda x: _la.slogdet(regular(x))[0] * x[0, 0], (2, 2), complex=True),
    fixed("logabsdet", lambda x: F.logabsdet(regular(x)), (2, 2)),
    *[
        fixed("solve", lambda a, b: _la.solve(regular(a), b), a, b, complex=True)
        for a, b in [((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (3, 1)), ((2, 3, 3), (2, 3, 2))]
    ],
    *[fixed("matrix_power", lambda x, n=n: _la.matrix_power(regular(x), n), (2, 2)) for n in (-2, 0, 1, 3, 6)],
    *[fixed("pinv", lambda x: _la.pinv(regular(x)), s, complex=True) for s in [(3, 3), (4, 2), (2, 4), (2, 4, 2)]],
    fixed("lstsq", lambda a, b: _la.lstsq(regular(a), b)[0], (4, 2), (4,)),
    fixed("lstsq", lambda a, b: _la.lstsq(regular(a), b)[1], (4, 2), (4, 3)),
    fixed(
        "tensorinv",
        lambda x: _la.tensorinv(regular(x.reshape((4, 4))).reshape((2, 2, 4)), ind=2),
        (2, 2, 4),
    ),
    fixed("tensorsolve", lambda a, b: _la.tensorsolve(regular(a).reshape((2, 2, 4)), b), (4, 4), (2, 2)),
    fixed(
        "tensorsolve",
        lambda a, b: _la.tensorsolve(regular(a).reshape((4, 2, 2)), b, axes=(0,)),
        (4, 4),
        (2, 2),
    ),
    *[fixed("cholesky", lambda x: _la.cholesky(hermitian(x)), s, complex=True) for s in _SQUARE],
    fixed("cholesky", lambda x: _la.cholesky(hermitian(x), upper=True), (3, 3), complex=True),
    *[fixed("eigh", lambda x: _gauge_free(*_la.eigh(hermitian(x))), s, complex=True) for s in _SQUARE],
    fixed("eigh", lambda x: _la.eigh(hermitian(x), UPLO="U").eigenvalues, (3, 3)),
    fixed("eigvalsh", lambda x: _la.eigvalsh(hermitian(x)), (3, 3), complex=True),
    fixed("eig", lambda x: np.abs(_gauge_free(*_la.eig(x + np.diag([1.0, 4.0, 9.0])))), (3, 3), complex=True),
    fixed(
        "eigvals",
        lambda x: np.sum(np.abs(_la.eigvals(x + np.diag([1.0, 4.0, 9.0])))),
        (3, 3),
        complex=True,
    ),
    *[
        fixed("svd", lambda x, full=full: _svd_gauge_free(*_la.svd(apart(x), full_matrices=full)), s, complex=True)
        for s in _ANY_SHAPE
        for full in (True, False)
    ],
    fixed("svd", lambda x: _la.svd(apart(x), compute_uv=False), (3, 2)),
    fixed("svdvals", lambda x: _la.svdvals(apart(x)), (2, 3)),
    *[
        fixed("qr", lambda x, i=i: _la.qr(regular(x))[i], s, complex=i == 1)
        for s in [(3, 3), (4, 2), (2, 4), (2, 1, 4, 2), (2, 1, 2, 4)]
        for i in (0, 1)
    ],
    fixed("qr", lambda x: _la.qr(regular(x), mode="r"), (4, 2)),
    fixed("qr", lambda x: _la.qr(regular(x), mode="complete")[1], (4, 2)),
    *[fixed("norm", lambda x, p=p: _la.norm(x, p), (5,), domain=AWAY) for p in (1, 2, 3, 0.5, np.inf, -np.inf, 0, -1)],
    *[
        fixed("norm", lambda x, p=p: _la.norm(apart(x), p), (3, 4), domain=AWAY)
        for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    ],
    fixed("norm", lambda x: _la.norm(x, 3, axis=1, keepdims=True), (2, 3), domain=AWAY, complex=True),
    fixed("norm", lambda x: _la.norm(x, "nuc", axis=(2, 0), keepdims=True), (3, 2, 4)),
    *each("norm", [_la.norm, lambda x: _la.norm(x, axis=1, keepdims=True)], (3, 4), complex=True),
    fixed("norm", lambda x: _la.norm(x, axis=(0, 2)), (2, 3, 2), complex=True),
    *each(
        "p_norm",
        [
            lambda x: F.p_norm(x, ord=3),
            lambda x: F.p_norm(x, ord=1.5, axis=1),
            lambda x: F.p_norm(x, ord=0.7, axis=0, keepdims=True),
        ],
        (2, 3),
        domain=AWAY,
        complex=True,
    ),
    *[
        fixed("vector_norm", lambda x, p=p: _la.vector_norm(x, axis=0, ord=p), (3, 2), domain=AWAY)
        for p in (2, 1, np.inf)
    ],
    *[
        fixed("matrix_norm", lambda x, p=p: _la.matrix_norm(apart(x), ord=p, keepdims=True), (2, 3, 2), domain=AWAY)
        for p in ("fro", 2, 1)
    ],
    *[
        fixed("cond", lambda x, p=p: _la.cond(regular(x) + np.diag([0, 3, 9]).astype(x.dtype), p), (3, 3), domain=AWAY)
        for p in (None, -2, 1, "fro")
    ],
]


def _svd_gauge_free(u, s, vh):
    """A function of the singular values and vectors that does not depend on their phases."""
    k = s.shape[-1]
    weights = np.arange(1.0, k + 1)
    left, right = u[..., :k], np.swapaxes(vh[..., :k, :], -1, -2)
    mixed = np.sum((left * weights)[..., :2, :] * np.conjugate(np.conjugate(right))[..., :2, :])
    return np.sum(s**2) + np.sum(np.abs(left) ** 4 * weights) + np.sum(np.abs(right) ** 4 * weights) + np.real(mixed)


FOURIER = [
    *[
        fixed(
            name,
            lambda x, f=name, n=n, norm=norm: getattr(np.fft, f)(x, n, norm=norm),
            (2, size),
            complex=name not in ("rfft", "ihfft"),
        )
        for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
        for size, n, norm in [(4, None, None), (5, None, "ortho"), (4, 6, "forward"), (5, 3, "backward"), (4, 7, None)]
    ],
    *[
        fixed(name, lambda x, f=name: getattr(np.fft, f)(x), (3, 2, 4), complex="r" not in name)
        for name in ("fftn", "ifftn", "rfftn", "irfftn", "fft2", "ifft2", "rfft2", "irfft2")
    ],
    *each("irfft", [lambda x: np.fft.irfft(x, axis=0), lambda x: np.fft.irfft(x, 5, axis=-2)], (3, 2), complex=True),
    fixed("fftn", lambda x: np.fft.fftn(x, (4, 3), axes=(2, 0)), (3, 2, 4)),
    fixed("irfftn", lambda x: np.fft.irfftn(x, (3, 5), axes=(0, 1)), (3, 3)),
    *each("fftshift", [np.fft.fftshift, lambda x: np.fft.fftshift(x, axes=1)], (3, 4)),
    *each("ifftshift", [np.fft.ifftshift, lambda x: np.fft.ifftshift(x, axes=(0,))], (3, 4)),
]

SAMPLES = [
    *MASKED, *STATISTICS, *ELEMENTWISE, *JOINING, *CALCULUS, *PRODUCTS, *LINALG, *FOURIER,
]  # fmt: skip
