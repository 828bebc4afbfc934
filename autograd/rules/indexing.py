"""Picking elements out of an array, and its counterpart, putting them into one: each is the other's rule."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import IndexingError, UnsupportedError, user_line
from . import shaping
from .guards import has_parts
from .op import Array, Op, refusal
from .shaping import axes_of

_ARRAY = "array"  # stands in a frozen index for an array, which travels as an input of its own


def freeze(index: Any) -> tuple[tuple[Any, ...], tuple[Array, ...]]:
    """An index as a hashable template and the arrays in it, so that a recorded graph can be replayed and compared."""
    if index.__class__ is int:
        return (index,), ()
    template: list[Any] = []
    arrays: list[Array] = []
    for part in index if isinstance(index, tuple) else (index,):
        if part.__class__ is slice:
            template.append((part.start, part.stop, part.step))
        elif part is None or part is Ellipsis or type(part) is int:
            template.append(part)
        elif isinstance(part, np.integer):
            template.append(int(part))
        else:
            template.append(_ARRAY)
            arrays.append(_places(part))
    return tuple(template), tuple(arrays)


def _places(part: Any) -> Array:
    """An index that is no number and no slice, as an array; of nothing at all it is an array of no places."""
    if hasattr(part, "__array_function__"):
        return part
    places = np.asarray(part)
    if places.dtype.kind not in "biuf":
        raise IndexingError(
            f"{part!r} at {user_line()} is no index: only integers, slices, None, Ellipsis and arrays of integers or booleans are"
        )
    return places if places.size or places.dtype != np.float64 else places.astype(np.intp)


def thaw(template: tuple[Any, ...], arrays: tuple[Array, ...]) -> tuple[Any, ...]:
    """The index that `freeze` took apart."""
    rest: Iterator[Array] = iter(arrays)
    return tuple([slice(*p) if p.__class__ is tuple else next(rest) if p is _ARRAY else p for p in template])


def _getitem(x: Array, *arrays: Array, index: tuple[Any, ...]) -> Array:
    if arrays and x.__class__ is np.ndarray and (other := _unchanging((x, *arrays))) is not None:
        x = np.asarray(x, like=other)
    if arrays and _elsewhere(x, arrays) and not _is_simple(arrays, index):
        places = _numbers(x.shape, thaw(index, arrays))
        return x.reshape((-1,))[places.reshape(-1)].reshape(places.shape)
    return x[thaw(index, arrays)]


def _is_simple(arrays: Sequence[Array], index: tuple[Any, ...]) -> bool:
    """Whether an index picks along one axis: one array of one axis, and no numbers beside it."""
    return len(arrays) == 1 and arrays[0].ndim == 1 and not any(part.__class__ is int for part in index)


def _elsewhere(x: Array, arrays: Sequence[Array]) -> bool:
    """Whether `x` is an array that is not written into, and takes few indices, and the `arrays` of an index are NumPy's."""
    return not has_parts(x) and all(isinstance(a, (np.ndarray, np.generic)) for a in arrays)


def _numbers(shape: tuple[int, ...], at: tuple[Any, ...]) -> Any:
    """The places that an index names, counted through the array: axis by axis, since it may be larger than the memory."""
    total = np.broadcast_to(np.intp(0), shape)[at]
    for axis, n in enumerate(shape):
        step = math.prod(shape[axis + 1 :])
        along = (np.arange(n) * step).reshape((n, *[1] * (len(shape) - axis - 1)))
        total = total + np.broadcast_to(along, shape)[at]
    return np.asarray(total)


def _unchanging(arrays: Sequence[Array]) -> Array | None:
    """The first of the arrays whose kind makes copies in place of assignments, with an `at` that `Value` has too: JAX's."""
    return next((a for a in arrays if a.__class__ is not np.ndarray and hasattr(a, "at")), None)


def _zeros(v: Array, arrays: Sequence[Array], shape: tuple[int, ...], dtype: Any = None) -> Array:
    """Zeros to put `v` into at an index with these arrays in it."""
    other = _unchanging((v, *arrays))
    return np.zeros_like(v if other is None else other, shape=shape, dtype=v.dtype if dtype is None else dtype)


def _add_at(target: Array, place: tuple[Any, ...], v: Array) -> None:
    """Add `v` at `place`, which may name an element twice. For whole rows their elements are named: NumPy adds numbers to a
    flat array several times faster than rows to a matrix, in the same order."""
    rows, width = place[0], target.shape[1:]
    by_elements = len(place) == 1 and width and target.__class__ is np.ndarray and target.flags.c_contiguous
    if not by_elements or target.dtype != v.dtype:
        np.add.at(target, place, v)
        return
    n = math.prod(width)
    first = np.arange(len(target))[rows] * n
    np.add.at(target.reshape(-1), (first[..., None] + np.arange(n)).reshape(-1), v.reshape(-1))


def _scatter(v: Array, *arrays: Array, shape: tuple[int, ...], index: tuple[Any, ...]) -> Array:
    """Zeros of `shape`, with `v` added at `index`; a place that is named twice receives both."""
    if _elsewhere(v, arrays) and (arrays or None in index):
        return _gathered(v, thaw(index, arrays), shape)
    result = _zeros(v, arrays, shape)
    if _may_repeat(arrays):
        _add_at(result, thaw(index, arrays), v)
    else:
        result[thaw(index, arrays)] = v
    return result


def _gathered(v: Array, at: tuple[Any, ...], shape: tuple[int, ...]) -> Array:
    """As `_scatter`, for arrays of other libraries: each place picks what is added there, in turns if that is several."""
    numbers = _numbers(shape, at)
    places = numbers.reshape(-1)
    if not places.size:
        return np.zeros_like(v, shape=shape)
    flat = np.broadcast_to(v, numbers.shape).reshape((-1,))
    order = np.argsort(places, kind="stable")
    sorted_places = places[order]
    turn = np.arange(places.size) - np.searchsorted(sorted_places, sorted_places)
    total: Array = 0
    for t in range(int(turn.max()) + 1):
        source = np.full(math.prod(shape), -1)
        source[sorted_places[turn == t]] = order[turn == t]
        total = total + np.where(source < 0, v.dtype.type(0), flat[np.maximum(source, 0)])
    return total.reshape(shape)


View = tuple[Any, tuple[tuple[str, Any], ...]]  # an operation whose result shows its input's memory, and its keywords
_VIEWS = (shaping.transpose, shaping.matrix_transpose, shaping.swapaxes, shaping.reshape_rows, shaping.squeeze)


def is_view(op: Op | None, inputs: Sequence[Array]) -> bool:
    """Whether the result of an operation shows the memory of its input: of an array that is contiguous, for reshape."""
    return op in _VIEWS or (op is getitem and len(inputs) == 1)


def _through(x: Array, views: tuple[View, ...]) -> Array:
    """What the `views` show of x, one of the other."""
    for op, static in views:
        x = op(x, **dict(static))
    return x


def _back_through(
    v: Array, arrays: Sequence[Array], index: tuple[Any, ...], shape: Any, views: Sequence[View]
) -> Array:
    """Zeros of `shape`, with `v` added at an index of what the `views` show of them."""
    stages = [np.broadcast_to(np.zeros(()), shape)]
    for op, static in views:
        stages.append(op(stages[-1], **dict(static)))
    result = scatter(v, *arrays, shape=stages[-1].shape, index=index)
    for (op, static), x, shown in zip(views[::-1], stages[-2::-1], stages[:0:-1], strict=True):
        (result,) = op.pull((0,), result, shown, (x,), dict(static))
    return result


def _scatter_all(
    *parts: Array, shape: tuple[int, ...], picked: tuple[tuple[tuple[Any, ...], int, tuple[View, ...]], ...]
) -> Array:
    """The sum of several `scatter`s, each of a `v` and the arrays of its index; without an array of zeros for each.

    `picked` says for each its index, the number of arrays in it, and the views through which it was picked.
    """
    rest = iter(parts)
    calls = [(next(rest), tuple([next(rest) for _ in range(n)]), index, views) for index, n, views in picked]
    result = _zeros(calls[0][0], parts[1:], shape, np.result_type(*[v.dtype for v, *_ in calls]))
    for v, arrays, index, views in calls:
        if (views or _elsewhere(v, arrays)) and result.__class__ is not np.ndarray:  # a view may be a copy there
            result = result + _back_through(v, arrays, index, shape, views)
            continue
        target, place = _through(result, views), thaw(index, arrays)
        if _may_repeat(arrays):
            _add_at(target, place, v)
        else:
            target[place] += v
    return result


def _assign(x: Array, v: Array, *arrays: Array, index: tuple[Any, ...]) -> Array:
    """A copy of `x` with `v` at `index`. Index arrays may name a place twice: `v` is brought to full size, so that which one
    comes last is decided as `_lasting` decides it."""
    at = thaw(index, arrays)
    if not isinstance(x, (np.ndarray, np.generic)):
        return _chosen(x, v, at)
    dtype = x.dtype if x.dtype == v.dtype else np.result_type(x, v)
    result: Array = x.astype(dtype) if x.ndim else np.array(x, dtype=dtype)
    result[at] = np.ascontiguousarray(np.broadcast_to(v, result[at].shape)) if _may_repeat(arrays) else v
    return result


def _chosen(x: Array, v: Array, at: tuple[Any, ...]) -> Array:
    """As `_assign`, for arrays of other libraries, which take fewer indices or no assignment: for each place `x` or `v`."""
    number = _last_at(x.shape, at)
    shape = number[at].shape
    new = np.broadcast_to(v, shape).reshape((-1,))
    return np.where(number < 0, x, new[np.maximum(number, 0).reshape((-1,))].reshape(x.shape)) if new.size else x


def _last_at(shape: tuple[int, ...], at: tuple[Any, ...]) -> Array:
    """For each place of an array the number of the last part of the index `at` that names it; −1 for none."""
    other = _unchanging([part for part in at if hasattr(part, "dtype")])
    last = np.full(shape, -1) if other is None else np.full_like(other, -1, dtype=np.intp, shape=shape)
    numbers = np.arange(last[at].size).reshape(last[at].shape)
    if other is None:
        last[at] = numbers
    else:  # which of several comes last is not said there
        np.maximum.at(last, at, numbers)
    return last


def _may_repeat(arrays: Sequence[Array]) -> bool:
    """Whether an index with these arrays in it may name a place twice: numbers may, truth values and slices do not."""
    return any(a.dtype.kind in "iu" for a in arrays)


def _lasting(*arrays: Array, shape: tuple[int, ...], index: tuple[Any, ...]) -> Array:
    """For each place that `index` names whether no later part of the index names it again."""
    at = thaw(index, arrays)
    last = _last_at(shape, at)
    return last[at] == np.arange(last[at].size).reshape(last[at].shape)


def getitem_rule(wanted: Any, g: Array, out: Array, x: Array, *arrays: Array, index: tuple[Any, ...]) -> tuple[Array]:
    """The cotangent goes back to the places it was picked from."""
    return (scatter(g, *arrays, shape=x.shape, index=index),)


def scatter_rule(
    wanted: Any, g: Array, out: Array, v: Array, *arrays: Array, shape: Any, index: tuple[Any, ...]
) -> tuple[Array]:
    """Each number reads the cotangent at the place it was put to."""
    return (getitem(g, *arrays, index=index),)


def assign_rule(
    wanted: Sequence[int], g: Array, out: Array, x: Array, v: Array, *arrays: Array, index: tuple[Any, ...]
) -> list[Array]:
    """The cotangent goes to the array, with zeros at the index; and there to the numbers that were put there and stayed."""
    return [
        assign(g, g.dtype.type(0), *arrays, index=index)
        if i == 0
        else _stayed(getitem(g, *arrays, index=index), arrays, x.shape, index)
        for i in wanted
    ]


def _stayed(c: Array, arrays: tuple[Array, ...], shape: tuple[int, ...], index: tuple[Any, ...]) -> Array:
    """`c`, picked by an index, and 0 where a later part of the index names the same place again."""
    return np.where(lasting(*arrays, shape=shape, index=index), c, 0) if _may_repeat(arrays) else c


def scatter_all_rule(
    wanted: Sequence[int], g: Array, out: Array, *parts: Array, shape: Any, picked: tuple[Any, ...]
) -> list[Array]:
    """Each `v` reads the cotangent at the places that it was put to."""
    starts = [0, *itertools.accumulate(n + 1 for _, n, _ in picked)]
    pick = dict(zip(starts, picked, strict=False))
    return [
        getitem(_through(g, views), *parts[i + 1 : i + 1 + n], index=index)
        for i in wanted
        for index, n, views in [pick[i]]
    ]


getitem = Op(_getitem, getitem_rule, variadic=True, name="getitem")
scatter = Op(_scatter, scatter_rule, variadic=True, name="scatter")
lasting = Op(_lasting, name="lasting")
assign = Op(_assign, assign_rule, variadic=True, name="assign")
scatter_all = Op(_scatter_all, scatter_all_rule, variadic=True, name="scatter_all")


def put(x: Array, index: Any, values: Any) -> Array:
    """A copy of `x` with ``copy[index] = values``; where a place is named twice the last value counts, as in NumPy."""
    template, arrays = freeze(index)
    new = _assigned(values, x)
    extra = (
        new.ndim - len(_shape_at(x.shape, template, arrays)) if new.ndim else 0
    )  # axes of length 1, as NumPy drops them
    return assign(x, new.reshape(new.shape[extra:]) if extra > 0 else new, *arrays, index=template)


def names_twice(shape: tuple[int, ...], index: Any) -> bool:
    """Whether an index into an array of this shape names a place more than once."""
    template, arrays = freeze(index)
    return _may_repeat(arrays) and not _lasting(*arrays, shape=shape, index=template).all()


def _shape_at(shape: tuple[int, ...], template: tuple[Any, ...], arrays: tuple[Array, ...]) -> tuple[int, ...]:
    """The shape of what an index picks from an array of this shape."""
    picked: tuple[int, ...] = np.broadcast_to(0, shape)[thaw(template, arrays)].shape
    return picked


def scatter_add(x: Array, index: Any, values: Any) -> Array:
    """A copy of `x` with `values` added at `index`, as often as a place is named."""
    template, arrays = freeze(index)
    shape = _shape_at(x.shape, template, arrays)
    return x + scatter(np.broadcast_to(_assigned(values, x), shape), *arrays, shape=x.shape, index=template)


def _assigned(values: Any, x: Array) -> Array:
    """`values` in the dtype of `x`, as in an assignment; complex numbers stay what they are."""
    new = values if hasattr(values, "dtype") else np.asarray(values)
    return new if new.dtype == x.dtype or new.dtype.kind == "c" else new.astype(x.dtype)


def take(a: Array, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Array:
    """The elements at `indices` along `axis` (of the flattened array where it is None)."""
    if out is not None:
        raise UnsupportedError(refusal("take", "out"))
    a = a if hasattr(a, "dtype") else np.asarray(a)
    if axis is None:
        a, axis = a.reshape((-1,)), 0
    n = a.shape[axis]
    traced = hasattr(indices, "at") and not hasattr(indices, "__record__")  # JAX's, whose numbers may not be known yet
    places = indices if traced else np.asarray(indices)
    a = np.asarray(a, like=indices) if traced and a.__class__ is np.ndarray else a
    if mode == "wrap":
        places = places % n
    elif mode == "clip":
        places = np.clip(places, 0, n - 1)
    return a[(slice(None),) * (axis % a.ndim) + (places,)]


def take_along_axis(arr: Array, indices: Array, axis: int | None = -1) -> Array:
    """For each line along `axis`, the elements at the places that `indices` holds for that line."""
    if axis is None:
        return arr.reshape((-1,))[indices]
    (axis,) = axes_of(axis, arr.ndim)
    lines = [
        np.arange(n).reshape((-1,) + (1,) * (arr.ndim - 1 - i)) if i != axis else indices
        for i, n in enumerate(arr.shape)
    ]
    return arr[tuple(lines)]


def sort(a: Array, axis: int | None = -1, kind: Any = None, *, stable: bool | None = None) -> Array:
    """Sorted along `axis`; the derivative follows each number to its new place."""
    if axis is None:
        a, axis = a.reshape((-1,)), 0
    return take_along_axis(a, np.argsort(a, axis=axis, kind=kind, stable=stable), axis)


def partition(a: Array, kth: Any, axis: int | None = -1, kind: str = "introselect", order: None = None) -> Array:
    """The `kth` element in its sorted place, smaller ones before it, larger ones after it."""
    if axis is None:
        a, axis = a.reshape((-1,)), 0
    return take_along_axis(a, np.argpartition(a, kth, axis=axis), axis)


def diagonal(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The elements whose place along `axis2` is their place along `axis1` plus `offset`, on a new last axis."""
    a = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows = np.arange(max(0, min(a.shape[-2], a.shape[-1] - offset) - max(0, -offset))) + max(0, -offset)
    return a[..., rows, rows + offset]


def diag(v: Array, k: int = 0) -> Array:
    """The diagonal of a matrix, or the matrix with a given diagonal."""
    if v.ndim == 2:
        return diagonal(v, k)
    n = v.shape[0] + abs(k)
    rows = np.arange(v.shape[0]) + max(0, -k)
    return scatter(v, rows, rows + k, shape=(n, n), index=(_ARRAY, _ARRAY))


def trace(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The sum along a diagonal."""
    return diagonal(a, offset, axis1, axis2).sum(axis=-1)


COMPOSED: dict[str, Callable[..., Any]] = {
    "take": take,
    "take_along_axis": take_along_axis,
    "sort": sort,
    "diagonal": diagonal,
    "diag": diag,
    "trace": trace,
    "partition": partition,
    "linalg.diagonal": lambda x, /, *, offset=0: diagonal(x, offset, -2, -1),
    "linalg.trace": lambda x, /, *, offset=0, dtype=None: trace(x, offset, -2, -1),
    "diagflat": lambda v, k=0: diag(np.reshape(v, (-1,)), k),
}
