"""The check of `embedding`."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from autograd.exercises.bugs import repaired
from autograd.exercises.exercise import Mistake

_R = np.random.default_rng(2)
IDS = np.array([1, 3, 1, 1, 0])
TABLE = _R.normal(size=(4, 2))
ALSO = ((-TABLE,), (1e3 * _R.normal(size=(6, 3)),))


def embedding(table: Any) -> Any:
    return table[IDS]


def _rows_of_g(which: Any, g: Any, table: Any) -> Any:
    result = np.zeros_like(table)
    np.add.at(result, IDS, g[which])
    return result


def _uses(table: Any) -> Any:
    """How often each row is used, at least once."""
    return np.maximum(1, np.bincount(IDS, minlength=len(table)))


EMBEDDING_MISTAKES = (
    Mistake("index", lambda g, out, table: _rows_of_g(IDS, g, table),
            "Row i of g belongs to row ids[i] of the table, and here row ids[i] of g was taken."),
    Mistake("mean", lambda g, out, table: _rows_of_g(slice(None), g, table) / _uses(table)[:, None],
            "The uses of a word are averaged, and their contributions are to be added."),
)  # fmt: skip
check = repaired("overwritten", embedding, attrgetter("embedding_vjp"), {"table": TABLE}, EMBEDDING_MISTAKES, also=ALSO)
