"""Images made larger, smaller or differently shaped: padding, interpolation, channels turned into places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.functions import broadcast_to, concatenate, repeat
from autograd.functions import pad as _zeros

from .pooling import along_axes

_PLACES = {"nearest": (1, 2), "linear": (1,), "bilinear": (2,)}  # the modes, and the numbers of axes that they are for


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """Numbers put around an array.

    Args:
        input: the array.
        pad: how many before and after: of the last axis, of the last but one, and so on. Negative ones are taken away.
        mode: "constant" puts `value`, "reflect" the image mirrored at its border places, "replicate" the border places,
            "circular" the other end.
        value: of the constant; None is 0.

    Raises:
        ShapeError: `pad` has not a pair for each of some last axes.
        ValueError: there is no such `mode`.
    """
    if len(pad) % 2 or len(pad) > 2 * input.ndim:
        raise ShapeError(f"pad: {tuple(pad)} must have a pair of numbers for each axis, of {input.ndim} at most")
    widths = [(int(pad[i]), int(pad[i + 1])) for i in range(0, len(pad), 2)][::-1]
    if mode == "constant":
        return _constant(input, widths, value or 0)
    if mode not in _PADDED:
        raise ValueError(f"pad: mode={mode!r} is none of {', '.join(['constant', *_PADDED])}")
    for axis, (before, after) in enumerate(widths, -len(widths)):
        input = _PADDED[mode](input, axis, before, after)
    return input


def _constant(x: Any, widths: list[tuple[int, int]], value: float) -> Any:
    cut = [slice(max(0, -a), n - max(0, -b)) for (a, b), n in zip(widths, x.shape[x.ndim - len(widths) :], strict=True)]
    x = x[(..., *cut)]
    around = ((0, 0),) * (x.ndim - len(widths)) + tuple((max(0, a), max(0, b)) for a, b in widths)
    return _zeros(x, around, constant_values=value) if value else _zeros(x, pad_width=around)


def _along(x: Any, axis: int, *places: slice) -> list[Any]:
    return [x[(..., place, *(slice(None),) * (-axis - 1))] for place in places]


def _within(mode: str, x: Any, axis: int, before: int, after: int, most: int) -> int:
    if not 0 <= max(before, after) <= most or min(before, after) < 0:
        raise ShapeError(
            f"pad: mode={mode!r} with {before} and {after} at an axis of length {x.shape[axis]}: from 0 to {most} will do"
        )
    return int(x.shape[axis])


def _reflect(x: Any, axis: int, before: int, after: int) -> Any:
    n = _within("reflect", x, axis, before, after, x.shape[axis] - 1)
    left, right = _along(x, axis, slice(before, 0, -1), slice(n - 2, n - 2 - after if after < n - 1 else None, -1))
    return concatenate([left, x, right], axis=axis)


def _replicate(x: Any, axis: int, before: int, after: int) -> Any:
    _within("replicate", x, axis, before, after, 2**31)
    parts = _along(x, axis, slice(0, 1), slice(-1, None))
    left, right = (
        broadcast_to(part, tuple(n if i == x.ndim + axis else m for i, m in enumerate(part.shape)))
        for part, n in zip(parts, (before, after), strict=True)
    )
    return concatenate([left, x, right], axis=axis)


def _circular(x: Any, axis: int, before: int, after: int) -> Any:
    n = _within("circular", x, axis, before, after, x.shape[axis])
    left, right = _along(x, axis, slice(n - before, n), slice(0, after))
    return concatenate([left, x, right], axis=axis)


_PADDED = {"reflect": _reflect, "replicate": _replicate, "circular": _circular}


def interpolate(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Any:
    """An image of another size, of shape (N, C, L) or (N, C, H, W).

    Args:
        input: the image.
        size: of the result; a number, or one for each axis.
        scale_factor: how much larger it is, in place of `size`.
        mode: "nearest"; or, between the two nearest places along each axis, "linear" (of one axis) or "bilinear" (of two).
        align_corners: whether the corner places stay where they are. Else the corners of these places do, and the images
            cover each other: place i of the result lies at (i + ½) / scale − ½.

    Raises:
        ValueError: `mode` is none for so many axes, or `size` and `scale_factor` are both given, or neither.
        ShapeError: the new size would be nothing.
    """
    axes = input.ndim - 2
    if axes not in _PLACES.get(mode, ()):
        modes = ", ".join(f"{name!r} for {' or '.join(str(n + 2) for n in places)}" for name, places in _PLACES.items())
        raise ValueError(f"interpolate: mode={mode!r} of an input of shape {input.shape}; there are {modes} axes")
    if mode == "nearest" and align_corners is not None:
        raise ValueError("interpolate: align_corners is a question of mode='linear' or 'bilinear'")
    if (size is None) == (scale_factor is None):
        raise ValueError(f"interpolate: size={size} and scale_factor={scale_factor}: one of them must be given")
    given = scale_factor if size is None else size
    numbers = tuple(given) if isinstance(given, (tuple, list)) else (given,) * axes
    if len(numbers) != axes:
        raise ValueError(f"interpolate: {given} has not a number for each axis of an input of shape {input.shape}")
    places = input.shape[2:]
    sizes = numbers if size is not None else tuple(int(n * s) for n, s in zip(places, numbers, strict=True))
    if min(sizes) < 1:
        raise ShapeError(f"interpolate: an input of shape {input.shape} would have the size {sizes}")
    steps = [n / m if size is not None else 1 / s for n, m, s in zip(places, sizes, numbers, strict=True)]
    if mode == "nearest":
        for axis, (n, m, step) in enumerate(zip(places, sizes, steps, strict=True), 2):
            input = _nearest(input, axis, n, m, step)
        return input
    return along_axes(input, [
        _between(n, m, step, bool(align_corners)) for n, m, step in zip(places, sizes, steps, strict=True)
    ])  # fmt: skip


def _nearest(x: Any, axis: int, n: int, m: int, step: float) -> Any:
    """Place i of m shows the place ⌊i · step⌋ of n (in float32, as PyTorch reckons)."""
    shown = np.minimum(np.floor(np.arange(m, dtype=np.float32) * np.float32(step)), n - 1).astype(int)
    times = np.bincount(shown, minlength=n)
    if (times == times[0]).all():
        return _repeated(x, axis, int(times[0]))
    return repeat(x, times, axis=axis)


def _repeated(x: Any, axis: int, times: int) -> Any:
    """Each place of an axis so many times: as slices, whose derivative is a sum."""
    apart = broadcast_to(x.reshape((*x.shape[: axis + 1], 1, *x.shape[axis + 1 :])),
                         (*x.shape[: axis + 1], times, *x.shape[axis + 1 :]))  # fmt: skip
    return apart.reshape((*x.shape[:axis], -1, *x.shape[axis + 1 :]))


def _between(n: int, m: int, step: float, align: bool) -> Any:
    """The matrix that takes n places to m places that lie between them."""
    i = np.arange(m)
    at = i * ((n - 1) / (m - 1) if m > 1 else 0.0) if align else np.maximum((i + 0.5) * step - 0.5, 0)
    low = np.minimum(np.floor(at).astype(int), n - 1)
    share = np.minimum(at - low, 1.0)
    matrix = np.zeros((m, n))
    matrix[i, low] += 1 - share
    matrix[i, np.minimum(low + 1, n - 1)] += share
    return matrix


def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """r² channels turned into the r × r places of one: from (…, C r², H, W) to (…, C, H r, W r).

    W. Shi et al., "Real-time single image and video super-resolution", 2016.

    Raises:
        ShapeError: the channels cannot be divided by r².
    """
    r = upscale_factor
    *batch, channels, h, w = input.shape
    if r < 1 or channels % (r * r):
        raise ShapeError(f"pixel_shuffle: {channels} channels cannot be divided into {r} × {r} places")
    apart = input.reshape((-1, channels // (r * r), r, r, h, w))
    return apart.transpose(0, 1, 4, 2, 5, 3).reshape((*batch, channels // (r * r), h * r, w * r))


def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """What `pixel_shuffle` does, undone: from (…, C, H r, W r) to (…, C r², H, W).

    Raises:
        ShapeError: H or W cannot be divided by r.
    """
    r = downscale_factor
    *batch, channels, h, w = input.shape
    if r < 1 or h % r or w % r:
        raise ShapeError(f"pixel_unshuffle: an image of {h} × {w} places cannot be divided into squares of {r} × {r}")
    apart = input.reshape((-1, channels, h // r, r, w // r, r))
    return apart.transpose(0, 1, 3, 5, 2, 4).reshape((*batch, channels * r * r, h // r, w // r))
