"""The check of `bias`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(0)
X, B = _R.normal(size=(3, 4)), _R.normal(size=4)
ALSO = ((-X, B), (_R.normal(size=(5, 2)), 1e3 * _R.normal(size=2)), (_R.normal(size=(1, 3)), _R.normal(size=3)))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x, b: x + b, answer.add_vjp, (X, B), ("x", "b"), also=ALSO, single=True)
