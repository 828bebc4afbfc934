"""Convolution over any number of axes, and the two products that are its derivatives: each one's rules are the other two.

    convolution             y[n, o, m] = Σ x[n, c, m·stride + i·dilation − low] w[o, c, i]      over c and i
    convolution_transpose   x[n, c, r] = Σ y[n, o, m] w[o, c, i]                               over o and the m, i that meet at r
    convolution_weight      w[o, c, i] = Σ x[n, c, m·stride + i·dilation − low] y[n, o, m]      over n and m

All three sum the same products x·w·y, each over what the other two have; so they are bilinear, and of any order.

How they are computed: an array of shape (batch, channels, height, width) is looked at as (height, channels, width, batch),
and the results are made so in memory, behind a view in the usual order. Then (1) every copy is one of long runs, over width
and batch; (2) only the taps along the width need a copy of the image each: those along the height, with all channels, are
rows that lie behind one another, so that a row of the result is one product of two matrices that are there already; and
(3) where the kernel stands out over the edge, fewer rows take part, and nothing is padded. Where width and batch are so small
that the matrices would be narrow, the whole image is taken for one row, and has a copy for each tap.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ..errors import ShapeError, user_line
from .guards import is_plain
from .op import Array, Op, library

_NARROW, _MANY = 2**9, 2**23  # numbers
_STATIC = "stride padding dilation groups"
Shape = tuple[int, ...]


def taps(n: int, m: int, k: int, stride: int, low: int, dilation: int) -> list[tuple[slice, slice]]:
    """For each of the k taps of a window the places of the output that it serves, and the places of the input that it reads.

    The input has n places and the output m; what a tap would read in the padding is in neither slice.
    """
    found = []
    for i in range(k):
        offset = i * dilation - low
        first = max(0, -(offset // stride))
        last = max(first, min(m, (n - 1 - offset) // stride + 1))
        start = first * stride + offset
        found.append((slice(first, last), slice(start, start + (last - first) * stride, stride)))
    return found


def lengths(n: Sequence[int], k: Sequence[int], stride: Any, padding: Any, dilation: Any) -> tuple[int, ...]:
    """How many places a window has along each axis."""
    return tuple(
        (size + low + high - d * (taps - 1) - 1) // s + 1
        for size, taps, s, (low, high), d in zip(n, k, stride, padding, dilation, strict=True)
    )


class _Plan:
    """Where the taps of a kernel meet the rows of an image, and the places in a row: one for all three products.

    `x`, `w` and `y` are the shapes, with a first axis of windows whose places are the *rows*: of a small image it is a new
    one, of length 1. *Inside*, an array has the axes (rows, channels, the other axes of windows, batch).
    """

    def __init__(self, x: Shape, w: Shape, y: Shape, stride: Any, padding: Any, dilation: Any, groups: int) -> None:
        one = (1,) if len(x) == 3 or self.is_small(w, y) else ()
        self.x, self.w, self.y = ((*shape[:2], *one, *shape[2:]) for shape in (x, w, y))
        stride, dilation, low = (*one, *stride), (*one, *dilation), (*(0 for _ in one), *(low for low, _ in padding))
        along = [
            taps(*of_axis) for of_axis in zip(self.x[2:], self.y[2:], self.w[2:], stride, low, dilation, strict=True)
        ]
        self.groups, self.down = groups, along[0]
        self.across = [tuple(zip(*pairs, strict=True)) for pairs in itertools.product(*along[1:])]
        places = self.x[3:]
        self.whole = self.across == [(tuple(slice(0, n) for n in places), tuple(slice(0, n, 1) for n in places))]
        self.line = math.prod(self.y[3:]) * self.y[0]  # numbers that lie behind one another in a row of y
        self.taps = self.w[1] * len(self.across)  # rows of columns for each row of x

    @staticmethod
    def is_small(w: Shape, y: Shape) -> bool:
        """Whether a row of y is narrow, and the columns of the whole image at once are not too many."""
        return math.prod(y[3:]) * y[0] < _NARROW and math.prod(w[1:]) * math.prod(y[2:]) * y[0] <= _MANY

    def inside(self, x: Array, shape: Sequence[int]) -> Array:
        return x.reshape(shape).transpose(2, 1, *range(3, len(shape)), 0)

    def outside(self, x: Array, ndim: int) -> Array:
        """As the user sees it, in the shape of so many axes."""
        x = x.transpose(x.ndim - 1, 1, 0, *range(2, x.ndim - 1))
        return x if x.ndim == ndim else x[:, :, 0]

    def of_group(self) -> list[tuple[slice, slice]]:
        """For each group its channels of x and of y."""
        c, o = self.w[1], self.w[0] // self.groups
        return [(slice(i * c, i * c + c), slice(i * o, i * o + o)) for i in range(self.groups)]

    def columns(self, x: Array) -> Array:
        """Of some channels, inside, a copy for each tap across a row: (rows, channels · taps, numbers in a row of y)."""
        if self.whole:
            return np.ascontiguousarray(x).reshape(len(x), self.taps, self.line)
        columns = np.empty((*x.shape[:2], len(self.across), *self.y[3:], x.shape[-1]), x.dtype)
        for j, (there, here) in enumerate(self.across):
            copy = columns[:, :, j]
            copy[(..., *there, slice(None))] = x[(..., *here, slice(None))]
            for axis, served in enumerate(there, 2):
                copy[(slice(None),) * axis + (slice(served.start),)] = 0
                copy[(slice(None),) * axis + (slice(served.stop, None),)] = 0
        return columns.reshape(len(x), self.taps, self.line)

    @cached_property
    def rows(self) -> list[tuple[slice, slice]]:
        """For each row of y the taps down the rows that serve it, and the rows of x that they read."""
        return _runs(self.y[2], ((m, i, r) for i, m, r in self._met()))

    @cached_property
    def served(self) -> list[tuple[slice, slice]]:
        """For each row of x the taps that read it, numbered from the last, and the rows of y that they serve."""
        return _runs(self.x[2], ((r, self.w[2] - 1 - i, m) for i, m, r in reversed(self._met())))

    def _met(self) -> list[tuple[int, int, int]]:
        """Every tap down the rows, with each row of y that it serves and the row of x that it reads there."""
        return [
            (i, m, r)
            for i, (there, here) in enumerate(self.down)
            for m, r in zip(range(there.start, there.stop), range(here.start, here.stop, here.step), strict=True)
        ]


def _runs(n: int, meetings: Iterable[tuple[int, int, int]]) -> list[tuple[slice, slice]]:
    """For each of n places the numbers that it meets, of two kinds, both evenly spaced and in order."""
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in range(n)]
    for place, a, b in meetings:
        found[place][0].append(a)
        found[place][1].append(b)
    return [(_run(a), _run(b)) for a, b in found]


def _run(numbers: list[int]) -> slice:
    if not numbers:
        return slice(0, 0)
    return slice(numbers[0], numbers[-1] + 1, numbers[1] - numbers[0] if len(numbers) > 1 else 1)


@lru_cache(maxsize=256)
def planned(x: Shape, w: Shape, y: Shape, *, groups: int, **windows: Any) -> _Plan:
    """The plan for these shapes; that of y is not needed, but if it is there already it must be the right one.

    Raises:
        ShapeError: they do not go together.
    """
    found = f"convolution at {user_line()}: x has shape {x} and the weight {w}"
    if len(x) < 3 or len(w) != len(x):
        raise ShapeError(
            f"{found}; they must be (N, C, L) and (O, C/groups, K), or (N, C, H, W) and (O, C/groups, KH, KW), …"
        )
    if x[1] != w[1] * groups or w[0] % groups:
        raise ShapeError(
            f"{found}; with groups={groups} x must have {w[1] * groups} channels, and {groups} divide {w[0]}"
        )
    shape = (x[0], w[0], *lengths(x[2:], w[2:], **windows))
    if min(shape[2:]) < 1:
        raise ShapeError(f"{found}; the kernel, dilated by {windows['dilation']}, is longer than x with its padding")
    if y and y != shape:
        raise ShapeError(f"{found}; the result then has shape {shape}, and not {y}")
    return _Plan(x, w, shape, groups=groups, **windows)


@library
def _convolution(x: Array, w: Array, *bias: Array, **static: Any) -> Array:
    """y, and to each of its channels its bias added."""
    plan = planned(x.shape, w.shape, (), **static)
    if any(b.shape != w.shape[:1] for b in bias):
        raise ShapeError(
            f"convolution at {user_line()}: the bias has shape {bias[0].shape} and must have {w.shape[:1]}"
        )
    y = np.empty((plan.y[2], plan.y[1], plan.line), np.result_type(x, w, *bias))
    read, rows = plan.inside(x, plan.x), plan.rows
    kernel = w.reshape(plan.w).swapaxes(1, 2)
    for c, o in plan.of_group():
        columns = plan.columns(read[:, c])
        matrix = np.ascontiguousarray(kernel[o]).reshape(-1, plan.w[2] * plan.taps)
        for out, (i, here) in zip(y[:, o], rows, strict=True):
            np.matmul(matrix[:, i.start * plan.taps : i.stop * plan.taps], _joined(columns[here]), out=out)
            for b in bias:
                np.add(out, b[o, None], out=out)
    return plan.outside(y.reshape(plan.y[2], plan.y[1], *plan.y[3:], plan.y[0]), x.ndim)


@library
def _transpose(y: Array, w: Array, size: tuple[int, ...], **static: Any) -> Array:
    """x, whose axes of windows have the lengths `size`."""
    plan = planned((y.shape[0], w.shape[1] * static["groups"], *size), w.shape, y.shape, **static)
    written = np.ascontiguousarray(plan.inside(y, plan.y)).reshape(plan.y[2], plan.y[1], plan.line)
    x = np.zeros((plan.x[2], plan.x[1], *plan.x[3:], plan.x[0]), np.result_type(y, w))
    kernels = w.reshape(*plan.w[:3], len(plan.across)).transpose(1, 3, 2, 0)[:, :, ::-1]
    for c, o in plan.of_group():
        kernel = np.ascontiguousarray(kernels[..., o]).reshape(plan.taps, plan.w[2], -1)
        for row, (i, m) in zip(x[:, c], plan.served, strict=True):
            serving = _joined(written[m, o])
            spread = kernel[:, i].reshape(plan.taps, len(serving)) @ serving
            spread = spread.reshape(plan.w[1], len(plan.across), *plan.y[3:], plan.y[0])
            for j, (there, here) in enumerate(plan.across):
                place = row[(slice(None), *here)]
                place += spread[(slice(None), j, *there)]
    return plan.outside(x, y.ndim)


@library
def _weight(x: Array, y: Array, size: tuple[int, ...], **static: Any) -> Array:
    """w, which has `size` taps along each axis."""
    plan = planned(x.shape, (y.shape[1], x.shape[1] // static["groups"], *size), y.shape, **static)
    read, rows = plan.inside(x, plan.x), plan.rows
    written = np.ascontiguousarray(plan.inside(y, plan.y)).reshape(plan.y[2], plan.y[1], plan.line)
    w = np.zeros((plan.w[0], plan.w[2] * plan.taps), np.result_type(x, y))
    for c, o in plan.of_group():
        columns = plan.columns(read[:, c])
        for row, (i, here) in zip(written[:, o], rows, strict=True):
            w[o, i.start * plan.taps : i.stop * plan.taps] += row @ _joined(columns[here]).T
    w = w.reshape(plan.w[0], plan.w[2], plan.w[1], -1).swapaxes(1, 2)
    return np.ascontiguousarray(w).reshape(*plan.w[:2], *size)


def _joined(some: Array) -> Array:
    """Rows of an image, each a matrix, as one matrix below the other; a view where they lie so."""
    return some.reshape(some.shape[0] * some.shape[1], some.shape[2])


def convolution_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, w: Array, *bias: Array, **static: Any
) -> list[Array]:
    """The transpose of g and w, the weight of x and g; of the bias the sum of g over all but the channels."""
    cotangents = [
        lambda: convolution_transpose(g, w, size=x.shape[2:], **static),
        lambda: convolution_weight(x, g, size=w.shape[2:], **static),
        lambda: channel_sums(g),
    ]
    return [cotangents[i]() for i in wanted]


convolution: Op = Op(_convolution, convolution_rule, variadic=True, name="convolution")
convolution_transpose: Op = Op(
    _transpose,
    lambda g, out, y, w, size, **static: convolution(g, w, **static),
    lambda g, out, y, w, size, **static: convolution_weight(g, y, size=w.shape[2:], **static),
    name="convolution_transpose",
    params=f"y w size {_STATIC}",
)
convolution_weight: Op = Op(
    _weight,
    lambda g, out, x, y, size, **static: convolution_transpose(y, g, size=x.shape[2:], **static),
    lambda g, out, x, y, size, **static: convolution(x, g, **static),
    name="convolution_weight",
    params=f"x y size {_STATIC}",
)


def _channel_sums(x: Array) -> Array:
    """The sum over all axes but the second, as products with ones, which BLAS adds up many times faster than NumPy."""
    if not is_plain(x):
        return x.sum(axis=(0, *range(2, x.ndim)))
    order = sorted(range(x.ndim), key=lambda i: -x.strides[i])
    inside, place = x.transpose(order), order.index(1)
    if not (x.size and inside.flags.c_contiguous) or place == x.ndim - 1:
        return x.sum(axis=(0, *range(2, x.ndim)))
    line = math.prod(inside.shape[place + 1 :])
    return (inside.reshape(-1, line) @ np.ones(line, x.dtype)).reshape(-1, x.shape[1]).sum(axis=0)


channel_sums: Op = Op(
    _channel_sums,
    lambda g, out, x: np.broadcast_to(g.reshape((-1,) + (1,) * (x.ndim - 2)), x.shape),
    name="channel_sums",
)
