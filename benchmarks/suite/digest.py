"""Results in short: what two peers must agree on before a time is printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

TOLERANCE = 1e-4
SHOWN = 64  # elements of each array


def digest(results: Iterable[Any]) -> list[list[float]]:
    """For each array: its size, its norm, its product with a random vector of length 1, and up to 64 of its elements."""
    return [_one(np.asarray(result, dtype=np.float64).ravel()) for result in results]


def _one(a: np.ndarray) -> list[float]:
    direction = np.random.default_rng(a.size).standard_normal(a.size)
    some = a[np.linspace(0, a.size - 1, min(a.size, SHOWN)).astype(int)]
    return [a.size, float(np.linalg.norm(a)), float(a @ direction / np.linalg.norm(direction)), *some.tolist()]


def difference(found: list[list[float]], right: list[list[float]]) -> float:
    """The largest relative difference: of an element, to itself or to the root mean square if that is more."""
    if [a[:1] for a in found] != [b[:1] for b in right]:
        return float("inf")
    return max(map(_apart, found, right), default=0.0)


def _apart(found: list[float], right: list[float]) -> float:
    size, norm, _, *some = right
    scales = np.maximum(np.abs(some), norm / size**0.5)
    differences = np.abs(np.subtract(found[1:], right[1:])) / np.maximum(np.array([norm, norm, *scales]), 1e-300)
    return float(np.nan_to_num(differences, nan=np.inf).max())
