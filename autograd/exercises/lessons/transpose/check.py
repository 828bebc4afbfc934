"""The check of `transpose`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, derivative

_R = np.random.default_rng(0)
CUBE = _R.normal(size=(2, 3, 4))


def check(answer: Answer) -> Iterator[Finding]:
    for axes in ((1, 0, 2), (2, 0, 1), (1, 2, 0)):
        yield derivative(
            lambda x, axes=axes: x.transpose(axes),
            lambda g, out, x, axes=axes: answer.transpose_vjp(g, out, x, axes),
            (CUBE,), ("x",), title=f"axes {axes}",
        )  # fmt: skip
