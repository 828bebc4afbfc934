"""What convolution and pooling share: numbers for each axis of their windows, and inputs without an axis for the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ShapeError

Numbers = int | tuple[int, ...]


def each(given: Any, axes: int, what: str, least: int = 0) -> tuple[int, ...]:
    """One number for each axis: itself for all of them, or one each."""
    numbers = tuple(given) if isinstance(given, (tuple, list)) else (given,) * axes
    if len(numbers) != axes or not all(isinstance(n, (int, np.integer)) and n >= least for n in numbers):
        raise ValueError(f"{what}={given!r}: a number of at least {least} is needed, or one for each of {axes} axes")
    return numbers


def over_batch(call: Callable[[Any], Any], input: Any, axes: int, name: str) -> Any:
    """`call` with an input of shape (N, C, …); one of shape (C, …) is a batch of one, whose axis is taken away again."""
    if input.ndim not in (axes + 1, axes + 2):
        places = ", ".join(("L",) if axes == 1 else ("H", "W"))
        raise ShapeError(
            f"{name}: the input must have the shape (N, C, {places}) or (C, {places}), and it has {input.shape}"
        )
    return call(input) if input.ndim == axes + 2 else call(input[None])[0]
