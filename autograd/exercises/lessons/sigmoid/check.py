"""The check of `sigmoid`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative
from autograd.functions import sigmoid

POINTS = np.array([-2.3, -0.4, 0.0, 0.9, 3.1])
ALSO = (-POINTS, np.array([-9.0, 6.0]), np.array([0.7]), np.array([-100.0, 3.0]))


def check(answer: Answer) -> Iterator[Finding]:
    half = (
        "The slope of the sigmoid is a product of two factors, both in terms of the output, and this is {} one alone."
    )
    yield derivative(sigmoid, answer.sigmoid_vjp, (POINTS,), ("x",), also=[(x,) for x in ALSO], single=True, mistakes=(
        Mistake("incomplete", lambda g, out, x: g * out, half.format("the first")),
        Mistake("incomplete", lambda g, out, x: g * (1 - out), half.format("the second")),
        Mistake("incomplete", lambda g, out, x: g * out**2,
                "The derivative of the inner function e⁻ˣ lacks the factor e⁻ˣ: it is −e⁻ˣ, not −1."),
        Mistake("chain", lambda g, out, x: -g * out**2,
                "The chain rule was left out: the derivative of e⁻ˣ inside is to be multiplied in."),
        Mistake("sign", lambda g, out, x: g * out * (1 + out), "The sign between the two terms is wrong."),
    ))  # fmt: skip
