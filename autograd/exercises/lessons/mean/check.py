"""The check of `mean`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(0)
X = _R.normal(size=(3, 4))
ALSO = ((-X,), (1e3 * _R.normal(size=(5, 2)),), (_R.normal(size=(3, 7)),))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: x.mean(axis=1), answer.mean_vjp, (X,), ("x",), also=ALSO)
