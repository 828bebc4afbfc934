"""The check of `scale`."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from autograd.exercises.bugs import repaired
from autograd.exercises.exercise import Mistake

_R = np.random.default_rng(2)
X, W, B = _R.normal(size=(4, 3)), _R.normal(size=3), _R.normal(size=3)
ALSO = ((-X, B), (1e3 * _R.normal(size=(6, 3)), W), (_R.normal(size=(2, 5)), _R.normal(size=5)))


def scaled(x: Any, scale: Any) -> Any:
    return x * scale


SCALE_MISTAKES = (
    Mistake("sum", lambda g, out, x, scale: (None, g.sum(axis=0) * x.sum(axis=0)),
            "This is a product of two sums: multiply g and x first, element by element, then sum the products."),
    Mistake("index", lambda g, out, x, scale: (None, g.sum(axis=0) * x[0]),
            "Every row of g meets its own row of x: multiply first, then sum, in place of x[0] for all."),
    Mistake("term", lambda g, out, x, scale: (None, g.sum(axis=0)),
            "The factor x is missing: scale was multiplied by x."),
)  # fmt: skip
check = repaired("broadcast", scaled, attrgetter("scale_vjp"), {"x": X, "scale": B}, SCALE_MISTAKES, also=ALSO)
