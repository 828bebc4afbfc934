"""Nests of containers: dicts, lists, tuples, named tuples and dataclasses of arrays, taken apart and put together.

Anything that is not such a container is a leaf.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from .engine.convert import unbox
from .errors import AutogradError, UnsupportedError, user_line

Rebuild = Callable[[list[Any]], Any]
_PLAIN = frozenset({float, int, np.float64, np.ndarray})  # the leaves that are met most


def _children(x: Any) -> tuple[list[Any], Rebuild] | None:
    """The direct children of a container and the function that makes the container from new ones; None for a leaf."""
    kind = type(x)
    if kind in _PLAIN:
        return None
    if isinstance(x, dict):
        return list(x.values()), lambda new: _refilled(x, new)
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return list(x), lambda new: kind(*new)
    if isinstance(x, (list, tuple)):
        return list(x), kind
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        names = [field.name for field in dataclasses.fields(x) if field.init]  # the others are computed from these
        return [getattr(x, n) for n in names], lambda new: dataclasses.replace(x, **dict(zip(names, new, strict=True)))
    return None


def _refilled(x: dict[Any, Any], new: list[Any]) -> dict[Any, Any]:
    """The dict with other values; a copy, since a subclass may hold more than its items (a default, an order)."""
    if type(x) is dict:
        return dict(zip(x, new, strict=True))
    filled = copy.copy(x)
    for key, item in zip(x, new, strict=True):
        filled[key] = item  # not by `update`, which adds in a Counter
    return filled


def flatten(x: Any) -> tuple[list[Any], Rebuild]:
    """The leaves of `x`, in order, and the function that builds the same container around other leaves.

    Raises:
        UnsupportedError: `x` contains itself; or (of the function) a container cannot be made from its elements.
    """
    try:
        return _flatten(x)
    except RecursionError as error:
        raise UnsupportedError(
            f"a {type(x).__name__} at {user_line()} is nested deeper than Python goes: it seems to contain itself. Pass a nest "
            "of numbers and arrays that ends"
        ) from error


def _flatten(x: Any) -> tuple[list[Any], Rebuild]:
    opened = _children(x)
    if opened is None:
        return [x], _only
    parts, rebuild_here = opened
    flat = [_flatten(part) for part in parts]
    nested = any(rebuild_part is not _only for _, rebuild_part in flat)

    def rebuild(leaves: list[Any]) -> Any:
        new, start = [] if nested else list(leaves), 0
        for part_leaves, rebuild_part in flat if nested else ():
            new.append(rebuild_part(leaves[start : start + len(part_leaves)]))
            start += len(part_leaves)
        try:
            return rebuild_here(new)
        except AutogradError:
            raise
        except (TypeError, ValueError, AttributeError) as error:
            raise UnsupportedError(
                f"a {type(x).__name__} at {user_line()} cannot be made again from its {len(new)} elements: {error}. Its "
                "constructor must take them as that of its base class does; or pass a plain tuple, list, dict, a named tuple "
                "or a dataclass"
            ) from error

    return [leaf for part_leaves, _ in flat for leaf in part_leaves], rebuild


def _only(leaves: list[Any]) -> Any:
    """What a leaf is built of."""
    return leaves[0]


def to_vector(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """All numbers in a nest of arrays as one vector, and the function that makes the nest from a vector again.

    Dicts are taken in the order of their sorted keys. Both directions are differentiable. An array comes back in its own
    precision; the vector has the highest of the arrays'.
    """
    leaves, rebuild = flatten(_sorted(value))
    shapes = [np.shape(unbox(leaf)) for leaf in leaves]
    dtypes = [getattr(leaf, "dtype", None) for leaf in leaves]
    cuts = [0, *np.cumsum([int(np.prod(shape)) for shape in shapes]).tolist()]

    def unflatten(vector: Any) -> Any:
        parts = [
            _in_precision(np.reshape(vector[start:stop], shape) if shape else vector[start], dtype)
            for shape, dtype, start, stop in zip(shapes, dtypes, cuts[:-1], cuts[1:], strict=True)
        ]
        return rebuild(parts)

    if not leaves:
        return np.zeros(0), unflatten
    of_all = np.result_type(*(leaf if dtype is None else dtype for leaf, dtype in zip(leaves, dtypes, strict=True)))
    rows = [np.reshape(leaf, (-1,)) for leaf in leaves]
    return np.concatenate([row if row.dtype == of_all else row.astype(of_all) for row in rows]), unflatten


def _in_precision(x: Any, dtype: Any) -> Any:
    """`x` with as many digits as `dtype` has, if both are real or both are complex floating-point numbers."""
    return x.astype(dtype) if dtype is not None and x.dtype != dtype and x.dtype.kind == dtype.kind else x


def _sorted(x: Any) -> Any:
    """`x` with the keys of its dicts in order."""
    if isinstance(x, dict):
        return type(x)((key, _sorted(x[key])) for key in sorted(x))
    if type(x) in (list, tuple):
        return type(x)(_sorted(item) for item in x)
    return x
