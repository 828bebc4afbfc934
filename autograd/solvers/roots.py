"""`scipy.optimize`'s root finders, with derivatives filled in and roots that are differentiable."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from ..engine.convert import unbox
from ..transforms import elementwise_grad, jacobian
from .implicit import Solved, implicitly
from .packing import Function, as_tuple, as_vector, holds_values, without_values
from .plain import Plain, call, guarded

_ROOT_WITH_JACOBIAN = frozenset({"hybr", "lm"})


def root(fun: Function, x0: Any, args: Any = (), method: str = "hybr", jac: Any = None, **options: Any) -> Any:
    """`scipy.optimize.root`: the x with ``fun(x, *args) = 0``, with the Jacobian filled in for the methods that use one.

    Where `args` holds `Value`s, the result's ``x`` and ``fun`` are differentiable with respect to them.
    """
    start, unflatten = as_vector(without_values(x0))
    given = as_tuple(args)
    wanted = holds_values(given)

    def flat(x: Any, *args: Any) -> Any:
        return as_vector(_first(fun(unflatten(x), *args), jac is True))[0]

    def both(x: Any, *args: Any) -> Any:
        value, slope = fun(unflatten(x), *args)
        return as_vector(value)[0], slope

    def solve(given: Any) -> Solved:
        slope = jacobian(flat) if jac is None and method in _ROOT_WITH_JACOBIAN else jac
        filled = {"fun": both if jac is True else flat, "jac": slope, **options}
        result = call(optimize.root, x0=start, args=given, method=method, **guarded(filled, "root"))
        return Solved(result.x, lambda x, given: flat(x, *given), result, "" if result.success else str(result.message))

    x, result = implicitly("root", solve, given)
    if wanted:
        result.fun = flat(x, *given)
    result.x = unflatten(x)
    return result


def _first(out: Any, paired: bool) -> Any:
    return out[0] if paired else out


def fsolve(
    func: Function, x0: Any, args: Any = (), fprime: Any = None, full_output: Any = False, **options: Any
) -> Any:
    """`scipy.optimize.fsolve`: the x with ``func(x, *args) = 0``, differentiable with respect to `args`."""
    start = np.atleast_1d(unbox(x0))
    given = as_tuple(args)
    wanted = holds_values(given)

    def flat(x: Any, *args: Any) -> Any:
        return as_vector(func(x, *args))[0]

    def solve(given: Any) -> Solved:
        slope = jacobian(flat) if wanted and fprime is None else fprime
        filled = guarded({"func": func, "fprime": slope, **options}, "fsolve")
        result = call(optimize.fsolve, x0=start, args=given, full_output=wanted or full_output, **filled)
        if not wanted:
            return Solved(result, flat)
        x, _, status, message = result
        return Solved(x, lambda x, given: flat(x, *given), result, "" if status == 1 else message)

    x, result = implicitly("fsolve", solve, given)
    if not wanted or not full_output:
        return x
    result[1]["fvec"] = flat(x, *given)
    return (x, *result[1:])


def fixed_point(func: Function, x0: Any, args: Any = (), **options: Any) -> Any:
    """`scipy.optimize.fixed_point`: the x with ``func(x, *args) = x``, differentiable with respect to `args`."""

    def solve(given: Any) -> Solved:
        x = optimize.fixed_point(Plain(func, "fixed_point"), unbox(x0), given, **options)
        return Solved(np.asarray(x)[()], lambda x, given: func(x, *given) - x)

    return implicitly("fixed_point", solve, as_tuple(args))[0]


def _bracketing(name: str) -> Function:
    """SciPy's function `name`, which finds the root of a function of one number between two."""
    method = getattr(optimize, name)

    def find(f: Function, a: Any, b: Any, args: Any = (), *more: Any, **options: Any) -> Any:
        def search(args: Any, **keywords: Any) -> Any:
            return call(method, Plain(f, name), unbox(a), unbox(b), args, *more, **{**options, **keywords})

        return _number(name, search, f, args, bool(options.get("full_output")))

    find.__name__ = find.__qualname__ = name
    find.__doc__ = (
        f"`scipy.optimize.{name}`: the root of f(x, *args), a function of one number, between `a` and `b`.\n\n"
        "    Differentiable with respect to `args`; the ends have no influence on it.\n    "
    )
    return find


def _number(name: str, search: Function, f: Function, args: Any, report: bool) -> Any:
    """The root that ``search(args, full_output=)`` finds, with SciPy's report on it if wanted."""
    given = as_tuple(args)
    wanted = holds_values(given)

    def solve(given: Any) -> Solved:
        if not wanted:
            return Solved(search(given), f)
        x, *rest = search(given, full_output=True)
        converged = np.all(rest[0] if len(rest) == 2 else rest[0].converged)
        return Solved(np.float64(x) if np.ndim(x) == 0 and not np.iscomplexobj(x) else x,
                      lambda x, given: f(x, *given), rest, "" if converged else "it did not converge")  # fmt: skip

    x, rest = implicitly(name, solve, given)
    if not wanted or not report:
        return x
    if len(rest) == 1:
        rest[0].root = x
    return (x, *rest)


bisect, brenth, brentq, ridder, toms748 = map(_bracketing, ("bisect", "brenth", "brentq", "ridder", "toms748"))


def newton(func: Function, x0: Any, fprime: Any = None, args: Any = (), **options: Any) -> Any:
    """`scipy.optimize.newton`: a root of `func` near `x0` (of an array, element by element), with the derivative filled in.

    Differentiable with respect to `args`. With a second start ``x1`` it is the secant method, and needs no derivative.
    """
    start = unbox(x0) if np.ndim(x0) else unbox(x0) * 1.0
    slope = elementwise_grad(func) if fprime is None and options.get("x1") is None else fprime
    filled = guarded({"func": func, "fprime": slope, **options}, "newton")
    return _number(
        "newton", lambda args, **more: optimize.newton(x0=start, args=args, **{**filled, **more}), func, args,
        bool(options.get("full_output")),
    )  # fmt: skip


def root_scalar(
    f: Function, args: Any = (), method: Any = None, bracket: Any = None, fprime: Any = None, fprime2: Any = None, x0: Any = None,
    **options: Any,
) -> Any:  # fmt: skip
    """`scipy.optimize.root_scalar`, with the first and second derivative filled in for ``method="newton"`` and "halley".

    The result's ``root`` is differentiable with respect to `args`.
    """
    paired = fprime is True or fprime2 is True

    def value(x: Any, *args: Any) -> Any:
        return _first(f(x, *args), paired)

    name = method.lower() if isinstance(method, str) else method
    first = elementwise_grad(value) if fprime is None and name in ("newton", "halley") else fprime
    second = elementwise_grad(elementwise_grad(value)) if fprime2 is None and name == "halley" else fprime2

    def solve(given: Any) -> Solved:
        filled = guarded({"f": f, "fprime": first, "fprime2": second}, "root_scalar")
        result = call(
            optimize.root_scalar,
            args=given,
            method=method,
            bracket=unbox(bracket),
            x0=unbox(x0),
            **unbox(options),
            **filled,
        )
        failure = "" if result.converged else f"it did not converge ({result.flag})"
        return Solved(np.float64(result.root), lambda x, given: value(x, *given), result, failure)

    x, result = implicitly("root_scalar", solve, as_tuple(args))
    result.root = x
    return result
