"""The check of `matmul`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(0)
X, Y = _R.normal(size=(3, 4)), _R.normal(size=(4, 2))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(np.matmul, answer.matmul_vjp, (X, Y), ("a", "b"), title="shapes (3, 4) and (4, 2)")
    square = _R.normal(size=(2, 3, 3))
    yield derivative(np.matmul, answer.matmul_vjp, (square[0], square[1]), ("a", "b"), title="square matrices")
