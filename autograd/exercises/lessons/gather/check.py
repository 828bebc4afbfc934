"""The check of `gather`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(0)
X, Y = _R.normal(size=(3, 4)), _R.normal(size=(4, 2))
INDEX = np.array([2, 0, 2, 2])


def check(answer: Answer) -> Iterator[Finding]:
    for index in (np.array([1, 0]), INDEX):
        yield derivative(
            lambda x, index=index: x[index],
            lambda g, out, x, index=index: answer.gather_vjp(g, out, x, index),
            (X,), ("x",), title=f"index {index.tolist()}",
            mistakes=(Mistake("index", lambda g, out, x, index=index: _rows_of_g(g, x, index),
                              "Row i of g belongs to row index[i] of x, and here row index[i] of g was taken."),),
        )  # fmt: skip


def _rows_of_g(g: Any, x: Any, index: Any) -> Any:
    result = np.zeros_like(x)
    np.add.at(result, index, g[index % len(g)])
    return result
