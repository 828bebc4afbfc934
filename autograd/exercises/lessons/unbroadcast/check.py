"""The check of `unbroadcast`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(0)
X, Y = _R.normal(size=(3, 4)), _R.normal(size=(4, 2))
B, C = _R.normal(size=4), _R.normal(size=(3, 1))
CUBE, ONE = _R.normal(size=(2, 3, 4)), _R.normal(size=(1, 1, 1))


def check(answer: Answer) -> Iterator[Finding]:
    def multiply_vjp(g: Any, _out: Any, a: Any, b: Any) -> Any:
        return answer.unbroadcast(g * b, a.shape), answer.unbroadcast(g * a, b.shape)

    for a, b in ((X, X.copy()), (X, B), (C, B), (CUBE, C), (B, np.array(2.0)), (CUBE, ONE)):
        title = f"out = a * b, shapes {a.shape} and {np.shape(b)}"
        yield derivative(lambda a, b: a * b, multiply_vjp, (a, b), ("a", "b"), title=title)
