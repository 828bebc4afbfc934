"""The check of `mean_square`."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from autograd.exercises.bugs import repaired
from autograd.exercises.exercise import Mistake

_R = np.random.default_rng(2)
X = _R.normal(size=(4, 3))
ALSO = ((-X,), (1e3 * _R.normal(size=(5, 2)),), (_R.normal(size=6),), (_R.normal(size=(2, 3, 2)),))


def mean_square(x: Any) -> Any:
    return (x * x).mean()


MISTAKES = (
    Mistake("surplus", lambda g, out, x: g * 2 * (x - x.mean()) / x.size,
            "This is the derivative of the variance: in mean(x²) no mean is subtracted."),
)  # fmt: skip
check = repaired("factor", mean_square, attrgetter("mse_vjp"), {"x": X}, MISTAKES, also=ALSO)
