"""Discrete Fourier transforms. They are linear, and their matrix is symmetric: each is its own derivative rule.

Gradients are in the conjugate convention (∂f/∂x − i ∂f/∂y), in which the rule of a holomorphic function has no conjugate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from .op import Array, Op
from .shaping import axes_of

Norm = Literal["backward", "ortho", "forward"] | None
_OPPOSITE: dict[Norm, Norm] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def _half_weights(g: Array, n: int, axis: int) -> Array:
    """How often each frequency of the half spectrum stands in the whole one: the first and a middle one once, others twice."""
    m = n // 2 + 1
    once = (np.arange(m) == 0) | (2 * np.arange(m) == n)
    return np.where(once, 1.0, 2.0).reshape(tuple(-1 if i == axis % g.ndim else 1 for i in range(g.ndim)))


def irfft_rule(g: Array, out: Array, x: Array, n: int, axis: int = -1, norm: Norm = None) -> Array:
    """The half spectrum of `g`, each frequency as often as the inverse transform used it."""
    half = (slice(None),) * (axis % g.ndim) + (slice(0, n // 2 + 1),)
    return np.fft.ifft(g, None, axis, norm)[half] * _half_weights(g, n, axis)


fft_line = Op(
    np.fft.fft,
    lambda g, out, x, axis=-1, norm=None: np.fft.fft(g, None, axis, norm),
    params="a n axis norm out",
)
ifft_line = Op(
    np.fft.ifft,
    lambda g, out, x, axis=-1, norm=None: np.fft.ifft(g, None, axis, norm),
    params="a n axis norm out",
)
rfft_line = Op(
    np.fft.rfft,
    lambda g, out, x, axis=-1, norm=None: np.fft.fft(g, x.shape[axis], axis, norm),
    params="a n axis norm out",
)
irfft_line = Op(np.fft.irfft, irfft_rule, params="a n axis norm out")


def fit_length(a: Array, n: int | None, axis: int) -> Array:
    """`a` cut, or padded with zeros, to length `n` along `axis`."""
    if n is None or n == a.shape[axis]:
        return a
    (axis,) = axes_of(axis, a.ndim)
    if n < a.shape[axis]:
        return a[(slice(None),) * axis + (slice(0, n),)]
    return np.pad(a, [(0, n - a.shape[axis]) if i == axis else (0, 0) for i in range(a.ndim)])


def fft(a: Array, n: int | None = None, axis: int = -1, norm: Norm = None, out: None = None) -> Array:
    """Σⱼ a[j] exp(−2πi jk/n)."""
    return fft_line(fit_length(a, n, axis), axis=axis, norm=norm, out=out)


def ifft(a: Array, n: int | None = None, axis: int = -1, norm: Norm = None, out: None = None) -> Array:
    """(1/n) Σₖ a[k] exp(2πi jk/n)."""
    return ifft_line(fit_length(a, n, axis), axis=axis, norm=norm, out=out)


def rfft(a: Array, n: int | None = None, axis: int = -1, norm: Norm = None, out: None = None) -> Array:
    """The first half of the transform of real numbers, which determines the rest."""
    return rfft_line(fit_length(a, n, axis), axis=axis, norm=norm, out=out)


def irfft(a: Array, n: int | None = None, axis: int = -1, norm: Norm = None, out: None = None) -> Array:
    """The `n` real numbers whose transform begins with `a`."""
    n = 2 * (a.shape[axis] - 1) if n is None else n
    return irfft_line(fit_length(a, n // 2 + 1, axis), n=n, axis=axis, norm=norm, out=out)


def hfft(a: Array, n: int | None = None, axis: int = -1, norm: Norm = None, out: None = None) -> Array:
    """The transform of numbers with Hermitian symmetry, which is real."""
    return irfft(np.conjugate(a), n, axis, _OPPOSITE[norm], out)


def ihfft(a: Array, n: int | None = None, axis: int = -1, norm: Norm = None, out: None = None) -> Array:
    """The inverse of `hfft`."""
    return np.conjugate(rfft(a, n, axis, _OPPOSITE[norm], out))


def _axes(a: Array, s: Sequence[int] | None, axes: Sequence[int] | None) -> list[tuple[int | None, int]]:
    """The (length, axis) pairs of a transform over several axes."""
    if axes is None:
        axes = range(a.ndim) if s is None else range(a.ndim - len(s), a.ndim)
    lengths = [None] * len(axes) if s is None else [None if n == -1 else n for n in s]
    return list(zip(lengths, axes, strict=True))


def _over_axes(line: Callable[..., Array], name: str, default: Sequence[int] | None) -> Callable[..., Array]:
    def transform(
        a: Array,
        s: Sequence[int] | None = None,
        axes: Sequence[int] | None = default,
        norm: Norm = None,
        out: None = None,
    ) -> Array:
        for n, axis in reversed(_axes(a, s, axes)):
            a = line(a, n, axis, norm, out)
        return a

    transform.__name__ = name
    transform.__doc__ = f"`{line.__name__}` over several axes."
    return transform


fftn, ifftn = _over_axes(fft, "fftn", None), _over_axes(ifft, "ifftn", None)
fft2, ifft2 = _over_axes(fft, "fft2", (-2, -1)), _over_axes(ifft, "ifft2", (-2, -1))


def rfftn(a: Array, s: Any = None, axes: Any = None, norm: Norm = None, out: None = None) -> Array:
    """`rfft` over the last axis, `fft` over the others."""
    *others, (n, last) = _axes(a, s, axes)
    a = rfft(a, n, last, norm, out)
    for length, axis in reversed(others):
        a = fft(a, length, axis, norm, out)
    return a


def irfftn(a: Array, s: Any = None, axes: Any = None, norm: Norm = None, out: None = None) -> Array:
    """`ifft` over all axes but the last, then `irfft`."""
    *others, (n, last) = _axes(a, s, axes)
    for length, axis in others:
        a = ifft(a, length, axis, norm, out)
    return irfft(a, n, last, norm, out)


def rfft2(a: Array, s: Any = None, axes: Any = (-2, -1), norm: Norm = None, out: None = None) -> Array:
    """`rfftn` over two axes."""
    return rfftn(a, s, axes, norm, out)


def irfft2(a: Array, s: Any = None, axes: Any = (-2, -1), norm: Norm = None, out: None = None) -> Array:
    """`irfftn` over two axes."""
    return irfftn(a, s, axes, norm, out)


def fftshift(x: Array, axes: Any = None) -> Array:
    """The zero frequency moved to the middle."""
    places = tuple(range(x.ndim)) if axes is None else tuple(int(i) for i in np.atleast_1d(axes))
    return np.roll(x, tuple(x.shape[i] // 2 for i in places), places)


def ifftshift(x: Array, axes: Any = None) -> Array:
    """The inverse of `fftshift`."""
    places = tuple(range(x.ndim)) if axes is None else tuple(int(i) for i in np.atleast_1d(axes))
    return np.roll(x, tuple(-(x.shape[i] // 2) for i in places), places)


COMPOSED: dict[str, Callable[..., Any]] = {
    "fft.fft": fft, "fft.ifft": ifft, "fft.rfft": rfft, "fft.irfft": irfft, "fft.hfft": hfft, "fft.ihfft": ihfft,
    "fft.fftn": fftn, "fft.ifftn": ifftn, "fft.rfftn": rfftn, "fft.irfftn": irfftn, "fft.fft2": fft2,
    "fft.ifft2": ifft2, "fft.rfft2": rfft2, "fft.irfft2": irfft2, "fft.fftshift": fftshift,
    "fft.ifftshift": ifftshift,
}  # fmt: skip
