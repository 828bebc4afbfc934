"""Pooling over the last one or two axes: the largest number of each window, or their sum, by slices of the whole array.

A window has taps, and what the windows see through one tap is one slice of the input: k taps are k passes of NumPy over all
windows at once, whatever the order of the axes in memory. What lies in the padding belongs to no window.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import ShapeError, user_line
from .convolution import lengths, taps
from .guards import is_plain, leading
from .op import Array, Op

_STATIC = "kernel stride padding dilation"
_Places = tuple[Any, ...]  # an index
Windows = dict[str, tuple[Any, ...]]


def _along(x: Array, out: tuple[int, ...], windows: Windows) -> list[list[tuple[slice, slice]]]:
    """For each axis with windows the slices of the output and of the input that belong to each tap."""
    axes = len(out)
    return [
        taps(n, m, k, s, low, d)
        for n, m, k, s, (low, _), d in zip(
            x.shape[x.ndim - axes :], out, *(windows[key] for key in _STATIC.split()), strict=True
        )
    ]


def _meetings(x: Array, out: tuple[int, ...], windows: Windows) -> Iterator[tuple[_Places, _Places]]:
    """For each tap of the windows the places in the output, and the places in the input that it reads there."""
    for pairs in itertools.product(*_along(x, out, windows)):
        yield (..., *(there for there, _ in pairs)), (..., *(here for _, here in pairs))


def _counted(x: Array, windows: Windows) -> tuple[int, ...]:
    """How many windows there are along each axis."""
    axes = len(windows["kernel"])
    if x.ndim < axes:
        raise ShapeError(
            f"pooling at {user_line()}: windows over {axes} axes need an array with as many; x has shape {x.shape}"
        )
    n = x.shape[x.ndim - axes :]
    found = lengths(n, windows["kernel"], windows["stride"], windows["padding"], windows["dilation"])
    if min(found, default=1) < 1:
        raise ShapeError(
            f"pooling at {user_line()}: a window of {windows['kernel']} is larger than x, which has shape {x.shape}"
        )
    return found


def _largest(x: Array, **windows: Any) -> Array:
    """The largest number in each window: along one axis, then along the next."""
    out = _counted(x, windows)
    axes = x.ndim - len(out)
    for axis, pairs in enumerate(_along(x, out, windows), axes):
        before = (slice(None),) * axis
        shape = (*x.shape[:axis], out[axis - axes], *x.shape[axis + 1 :])
        whole = slice(0, shape[axis])
        (_, here), *others = pairs
        if all(there == whole for there, _ in pairs):
            y = x[(*before, here)]
            for i, (_, here) in enumerate(others):
                y = np.maximum(y, x[(*before, here)], out=y if i else None)
        else:
            y = np.full_like(x, -np.inf, shape=shape)
            for there, here in pairs:
                part = y[(*before, there)]
                np.maximum(part, x[(*before, here)], out=part)
        x = y
    return x


def _winners(x: Array, top: Array, windows: Windows) -> Iterator[tuple[_Places, _Places, Array]]:
    """For each tap its places, and where it holds the largest number of a window that no tap before it held."""
    won = np.zeros_like(leading(top, x), dtype=bool, shape=top.shape)
    for there, here in _meetings(x, _counted(x, windows), windows):
        hit = x[here] == top[there]
        before = won[there]
        np.greater(hit, before, out=hit)
        np.logical_or(before, hit, out=before)
        yield there, here, hit


def _apart(windows: Windows) -> bool:
    """Whether no place is in two windows."""
    return all(
        d * (k - 1) < s for k, s, d in zip(windows["kernel"], windows["stride"], windows["dilation"], strict=True)
    )


def _to_largest(g: Array, x: Array, top: Array, **windows: Any) -> Array:
    """The number of each window put where the largest of x is in it; zeros elsewhere."""
    result, apart = np.zeros_like(leading(x, g, top), dtype=g.dtype, shape=x.shape), _apart(windows)
    for there, here, hit in _winners(x, top, windows):
        place = result[here]
        if apart:
            np.multiply(g[there], hit, out=place)
        else:
            place += g[there] * hit
    if not is_plain(x) or np.isnan(top.sum()):  # a NaN is nothing's largest, and stays one
        for _, here in _meetings(x, _counted(x, windows), windows):
            np.copyto(result[here], np.nan, where=np.isnan(x[here]))
    return result


def _at_largest(h: Array, x: Array, top: Array, **windows: Any) -> Array:
    """For each window the number of h where the largest of x is in it."""
    result = np.zeros_like(leading(top, h, x), dtype=h.dtype, shape=top.shape)
    for there, here, hit in _winners(x, top, windows):
        place = result[there]
        place += h[here] * hit
    return result


max_pool: Op = Op(
    _largest,
    lambda g, out, x, **windows: to_largest(g, x, out, **windows),
    name="max_pool",
    params=f"x {_STATIC}",
)
to_largest: Op = Op(
    _to_largest,
    lambda h, out, g, x, top, **windows: at_largest(h, x, top, **windows),
    None,
    None,
    name="to_largest",
    params=f"g x top {_STATIC}",
)
at_largest: Op = Op(
    _at_largest,
    lambda g, out, h, x, top, **windows: to_largest(g, x, top, **windows),
    None,
    None,
    name="at_largest",
    params=f"h x top {_STATIC}",
)


def _sums(x: Array, **windows: Any) -> Array:
    """The sum of the numbers in each window."""
    out = _counted(x, windows)
    result = np.zeros_like(x, shape=(*x.shape[: x.ndim - len(out)], *out))
    for there, here in _meetings(x, out, windows):
        place = result[there]
        place += x[here]
    return result


def _to_all(g: Array, size: tuple[int, ...], **windows: Any) -> Array:
    """The number of each window added at every place in it; `size` are the lengths of the axes with windows."""
    axes = len(size)
    result = np.zeros_like(g, shape=(*g.shape[: g.ndim - axes], *size))
    for there, here in _meetings(result, g.shape[g.ndim - axes :], windows):
        place = result[here]
        place += g[there]
    return result


sum_pool: Op = Op(
    _sums,
    lambda g, out, x, **windows: to_all(g, size=x.shape[x.ndim - len(windows["kernel"]) :], **windows),
    name="sum_pool",
    params=f"x {_STATIC}",
)
to_all: Op = Op(
    _to_all,
    lambda h, out, g, size, **windows: sum_pool(h, **windows),
    name="to_all",
    params=f"g size {_STATIC}",
)
