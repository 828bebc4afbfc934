"""The check of `tanh`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

POINTS = np.array([-2.3, -0.4, 0.0, 0.9, 3.1])
ALSO = (-POINTS, np.array([-7.0, 6.0]), np.array([0.7]))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(np.tanh, answer.tanh_vjp, (POINTS,), ("x",), also=[(x,) for x in ALSO], single=True, mistakes=(
        Mistake("power", lambda g, out, x: g * (1 - out),
                "A power is missing: in (d² − n²)/d² the quotient n/d, which is `out`, is squared."),
        Mistake("sign", lambda g, out, x: g * (1 + out**2),
                "The sign between the two terms is wrong: tanh is nowhere steeper than 1."),
        Mistake("slope", lambda g, out, x: g * out * (1 - out), "This comes to out · (1 − out), "
                "the slope of the sigmoid: tanh has another."),
        Mistake("incomplete", lambda g, out, x: g * out**2, "This is one of the quotient rule's two terms alone."),
    ))  # fmt: skip
