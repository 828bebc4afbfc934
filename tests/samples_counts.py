"""Samples of counts with weights, of arrays as sets, and of the ways to call that only some functions have."""

from __future__ import annotations

import numpy as np

from tests.samples import POSITIVE, each, fixed

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

SAMPLES = [*COUNTS, *SETS]
