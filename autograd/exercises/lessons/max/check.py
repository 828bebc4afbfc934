"""The check of `max`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(0)
X = _R.normal(size=(3, 4))
TIES = np.array([[1.0, 3.0, 3.0], [2.0, 0.0, 1.0], [5.0, 5.0, 5.0]])
NEARLY = np.array([[1.0, 1.0001], [-7.0002, -7.0], [1e3, 1e3 - 1e-3]])
BELOW = np.array([[-6.0, -4.5, -5.0], [-3.5, -9.0, -4.0], [-8.0, -7.0, -2.5]])
ALSO = ((-X,), (BELOW,), (-abs(_R.normal(size=(5, 2))),), (1e3 * _R.normal(size=(2, 6)),), (NEARLY,))


def check(answer: Answer) -> Iterator[Finding]:
    mistakes = (
        Mistake("axis", lambda g, out, x: (x == x.max(axis=0)) * g[:, None],
                "The largest of each column is marked, and out holds the largest of each row (axis=1)."),
        Mistake("mask", lambda g, out, x: (x != out[:, None]) * g[:, None],
                "The mask is the wrong way round: the gradient goes to every element but the largest."),
    )  # fmt: skip
    for title, x, also in (("no ties", X, ALSO), ("with ties", TIES, ())):
        yield derivative(
            lambda x: x.max(axis=1),
            answer.max_vjp,
            (x,),
            ("x",),
            title=title,
            mistakes=mistakes,
            also=also,
            kinks=not also,
        )
