"""A solution as an operation: its derivative follows from the equation that it solves.

For c(z, a) = 0 it is ∂z/∂a = −(∂c/∂z)⁻¹ ∂c/∂a, by the implicit function theorem. That is true of a solution only, and so
it is looked at before a derivative is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.convert import unbox
from ..errors import GraphError, user_line
from ..rules.op import Op
from ..transforms import jacobian, vjp
from .packing import Function, holds_values, packed

ACCURACY = 1e-3  # how far from the solution, in relation to 1 + |x|, a result may be and still have a derivative


@dataclass
class Solved:
    """What a solver found, and what is true of it.

    Attributes:
        z: the unknowns: the solution, and after it whatever else the equation is about (multipliers).
        condition: the function (z, given) that is 0 at the solution, of the shape of z.
        result: what SciPy returned.
        failure: why this is no solution, in SciPy's words.
        size: how many numbers at the beginning of z are the solution itself; None for all.
    """

    z: Any
    condition: Function
    result: Any = None
    failure: str = ""
    size: int | None = None


def implicitly(name: str, solve: Function, given: Any) -> tuple[Any, Any]:
    """z and SciPy's result of ``solve(given) -> Solved``, z being differentiable with respect to the Values in `given`.

    Raises:
        GraphError: in the backward pass, where the solver failed, the equation does not hold, or it is singular.
    """
    if not holds_values(given):
        solved = solve(given)
        return solved.z, solved.result
    vector, filled = packed(given)
    where = f"{name} at {user_line()}"
    last: dict[str, Any] = {}

    def forward(a: Any) -> Any:
        solved = solve(filled(a))
        last["solved"], last["result"] = solved, solved.result
        solved.result = None  # it will hold the solution, whose operation this is: that would be a cycle
        return solved.z

    def rule(g: Any, out: Any, a: Any) -> Any:
        solved: Solved = last["solved"]
        if solved.failure:
            raise GraphError(f"{where} found no solution, and has no derivative: {solved.failure}")
        n = int(np.size(unbox(out)))

        def condition(z: Any, a: Any) -> Any:
            return np.reshape(solved.condition(z, filled(a)), (n,))

        slope = np.reshape(jacobian(condition)(out, a), (n, n))
        _check(where, unbox(slope), unbox(condition(out, a)), unbox(out), solved.size)
        u = np.linalg.solve(slope.T, np.reshape(g, (n,)))
        return -vjp(lambda b: condition(out, b), a)[1](u)

    z = Op(forward, rule, name=name)(vector)
    return z, last.pop("result")


def _check(where: str, slope: Any, residual: Any, z: Any, size: int | None) -> None:
    """That z solves the equation, and alone: Newton's next step, which says how far off it is, must exist and be small."""
    if np.iscomplexobj(slope):
        raise GraphError(f"{where} found a complex solution, whose derivative is not defined here")
    with np.errstate(all="ignore"):
        rows = np.max(np.abs(slope), axis=1, keepdims=True)
        scaled = slope / rows
        scaled = scaled / np.max(np.abs(scaled), axis=0)
        singular = not np.all(np.isfinite(scaled)) or np.linalg.cond(scaled, 1) > 1 / np.finfo(float).eps
    if singular:
        raise GraphError(
            f"{where} has no derivative: the Jacobian of the equation that its solution satisfies is singular there. The "
            "solution is not isolated, or it is a multiple root or a minimum without curvature, or constraints repeat each other"
        )
    step = np.abs(np.linalg.solve(slope, residual))[:size]
    allowed = ACCURACY * (1 + np.abs(np.ravel(z))[:size])
    if not np.all(step <= allowed):
        raise GraphError(
            f"{where} has no derivative: its result is not a solution; one step of Newton's method would still move it by "
            f"{np.max(step):.3g}. Solve it more tightly (tol=1e-10, or options such as gtol, xtol), from a better start or by "
            "another method; a function that is not the same any more (a loop variable in a lambda) shows in this way too"
        )
