"""Counts and histograms: constant in what is counted, with a derivative in the weights and in the edges of the bins."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, user_line
from .indexing import scatter
from .op import Array, Op


def _number_of_bins(a: Array, *ends: Array, rule: Any) -> int:
    return len(np.histogram_bin_edges(a, rule, ends or None)) - 1


def _bin_of(a: Array, edges: Array) -> Array:
    """The number of the bin that each element of `a` lies in, or −1; the last bin holds its upper end too."""
    bins: Array = np.searchsorted(edges, a, side="right") - 1
    bins = np.where(a == edges[-1], len(edges) - 2, bins)
    return np.where(bins < len(edges) - 1, bins, -1)


number_of_bins = Op(_number_of_bins, name="number_of_bins", variadic=True)
bin_of = Op(_bin_of, name="bin_of")


def _summed(weights: Any, places: Array, shape: tuple[int, ...]) -> Array:
    """For each place the sum of the weights that fall there, or how many they are; −1 is no place."""
    inside = places >= 0
    if weights is not None and np.size(weights) != places.size:
        raise ShapeError(f"{np.size(weights)} weights for {places.size} numbers to be counted, at {user_line()}")
    if weights is None:
        return np.bincount(places[inside], minlength=math.prod(shape)).reshape(shape)
    flat = np.reshape(weights, (-1,))[np.flatnonzero(inside)]
    return scatter(flat, places[inside], shape=(math.prod(shape),), index=("array",)).reshape(shape)


def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Array:
    """How often each integer occurs in `x`, or the sum of its weights."""
    places = np.asarray(x)
    if weights is None:
        return np.bincount(places, minlength=minlength)
    length = len(np.bincount(places, minlength=minlength))
    return _summed(np.astype(weights, np.float64), places, (length,))


def histogram_bin_edges(a: Array, bins: Any = 10, range: Any = None, weights: Any = None) -> Array:
    """The edges of the bins that `histogram` uses: in the dtype of `a` and the ends, if that is one of fractions."""
    edges = _edges(a, bins, range)
    dtype = np.result_type(a, *(() if range is None else range))
    return edges if np.ndim(bins) == 1 or dtype.kind not in "fc" else np.astype(edges, dtype)


def _edges(a: Array, bins: Any, range: Any) -> Array:
    """The edges of the bins along one axis, as `linspace` has them."""
    if np.ndim(bins) == 1:
        return bins if hasattr(bins, "dtype") else np.asarray(bins)
    if range is not None:
        low, high = range
    else:
        low, high = (np.min(a), np.max(a)) if np.size(a) else (0.0, 1.0)
    n = number_of_bins(a, *([] if range is None else range), rule=bins) if isinstance(bins, str) else int(bins)
    width = 0.5 * bool(low == high)
    return np.linspace(low - width, high + width, n + 1)


def histogram(
    a: Array, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Array, Array]:
    """How many elements fall into each bin, or the sum of their weights; as a density, over the total and the widths."""
    edges = histogram_bin_edges(a, bins, range, weights)
    places = bin_of(np.reshape(a, (-1,)), edges)
    counts = _summed(weights, places, (edges.shape[0] - 1,))
    return (counts / np.diff(edges) / np.sum(counts) if density else counts), edges


def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Array, tuple[Array, ...]]:
    """As `histogram`, of points of several coordinates: the rows of a matrix, or a sequence of coordinates."""
    points = sample if hasattr(sample, "shape") else np.stack(sample, axis=-1)
    columns = [points] if np.ndim(points) == 1 else [points[:, i] for i, _ in enumerate(points.T)]
    bins = list(bins) if isinstance(bins, (list, tuple)) or np.ndim(bins) else [bins] * len(columns)
    ranges = [None] * len(columns) if range is None else list(range)
    edges = tuple(_edges(*each) for each in zip(columns, bins, ranges, strict=True))
    each = [bin_of(x, e) for x, e in zip(columns, edges, strict=True)]
    shape = tuple(e.shape[0] - 1 for e in edges)
    inside = np.all([place >= 0 for place in each], axis=0)
    places = np.where(inside, np.ravel_multi_index([np.maximum(place, 0) for place in each], shape), -1)
    counts = _summed(None if weights is None else np.astype(weights, np.float64), places, shape) * 1.0
    if density:
        for i, e in enumerate(edges):
            counts = counts / np.reshape(np.diff(e), tuple(-1 if j == i else 1 for j, _ in enumerate(edges)))
        counts = counts / np.sum(counts * _volumes(edges))
    return counts, edges


def _volumes(edges: Sequence[Array]) -> Array:
    """The volume of each cell of a grid."""
    volumes: Any = 1.0
    for e in edges:
        volumes = np.expand_dims(volumes, -1) * np.diff(e)
    return volumes


def histogram2d(
    x: Array, y: Array, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Array, Array, Array]:
    """As `histogram`, of the points (x, y)."""
    one_grid = len(bins) > 2 if isinstance(bins, (list, tuple)) else not np.ndim(bins) or np.size(bins) > 2
    counts, edges = histogramdd([x, y], [bins, bins] if one_grid else bins, range, density, weights)
    return counts, *edges


COMPOSED: dict[str, Callable[..., Any]] = {
    "bincount": bincount, "histogram_bin_edges": histogram_bin_edges, "histogram": histogram, "histogramdd": histogramdd,
    "histogram2d": histogram2d,
}  # fmt: skip
