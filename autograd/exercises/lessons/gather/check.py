"""The check of `gather`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.elsewhere import constant
from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(0)
X = _R.normal(size=(3, 4))
# Each with the rows that are picked, by its shape.
INDICES = {
    (3, 4): constant([2, 0, 2, 2]), (5, 2): constant([4, 1, 1, 0, 4, 3, 1]), (4, 3): constant([-1, 0, -2, 3, -4]),
    (2, 2): constant([1]),
}  # fmt: skip
ALSO = ((-X,), *((1e3 * _R.normal(size=shape),) for shape in INDICES))


def check(answer: Answer) -> Iterator[Finding]:
    for title, index_of, also in (("index [1, 0]", _once, ()), ("index [2, 0, 2, 2]", _several_times, ALSO)):
        yield derivative(
            lambda x, index_of=index_of: x[index_of(x)],
            lambda g, out, x, index_of=index_of: answer.gather_vjp(g, out, x, index_of(x)),
            (X,), ("x",), title=title, also=also, single=True,
            mistakes=(Mistake("index", lambda g, out, x, index_of=index_of: _rows_of_g(g, x, index_of(x)),
                              "Row i of g belongs to row index[i] of x, and here row index[i] of g was taken."),
                      Mistake("overwritten", lambda g, out, x, index_of=index_of: _counted(g, x, index_of(x)),
                              "The last row of g is taken as often as the row was picked: add up the rows themselves."),
                      Mistake("negative", lambda g, out, x, index_of=index_of: _without_negative(g, x, index_of(x)),
                              "An index that is negative counts from the end: −1 is the last row, and it was left out.")),
        )  # fmt: skip


def _once(_x: Any) -> Any:
    return np.array([1, 0])


def _several_times(x: Any) -> Any:
    return INDICES[x.shape]


def _counted(g: Any, x: Any, index: Any) -> Any:
    result = np.zeros_like(x)
    result[index] = g * np.bincount(index % len(x))[index, None]
    return result


def _without_negative(g: Any, x: Any, index: Any) -> Any:
    result = np.zeros_like(x)
    np.add.at(result, index[index >= 0], g[index >= 0])
    return result


def _rows_of_g(g: Any, x: Any, index: Any) -> Any:
    result = np.zeros_like(x)
    np.add.at(result, index, g[index % len(g)])
    return result
