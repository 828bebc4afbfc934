"""`scipy.signal`: convolutions over any axes, and linear filters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import signal

from ...errors import ShapeError, UnsupportedError, user_line
from ..op import Array, Op
from ..shaping import axes_of

# -- convolution -------------------------------------------------------------------------------------------------

_LOOPED = 512  # from so many numbers in the smaller kernel on, Fourier transforms are faster


def _convolve_all(a: Array, b: Array) -> Array:
    """out[i, j, n] = Σ_d Σ_m a[i, d, n − m] b[j, d, m]: all of the convolution over the axes after the first two."""
    sizes_a, sizes_b = a.shape[2:], b.shape[2:]
    if math.prod(sizes_a) < math.prod(sizes_b):
        return np.swapaxes(_convolve_all(b, a), 0, 1)
    full = tuple(m + n - 1 for m, n in zip(sizes_a, sizes_b, strict=True))
    if math.prod(sizes_b) >= _LOOPED:
        return _by_transforms(a, b, full)
    out = np.zeros((a.shape[0], b.shape[0], *full), np.result_type(a, b))
    for place in itertools.product(*map(range, sizes_b)):
        window = tuple(slice(start, start + n) for start, n in zip(place, sizes_a, strict=True))
        term = np.tensordot(a, b[(..., *place)], axes=((1,), (1,)))
        out[(slice(None), slice(None), *window)] += np.moveaxis(term, -1, 1)
    return out


def _by_transforms(a: Array, b: Array, full: tuple[int, ...]) -> Array:
    """The same, as a product of Fourier transforms."""
    axes = tuple(range(2, a.ndim))
    real = not (np.iscomplexobj(a) or np.iscomplexobj(b))
    there, back = (np.fft.rfftn, np.fft.irfftn) if real else (np.fft.fftn, np.fft.ifftn)
    product = np.einsum("id...,jd...->ij...", there(a, full, axes), there(b, full, axes))
    kind = np.result_type(a, b)
    result = back(product, full, axes)
    return (np.rint(result) if kind.kind in "iu" else result).astype(kind)


def _correlate_all(g: Array, b: Array, sizes: tuple[int, ...]) -> Array:
    """out[i, d, n] = Σ_j Σ_m g[i, j, n + m] b[j, d, m] for n below `sizes`: what of a convolution with b goes back to a."""
    kernel = b.shape[2:]
    if min(math.prod(sizes), math.prod(kernel)) >= _LOOPED:
        full = tuple(m + n - 1 for m, n in zip(g.shape[2:], kernel, strict=True))
        inside = tuple(slice(m - 1, m - 1 + n) for m, n in zip(kernel, sizes, strict=True))
        turned = np.flip(np.swapaxes(b, 0, 1), tuple(range(2, b.ndim)))
        return _by_transforms(g, turned, full)[(slice(None), slice(None), *inside)]
    out: Array = np.zeros((g.shape[0], b.shape[1], *sizes), np.result_type(g, b))
    few = math.prod(sizes) < math.prod(kernel)
    looped, length = (sizes, kernel) if few else (kernel, sizes)
    over = tuple(range(2, b.ndim))
    for place in itertools.product(*map(range, looped)):
        window = g[
            (slice(None), slice(None), *(slice(start, start + n) for start, n in zip(place, length, strict=True)))
        ]
        if few:
            out[(..., *place)] = np.tensordot(window, b, axes=((1, *over), (0, *over)))
        else:
            out += np.moveaxis(np.tensordot(window, b[(..., *place)], axes=((1,), (0,))), -1, 1)
    return out


# Each is the other's rule: what is convolved forwards is correlated on the way back.
convolve_all: Op = Op(
    _convolve_all,
    lambda g, out, a, b: correlate_all(g, b, sizes=a.shape[2:]),
    lambda g, out, a, b: correlate_all(np.swapaxes(g, 0, 1), a, sizes=b.shape[2:]),
    name="convolve",
)
correlate_all: Op = Op(
    _correlate_all,
    lambda h, out, g, b, sizes: convolve_all(h, b),
    lambda h, out, g, b, sizes: correlate_all(np.swapaxes(g, 0, 1), h, sizes=b.shape[2:]),
    name="correlate_all",
)


def _split(x: Array, axes: Sequence[int], dotted: Sequence[int]) -> tuple[Array, tuple[int, ...]]:
    """`x` as (its other axes, the dotted ones, the convolved ones), the first two joined; and the lengths of the others."""
    axes, dotted = (list(axes_of(list(group), np.ndim(x))) for group in (axes, dotted))
    others = [i for i in range(np.ndim(x)) if i not in (*axes, *dotted)]
    lengths = [[np.shape(x)[i] for i in group] for group in (others, dotted, axes)]
    turned = np.transpose(x, (*others, *dotted, *axes))
    return np.reshape(turned, (math.prod(lengths[0]), math.prod(lengths[1]), *lengths[2])), tuple(lengths[0])


def _part(full: Array, mode: str, sizes_a: Sequence[int], sizes_b: Sequence[int]) -> Array:
    """Of the whole convolution over the last axes the part that `mode` names."""
    if mode == "full":
        return full
    if mode not in ("same", "valid"):
        raise ShapeError(f"convolve at {user_line()}: the mode is 'full', 'same' or 'valid', not {mode!r}")
    pairs = list(zip(sizes_a, sizes_b, strict=True))
    if mode == "valid" and not (all(m >= n for m, n in pairs) or all(m <= n for m, n in pairs)):
        raise ShapeError(f"convolve: for mode 'valid' one array must be the longer along every axis, not {pairs}")
    cuts = [((n - 1) // 2, m) if mode == "same" else (min(m, n) - 1, abs(m - n) + 1) for m, n in pairs]
    return full[(..., *(slice(start, start + length) for start, length in cuts))]


def convolve(
    in1: Array, in2: Array, axes: Any = None, dot_axes: Any = ((), ()), mode: str = "full", method: str = "auto"
) -> Array:
    """Σₘ a[n − m] b[m] over every axis, as in SciPy; or over some of them, as in HIPS autograd.

    Args:
        in1, in2: arrays.
        axes: the pair of lists of axes to convolve over, all for None.
        dot_axes: the pair of lists of axes to multiply and sum over.
        mode: "full"; "same", as large as `in1`; "valid", where both overlap entirely.

    Returns:
        An array with the other axes of `in1`, those of `in2`, and then the convolved ones.
    """
    axes = (tuple(range(np.ndim(in1))), tuple(range(np.ndim(in2)))) if axes is None else axes
    a, others_a = _split(in1, axes[0], dot_axes[0])
    b, others_b = _split(in2, axes[1], dot_axes[1])
    part = _part(convolve_all(a, b), mode, a.shape[2:], b.shape[2:])
    return np.reshape(part, (*others_a, *others_b, *part.shape[2:]))


def fftconvolve(in1: Array, in2: Array, mode: str = "full", axes: Any = None) -> Array:
    """A convolution as a product of Fourier transforms over `axes`; along the other axes the arrays broadcast."""
    axes = axes_of(axes, np.ndim(in1))
    last = tuple(range(-len(axes), 0))
    a, b = np.moveaxis(in1, axes, last), np.moveaxis(in2, axes, last)
    sizes_a, sizes_b = a.shape[-len(axes) :], b.shape[-len(axes) :]
    full = tuple(m + n - 1 for m, n in zip(sizes_a, sizes_b, strict=True))
    real = not (np.iscomplexobj(a) or np.iscomplexobj(b))
    there, back = (np.fft.rfftn, np.fft.irfftn) if real else (np.fft.fftn, np.fft.ifftn)
    product = back(there(a, full, last) * there(b, full, last), full, last)
    return np.moveaxis(_part(product, mode, sizes_a, sizes_b), last, axes)


def correlate(in1: Array, in2: Array, mode: str = "full", method: str = "auto") -> Array:
    """Σₘ a[n + m] conj(b[m])."""
    if mode == "valid" and np.size(in2) > np.size(in1):  # SciPy gives the lags of the longer input then
        return np.conjugate(np.flip(correlate(in2, in1, mode)))
    return convolve(in1, np.conjugate(np.flip(in2)), mode=mode)


# -- filters -----------------------------------------------------------------------------------------------------


def lagged(g: Array, w: Array, lags: int) -> Array:
    """Σₙ g[n] w[n − k] for k below `lags`."""
    length = g.shape[-1]
    return np.stack([np.sum(g[..., k:] * w[..., : max(length - k, 0)]) for k in range(lags)])


def backwards(b: Array, a: Array, g: Array) -> Array:
    """`g` filtered from the end to the beginning."""
    return np.flip(filter_last(b, a, np.flip(g, -1)), -1)


def only_poles(a: Array, x: Array) -> Array:
    """1/A(z) applied to `x`."""
    return filter_last(np.ones_like(a[:1]), a, x)


filter_last: Op = Op(
    signal.lfilter,
    lambda g, out, b, a, x: lagged(g, only_poles(a, x), b.shape[0]),
    lambda g, out, b, a, x: -lagged(g, only_poles(a, out), a.shape[0]),
    lambda g, out, b, a, x: backwards(b, a, g),
    name="lfilter",
)


def lfilter(b: Array, a: Array, x: Array, axis: int = -1, zi: Any = None) -> Array:
    """The linear filter a[0] y[n] = Σ b[k] x[n − k] − Σ a[k] y[n − k] along `axis`, beginning at rest."""
    if zi is not None:
        raise UnsupportedError(f"lfilter of a Value at {user_line()} begins at rest: zi= has no derivative rule")
    b, a = (np.reshape(c, (-1,)) if np.ndim(c) != 1 else c for c in (b, a))
    return np.moveaxis(filter_last(b, a, np.moveaxis(x, axis, -1)), -1, axis)


OPS: dict[str, Op] = {op.name: op for op in vars().values() if isinstance(op, Op)}

NAMES: dict[str, Callable[..., Any]] = {
    "convolve": convolve, "fftconvolve": fftconvolve, "correlate": correlate, "lfilter": lfilter,
}  # fmt: skip
