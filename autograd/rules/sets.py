"""Arrays as sets: what is kept is picked out of the arguments, and its derivative follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .op import Array, Op

unique_places = Op(
    lambda x, **how: np.unique(x, return_index=True, return_inverse=True, return_counts=True, **how)[1:],
    name="unique_places",
)
common_places = Op(lambda x, y, **how: np.intersect1d(x, y, return_indices=True, **how)[1:], name="common_places")


def unique(
    ar: Array, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
    axis: int | None = None, **how: Any,
) -> Any:  # fmt: skip
    """The different elements, ascending; of equal ones it is the first that is kept."""
    index, inverse, counts = unique_places(ar, axis=axis, **{k: v for k, v in how.items() if k == "equal_nan"})
    values = np.reshape(ar, (-1,))[index] if axis is None else np.take(ar, index, axis=axis)
    more = [index] * return_index + [inverse] * return_inverse + [counts] * return_counts
    return (values, *more) if more else values


def _named(name: str) -> Callable[..., Any]:
    """`unique` as the array API standard has it: with NaNs all different, and a result with names."""

    def unique_named(x: Array, /) -> Any:
        index, inverse, counts = unique_places(x, equal_nan=False)
        parts = {"values": np.reshape(x, (-1,))[index], "indices": index, "inverse_indices": inverse, "counts": counts}
        found = getattr(np, name)(np.zeros(1))
        return found._replace(**{field: parts[field] for field in found._fields})

    unique_named.__name__ = name
    return unique_named


def unique_values(x: Array, /) -> Array:
    """The different elements."""
    return unique(x, equal_nan=False)


def union1d(ar1: Array, ar2: Array) -> Array:
    """The elements of either array."""
    return unique(np.concatenate((ar1, ar2), axis=None))


def intersect1d(ar1: Array, ar2: Array, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The elements of both arrays: those of the first."""
    first, second = common_places(ar1, ar2, assume_unique=assume_unique)
    values = np.reshape(ar1, (-1,))[first]
    return (values, first, second) if return_indices else values


def setdiff1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """The elements of the first array alone."""
    mine = np.reshape(ar1, (-1,)) if assume_unique else unique(ar1)
    return mine[~np.isin(mine, ar2)]


def setxor1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """The elements of one array alone."""
    both = [np.reshape(a, (-1,)) if assume_unique else unique(a) for a in (ar1, ar2)]
    values, counts = unique(np.concatenate(both), return_counts=True)
    return values[counts == 1]


def ix_(*args: Array) -> tuple[Array, ...]:
    """The arguments, each along an axis of its own."""
    lines = [np.nonzero(a)[0] if a.dtype == bool else a for a in map(_array, args)]
    return tuple(np.reshape(a, (1,) * i + (-1,) + (1,) * (len(lines) - 1 - i)) for i, a in enumerate(lines))


def _array(a: Any) -> Array:
    return a if hasattr(a, "dtype") else np.asarray(a)


COMPOSED: dict[str, Callable[..., Any]] = {
    "unique": unique, "unique_all": _named("unique_all"), "unique_counts": _named("unique_counts"),
    "unique_inverse": _named("unique_inverse"), "unique_values": unique_values, "union1d": union1d,
    "intersect1d": intersect1d, "setdiff1d": setdiff1d, "setxor1d": setxor1d, "ix_": ix_,
}  # fmt: skip
