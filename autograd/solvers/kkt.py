"""Minima under bounds and constraints, as solutions of an equation.

At a minimum of f under the equations h(x) = 0 and the inequalities h(x) ≥ 0 there are multipliers λ with ∇f = λᵀ∇h, and
λ = 0 for every inequality that does not hold the minimum back (W. Karush 1939; H. Kuhn and A. Tucker 1951). Those that do
are active, and are equations near by. So the unknowns z = (x, λ) of f and its active constraints satisfy

    ∇f − λᵀ∇h = 0,   h = 0.

An inequality at which x lies, but which does not hold it back (λ = 0: weakly active), counts as inactive; there the
minimum has two one-sided derivatives.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from scipy import optimize

from ..engine.convert import stack_nested, unbox
from ..transforms import grad, hvp, jacobian
from .packing import Function, holds_values, spread
from .plain import Plain

NEAR = 1e-3  # how close, in relation to 1 + |x|, an inequality must come to be looked at
WEAK = 1e-7  # how far it must hold x back, in the same measure, to be active

Limit = dict[str, Any]  # lower ≤ fun(x, *args) ≤ upper


def bound_limits(bounds: Any) -> list[Limit]:
    """The bounds of x, given as pairs, as `Bounds`, or not at all."""
    if bounds is None:
        return []
    if isinstance(bounds, optimize.Bounds):
        return [limits_of_x(bounds.lb, bounds.ub)]
    lower = [-np.inf if low is None else low for low, _ in bounds]
    return [limits_of_x(lower, [np.inf if high is None else high for _, high in bounds])]


def limits_of_x(lower: Any, upper: Any) -> Limit:
    """The limits of the vector x itself."""
    return {"fun": lambda x: x, "args": (), "lower": stack_nested(lower), "upper": stack_nested(upper)}


def constraint_list(constraints: Any) -> list[Any]:
    """The constraints one by one: SciPy takes one alone as well."""
    kinds = (dict, optimize.LinearConstraint, optimize.NonlinearConstraint)
    return [constraints] if isinstance(constraints, kinds) else list(constraints)


def constraint_limit(constraint: Any) -> Limit:
    """A constraint of one of SciPy's three kinds."""
    if isinstance(constraint, dict):
        upper = 0.0 if constraint["type"].lower() == "eq" else np.inf
        return {"fun": constraint["fun"], "args": spread(constraint.get("args", ())), "lower": 0.0, "upper": upper}
    ends = {"lower": constraint.lb, "upper": constraint.ub}
    if isinstance(constraint, optimize.LinearConstraint):
        matrix = constraint.A.toarray() if hasattr(constraint.A, "toarray") else constraint.A
        return {"fun": lambda x, matrix: matrix @ x, "args": (matrix,), **ends}
    return {"fun": constraint.fun, "args": (), **ends}


def plain_bounds(bounds: Any, limits: list[Limit]) -> Any:
    """The bounds for SciPy, with the numbers of `limits`."""
    return optimize.Bounds(limits[0]["lower"], limits[0]["upper"]) if _with_values(bounds) else bounds


def _with_values(bounds: Any) -> bool:
    return holds_values((bounds.lb, bounds.ub) if isinstance(bounds, optimize.Bounds) else bounds)


def plain_constraint(constraint: Any, limit: Limit, solver: str) -> Any:
    """The constraint for SciPy, with the numbers of `limit`."""
    if isinstance(constraint, optimize.LinearConstraint):
        return optimize.LinearConstraint(limit["args"][0], limit["lower"], limit["upper"], constraint.keep_feasible)
    advice = f"Write the constraint as a dict, {{'type': …, 'fun': …, 'args': (value,)}}, for {solver}"
    if isinstance(constraint, dict):
        given = {key: Plain(constraint[key], solver, advice) for key in ("fun", "jac") if callable(constraint.get(key))}
        return {**constraint, **given, "args": limit["args"]}
    new = copy.copy(constraint)
    new.fun, new.lb, new.ub = Plain(constraint.fun, solver, advice), limit["lower"], limit["upper"]
    return new


def gaps(x: Any, limits: list[Limit]) -> tuple[Any, Any]:
    """All constraints as one vector h(x), of which every element is to be ≥ 0 or, where the second result says so, = 0."""
    parts, equations = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for limit in limits:
        value = limit["fun"](x, *limit["args"])
        value = np.reshape(stack_nested(value) if isinstance(value, (list, tuple)) else value, (-1,))
        lower, upper = (np.broadcast_to(limit[end], np.shape(value)) for end in ("lower", "upper"))
        low, high = np.asarray(unbox(lower)), np.asarray(unbox(upper))
        equal = np.flatnonzero(low == high)
        above, below = np.flatnonzero(np.isfinite(low) & (low < high)), np.flatnonzero(np.isfinite(high) & (low < high))
        parts += [value[equal] - lower[equal], value[above] - lower[above], upper[below] - value[below]]
        equations += [np.ones(len(equal), dtype=bool), np.zeros(len(above) + len(below), dtype=bool)]
    return np.concatenate(parts), np.concatenate(equations)


def stationary(f: Function, x: Any, limits: list[Limit]) -> tuple[Any, Function]:
    """The unknowns z = (x, λ) at the minimum `x` of f(x), and their equation, a function of (z, f, limits).

    All arguments are plain numbers; the equation takes Values too.
    """
    n = np.size(x)
    active, multipliers = _active(f, x, limits) if limits else (np.zeros(0, dtype=int), np.zeros(0))

    def equation(z: Any, f: Function, limits: list[Limit]) -> Any:
        if not len(active):
            return grad(f)(z)
        x, multipliers = z[:n], z[n:]
        lagrangian = grad(lambda x: f(x) - np.sum(multipliers * gaps(x, limits)[0][active]))
        return np.concatenate([lagrangian(x), gaps(x, limits)[0][active]])

    return np.concatenate([x, multipliers]), equation


def _active(f: Function, x: Any, limits: list[Limit]) -> tuple[Any, Any]:
    """Which constraints hold the minimum back, and their multipliers.

    An inequality does if the minimum along its normal, by Newton's method, lies on the other side of it. That needs no
    scale, and tells a bound that an interior-point method only came near from one that is near by chance.
    """
    gap, equations = gaps(x, limits)
    slopes = np.reshape(jacobian(lambda x: gaps(x, limits)[0])(x), (len(gap), len(x)))
    gradient, curvature = grad(f)(x), hvp(f)
    norms = np.sqrt(np.sum(slopes**2, axis=1))
    scale = 1 + np.max(np.abs(x))
    near = np.flatnonzero(equations | (gap <= NEAR * norms * scale))
    normal, sided = slopes[near], ~equations[near]
    both = np.concatenate([normal, -normal[~sided]]).T
    found = optimize.nnls(both, gradient)[0] if both.size else np.zeros(0)
    force = found[: len(near)] * norms[near]

    def holds(i: int) -> bool:
        if not force[i]:
            return False
        unit = normal[i] / norms[near[i]]
        bend = np.sum(unit * curvature(x, unit))
        reach = max(gap[near[i]], 0.0) / norms[near[i]] + WEAK * scale
        return bool(force[i] > bend * reach)

    active = near[[not sided[i] or holds(i) for i in range(len(near))]]
    return active, np.linalg.lstsq(slopes[active].T, gradient, rcond=None)[0]
