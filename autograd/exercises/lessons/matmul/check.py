"""The check of `matmul`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(0)
X, Y, SQUARE = _R.normal(size=(3, 4)), _R.normal(size=(4, 2)), _R.normal(size=(2, 3, 3))
ALSO = ((SQUARE[0], SQUARE[1]), (_R.normal(size=(5, 2)), 1e3 * _R.normal(size=(2, 6))), (X[:1], Y[:, :1]))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(np.matmul, answer.matmul_vjp, (X, Y), ("a", "b"), also=ALSO, mistakes=(
        Mistake("inverse", lambda g, out, a, b: (g @ np.linalg.pinv(b), np.linalg.pinv(a) @ g),
                "Backwards a product is not undone: g is multiplied by the transposed factor, not by its inverse."),
        Mistake("sum", lambda g, out, a, b: (np.outer(g.sum(axis=1), b.sum(axis=1)), np.outer(a.sum(axis=0), g.sum(axis=0))),
                "This is a product of two sums: multiply first, then add up, which is what a matrix product does."),
    ))  # fmt: skip
