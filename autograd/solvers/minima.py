"""`scipy.optimize`'s minimisers, with derivatives filled in and minima that are differentiable."""

from __future__ import annotations

from typing import Any

from scipy import optimize

from ..engine.convert import unbox
from ..transforms import grad, hessian, hvp, value_and_grad
from .implicit import Solved, implicitly
from .kkt import bound_limits, constraint_limit, constraint_list, plain_bounds, plain_constraint, stationary
from .packing import Function, as_tuple, as_vector, holds_values, without_values
from .plain import Plain, guarded

_WITHOUT_GRADIENT = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})
_WITH_PRODUCT = frozenset({"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"})
_WITH_HESSIAN = frozenset({"dogleg", "trust-exact"})


def minimize(
    fun: Function, x0: Any, args: Any = (), method: Any = None, jac: Any = None, hess: Any = None, hessp: Any = None,
    bounds: Any = None, constraints: Any = (), tol: Any = None, callback: Any = None, options: Any = None,
) -> Any:  # fmt: skip
    """`scipy.optimize.minimize`, with the gradient and the Hessian's product (or the Hessian) that the method asks for.

    Args:
        fun: a scalar function ``fun(x, *args)`` of a nest of arrays in the form of `x0`.
        x0: where to begin: an array, or any nest of dicts, lists, tuples and dataclasses of arrays.
        args: more arguments of `fun`. Where they hold `Value`s, the result's ``x``, ``fun`` and ``jac`` are differentiable
            with respect to them; so they are where Values stand in `bounds`, in a constraint's ``args`` and in its limits.
        jac, hess, hessp: only if they are to replace what is filled in.
        bounds, constraints, method, tol, callback, options: as in SciPy. They, `jac`, `hess` and `hessp` speak of x as one
            vector.

    Returns:
        SciPy's `OptimizeResult`; its ``x`` and ``jac`` have the form of `x0`.
    """
    start, unflatten = as_vector(without_values(x0))
    listed = constraint_list(constraints)
    given = (as_tuple(args), bound_limits(bounds), [constraint_limit(c) for c in listed])
    wanted = holds_values(given)

    def returned(x: Any, *args: Any) -> Any:
        return fun(unflatten(x), *args)

    def flat(x: Any, *args: Any) -> Any:
        return returned(x, *args)[0] if jac is True else returned(x, *args)

    def solve(given: Any) -> Solved:
        args, limits_of_x, limits = given
        filled = _derivatives(returned, flat, method, jac, hess, hessp)
        result = optimize.minimize(
            x0=start, args=args, method=method, bounds=plain_bounds(bounds, limits_of_x),
            constraints=[plain_constraint(c, limit, "minimize") for c, limit in zip(listed, limits, strict=True)],
            tol=tol, callback=guarded(callback, "minimize"), options=options, **guarded(filled, "minimize"),
        )  # fmt: skip
        if not wanted:
            return Solved(result.x, flat, result)
        z, equation = stationary(lambda x: flat(x, *args), result.x, limits_of_x + limits)

        def condition(z: Any, given: Any) -> Any:
            return equation(z, lambda x: flat(x, *given[0]), given[1] + given[2])

        return Solved(z, condition, result, "" if result.success else str(result.message), len(start))

    z, result = implicitly("minimize", solve, given)
    x = z[: len(start)]
    if wanted:
        result.fun = flat(x, *given[0])
    if "jac" in result and result.jac is not None and getattr(result.jac, "shape", None) == start.shape:
        result.jac = unflatten(grad(flat)(x, *given[0]) if wanted else result.jac)
    result.x = unflatten(x)
    return result


def _derivatives(returned: Function, flat: Function, method: Any, jac: Any, hess: Any, hessp: Any) -> dict[str, Any]:
    """The objective and its derivatives, the missing ones filled in, as keywords for SciPy."""
    name = method.lower() if isinstance(method, str) else method
    found: dict[str, Any] = {"fun": returned, "jac": jac, "hess": hess, "hessp": hessp}
    if jac is None and name not in _WITHOUT_GRADIENT:
        found |= {"fun": value_and_grad(flat), "jac": True}
    if hess is None and hessp is None and name in _WITH_PRODUCT:
        found["hessp"] = _direction_second(hvp(flat))
    if hess is None and hessp is None and name in _WITH_HESSIAN:
        found["hess"] = hessian(flat)
    return found


def _direction_second(product: Function) -> Function:
    """A Hessian's product with its direction in second place, as SciPy passes it, rather than last."""

    def hessp(x: Any, v: Any, *args: Any) -> Any:
        return product(x, *args, v)

    return hessp


def minimize_scalar(
    fun: Function, bracket: Any = None, bounds: Any = None, args: Any = (), method: Any = None, tol: Any = None,
    options: Any = None,
) -> Any:  # fmt: skip
    """`scipy.optimize.minimize_scalar`: the minimum of a function of one number; ``x`` and ``fun`` differentiable in `args`.

    Between `bounds` (which may hold Values) a minimum at one of them moves with it.
    """
    given = (as_tuple(args), bound_limits(None if bounds is None else [tuple(bounds)]))
    wanted = holds_values(given)

    def solve(given: Any) -> Solved:
        args, limits = given
        result = optimize.minimize_scalar(
            Plain(fun, "minimize_scalar"), unbox(bracket), unbox(bounds), args, method, tol, options
        )
        if not wanted:
            return Solved(result.x, fun, result)
        z, equation = stationary(lambda x: fun(x[0], *args), unbox(result.x).reshape(1), limits)

        def condition(z: Any, given: Any) -> Any:
            return equation(z, lambda x: fun(x[0], *given[0]), given[1])

        return Solved(z, condition, result, "" if result.success else str(result.message), 1)

    z, result = implicitly("minimize_scalar", solve, given)
    if wanted:
        result.x = z[0]
        result.fun = fun(result.x, *given[0])
    return result
