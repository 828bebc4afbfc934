"""The check of `fan_out`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

POINTS = np.array([-2.3, -0.4, 0.0, 0.9, 3.1])


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: x * np.exp(x) + x**2, answer.f_vjp, (POINTS,), ("x",), mistakes=(
        Mistake("incomplete", lambda g, out, x: g * (np.exp(x) + x * np.exp(x) + x),
                "x² is x·x, which uses x twice: one of its two contributions is missing."),
        Mistake("sum", lambda g, out, x: g * np.exp(x) * 2 * x, "The slopes of all uses were multiplied: the "
                "contributions of different uses are added (and in x·eˣ each use keeps the other factor)."),
    ))  # fmt: skip
