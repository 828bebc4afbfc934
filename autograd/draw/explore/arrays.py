"""Numbers and arrays as JSON: whole where they are small, in blocks where they are large."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..words import statistics

Json = Any
_FEWEST = 16  # cells that are worth a picture


def encode(data: Any, cells: int) -> Json:
    """A scalar as a number; an array as its statistics and a grid of at most about `cells` numbers.

    Beyond that each cell stands for a block of the array, and holds the number in it that is largest in size. With 0 there is
    no grid.
    """
    array = np.asarray(data)
    if not array.ndim:
        return number(array[()])
    real = abs(array) if array.dtype.kind == "c" else array.astype(float)
    grid = real.reshape((-1, array.shape[-1])) if array.size and cells else np.empty((0, 0))
    block = _block(grid.shape, cells)
    shown = grid if block == (1, 1) else _largest(grid, block)
    facts = statistics(array)
    return {
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "stats": {name: number(fact) for name, fact in facts.items()},
        "rows": shown.shape[0],
        "cols": shown.shape[1],
        "block": list(block),
        "cells": [number(x, digits=6) for x in shown.ravel()],
    }


def room(sizes: Iterable[int], numbers: int, most: int) -> int:
    """How many cells an array may have, at most `most`, so that arrays of these sizes have about `numbers` in all."""
    known = list(sizes)
    while most >= _FEWEST and sum(min(size, most) for size in known) > numbers:
        most //= 2
    return most if most >= _FEWEST else 0


def number(x: Any, digits: int = 17) -> Json:
    """A number that JSON can hold; those that it cannot, as text."""
    if isinstance(x, (complex, np.complexfloating)):
        return f"{x:.6g}"
    x = x.item() if hasattr(x, "item") else x
    if isinstance(x, float):
        return float(f"{x:.{digits}g}") if math.isfinite(x) else str(x)
    return x


def _block(shape: tuple[int, ...], cells: int) -> tuple[int, int]:
    """The height and width of the blocks that a grid must be cut into to have no more than `cells`."""
    rows, columns = shape
    if rows * columns <= cells:
        return 1, 1
    side = math.isqrt(cells)
    height = max(1, math.ceil(rows / max(side, cells // max(1, columns))))
    return height, max(1, math.ceil(columns / max(side, cells // max(1, math.ceil(rows / height)))))


def _largest(grid: np.ndarray, block: tuple[int, int]) -> np.ndarray:
    """For each block of `grid` the number that is largest in size; NaN if there is one."""
    rows, columns = (range(0, n, step) for n, step in zip(grid.shape, block, strict=True))
    result = np.empty((len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            part = grid[row : row + block[0], column : column + block[1]].ravel()
            result[i, j] = part[np.argmax(abs(part))]
    return result
