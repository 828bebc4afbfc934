"""Rows looked up by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DtypeError, IndexingError, stop_gradient
from autograd.functions import where


def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """The rows of `weight`, of shape (rows, width), at the numbers in `input`: an array of shape (*input.shape, width).

    The gradient of a row that was not looked up is 0, and so is that of row `padding_idx`.
    """
    numbers, rows = np.asarray(input), weight.shape[0]
    if numbers.dtype.kind not in "iu":
        raise DtypeError(f"embedding: rows are looked up by integers, and the input has dtype {numbers.dtype}")
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < rows:
        raise IndexingError(
            f"embedding: the {rows} rows have the numbers 0 to {rows - 1}, and the input has {numbers.min()} to {numbers.max()}"
        )
    found = weight[numbers]
    if padding_idx is None:
        return found
    return where((numbers == padding_idx % rows)[..., None], stop_gradient(found), found)
