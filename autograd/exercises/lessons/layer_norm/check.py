"""The check of `layer_norm`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative
from autograd.exercises.norms import norm_mistakes, normalised

_R = np.random.default_rng(1)
X = _R.normal(size=(4, 3))
ALSO = ((3 - 2 * X,), (_R.normal(size=(6, 5)),), (1e-3 * _R.normal(size=(3, 4)),), (50 + 10 * _R.normal(size=(2, 7)),))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(
        lambda x: normalised(x, 1), answer.layer_norm_vjp, (X,), ("x",), also=ALSO, mistakes=norm_mistakes(1)
    )
