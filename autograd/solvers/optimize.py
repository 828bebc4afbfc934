"""`scipy.optimize` with derivatives filled in, and its solutions differentiable by the implicit function theorem.

The functions take SciPy's arguments. `x0` may be any nest of arrays: the function receives the same nest, and the result's
``x`` is one. Where `args` holds `Value`s, the solution depends on them and is a `Value` too: ∂x/∂a = −(∂c/∂x)⁻¹ ∂c/∂a,
where c(x, a) = 0 is the equation that the solution satisfies.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from .. import tree
from ..custom import implicit
from ..engine.convert import unbox
from ..transforms import grad, hessian, hvp, jacobian, value_and_grad
from .packing import Function, holds_values, packed

_WITHOUT_GRADIENT = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})
_WITH_PRODUCT = frozenset({"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"})
_WITH_HESSIAN = frozenset({"dogleg", "trust-exact"})
_ROOT_WITH_JACOBIAN = frozenset({"hybr", "lm"})


def minimize(
    fun: Function, x0: Any, args: Any = (), method: Any = None, jac: Any = None, hess: Any = None, hessp: Any = None,
    **options: Any,
) -> Any:  # fmt: skip
    """`scipy.optimize.minimize`, with the gradient and the Hessian's product (or the Hessian) that the method asks for.

    Args:
        fun: a scalar function ``fun(x, *args)`` of a nest of arrays in the form of `x0`.
        x0: where to begin: an array, or any nest of dicts, lists, tuples and dataclasses of arrays.
        args: more arguments of `fun`. Where they hold `Value`s, the result's ``x`` is differentiable with respect to them.
        method, jac, hess, hessp, options: as in SciPy; `jac`, `hess` and `hessp` only if they are to replace what
            is filled in; they, `bounds`, `constraints` and `callback` speak of x as one vector.

    Returns:
        SciPy's `OptimizeResult`; its ``x`` and ``jac`` have the form of `x0`.
    """
    start, unflatten = _vector(x0)
    args = args if isinstance(args, tuple) else (args,)
    found: dict[str, Any] = {}

    def flat(x: Any, *args: Any) -> Any:
        return fun(unflatten(x), *args)

    def solve(args: Any) -> Any:
        name = method.lower() if isinstance(method, str) else method
        given: dict[str, Any] = {"jac": jac, "hess": hess, "hessp": hessp}
        objective = flat
        if jac is None and name not in _WITHOUT_GRADIENT:
            objective, given["jac"] = value_and_grad(flat), True
        if hess is None and hessp is None and name in _WITH_PRODUCT:
            given["hessp"] = _direction_second(hvp(flat))
        if hess is None and hessp is None and name in _WITH_HESSIAN:
            given["hess"] = hessian(flat)
        found["result"] = optimize.minimize(objective, start, args, method, **given, **options)
        return found["result"].x

    x = _implicitly(solve, lambda x, args: grad(flat)(x, *args), args)
    result = found["result"]
    result.x = unflatten(x)
    if "jac" in result and np.shape(result.jac) == start.shape:
        result.jac = unflatten(result.jac)
    return result


def _direction_second(product: Function) -> Function:
    """A Hessian's product with its direction in second place, as SciPy passes it, rather than last."""

    def hessp(x: Any, v: Any, *args: Any) -> Any:
        return product(x, *args, v)

    return hessp


def root(fun: Function, x0: Any, args: Any = (), method: str = "hybr", jac: Any = None, **options: Any) -> Any:
    """`scipy.optimize.root`: the x with ``fun(x, *args) = 0``, with the Jacobian filled in for the methods that use one."""
    start, unflatten = _vector(x0)
    args = args if isinstance(args, tuple) else (args,)
    found: dict[str, Any] = {}

    def flat(x: Any, *args: Any) -> Any:
        return _vector(fun(unflatten(x), *args))[0]

    def solve(args: Any) -> Any:
        slope = jacobian(flat) if jac is None and method in _ROOT_WITH_JACOBIAN else jac
        found["result"] = optimize.root(lambda x, *a: unbox(flat(x, *a)), start, args, method, slope, **options)
        return found["result"].x

    x = _implicitly(solve, lambda x, given: flat(x, *given), args)
    found["result"].x = unflatten(x)
    return found["result"]


def least_squares(fun: Function, x0: Any, jac: Any = None, args: Any = (), **options: Any) -> Any:
    """`scipy.optimize.least_squares`: the x with the least ½ Σ fun(x, *args)², with the Jacobian filled in."""
    start, unflatten = _vector(x0)
    args = args if isinstance(args, tuple) else (args,)
    found: dict[str, Any] = {}

    def flat(x: Any, *args: Any) -> Any:
        return _vector(fun(unflatten(x), *args))[0]

    def solve(args: Any) -> Any:
        slope = jacobian(flat) if jac is None else jac
        found["result"] = optimize.least_squares(
            lambda x, *given: unbox(flat(x, *given)), start, slope, args=args, **options
        )
        return found["result"].x

    half_squares = grad(lambda x, given: np.sum(flat(x, *given) ** 2) / 2)
    x = _implicitly(solve, half_squares, args)
    found["result"].x = unflatten(x)
    return found["result"]


def fixed_point(func: Function, x0: Any, args: Any = (), **options: Any) -> Any:
    """`scipy.optimize.fixed_point`: the x with ``func(x, *args) = x``."""
    start = unbox(x0)
    return _implicitly(
        lambda args: np.asarray(optimize.fixed_point(func, start, args, **options))[()],
        lambda x, args: func(x, *args) - x,
        args if isinstance(args, tuple) else (args,),
    )


def brentq(f: Function, a: float, b: float, args: Any = (), **options: Any) -> Any:
    """`scipy.optimize.brentq`: the root of a function of one number between a and b."""
    return _scalar_root(lambda args: optimize.brentq(f, a, b, args, **options), f, args)


def newton(func: Function, x0: Any, fprime: Any = None, args: Any = (), **options: Any) -> Any:
    """`scipy.optimize.newton`: the root of a function of one number near `x0`, with the derivative filled in."""
    slope = grad(func) if fprime is None else fprime
    return _scalar_root(lambda args: optimize.newton(func, float(x0), slope, args, **options), func, args)


def _scalar_root(solve: Function, f: Function, args: Any) -> Any:
    args = args if isinstance(args, tuple) else (args,)
    return _implicitly(lambda args: np.float64(solve(args)), lambda x, args: f(x, *args), args)


def _implicitly(solve: Function, condition: Function, args: Any) -> Any:
    """``solve(args)``, a solution of ``condition(x, args) = 0``; differentiable where `args` holds Values."""
    if not holds_values(args):
        return solve(args)
    vector, filled = packed(args)
    return implicit(lambda a: solve(filled(a)), lambda x, a: condition(x, filled(a)))(vector)


def _vector(x: Any) -> tuple[Any, Function]:
    """A nest as one vector, and the way back. A list of numbers is an array, as it is for SciPy."""
    leaves, _ = tree.flatten(x)
    if isinstance(x, (list, tuple)) and all(isinstance(leaf, (int, float)) for leaf in leaves):
        x = np.asarray(x)
    vector, unflatten = tree.to_vector(x)
    return vector if holds_values(vector) else np.asarray(vector, dtype=np.float64), unflatten
