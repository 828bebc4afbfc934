"""Indices as JAX takes them: one that is out of bounds, or a mask that is not known, is refused."""

from __future__ import annotations

from typing import Any

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
        parts.append(np.asarray(part) if part.__class__ is list else unwrapped(part))
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


def _within(x: Memory, low: int, high: int, axis: int) -> None:
    n = x.array.shape[axis]
    if low < -n or high >= n:
        worst = low if low < -n else high
        raise IndexingError(f"index {worst} at {user_line()} is out of bounds for axis {axis} with size {n}")


def _axes_of(part: Any) -> int:
    """How many axes a part of an index takes."""
    if part is None or part is Ellipsis or isinstance(part, (bool, np.bool_)):
        return 0
    return part.ndim if hasattr(part, "dtype") and part.dtype.kind == "b" else 1
