"""Arrays of whatever kind: NumPy's, and those that speak its protocols, whose numbers may not be there yet."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_array(given: Any, dtype: Any = None) -> Any:
    """`given` as an array, of NumPy's unless it is one that computes by itself."""
    if isinstance(given, np.ndarray) or not hasattr(given, "__array_function__"):
        return np.asarray(given, dtype)
    return given if dtype is None or given.dtype == dtype else given.astype(dtype)


def known(array: Any) -> bool:
    """Whether the numbers of an array can be looked at: not while a step is compiled, where a wrong one makes a NaN."""
    return isinstance(array, np.ndarray)


def entries(vector: Any, numbers: Any) -> Any:
    """``vector[numbers]``; of numbers that are not known the sum of all entries times whether they are meant."""
    if known(numbers):
        return vector[numbers]
    return ((numbers[..., None] == np.arange(len(vector))) * vector).sum(axis=-1)
