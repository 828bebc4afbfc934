"""Samples of counts with weights, of arrays as sets, and of the ways to call that only some functions have."""

from __future__ import annotations

import numpy as np

from autograd import functions as F
from tests.samples import POSITIVE, Sample, each, fixed

_I = np.array([0, 2, 2, 1])
_POINTS = np.array([0.1, 0.4, 1.3, 2.2])
_EDGES = np.array([0.0, 0.7, 2.5])

COUNTS = [
    *each("bincount", [lambda w: np.bincount(_I, w), lambda w: np.bincount(_I, weights=w, minlength=6)], (4,)),
    fixed("histogram", lambda w: np.histogram(_POINTS, 3, weights=w)[0], (4,)),
    fixed("histogram", lambda w: np.histogram(_POINTS, _EDGES, density=True, weights=w)[0], (4,), domain=POSITIVE),
    fixed("histogram", lambda x: np.histogram(x, 3, density=True)[0], (5,)),
    fixed("histogram_bin_edges", lambda x: np.histogram_bin_edges(x, 4), (5,)),
    fixed("histogram2d", lambda w: np.histogram2d(_POINTS, _POINTS[::-1], 2, weights=w)[0], (4,)),
    fixed("histogramdd", lambda w: np.histogramdd([_POINTS, _POINTS**2], (2, 3), None, True, w)[0], (4,), domain=POSITIVE),
    fixed("full_like", lambda v: np.full_like(v, v, shape=(2, 3)), (3,)),
]  # fmt: skip

SETS = [
    fixed("unique", np.unique, (2, 3)),
    fixed("unique", lambda x: np.unique(x, axis=0), (3, 2)),
    *each("unique_all", [lambda x: np.unique_all(x).values], (4,)),
    *each("unique_counts", [lambda x: np.unique_counts(x).values], (4,)),
    *each("unique_inverse", [lambda x: np.unique_inverse(x).values], (4,)),
    fixed("unique_values", np.unique_values, (4,)),
    fixed("union1d", np.union1d, (3,), (2,)),
    fixed("intersect1d", lambda x: np.intersect1d(x, x[:2]), (3,)),
    fixed("setdiff1d", lambda x: np.setdiff1d(x, x[1:]), (3,)),
    fixed("setxor1d", lambda x, y: np.setxor1d(np.concatenate([x, y]), y), (3,), (2,)),
    fixed("ix_", lambda x, y: np.multiply(*np.ix_(x, y)), (3,), (2,)),
]

_TURNED = [lambda x, o=o: np.ravel(x.transpose(2, 0, 1), order=o) for o in "CFAK"]
_FLAT = [lambda x, o=o: x.transpose(2, 0, 1).flatten(order=o) for o in "CFAK"]

_PADS_BY_AXIS = np.lib.NumpyVersion(np.__version__) >= "2.4.0"  # a dict of widths is new there

CALLS = [
    fixed("others", F.others, (7, 2), complex=True),
    fixed("others", F.others, (1, 2)),
    *each("prod", [np.prod, lambda x: np.prod(x, axis=1), lambda x: np.prod(x, axis=(0, 1))], (3, 7)),
    *(
        fixed(name, lambda x, name=name: getattr(F, name)(x, axis=()), (4,))
        for name in "sum prod max min mean logsumexp".split()
    ),
    *each("ravel", [*_TURNED, *_FLAT, lambda x: x.T.ravel("A"), lambda x: x.T.ravel("K")], (2, 3, 4)),
    *each("reshape", [lambda x, o=o: np.reshape(x, (3, -1), order=o) for o in "CFA"], (2, 3, 2), complex=True),
    *each("reshape", [lambda x: x.reshape(4, 3, order="F"), lambda x: x.T.reshape((3, 4), order="A")], (2, 3, 2)),
    *each("getitem", [lambda x: x[[]], lambda x: x[range(2)], lambda x: x[True], lambda x: x[False, 0]], (3, 2)),
    fixed("astype", lambda x: np.astype(x, x.dtype, copy=False), (3,)),
    *([fixed("pad", lambda x: np.pad(x, {0: (1, 2)}), (2, 3))] if _PADS_BY_AXIS else []),
    fixed("pad", lambda x: np.pad(x, 1, "linear_ramp", end_values=2.0), (2, 3)),
    fixed("pad", lambda x, c: F.pad(x, ((1, 0), (0, 2)), constant_values=c), (2, 3), (2,)),
    fixed("insert", lambda x: np.insert(x, 0, np.ones(2, x.dtype), axis=1), (2, 3)),
    *each(
        "sliding_window_view",
        [
            lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 3)),
            lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=0),
            lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 0)),
        ],
        (3, 4),
    ),
    *[
        fixed("vector_norm", lambda x, p=p: np.linalg.vector_norm(x, axis=(0, 1, 2), ord=p, keepdims=True), (2, 3, 2))
        for p in (2, 1, 3, np.inf)
    ],
    fixed("vector_norm", lambda x: np.linalg.vector_norm(x, axis=(2, 0, 1)), (2, 3, 2, 2)),
]


def _methods(name: str, *shapes: tuple[int, ...], domain: object = POSITIVE) -> list[Sample]:
    """The methods of a ufunc of two arguments."""
    f = getattr(np, name)
    calls = [
        lambda x: f.reduce(x), lambda x: f.reduce(x, axis=1, keepdims=True), lambda x: f.accumulate(x),
        lambda x: f.accumulate(x, axis=-1), lambda x: f.reduceat(x, [0, 2, 1]), lambda x: f.reduceat(x, [1, 3], axis=1),
    ]  # fmt: skip
    return [*each(name, calls, (3, 4), domain=domain), fixed(name, f.outer, (2, 3), (2,), domain=domain)]


UFUNC_METHODS = [
    sample
    for name in "add multiply subtract divide maximum minimum fmax logaddexp logaddexp2 hypot arctan2 power".split()
    for sample in _methods(name)
]
UFUNC_METHODS += [
    fixed("logaddexp", lambda x: np.logaddexp.reduce(x, axis=None, initial=0.3), (2, 3)),
    fixed("maximum", lambda x: np.maximum.reduce(x, axis=(0, 1)), (2, 3)),
    fixed("hypot", lambda x: np.hypot.reduce(x, axis=(0, 1), initial=0.5), (2, 3)),
]

SAMPLES = [*COUNTS, *SETS, *CALLS, *UFUNC_METHODS]
