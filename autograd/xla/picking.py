"""Indices as JAX takes them: one that is out of bounds, or a mask that is not known, is refused."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..errors import IndexingError, user_line
from .leaving import refused, traced
from .memory import Memory, unwrapped


def places_of(x: Memory, index: Any) -> tuple[Any, ...]:
    """The index as JAX takes it: arrays for lists. One out of bounds, or a mask that is not known, is refused."""
    parts = []
    for part in index if index.__class__ is tuple else (index,):
        if traced(part) and part.dtype.kind == "b" and part.ndim:
            raise refused(
                part, "a mask was used as an index", "How many elements it picks, and so the shape, would depend on data: "
                "use np.where(mask, x, other), or a sum with weights, x * mask",
            )  # fmt: skip
        parts.append(_array(part) if part.__class__ in (list, range) else unwrapped(part))
    axis, spread = 0, x.array.ndim - sum(_axes_of(part) for part in parts)
    if spread < 0 and Ellipsis not in [p for p in parts if p is Ellipsis]:
        raise IndexingError(f"too many indices at {user_line()}: the array has {x.array.ndim} axes")
    for part in parts:
        if part is Ellipsis:
            axis += spread
            continue
        if isinstance(part, (int, np.integer)) and not isinstance(part, (bool, np.bool_)):
            _within(x, int(part), int(part), axis)
        elif isinstance(part, np.ndarray) and part.dtype.kind in "iu" and part.size:
            _within(x, int(part.min()), int(part.max()), axis)
        axis += _axes_of(part)
    return tuple(parts)


def _array(part: Any) -> Any:
    return np.asarray(part, None if len(part) else np.intp)


def _within(x: Memory, low: int, high: int, axis: int) -> None:
    n = x.array.shape[axis]
    if low < -n or high >= n:
        worst = low if low < -n else high
        raise IndexingError(f"index {worst} at {user_line()} is out of bounds for axis {axis} with size {n}")


def put(x: Any, places: tuple[Any, ...], method: str, values: Any) -> Any:
    """``x.at[places].method(values)`` of JAX's arrays, in the dtype of `x`.

    Slices that run backwards are turned round, and the values with them: XLA's compiler may end the process on JAX's own way.
    """
    values = jnp.asarray(values, x.dtype)
    box = _box(x.shape, places) if method == "set" else None
    if box is not None:  # no scatter, which is many times slower, and to be compiled too
        starts, sizes = box
        values = jnp.broadcast_to(values, jax.eval_shape(lambda a: a[places], x).shape).reshape(sizes)
        return values if sizes == x.shape else jax.lax.dynamic_update_slice(x, values, starts)
    backwards = [part.__class__ is slice and (part.step or 1) < 0 for part in places]
    if any(backwards) and not any(hasattr(part, "dtype") for part in places):
        values = jnp.broadcast_to(values, jax.eval_shape(lambda a: a[places], x).shape)
        spread = x.ndim - sum(map(_axes_of, places))
        turned, axis, at = [], 0, 0  # the axes of the values, of x, and of what the index picks
        for part, back in zip(places, backwards, strict=True):
            turned.append(_forwards(part, x.shape[axis]) if back else part)
            values = jnp.flip(values, at) if back else values
            axis += spread if part is Ellipsis else _axes_of(part)
            at += spread if part is Ellipsis else int(part is None or part.__class__ is slice)
        places = tuple(turned)
    return getattr(x.at[places], method)(values)


def _box(shape: tuple[int, ...], places: tuple[Any, ...]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Where the box begins that an index of integers and slices picks, and its sides; None for another index."""
    spread = len(shape) - sum(map(_axes_of, places))
    starts: list[int] = []
    sizes: list[int] = []
    for part in (*places, *(() if any(part is Ellipsis for part in places) else (Ellipsis,))):
        n = shape[len(starts)] if len(starts) < len(shape) else 0
        if part is Ellipsis:
            starts += [0] * spread
            sizes += shape[len(sizes) : len(sizes) + spread]
        elif part.__class__ is int:
            starts.append(part + n if part < 0 else part)
            sizes.append(1)
        elif part.__class__ is slice and part == slice(None):
            starts.append(0)
            sizes.append(n)
        elif part.__class__ is slice and n.__class__ is int and part.step in (None, 1):
            start, stop, _ = part.indices(n)
            starts.append(start)
            sizes.append(max(0, stop - start))
        elif part is not None:
            return None
    return tuple(starts), tuple(sizes)


def _forwards(part: slice, n: int) -> slice:
    """The places of a slice that runs backwards, from the first to the last."""
    places = range(n)[part][::-1]
    return slice(places.start, places.stop, places.step) if len(places) else slice(0, 0)


def _axes_of(part: Any) -> int:
    """How many axes a part of an index takes."""
    if part is None or part is Ellipsis or isinstance(part, (bool, np.bool_)):
        return 0
    return part.ndim if hasattr(part, "dtype") and part.dtype.kind == "b" else 1
