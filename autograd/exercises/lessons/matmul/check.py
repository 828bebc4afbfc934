"""The check of `matmul`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(0)
X, Y, SQUARE = _R.normal(size=(3, 4)), _R.normal(size=(4, 2)), _R.normal(size=(2, 3, 3))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(np.matmul, answer.matmul_vjp, (X, Y), ("a", "b"), title="shapes (3, 4) and (4, 2)")
    yield derivative(np.matmul, answer.matmul_vjp, (SQUARE[0], SQUARE[1]), ("a", "b"), title="square matrices")
