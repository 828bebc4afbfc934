"""The check of `linear`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(1)
X, W, B = _R.normal(size=(4, 3)), _R.normal(size=(3, 2)), _R.normal(size=2)
ALSO = ((-X, W, B), (_R.normal(size=(6, 3)), W, B), (X[:1, :2], 1e3 * _R.normal(size=(2, 5)), _R.normal(size=5)))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x, w, b: x @ w + b, answer.linear_vjp, (X, W, B), ("x", "w", "b"), also=ALSO)
