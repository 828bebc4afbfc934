"""The check of `fixed_point`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.elsewhere import constant
from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(3)
X = _R.normal(size=3)
# W, by its size; with that of size 2 the iteration takes many steps.
MATRICES = {
    3: constant(0.3 * _R.normal(size=(3, 3))), 5: constant(0.2 * _R.normal(size=(5, 5))),
    2: constant([[0.0, 0.9], [0.9, 0.0]]),
}  # fmt: skip
ALSO = (-2 * X, _R.normal(size=5), np.array([0.1, -0.2]), np.array([0.7, 0.6]))


def iterated(x: Any) -> Any:
    z = 0.0 * x
    for _ in range(200):
        z = np.tanh(MATRICES[len(x)] @ z + x)
    return z


def fixed_point(x: Any) -> Any:
    """On plain arrays only: two hundred uses of one input are no news to anybody."""
    return iterated(np.asarray(x))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(
        fixed_point,
        lambda g, out, x: answer.fixed_point_vjp(g, out, x, MATRICES[len(x)]),
        (X,),
        ("x",),
        mistakes=_mistakes(),
        also=[(x,) for x in ALSO],
        exact=iterated,
    )


def _mistakes() -> tuple[Mistake, ...]:
    def w(x: Any) -> Any:
        return MATRICES[len(x)]

    def slopes(out: Any) -> Any:
        return np.diag(1 - out**2)

    def solved(slope: Any, matrix: Any, g: Any) -> Any:
        """D (1 − matrix)⁻ᵀ g."""
        return slope @ np.linalg.solve((np.eye(len(g)) - matrix).T, g)

    tanh = "D is 1 − tanh² at the fixed point, and `out` is already that tanh: 1 − out². Here {}."
    return (
        Mistake("incomplete", lambda g, out, x: slopes(out) @ g, "This is D g alone, as if z did not occur on the "
                "right-hand side: the system with 1 − D W is still to be solved."),
        Mistake("transposed", lambda g, out, x: np.linalg.solve(np.eye(len(g)) - slopes(out) @ w(x), slopes(out) @ g),
                "This solves for dz, with g for dx. Backwards it is the transposed of (1 − D W)⁻¹ D that multiplies g."),
        Mistake("transposed", lambda g, out, x: slopes(out) @ np.linalg.solve(np.eye(len(g)) - slopes(out) @ w(x), g),
                "The matrix 1 − D W is to be transposed: g comes in from the other side."),
        Mistake("order", lambda g, out, x: np.linalg.solve((np.eye(len(g)) - slopes(out) @ w(x)).T, slopes(out) @ g),
                "The transposed of (1 − D W)⁻¹ D has its factors in the other order: solve first, then multiply by D."),
        Mistake("incomplete", lambda g, out, x: np.linalg.solve((np.eye(len(g)) - slopes(out) @ w(x)).T, g),
                "The factor D on the right-hand side, D dx, is missing."),
        Mistake("sign", lambda g, out, x: solved(slopes(out), -slopes(out) @ w(x), g), "The matrix is 1 − D W, with a minus."),
        Mistake("order", lambda g, out, x: solved(slopes(out), w(x) @ slopes(out), g),
                "The slopes stand on the wrong side: dᵢ multiplies row i of W, which is column i of its transposed, as in "
                "(1 − D W)ᵀ = 1 − Wᵀ D; here it is the other way round, dᵢ with column i of W."),
        Mistake("incomplete", lambda g, out, x: solved(slopes(out), w(x), g), "In the matrix 1 − D W the D is missing."),
        Mistake("at-input", lambda g, out, x: g * (1 - x**2), tanh.format("it is 1 − x², and no system is solved")),
        Mistake("at-input", lambda g, out, x: solved(slopes(x), slopes(x) @ w(x), g), tanh.format("it is 1 − x²")),
        Mistake("at-input", lambda g, out, x: solved(slopes(np.tanh(x)), slopes(np.tanh(x)) @ w(x), g),
                tanh.format("it is 1 − tanh²(x)")),
        Mistake("at-output", lambda g, out, x: solved(slopes(np.tanh(out)), slopes(np.tanh(out)) @ w(x), g),
                tanh.format("it is 1 − tanh²(out)")),
    )  # fmt: skip
