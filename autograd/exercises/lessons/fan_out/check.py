"""The check of `fan_out`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

POINTS = np.array([-2.3, -0.4, 0.0, 0.9, 3.1])
ALSO = (-POINTS, np.array([-9.0, 1e-4, 6.0]), np.array([0.7]))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: x * np.exp(x) + x**2, answer.f_vjp, (POINTS,), ("x",), also=[(x,) for x in ALSO], mistakes=(
        Mistake("incomplete", lambda g, out, x: g * (np.exp(x) + x * np.exp(x) + x),
                "x² is x·x, which uses x twice: one of its two contributions is missing."),
        Mistake("product", lambda g, out, x: g * (np.exp(x) * np.exp(x) + 2 * x),
                "The slopes of x and eˣ were multiplied: by the product rule each use keeps the other factor, 1·eˣ + x·eˣ."),
        Mistake("power", lambda g, out, x: g * (np.exp(x) + x * x * np.exp(x - 1) + 2 * x),
                "The power rule is for xⁿ: in eˣ the variable is the exponent, and its slope is eˣ."),
        Mistake("incomplete", lambda g, out, x: g * (np.exp(x) + x * np.exp(x) + x**2), "x² was left as it is: its slope is 2x."),
        Mistake("sum", lambda g, out, x: g * np.exp(x) * 2 * x, "The slopes of all uses were multiplied: the "
                "contributions of different uses are added (and in x·eˣ each use keeps the other factor)."),
    ))  # fmt: skip
