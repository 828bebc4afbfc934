"""Functions that move numbers without changing them: shapes, axes, joins, splits and repetitions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError, user_line
from .op import Array, Op


def keep_axes(g: Array, x: Array, axis: int | tuple[int, ...] | None) -> Array:
    """`g`, a reduction of `x` over `axis`, with the reduced axes back as axes of length one, so that it broadcasts."""
    if axis is None or not x.ndim:
        return g
    reduced = {i % x.ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
    return g.reshape(tuple(1 if i in reduced else n for i, n in enumerate(x.shape)))


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that `axis` names, counted from the front: a number, several, or None for all."""
    axes = tuple(range(ndim)) if axis is None else tuple(int(i) for i in np.atleast_1d(axis))
    if any(not -ndim <= i < ndim for i in axes):
        raise ShapeError(f"axis {axis} of an array of {ndim} axes, at {user_line()}")
    return tuple(i % ndim for i in axes)


def _inverse(axes: Sequence[int]) -> tuple[int, ...]:
    """The permutation that undoes `axes`."""
    return tuple(int(i) for i in np.argsort([a % len(axes) for a in axes]))


reshape_rows = Op(
    np.reshape,
    lambda g, out, x, shape: g.reshape(x.shape),
    forward=lambda x, shape: x.reshape(shape),
    params="a shape",
    name="reshape",
)
transpose = Op(
    np.transpose,
    lambda g, out, x, axes=None: g.transpose() if axes is None else g.transpose(_inverse(axes)),
    forward=lambda x, axes=None: x.transpose() if axes is None else x.transpose(axes),
    params="a axes",
)


_PLAIN = (np.ndarray, np.generic)


def _repeated(x: Array, shape: Any) -> Array:
    """`numpy.broadcast_to` in a quarter of its time: a view with a step of 0 along the axes that repeat."""
    if not isinstance(x, _PLAIN) or not x.flags.contiguous or shape.__class__ is not tuple or len(shape) < x.ndim:
        return np.broadcast_to(x, shape)
    steps = [0] * (len(shape) - x.ndim)
    for n, wanted, step in zip(x.shape, shape[len(steps) :], x.strides, strict=True):
        if n not in (wanted, 1):
            return np.broadcast_to(x, shape)  # which says what is wrong
        steps.append(step if n == wanted else 0)
    return np.ndarray(shape, x.dtype, x, 0, steps)


broadcast_to = Op(np.broadcast_to, lambda g, out, x, shape: g, forward=_repeated, params="array shape subok")
expand_dims = Op(np.expand_dims, lambda g, out, x, axis: g.reshape(x.shape), params="a axis")
squeeze = Op(np.squeeze, lambda g, out, x, axis=None: g.reshape(x.shape), params="a axis")
swapaxes = Op(
    np.swapaxes,
    lambda g, out, x, axis1, axis2: g.swapaxes(axis1, axis2),
    forward=lambda x, axis1, axis2: x.swapaxes(axis1, axis2),
    params="a axis1 axis2",
)
moveaxis = Op(
    np.moveaxis,
    lambda g, out, x, source, destination: np.moveaxis(g, destination, source),
    params="a source destination",
)
matrix_transpose = Op(np.matrix_transpose, lambda g, out, x: g.swapaxes(-1, -2), forward=lambda x: x.swapaxes(-1, -2))
flip = Op(np.flip, lambda g, out, x, axis=None: np.flip(g, axis), params="m axis")


def _opposite(shift: Any) -> Any:
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift


roll = Op(np.roll, lambda g, out, x, shift, axis=None: np.roll(g, _opposite(shift), axis), params="a shift axis")
astype = Op(np.astype, lambda g, out, x, dtype, **_: g, forward=lambda x, dtype, **_: x.astype(dtype), params="x dtype")


def concatenate_rule(wanted: Sequence[int], g: Array, out: Array, *arrays: Array, axis: int | None = 0) -> list[Array]:
    """The pieces of `g` that came from the arrays at the places `wanted`."""
    lengths = [math.prod(a.shape) if axis is None else a.shape[axis] for a in arrays]
    starts = [0, *itertools.accumulate(lengths)]
    before = () if axis is None else (slice(None),) * (axis % out.ndim)
    pieces = [g[(*before, slice(starts[i], starts[i + 1]))] for i in wanted]
    return pieces if axis is not None else [p.reshape(arrays[i].shape) for i, p in zip(wanted, pieces, strict=True)]


def stack_rule(wanted: Sequence[int], g: Array, out: Array, *arrays: Array, axis: int = 0) -> list[Array]:
    """The slices of `g` along the new axis."""
    before = (slice(None),) * (axis % out.ndim)
    return [g[(*before, i)] for i in wanted]


concatenate_arrays = Op(
    lambda *arrays, axis=0: np.concatenate(arrays, axis=axis), concatenate_rule, variadic=True, name="concatenate"
)
stack_arrays = Op(lambda *arrays, axis=0: np.stack(arrays, axis=axis), stack_rule, variadic=True, name="stack")


def stack_nested(x: Any) -> Array:
    """A nested list as one array, whatever stands in it."""
    return stack_arrays(*map(stack_nested, x)) if type(x) in (list, tuple) else x


def concatenate(arrays: Iterable[Array], axis: int | None = 0) -> Array:
    """Join `arrays` along an existing axis; ``axis=None`` flattens them first."""
    return concatenate_arrays(*map(stack_nested, arrays), axis=axis)


def stack(arrays: Iterable[Array], axis: int = 0) -> Array:
    """Join `arrays` of one shape along a new axis."""
    return stack_arrays(*map(stack_nested, arrays), axis=axis)


def split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Equal parts, or the parts between the given indices, along `axis`."""
    n = ary.shape[axis]
    if isinstance(indices_or_sections, (int, np.integer)) and n % indices_or_sections:
        raise ShapeError(
            f"split({ary.shape}) at {user_line()}: an axis of length {n} has no {indices_or_sections} equal parts"
        )
    return array_split(ary, indices_or_sections, axis)


def array_split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """As `split`; parts may differ by one in length."""
    n = ary.shape[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        bounds = [len(part) for part in np.array_split(np.empty(n), indices_or_sections)]
        cuts = [0, *np.cumsum(bounds).tolist()]
    else:
        cuts = [0, *(int(i) for i in indices_or_sections), n]
    before = (slice(None),) * (axis % ary.ndim)
    return [ary[(*before, slice(start, stop))] for start, stop in itertools.pairwise(cuts)]


def _axes_in_memory(x: Array, order: str) -> tuple[int, ...]:
    """The axes in the order in which NumPy's `order` walks them, the quickest last."""
    axes = tuple(range(x.ndim))
    flags, strides = getattr(x, "flags", None), getattr(x, "strides", ())
    if order == "F" or (order == "A" and flags is not None and flags.f_contiguous and not flags.c_contiguous):
        return axes[::-1]
    return tuple(sorted(axes, key=lambda i: -abs(strides[i]))) if order == "K" and strides else axes


memory = Op(_axes_in_memory, name="memory")


def reshape(a: Array, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Array:
    """The same numbers in another shape; ``order="F"`` reads and writes with the first axis running quickest."""
    shape = newshape if shape is None else shape
    shape = tuple(shape) if np.iterable(shape) else (shape,)
    if order not in ("C", "F", "A"):
        raise ShapeError(f"reshape at {user_line()}: the order is 'C', 'F' or 'A', not {order!r}")
    if order == "C" or memory(a, order=order) == tuple(range(a.ndim)):
        return reshape_rows(a, shape=shape)
    return reshape_rows(a.transpose(), shape=shape[::-1]).transpose()


def ravel(a: Array, order: str = "C") -> Array:
    """All elements in one row; ``order="F"`` runs down the columns first, "K" as they lie in memory."""
    if not isinstance(order, str):
        raise TypeError(
            f"order={order!r} is no order; x.reshape((*x.shape[:n], -1)) joins the axes behind the n-th alone"
        )
    axes = tuple(range(a.ndim)) if order == "C" else memory(a, order=order)
    return (a.transpose(axes) if axes != tuple(range(a.ndim)) else a).reshape((-1,))


def sliding_window_view(
    x: Array, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Array:
    """All windows of the given lengths along the axes; the places within a window are new last axes."""
    lengths = tuple(int(n) for n in np.atleast_1d(window_shape))
    axes = axes_of(axis, x.ndim)
    if len(axes) != len(lengths):
        raise ShapeError(f"sliding_window_view at {user_line()}: {len(lengths)} lengths for {len(axes)} axes")
    for i, n in zip(axes, lengths, strict=True):
        if not 0 <= n <= x.shape[i]:
            raise ShapeError(f"sliding_window_view at {user_line()}: windows of {n} along an axis of {x.shape[i]}")
        places = np.arange(x.shape[i] - n + 1)[:, None] + np.arange(n)
        x = np.moveaxis(np.take(x, places, axis=i), i + 1, -1)
    return x


def tile(A: Array, reps: Any) -> Array:
    """`A` repeated ``reps[i]`` times along axis i, as a broadcast between two reshapes."""
    reps = tuple(int(r) for r in np.atleast_1d(reps))
    ndim = max(len(reps), A.ndim)
    shape, reps = (1,) * (ndim - A.ndim) + A.shape, (1,) * (ndim - len(reps)) + reps
    apart = A.reshape(tuple(n for size in shape for n in (1, size)))
    repeated = np.broadcast_to(apart, tuple(n for pair in zip(reps, shape, strict=True) for n in pair))
    return repeated.reshape(tuple(r * n for r, n in zip(reps, shape, strict=True)))


def repeat(a: Array, repeats: Any, axis: int | None = None) -> Array:
    """Each element `repeats` times along `axis`."""
    if axis is None:
        a, axis = ravel(a), 0
    return np.take(a, np.repeat(np.arange(a.shape[axis]), repeats), axis=axis)


def _pad_rule(g: Array, out: Array, x: Array, pad_width: Any) -> Array:
    """The part of `g` inside the padding."""
    return g[tuple(slice(low, low + n) for (low, _high), n in zip(pad_width, x.shape, strict=True))]


pad_zeros = Op(np.pad, _pad_rule, params="array pad_width", name="pad")


def _widths(pad_width: Any, ndim: int) -> tuple[tuple[int, int], ...]:
    """How many numbers go before and after, for each axis; of a dict, for the axes that it names."""
    if isinstance(pad_width, dict):
        named = {axes_of(axis, ndim)[0]: _widths(width, 1)[0] for axis, width in pad_width.items()}
        return tuple(named.get(axis, (0, 0)) for axis in range(ndim))
    return tuple((int(low), int(high)) for low, high in np.broadcast_to(np.asarray(pad_width), (ndim, 2)))


def _pad_constants(array: Array, widths: Sequence[tuple[int, int]], constants: Any, ramp: bool = False) -> Array:
    """One constant at the ends, a pair for before and after, or a pair for each axis; or a ramp from these to the edges."""
    pairs = np.broadcast_to(stack_nested(constants), (array.ndim, 2))
    for axis, width in enumerate(widths):
        line = np.moveaxis(array, axis, 0)
        ends = [
            np.broadcast_to(pairs[axis, end].astype(array.dtype), (n, *line.shape[1:])) for end, n in enumerate(width)
        ]
        if ramp:
            shares = [
                np.arange(n, dtype=array.real.dtype).reshape((-1,) + (1,) * (line.ndim - 1)) / max(n, 1) for n in width
            ]
            ends = [end + (edge - end) * s for end, edge, s in zip(ends, (line[:1], line[-1:]), shares, strict=True)]
            ends[1] = np.flip(ends[1], 0)
        array = np.moveaxis(concatenate([ends[0], line, ends[1]]), 0, axis)
    return array


def pad(array: Array, pad_width: Any, mode: str = "constant", **options: Any) -> Array:
    """Numbers added at the ends of each axis: constants, or the array's own numbers picked by their index."""
    widths = _widths(pad_width, array.ndim)
    if mode == "constant" and "constant_values" in options:
        return _pad_constants(array, widths, options["constant_values"])
    if mode == "constant":
        return pad_zeros(array, pad_width=widths)
    if mode == "linear_ramp":
        return _pad_constants(array, widths, options.get("end_values", 0), ramp=True)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise UnsupportedError(
            f"pad at {user_line()}: mode {mode!r} has no derivative rule; there are constant, edge, reflect, symmetric and wrap"
        )
    if options.get("reflect_type", "even") != "even":
        raise UnsupportedError(f"pad at {user_line()}: only reflect_type='even' has a derivative rule")
    for axis, width in enumerate(widths):
        if any(width):
            array = np.take(array, np.pad(np.arange(array.shape[axis]), width, mode=mode), axis=axis)  # type: ignore[call-overload]
    return array


def _below(m: Array, k: int) -> Array:
    """True on and below diagonal `k`; of a vector NumPy makes a square matrix, each row the vector."""
    return np.tri(m.shape[-2:][0], m.shape[-1], k=k, dtype=bool)


def full_like(
    a: Array, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
    device: Any = None,
) -> Array:  # fmt: skip
    """`fill_value` in the shape and dtype of `a`."""
    a = a if hasattr(a, "dtype") else np.asarray(a)
    filled = np.broadcast_to(fill_value, np.shape(a) if shape is None else shape)
    return filled.astype(a.dtype if dtype is None else dtype)


def tril(m: Array, k: int = 0) -> Array:
    """The lower triangle; zeros above diagonal `k`."""
    return np.where(_below(m, k), m, 0)


def triu(m: Array, k: int = 0) -> Array:
    """The upper triangle; zeros below diagonal `k`."""
    return np.where(_below(m, k - 1), 0, m)


COMPOSED: dict[str, Callable[..., Any]] = {
    "concatenate": concatenate,
    "stack": stack,
    "split": split,
    "array_split": array_split,
    "ravel": ravel,
    "reshape": reshape,
    "lib.stride_tricks.sliding_window_view": sliding_window_view,
    "tile": tile,
    "repeat": repeat,
    "pad": pad,
    "full_like": full_like,
    "tril": tril,
    "triu": triu,
    "linalg.matrix_transpose": matrix_transpose,
}
