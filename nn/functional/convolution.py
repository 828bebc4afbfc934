"""Convolution, and its transpose."""

from __future__ import annotations

from typing import Any

from autograd import ShapeError
from autograd.functions import convolution, convolution_transpose

from .windows import Numbers, each, over_batch


def conv1d(
    input: Any, weight: Any, bias: Any = None, stride: Numbers = 1, padding: Numbers | str = 0, dilation: Numbers = 1,
    groups: int = 1,
) -> Any:  # fmt: skip
    """y[n, o, m] = b[o] + Σ x[n, c, m·stride + i·dilation − padding] w[o, c, i], over c and i; see `conv2d`.

    The shapes are (N, C, L) or (C, L) for x, (O, C / groups, K) for w and (O,) for b.
    """
    return _conv(1, "conv1d", input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Any, weight: Any, bias: Any = None, stride: Numbers = 1, padding: Numbers | str = 0, dilation: Numbers = 1,
    groups: int = 1,
) -> Any:  # fmt: skip
    """y[n, o, p, q] = b[o] + Σ x[n, c, p·stride + i·dilation − padding, …] w[o, c, i, j], over c, i and j.

    Where networks say convolution mathematics says correlation: the kernel is not flipped.

    Args:
        input: x, of shape (N, C, H, W) or (C, H, W).
        weight: w, of shape (O, C / groups, KH, KW).
        bias: b, of shape (O,).
        stride: how far the window moves; a number, or one for each axis, as in all that follows.
        padding: zeros around the image on every side; "valid" is none, "same" as many as keep its size (with stride 1).
        dilation: the distance between the taps of the window.
        groups: as many independent convolutions, of channels that lie behind one another.

    V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016.
    """
    return _conv(2, "conv2d", input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Any, weight: Any, bias: Any = None, stride: Numbers = 1, padding: Numbers = 0, output_padding: Numbers = 0,
    groups: int = 1, dilation: Numbers = 1,
) -> Any:  # fmt: skip
    """The transpose of `conv1d` as a linear map; see `conv_transpose2d`."""
    return _transposed(1, "conv_transpose1d", input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Any, weight: Any, bias: Any = None, stride: Numbers = 1, padding: Numbers = 0, output_padding: Numbers = 0,
    groups: int = 1, dilation: Numbers = 1,
) -> Any:  # fmt: skip
    """The transpose of `conv2d` as a linear map: what that one takes from (H′, W′) to (H, W), this one takes back.

    H′ = (H − 1) stride − 2 padding + dilation (KH − 1) + output_padding + 1, and W′ likewise.

    Args:
        input: of shape (N, C, H, W) or (C, H, W).
        weight: of shape (C, O / groups, KH, KW).
        bias: of shape (O,).
        stride: that of `conv2d`, as are `padding`, `dilation` and `groups`.
        output_padding: how much larger the result is, of the sizes that `conv2d` takes to the same one.
    """
    return _transposed(2, "conv_transpose2d", input, weight, bias, stride, padding, output_padding, groups, dilation)


def around(padding: Any, kernel: tuple[int, ...], stride: Any, dilation: Any) -> tuple[tuple[int, int], ...]:
    """The zeros before and after the places of each axis."""
    if padding == "same":
        if any(s != 1 for s in stride):
            raise ValueError(f"padding='same' keeps the size, which stride={stride} does not: the stride must be 1")
        total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return tuple((n // 2, n - n // 2) for n in total)
    if isinstance(padding, str) and padding != "valid":
        raise ValueError(f"padding={padding!r}: it is 'same', 'valid' or numbers")
    numbers = each(0 if padding == "valid" else padding, len(kernel), "padding")
    return tuple((n, n) for n in numbers)


def _conv(
    axes: int, name: str, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    stride, dilation = each(stride, axes, "stride", 1), each(dilation, axes, "dilation", 1)
    given = {
        "stride": stride, "padding": around(padding, weight.shape[2:], stride, dilation), "dilation": dilation,
        "groups": groups,
    }  # fmt: skip
    parts = (weight,) if bias is None else (weight, bias)
    return over_batch(lambda x: convolution(x, *parts, **given), input, axes, name)


def _transposed(
    axes: int, name: str, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any, groups: int,
    dilation: Any,
) -> Any:  # fmt: skip
    stride, dilation = each(stride, axes, "stride", 1), each(dilation, axes, "dilation", 1)
    padding, more = each(padding, axes, "padding"), each(output_padding, axes, "output_padding")
    if any(m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
        raise ValueError(f"{name}: output_padding={output_padding} must be smaller than the stride or the dilation")
    if input.ndim > axes and input.shape[input.ndim - axes - 1] != weight.shape[0]:
        raise ShapeError(
            f"{name}: an input of shape {input.shape} has {input.shape[input.ndim - axes - 1]} channels, and the weight of shape "
            f"{weight.shape} takes {weight.shape[0]}"
        )
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + m + 1
        for n, s, p, d, k, m in zip(
            input.shape[input.ndim - axes :], stride, padding, dilation, weight.shape[2:], more, strict=True
        )
    )
    sides = tuple((p, p - m) for p, m in zip(padding, more, strict=True))
    given = {"size": size, "stride": stride, "padding": sides, "dilation": dilation, "groups": groups}
    y = over_batch(lambda x: convolution_transpose(x, weight, **given), input, axes, name)
    return y if bias is None else y + bias.reshape((-1,) + (1,) * axes)
