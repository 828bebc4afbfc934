"""Axes joined, and taken apart."""

from __future__ import annotations

import math
from typing import Any

from autograd import ShapeError


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The axes from `start_dim` to `end_dim` joined into one.

    Raises:
        ShapeError: `start_dim` comes after `end_dim`.
    """
    start, end = (_axis("flatten", input, dim) for dim in (start_dim, end_dim))
    if start > end:
        raise ShapeError(f"flatten: of an input of shape {input.shape} axis {start_dim} comes after axis {end_dim}")
    shape = input.shape
    return input.reshape((*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """The axis `dim` taken apart into axes of these lengths, of which one may be −1.

    Raises:
        ShapeError: the lengths do not make up that of the axis.
    """
    axis, n = _axis("unflatten", input, dim), math.prod(sizes)
    length = input.shape[axis]
    if n != length and not (tuple(sizes).count(-1) == 1 and n and length % n == 0):
        raise ShapeError(
            f"unflatten: axis {dim} of an input of shape {input.shape} cannot be taken apart into {tuple(sizes)}"
        )
    return input.reshape(
        (*input.shape[:axis], *(length // -n if m == -1 else m for m in sizes), *input.shape[axis + 1 :])
    )


def _axis(name: str, input: Any, dim: int) -> int:
    if not -input.ndim <= dim < input.ndim:
        raise ShapeError(f"{name}: an input of shape {input.shape} has no axis {dim}")
    return dim % input.ndim
