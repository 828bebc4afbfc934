"""Batch normalisation: every channel, along axis 1, to mean 0 and variance 1 over all other axes; then scaled and shifted.

The numbers are passed over in slabs that stay in the processor's cache, in the order in which they lie in memory. What a
row could compute from its inputs but the caller has at hand is given to it behind them, as `known`; the rules are those of
the function of the inputs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..errors import ShapeError, user_line
from .convolution import channel_sums
from .fused import standardize
from .guards import is_plain
from .op import Array, Op

_SLAB = 2**16  # numbers


class _Slabs:
    """Arrays of one shape and numbers for each channel, cut alike along the axis that is outermost in memory."""

    def __init__(self, x: Array) -> None:
        self.order = sorted(range(x.ndim), key=lambda i: (x.shape[i] > 1, x.strides[i]), reverse=True)
        self.channel = self.order.index(1)
        self.shape = tuple(-1 if i == 1 else 1 for i in self.order)
        self.n = x.shape[self.order[0]]
        self.step = max(1, _SLAB * self.n // max(x.size, 1)) if is_plain(x) else max(1, self.n)

    def __call__(self, *given: Array) -> Iterator[list[Array]]:
        """The slabs of each: of arrays, and of vectors of a number for each channel."""
        turned = [a.reshape(self.shape) if a.ndim == 1 else a.transpose(self.order) for a in given]
        for start in range(0, self.n, self.step):
            some = slice(start, start + self.step)
            yield [a if flat.ndim == 1 and self.channel else a[some] for a, flat in zip(turned, given, strict=True)]

    def dots(self, a: Array, b: Array, into: Array, start: int) -> None:
        """Add the sums of the products of two slabs to those of the channels, or of the channels from `start` on."""
        axes = list(range(a.ndim))
        found = np.einsum(a, axes, b, axes, [self.channel])
        if self.channel:
            into += found
        else:
            into[start : start + len(found)] += found


def _moments(x: Array) -> Array:
    """The mean of each channel and its variance, the mean square of the distance from the mean."""
    if x.ndim < 2:
        raise ShapeError(f"moments at {user_line()}: x must have the shape (N, C, …) and has {x.shape}")
    n = x.size // x.shape[1]
    mean = channel_sums.forward(x) / x.dtype.type(n)
    slabs, squares = _Slabs(x), np.zeros_like(mean)
    for i, (part, m) in enumerate(slabs(x, mean)):
        d = part - m
        slabs.dots(d, d, squares, i * slabs.step)
    return np.stack([mean, squares / x.dtype.type(n)])


def _inverse(variance: Array, eps: float) -> Array:
    return 1 / np.sqrt(variance + eps)


def _batch_norm(x: Array, weight: Array, bias: Array, *known: Array, eps: float) -> tuple[Array, Array]:
    """(x − mean) / √(var + ε) · weight + bias, and the moments."""
    if x.ndim < 2 or not weight.shape == bias.shape == x.shape[1:2]:
        raise ShapeError(
            f"batch_norm at {user_line()}: x must have the shape (N, C, …), and weight and bias (C,); they have {x.shape}, "
            f"{weight.shape} and {bias.shape}"
        )
    moments = known[0] if known else _moments(x)
    scale = weight * _inverse(moments[1], eps)
    y = np.empty_like(x, dtype=np.result_type(x, weight, bias))
    for part, s, b, m, out in _Slabs(x)(x, scale, bias, moments[0], y):
        np.subtract(part, m, out=out)
        np.multiply(out, s, out=out)
        np.add(out, b, out=out)
    return y, moments


def _dots(g: Array, x: Array, *known: Array, eps: float) -> Array:
    """Σ g y over all but the channels, for y = (x − mean) / √(var + ε)."""
    mean, variance = known[0] if known else _moments(x)
    slabs, result = _Slabs(x), np.zeros_like(mean, dtype=np.result_type(g, x))
    for i, (part, of_g, m) in enumerate(slabs(x, g, mean)):
        slabs.dots(of_g, part - m, result, i * slabs.step)
    return result * _inverse(variance, eps)


def _back(g: Array, x: Array, weight: Array, *known: Array, eps: float) -> Array:
    """weight / √(var + ε) · (g − mean g − y mean(g y)). Known may be the moments of x; also Σ g and Σ g y."""
    moments, *sums = known or (_moments(x),)
    total, dot = sums or (channel_sums.forward(g), _dots(g, x, moments, eps=eps))
    n, inverse = x.dtype.type(x.size // x.shape[1]), _inverse(moments[1], eps)
    scale, slope = weight * inverse, inverse * dot / n
    result = np.empty_like(x, dtype=np.result_type(g, x, weight))
    for of_g, part, m, t, k, s, out in _Slabs(x)(g, x, moments[0], total / n, slope, scale, result):
        d = part - m
        d *= k
        np.subtract(of_g, d, out=out)
        np.subtract(out, t, out=out)
        np.multiply(out, s, out=out)
    return result


def _axes(x: Array) -> tuple[int, ...]:
    return (0, *range(2, x.ndim))


def of_channel(p: Array, x: Array) -> Array:
    """A number for each channel, in a shape that broadcasts beside x."""
    return p.reshape((-1,) + (1,) * (x.ndim - 2))


def batch_norm_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, weight: Array, bias: Array, *known: Array,
    eps: float, kept: Array = None,
) -> list[Array | None]:  # fmt: skip
    """Of x `batch_norm_back`; of the weight Σ g y, of the bias Σ g."""
    moments = () if kept is None else (kept,)
    total, dot = channel_sums(g), channel_dots(g, x, *moments, eps=eps)
    sums = () if kept is None else (total, dot)
    cotangents = {0: lambda: batch_norm_back(g, x, weight, *moments, *sums, eps=eps), 1: lambda: dot, 2: lambda: total}
    return [cotangents[i]() if i in cotangents else None for i in wanted]


def channel_dots_rule(
    wanted: Sequence[int], g: Array, out: Array, h: Array, x: Array, *known: Array, eps: float
) -> list[Array | None]:
    """Of h it is g y, of x `batch_norm_back` of h with the weight g."""
    cotangents = {
        0: lambda: of_channel(g, x) * standardize(x, axes=_axes(x), eps=eps),
        1: lambda: batch_norm_back(h, x, g, eps=eps),
    }
    return [cotangents[i]() if i in cotangents else None for i in wanted]


def batch_norm_back_rule(
    wanted: Sequence[int], h: Array, out: Array, g: Array, x: Array, weight: Array, *known: Array, eps: float
) -> list[Array | None]:
    """Of g the same map of h; of the weight the sum of h times what it scales; of x, with ⟨ab⟩ for the means of the channel,
    s = 1 / √(var + ε) and u = ⟨hg⟩ − ⟨h⟩⟨g⟩ − ⟨hy⟩⟨gy⟩, it is − weight s² u y − the same map of s (h ⟨gy⟩ + g ⟨hy⟩)."""
    axes, one = _axes(x), np.ones(weight.shape, weight.dtype)

    def of_x() -> Array:
        y = standardize(x, axes=axes, eps=eps)
        s = 1 / np.sqrt(x.var(axis=axes, keepdims=True) + eps)

        def mean(a: Array) -> Array:
            return a.mean(axis=axes, keepdims=True)

        hy, gy = mean(h * y), mean(g * y)
        u = mean(h * g) - mean(h) * mean(g) - hy * gy
        return -of_channel(weight, x) * s * s * u * y - batch_norm_back(s * (h * gy + g * hy), x, weight, eps=eps)

    cotangents: dict[int, Callable[[], Array]] = {
        0: lambda: batch_norm_back(h, x, weight, eps=eps),
        1: of_x,
        2: lambda: channel_sums(h * batch_norm_back(g, x, one, eps=eps)),
    }
    return [cotangents[i]() if i in cotangents else None for i in wanted]


moments: Op = Op(_moments, name="moments")
batch_norm: Op = Op(
    lambda x, weight, bias, *known, eps: _batch_norm(x, weight, bias, *known, eps=eps)[0],
    batch_norm_rule,
    keeping=_batch_norm,
    variadic=True,
    name="batch_norm",
)
channel_dots: Op = Op(_dots, channel_dots_rule, variadic=True, name="channel_dots")
batch_norm_back: Op = Op(_back, batch_norm_back_rule, variadic=True, name="batch_norm_back")
