"""The check of `unbroadcast`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(0)
PAIRS = (
    ((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (4,)), ((2, 3, 4), (3, 1)), ((4,), ()), ((2, 3, 4), (1, 1, 1)),
    ((2, 3, 4), (4,)), ((2, 3, 4), ()), ((2, 1, 4), (3, 1)), ((1, 3), (2, 1)), ((2, 2, 2, 2), (2, 1, 2)),
)  # fmt: skip
ARRAYS = tuple((_R.normal(size=a), _R.normal(size=b)) for a, b in PAIRS)


def check(answer: Answer) -> Iterator[Finding]:
    def multiply_vjp(g: Any, _out: Any, a: Any, b: Any) -> Any:
        return answer.unbroadcast(g * b, a.shape), answer.unbroadcast(g * a, b.shape)

    first, *others = ARRAYS
    yield derivative(lambda a, b: a * b, multiply_vjp, first, ("a", "b"), title="out = a * b", also=others)
