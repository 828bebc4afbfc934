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


def embedding(table: Any) -> Any:
    return table[IDS]


def _rows_of_g(g: Any, table: Any) -> Any:
    result = np.zeros_like(table)
    np.add.at(result, IDS, g[IDS])
    return result


EMBEDDING_MISTAKES = (
    Mistake("index", lambda g, out, table: _rows_of_g(g, table),
            "Row i of g belongs to row ids[i] of the table, and here row ids[i] of g was taken."),
)  # fmt: skip
check = repaired("overwritten", embedding, attrgetter("embedding_vjp"), {"table": TABLE}, EMBEDDING_MISTAKES)
