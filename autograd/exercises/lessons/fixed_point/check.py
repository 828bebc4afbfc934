"""The check of `fixed_point`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(3)
X = _R.normal(size=4)
W = 0.3 * _R.normal(size=(3, 3))


def fixed_point(x: Any) -> Any:
    """On plain arrays only: two hundred uses of one input are no news to anybody."""
    z = np.zeros_like(np.asarray(x))
    for _ in range(200):
        z = np.tanh(W @ z + x)
    return z


def check(answer: Answer) -> Iterator[Finding]:
    eye = np.eye(len(W))

    def slopes(out: Any) -> Any:
        return np.diag(1 - out**2)

    def solved(slope: Any, matrix: Any, g: Any) -> Any:
        """D (1 − matrix)⁻ᵀ g."""
        return slope @ np.linalg.solve((eye - matrix).T, g)

    tanh = "D is 1 − tanh² at the fixed point, and `out` is already that tanh: 1 − out². Here {}."
    yield derivative(
        fixed_point,
        lambda g, out, x: answer.fixed_point_vjp(g, out, x, W.copy()),
        (X[:3],),
        ("x",),
        mistakes=(
            Mistake("incomplete", lambda g, out, x: slopes(out) @ g, "This is D g alone, as if z did not occur on the "
                    "right-hand side: the system with 1 − D W is still to be solved."),
            Mistake("transposed", lambda g, out, x: np.linalg.solve(eye - slopes(out) @ W, slopes(out) @ g), "This solves "
                    "for dz, with g for dx. Backwards it is the transposed of (1 − D W)⁻¹ D that multiplies g."),
            Mistake("transposed", lambda g, out, x: slopes(out) @ np.linalg.solve(eye - slopes(out) @ W, g),
                    "The matrix 1 − D W is to be transposed: g comes in from the other side."),
            Mistake("order", lambda g, out, x: np.linalg.solve((eye - slopes(out) @ W).T, slopes(out) @ g),
                    "The transposed of (1 − D W)⁻¹ D has its factors in the other order: solve first, then multiply by D."),
            Mistake("incomplete", lambda g, out, x: np.linalg.solve((eye - slopes(out) @ W).T, g),
                    "The factor D on the right-hand side, D dx, is missing."),
            Mistake("sign", lambda g, out, x: solved(slopes(out), -slopes(out) @ W, g), "The matrix is 1 − D W, with a minus."),
            Mistake("order", lambda g, out, x: solved(slopes(out), W @ slopes(out), g),
                    "D and W are in the wrong order: the matrix is 1 − D W, transposed."),
            Mistake("incomplete", lambda g, out, x: solved(slopes(out), W, g), "In the matrix 1 − D W the D is missing."),
            Mistake("at-input", lambda g, out, x: g * (1 - x**2), tanh.format("it is 1 − x², and no system is solved")),
            Mistake("at-input", lambda g, out, x: solved(slopes(x), slopes(x) @ W, g), tanh.format("it is 1 − x²")),
            Mistake("at-input", lambda g, out, x: solved(slopes(np.tanh(x)), slopes(np.tanh(x)) @ W, g),
                    tanh.format("it is 1 − tanh²(x)")),
            Mistake("at-output", lambda g, out, x: solved(slopes(np.tanh(out)), slopes(np.tanh(out)) @ W, g),
                    tanh.format("it is 1 − tanh²(out)")),
        ),
    )  # fmt: skip
