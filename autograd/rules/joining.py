"""Arrays put together and taken apart: stacks, blocks, grids, insertions, choices between arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, user_line
from .op import Array
from .shaping import array_split, axes_of, concatenate, split, stack, stack_nested


def _array(x: Any) -> Array:
    """`x` as an array; a list in which something other than a number stands is stacked."""
    x = stack_nested(x)
    return x if hasattr(x, "dtype") else np.asarray(x)


def _at_least(ndim: int) -> Callable[..., Any]:
    def atleast(*arys: Array) -> Any:
        results = []
        for a in arys:
            shape = (
                np.atleast_3d(np.empty(np.shape(a))).shape if ndim == 3 else (1,) * (ndim - np.ndim(a)) + np.shape(a)
            )
            results.append(a if np.ndim(a) >= ndim else np.reshape(a, shape))
        return results[0] if len(results) == 1 else tuple(results)

    atleast.__name__ = f"atleast_{ndim}d"
    atleast.__doc__ = f"Each array with at least {ndim} axes."
    return atleast


atleast_1d, atleast_2d, atleast_3d = (_at_least(n) for n in (1, 2, 3))


def hstack(tup: Sequence[Array], *, dtype: Any = None, casting: str = "same_kind") -> Array:
    """Joined along the second axis, or the first of one-dimensional arrays."""
    arrays = [atleast_1d(a) for a in tup]
    return concatenate(arrays, axis=0 if np.ndim(arrays[0]) == 1 else 1)


def vstack(tup: Sequence[Array], *, dtype: Any = None, casting: str = "same_kind") -> Array:
    """Joined along the first axis, one-dimensional arrays as rows."""
    return concatenate([atleast_2d(a) for a in tup], axis=0)


def dstack(tup: Sequence[Array]) -> Array:
    """Joined along the third axis."""
    return concatenate([atleast_3d(a) for a in tup], axis=2)


def column_stack(tup: Sequence[Array]) -> Array:
    """Joined side by side, one-dimensional arrays as columns."""
    return concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in tup], axis=1)


def hsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Parts along the second axis, or the first of a one-dimensional array."""
    return split(ary, indices_or_sections, axis=1 if ary.ndim > 1 else 0)


def vsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Parts along the first axis."""
    return split(ary, indices_or_sections, axis=0)


def dsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Parts along the third axis."""
    return split(ary, indices_or_sections, axis=2)


def unstack(x: Array, /, *, axis: int = 0) -> tuple[Array, ...]:
    """The slices along `axis`."""
    return tuple(np.squeeze(part, axis=axis) for part in array_split(x, x.shape[axis], axis))


def block(arrays: Any) -> Array:
    """An array from nested lists of blocks: the innermost lists are joined along the last axis, and so outwards."""

    def depth(x: Any) -> int:
        return 1 + depth(x[0]) if isinstance(x, list) else 0

    def leaves(x: Any) -> list[Any]:
        return [leaf for item in x for leaf in leaves(item)] if isinstance(x, list) else [x]

    levels = depth(arrays)
    ndim = max(levels, *(np.ndim(leaf) for leaf in leaves(arrays)))

    def join(x: Any, level: int) -> Array:
        if isinstance(x, list):
            return concatenate([join(item, level + 1) for item in x], axis=ndim - levels + level)
        return np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x))

    return join(arrays, 0)


def append(arr: Array, values: Array, axis: int | None = None) -> Array:
    """`values` joined to the end of `arr`."""
    return concatenate([_array(arr), _array(values)], axis=axis)


def delete(arr: Array, obj: Any, axis: int | None = None) -> Array:
    """Without the elements at `obj`."""
    arr, axis = (arr.reshape((-1,)), 0) if axis is None else (arr, axis)
    return np.take(arr, np.delete(np.arange(arr.shape[axis]), obj), axis=axis)


def insert(arr: Array, obj: Any, values: Any, axis: int | None = None) -> Array:
    """With `values` put in before the places `obj`: both joined, then picked in the new order."""
    arr, axis = (np.reshape(arr, (-1,)), 0) if axis is None else (arr, axes_of(axis, arr.ndim)[0])
    n = arr.shape[axis]
    places = np.atleast_1d(np.arange(n)[obj] if isinstance(obj, slice) else obj)
    values = np.astype(_array(values), arr.dtype)
    values = np.reshape(values, ((1,) * (arr.ndim - values.ndim) + values.shape)[-arr.ndim :])  # more axes are too many
    if not np.ndim(obj) and not isinstance(obj, slice):  # one place, where a whole block of values may go
        values = np.moveaxis(values, 0, axis)
    count = values.shape[axis] if len(places) == 1 else len(places)
    places = np.broadcast_to(places, (count,)) if len(places) == 1 else places
    wide = np.broadcast_to(values, (*arr.shape[:axis], count, *arr.shape[axis + 1 :]))
    order = np.insert(np.arange(n), places, n + np.arange(count))
    return np.take(concatenate([arr, wide], axis=axis), order, axis=axis)


def resize(a: Array, new_shape: Any) -> Array:
    """The elements in another shape, begun again from the start where there are too few; zeros where there are none."""
    shape = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    if not a.size:
        return np.zeros(shape, a.dtype) + np.sum(a)
    return a.reshape((-1,))[np.resize(np.arange(a.size), shape)]


def trim_zeros(filt: Array, trim: str = "fb", axis: Any = None) -> Array:
    """Without the zeros at its ends."""
    kept = np.flatnonzero(filt)
    if not len(kept):
        return filt[:0]
    start = kept[0] if "f" in trim.lower() else 0
    stop = kept[-1] + 1 if "b" in trim.lower() else filt.shape[0]
    return filt[int(start) : int(stop)]


def rot90(m: Array, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """Turned by k quarter turns in the plane of two axes."""
    first, second = axes
    if k % 4 == 0:
        return +m
    if k % 4 == 2:
        return np.flip(m, axes)
    return (
        np.flip(np.swapaxes(m, first, second), first) if k % 4 == 1 else np.swapaxes(np.flip(m, first), first, second)
    )


def rollaxis(a: Array, axis: int, start: int = 0) -> Array:
    """`axis` rolled back until it lies at `start`."""
    axis, start = axes_of(axis, a.ndim)[0], start + a.ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


def broadcast_arrays(*args: Array, subok: bool = False) -> tuple[Array, ...]:
    """All in the shape that they broadcast to."""
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(np.broadcast_to(a, shape) for a in args)


def meshgrid(*xi: Array, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Array, ...]:
    """The coordinates of a grid, from the coordinates along each axis."""
    order = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        order[0], order[1] = 1, 0
    grids = [
        np.reshape(x, tuple(-1 if i == place else 1 for i in range(len(xi))))
        for x, place in zip(xi, order, strict=True)
    ]
    return tuple(grids) if sparse else broadcast_arrays(*grids)


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Array:
    """Element by element the choice of the first condition that holds."""
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = np.where(condition, choice, result)
    return result


def choose(a: Any, choices: Sequence[Any], out: Any = None, mode: str = "raise") -> Array:
    """Element by element the choice whose number stands in `a`."""
    n = len(choices)
    if mode != "raise":
        a = np.clip(a, 0, n - 1) if mode == "clip" else np.asarray(a) % n
    elif np.any((np.asarray(a) < 0) | (np.asarray(a) >= n)):
        raise ShapeError(f"choose at {user_line()}: {a} has a number outside 0 … {n - 1}")
    return select([np.asarray(a) == i for i in range(n)], choices)


def piecewise(x: Array, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Array:
    """Where a condition holds, its function of x (or its constant); the last such function, else 0."""
    conditions = [condlist] if isinstance(condlist, np.ndarray) and condlist.ndim == np.ndim(x) else list(condlist)
    results = [f(x, *args, **kw) if callable(f) else f for f in funclist]
    default = results.pop() if len(results) == len(conditions) + 1 else 0
    return select(list(reversed(conditions)), list(reversed(results)), default)


def extract(condition: Any, arr: Array) -> Array:
    """The elements where `condition` holds, in one row."""
    return arr.reshape((-1,))[np.flatnonzero(condition)]


def compress(condition: Any, a: Array, axis: int | None = None, out: Any = None) -> Array:
    """The slices along `axis` where `condition` holds."""
    return np.take(a, np.flatnonzero(condition), axis=axis)


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Array, *args: Any, **kwargs: Any) -> Array:
    """`func1d` of each line along `axis`."""
    lines = np.moveaxis(arr, axis, -1)
    count = math.prod(lines.shape[:-1])
    results = [func1d(line, *args, **kwargs) for line in lines.reshape((count, arr.shape[axis]))]
    joined = stack(results).reshape(lines.shape[:-1] + np.shape(results[0]))
    new = tuple(range(lines.ndim - 1, joined.ndim))
    return np.moveaxis(joined, new, tuple(axis % arr.ndim + i for i in range(len(new))))


def apply_over_axes(func: Callable[..., Any], a: Array, axes: Any) -> Array:
    """`func` over one axis after the other."""
    for axis in np.atleast_1d(axes):
        reduced = func(a, int(axis))
        a = reduced if np.ndim(reduced) == np.ndim(a) else np.expand_dims(reduced, int(axis))
    return a


COMPOSED: dict[str, Callable[..., Any]] = {
    "atleast_1d": atleast_1d, "atleast_2d": atleast_2d, "atleast_3d": atleast_3d, "hstack": hstack,
    "vstack": vstack, "row_stack": vstack, "dstack": dstack, "column_stack": column_stack, "hsplit": hsplit, "vsplit": vsplit,
    "dsplit": dsplit, "unstack": unstack, "block": block, "append": append, "delete": delete, "insert": insert,
    "resize": resize, "trim_zeros": trim_zeros, "rot90": rot90, "rollaxis": rollaxis,
    "fliplr": lambda m: np.flip(m, 1), "flipud": lambda m: np.flip(m, 0), "broadcast_arrays": broadcast_arrays,
    "meshgrid": meshgrid, "select": select, "choose": choose, "piecewise": piecewise, "extract": extract,
    "compress": compress, "apply_along_axis": apply_along_axis, "apply_over_axes": apply_over_axes,
}  # fmt: skip
