"""Rows looked up by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DtypeError, IndexingError, Value, stop_gradient
from autograd.functions import where

from .arrays import as_array, known


def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """The rows of `weight`, of shape (rows, width), at the numbers in `input`: an array of shape (*input.shape, width).

    The gradient of a row that was not looked up is 0, and so is that of row `padding_idx`.
    """
    rows = weight.shape[0]
    numbers = _numbers("embedding", input, rows)
    found = weight[numbers]
    if padding_idx is None:
        return found
    return where((numbers == padding_idx % rows)[..., None], stop_gradient(found), found)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """For each number k a row of zeros with a 1 at place k, of `num_classes` integers: as many as the largest asks for, if −1."""
    numbers = np.asarray(tensor)
    if num_classes == -1:
        num_classes = int(numbers.max(initial=0)) + 1
    return np.eye(num_classes, dtype=np.int64)[_numbers("one_hot", numbers, num_classes)]


def _numbers(name: str, given: Any, rows: int) -> Any:
    """The numbers of rows, of which there are `rows`."""
    numbers = as_array(given.raw if isinstance(given, Value) else given)
    if numbers.dtype.kind not in "iu":
        raise DtypeError(
            f"{name}: rows are looked up by integers, and the input has dtype {numbers.dtype}: x.astype(int)"
        )
    if numbers.size and known(numbers) and not 0 <= numbers.min() <= numbers.max() < rows:
        raise IndexingError(
            f"{name}: the {rows} rows have the numbers 0 to {rows - 1}, and the input has {numbers.min()} to {numbers.max()}"
        )
    return numbers
