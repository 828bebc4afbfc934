"""The check of `mean_square`."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from autograd.exercises.bugs import repaired

_R = np.random.default_rng(2)
X, W, B = _R.normal(size=(4, 3)), _R.normal(size=3), _R.normal(size=3)


def mean_square(x: Any) -> Any:
    return (x * x).mean()


check = repaired("factor", mean_square, attrgetter("mse_vjp"), {"x": X})
