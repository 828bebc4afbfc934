"""What the user hands in, as the data that a `Value` holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DtypeError, user_line
from ..rules import shaping

_float64 = np.float64


def as_data(x: Any) -> Any:
    """`x` as floating-point data: ints and bools become float64, scalars ``np.float64``, floats keep their width."""
    if isinstance(x, float):
        return _float64(x)
    if not hasattr(x, "__array_function__"):
        try:
            x = np.array(x)
        except ValueError as error:
            raise DtypeError(f"Value(…) at {user_line()} needs numbers in a regular grid: {error}") from error
    kind = x.dtype.kind
    if kind in "iub":
        x = x.astype(_float64)
    elif kind not in "fc":
        raise DtypeError(
            f"Value(…) at {user_line()} needs numbers, and got dtype {x.dtype}; convert it first, "
            "for example with np.asarray(x, dtype=float)"
        )
    return x if x.ndim else x[()]


def is_value(x: Any) -> bool:
    """Whether `x` is a `Value`, which this room, above it, knows by its method only."""
    return hasattr(type(x), "__record__")


def unbox(x: Any) -> Any:
    """`x` with the plain data in place of every `Value`, inside lists, tuples and dicts too."""
    if is_value(x):
        return x.data
    if type(x) in (list, tuple):
        return type(x)(unbox(item) for item in x)
    if type(x) is dict:
        return {key: unbox(item) for key, item in x.items()}
    return x


def holds_value(x: Any) -> bool:
    """Whether a nested list or tuple has a `Value` in it."""
    return is_value(x) or (isinstance(x, (list, tuple)) and any(holds_value(item) for item in x))


def stack_nested(x: Any) -> Any:
    """A nested list holding `Value`s as one array: `np.array`, but differentiable."""
    if isinstance(x, (list, tuple)):
        return shaping.stack([stack_nested(item) for item in x])
    return x if is_value(x) else as_data(x)
