"""Pooling: the largest number of each window, or the mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.functions import matmul, max_pool, stack, sum_pool

from .windows import Numbers, each, over_batch


def max_pool1d(
    input: Any, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, dilation: Numbers = 1,
    ceil_mode: bool = False,
) -> Any:  # fmt: skip
    """The largest number of each window, of an input of shape (N, C, L) or (C, L); see `max_pool2d`."""
    return _max(1, "max_pool1d", input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d(
    input: Any, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, dilation: Numbers = 1,
    ceil_mode: bool = False,
) -> Any:  # fmt: skip
    """The largest number of each window; of equal ones the first has the derivative.

    Args:
        input: of shape (N, C, H, W) or (C, H, W).
        kernel_size: of the window; a number, or one for each axis, as in all that follows.
        stride: how far it moves; None is its own size.
        padding: places around the image that it may reach, at most half of it, in which no number is.
        dilation: the distance between its taps.
        ceil_mode: whether a last window may begin in the image and stand out over its padding.
    """
    return _max(2, "max_pool2d", input, kernel_size, stride, padding, dilation, ceil_mode)


def avg_pool1d(
    input: Any, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:  # fmt: skip
    """The mean of each window, of an input of shape (N, C, L) or (C, L); see `avg_pool2d`."""
    return _average(1, "avg_pool1d", input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Any, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """The mean of each window.

    Args:
        input: of shape (N, C, H, W) or (C, H, W).
        kernel_size: as `stride`, `padding` and `ceil_mode` that of `max_pool2d`.
        stride: how far the window moves.
        padding: zeros around the image.
        ceil_mode: whether a last window may stand out over the padding; what lies there does not count.
        count_include_pad: whether the zeros of the padding count.
        divisor_override: what the sum is divided by, in place of how many count.
    """
    given = input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    return _average(2, "avg_pool2d", *given)


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """The means of `output_size` windows over an input of shape (N, C, L) or (C, L); see `adaptive_avg_pool2d`."""
    return over_batch(lambda x: _adaptive_average(x, _sizes(x, output_size, 1)), input, 1, "adaptive_avg_pool1d")


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """The means of windows that share the image evenly: window i of m, of n places, has those from ⌊i n/m⌋ to ⌈(i+1) n/m⌉.

    `output_size` is how many there are along each axis, or a pair; None is as many as there are places.
    """
    return over_batch(lambda x: _adaptive_average(x, _sizes(x, output_size, 2)), input, 2, "adaptive_avg_pool2d")


def adaptive_max_pool1d(input: Any, output_size: Any) -> Any:
    """The largest numbers of `output_size` windows over an input of shape (N, C, L) or (C, L); see `adaptive_avg_pool2d`."""
    return over_batch(lambda x: _adaptive_largest(x, _sizes(x, output_size, 1)), input, 1, "adaptive_max_pool1d")


def adaptive_max_pool2d(input: Any, output_size: Any) -> Any:
    """The largest numbers of the windows of `adaptive_avg_pool2d`."""
    return over_batch(lambda x: _adaptive_largest(x, _sizes(x, output_size, 2)), input, 2, "adaptive_max_pool2d")


# -- windows of one size -------------------------------------------------------------------------------------------


def _windows(
    name: str, axes: int, input: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> dict[str, Any]:
    """The keywords of the rows: zeros after the image as many as the last window needs."""
    kernel = each(kernel, axes, "kernel_size", 1)
    stride = kernel if stride is None else each(stride, axes, "stride", 1)
    padding, dilation = each(padding, axes, "padding"), each(dilation, axes, "dilation", 1)
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ValueError(f"{name}: padding={padding} is more than half of kernel_size={kernel}")
    sides = []
    for n, k, s, p, d in zip(input.shape[input.ndim - axes :], kernel, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        m = (n + 2 * p - reach) // s + 1
        if ceil_mode and (n + 2 * p - reach) % s and m * s < n + p:
            m += 1
        sides.append((p, max(p, (m - 1) * s + reach - n - p)))
    return {"kernel": kernel, "stride": stride, "padding": tuple(sides), "dilation": dilation}


def _max(axes: int, name: str, input: Any, *given: Any) -> Any:
    return over_batch(lambda x: max_pool(x, **_windows(name, axes, x, *given)), input, axes, name)


def _average(
    axes: int, name: str, input: Any, kernel: Any, stride: Any, padding: Any, ceil_mode: bool, padded: bool,
    divisor: int | None,
) -> Any:  # fmt: skip
    if divisor == 0:
        raise ValueError(f"{name}: divisor_override=0")

    def of_batch(x: Any) -> Any:
        windows = _windows(name, axes, x, kernel, stride, padding, 1, ceil_mode)
        sums = sum_pool(x, **windows)
        if divisor is not None:
            return sums / divisor
        counts = _counts(x.shape[2:], sums.shape[2:], windows, padded)
        return sums * (1 / counts).astype(x.dtype)

    return over_batch(of_batch, input, axes, name)


def _counts(n: tuple[int, ...], m: tuple[int, ...], windows: dict[str, Any], padded: bool) -> Any:
    """How many numbers count in each window."""
    counts = np.ones(())
    for size, places, k, s, (p, _) in zip(n, m, windows["kernel"], windows["stride"], windows["padding"], strict=True):
        starts = np.arange(places) * s - p
        ends = np.minimum(starts + k, size + p)
        lengths = ends - starts if padded else np.minimum(ends, size) - np.maximum(starts, 0)
        counts = counts[..., None] * lengths
    return counts


# -- windows that share the image ----------------------------------------------------------------------------------


def _sizes(x: Any, output_size: Any, axes: int) -> tuple[int, ...]:
    places = x.shape[x.ndim - axes :]
    wanted = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * axes
    if len(wanted) != axes or any(m is not None and m < 1 for m in wanted) or 0 in places:
        raise ShapeError(
            f"output_size={output_size!r} of an input of shape {x.shape}: positive numbers are needed for {axes} axes"
        )
    return tuple(n if m is None else m for n, m in zip(places, wanted, strict=True))


def _shared(n: int, m: int) -> list[slice]:
    """The places of the m windows that share n places."""
    return [slice(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


def _evenly(x: Any, sizes: tuple[int, ...]) -> dict[str, Any] | None:
    """The windows, if all of them have one size."""
    places = x.shape[2:]
    if any(n % m for n, m in zip(places, sizes, strict=True)):
        return None
    kernel = tuple(n // m for n, m in zip(places, sizes, strict=True))
    return {"kernel": kernel, "stride": kernel, "padding": ((0, 0),) * len(sizes), "dilation": (1,) * len(sizes)}


def _adaptive_average(x: Any, sizes: tuple[int, ...]) -> Any:
    if set(sizes) == {1}:
        return x.mean(axis=tuple(range(2, x.ndim)), keepdims=True)
    if windows := _evenly(x, sizes):
        return sum_pool(x, **windows) * x.dtype.type(1 / np.prod(windows["kernel"]))
    return along_axes(x, [_means(n, m) for n, m in zip(x.shape[2:], sizes, strict=True)])


def _means(n: int, m: int) -> Any:
    """The matrix that takes n places to the means of m windows."""
    matrix = np.zeros((m, n))
    for row, window in zip(matrix, _shared(n, m), strict=True):
        row[window] = 1 / (window.stop - window.start)
    return matrix


def along_axes(x: Any, matrices: list[Any]) -> Any:
    """The last axis of x times the last matrix, and the one before it times the one before, if there are two."""
    *before, last = [a.astype(x.dtype) for a in matrices]
    for a in before:
        x = matmul(a, x)
    return matmul(x, last.T)


def _adaptive_largest(x: Any, sizes: tuple[int, ...]) -> Any:
    if windows := _evenly(x, sizes):
        return max_pool(x, **windows)
    return _stacked(x, [_shared(n, m) for n, m in zip(x.shape[2:], sizes, strict=True)], _largest)


def _stacked(x: Any, windows: list[list[slice]], of_window: Callable[[Any], Any], *places: slice) -> Any:
    """`of_window` of each window, which has the axes (N, C), put together."""
    if not windows:
        return of_window(x[(slice(None), slice(None), *places)])
    first, *others = windows
    return stack([_stacked(x, others, of_window, *places, window) for window in first], axis=2)


def _largest(x: Any) -> Any:
    axes = x.ndim - 2
    windows = {"kernel": x.shape[2:], "stride": (1,) * axes, "padding": ((0, 0),) * axes, "dilation": (1,) * axes}
    return max_pool(x, **windows).reshape(x.shape[:2])
