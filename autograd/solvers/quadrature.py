"""Integrals of functions, differentiable in their limits and parameters by Leibniz's rule.

For F = ∫ f(t, p) dt from a to b: ∂F/∂a = −f(a, p), ∂F/∂b = f(b, p), ∂F/∂p = ∫ ∂f/∂p dt. The last is an integral of the
same kind, and so there are derivatives of every order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate, special

from ..engine.convert import stack_nested, unbox
from ..errors import UnsupportedError, user_line
from ..rules.op import Op
from ..transforms import vjp
from .packing import Function, as_tuple, holds_values, packed
from .plain import Plain, check_unchanged


def quad(func: Function, a: Any, b: Any, args: Any = (), full_output: Any = 0, **options: Any) -> Any:
    """`scipy.integrate.quad`: ∫ func(t, *args) dt from `a` to `b`, and an estimate of the error.

    The integral is differentiable with respect to `a`, `b` and all arrays in `args`. With ``weight=`` the limits are constants.

    Returns:
        The pair (integral, error), and what else SciPy returns with `full_output`.
    """
    args = as_tuple(args)
    function = Plain(func, "quad") if callable(func) else func
    if not holds_values((a, b, args)):
        return integrate.quad(function, unbox(a), unbox(b), args, full_output, **options)
    if options.get("complex_func"):
        raise UnsupportedError(f"quad of a Value at {user_line()} does not take complex_func: integrate the parts")
    weighted = options.get("weight") is not None
    if weighted and holds_values((a, b)):
        raise UnsupportedError(f"quad of a Value at {user_line()}: with weight= the limits must be plain numbers")
    report: dict[str, Any] = {}

    def first(f: Function, a: Any, b: Any) -> Any:
        found, *rest = integrate.quad(f, a, b, (), full_output, **options)
        report["rest"] = rest
        return np.float64(found)

    def further(f: Function, a: Any, b: Any) -> Any:
        if not weighted:
            names = {"epsabs": 1.49e-8, "epsrel": 1.49e-8, "points": None}
            return integrate.quad_vec(f, a, b, **{name: options.get(name, default) for name, default in names.items()})[
                0
            ]
        shape = np.shape(f(_between(a, b)))
        parts = [integrate.quad(lambda t, i=i: f(t)[i], a, b, **options)[0] for i in np.ndindex(shape)]
        return np.reshape(parts, shape)

    parameters, filled = packed(args)
    out = _integral("quad", first, further, lambda t, p: func(t, *filled(p)), a, b, parameters)
    return (out, *report["rest"])


def quad_vec(f: Function, a: Any, b: Any, *more: Any, args: Any = (), full_output: bool = False, **options: Any) -> Any:
    """`scipy.integrate.quad_vec`: ∫ f(t, *args) dt of a function whose values are arrays, differentiable as `quad` is."""
    args = as_tuple(args)
    if not holds_values((a, b, args)):
        return integrate.quad_vec(
            Plain(f, "quad_vec"), unbox(a), unbox(b), *more, args=args, full_output=full_output, **options
        )
    report: dict[str, Any] = {}

    def solve(f: Function, a: Any, b: Any) -> Any:
        found, *report["rest"] = integrate.quad_vec(f, a, b, *more, full_output=full_output, **options)
        return found

    parameters, filled = packed(args)
    out = _integral("quad_vec", solve, solve, lambda t, p: f(t, *filled(p)), a, b, parameters)
    return (out, *report["rest"])


def _integral(name: str, solver: Function, further: Function, f: Function, a: Any, b: Any, p: Any) -> Any:
    """∫ f(t, p) dt as one operation on one vector of all inputs; its derivatives are integrals by the solver `further`."""
    last: dict[str, Any] = {}
    where = f"{name} at {user_line()}"

    def forward(z: Any) -> Any:
        integrand = Plain(lambda t: f(t, z[2:]), name)
        last["probe"] = integrand(_between(z[0], z[1]))
        return solver(integrand, z[0], z[1])

    def rule(g: Any, out: Any, z: Any) -> Any:
        plain = unbox(z)
        check_unchanged(where, unbox(f(_between(plain[0], plain[1]), plain[2:])), last["probe"])
        a, b, p = z[0], z[1], z[2:]
        ends = [_weighed(f, end, p, g) for end in (a, b)]
        n, shape = np.shape(p)[0], np.shape(out)

        def slope(t: Any, q: Any) -> Any:
            return vjp(lambda p: f(t, p), q[:n])[1](np.reshape(q[n:], shape))

        of_p = _integral(name, further, further, slope, a, b, np.concatenate([p, np.reshape(g, (-1,))])) if n else p
        return np.concatenate([np.stack([-ends[0], ends[1]]), of_p])

    return Op(forward, rule, name=name)(np.concatenate([np.stack([a * 1.0, b * 1.0]), p]))


def _weighed(f: Function, end: Any, p: Any, g: Any) -> Any:
    """Σ g · f at one of the limits; 0 at an infinite one, which cannot move."""
    return np.sum(g * f(end, p)) if np.isfinite(unbox(end)) else np.sum(g) * 0.0


def _between(a: Any, b: Any) -> Any:
    """Some number inside (a, b), where the integrand can be looked at."""
    low, high = (np.arctan(end) for end in (a, b))
    return np.tan(low + 0.4123 * (high - low))


def dblquad(func: Function, a: Any, b: Any, gfun: Any, hfun: Any, args: Any = (), **options: Any) -> Any:
    """`scipy.integrate.dblquad`: ∫∫ func(y, x, *args) dy dx, x from `a` to `b`, y from gfun(x) to hfun(x).

    Differentiable with respect to `a`, `b`, `args`, and limits of y that are Values (not what functions for them take from
    their surroundings).
    """
    if not holds_values((a, b, gfun, hfun, args)):
        plain = [Plain(x, "dblquad") if callable(x) else x for x in (func, gfun, hfun)]
        return integrate.dblquad(plain[0], a, b, *plain[1:], args, **options)

    def inner(x: Any, low: Any, high: Any, *args: Any) -> Any:
        return quad(func, _at(low, x), _at(high, x), (x, *args), **options)[0]

    return quad(inner, a, b, (gfun, hfun, *as_tuple(args)), **options)


def _at(limit: Any, *x: Any) -> Any:
    return limit(*x) if callable(limit) else limit


def fixed_quad(func: Function, a: Any, b: Any, args: Any = (), n: int = 5) -> tuple[Any, None]:
    """`scipy.integrate.fixed_quad`: Gauss and Legendre's rule with `n` points, (b − a)/2 Σ wᵢ func((b − a)(xᵢ + 1)/2 + a)."""
    nodes, weights = special.roots_legendre(n)
    y = (b - a) * (nodes + 1) / 2 + a
    values = func(y, *as_tuple(args))
    return (b - a) / 2 * np.sum(weights * (stack_nested(values) if isinstance(values, list) else values), axis=-1), None
