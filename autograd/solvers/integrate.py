"""`scipy.integrate.odeint` and `solve_ivp`, differentiable; how, says `flow.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

from .. import tree
from ..engine.convert import stack_nested, unbox
from ..errors import GraphError, UnsupportedError, user_line
from ..transforms import jacobian
from . import ivp
from .flow import Method, flow
from .packing import Function, as_tuple, holds_values, packed, spread, without_values
from .plain import Plain, guarded

_IMPLICIT = frozenset({"radau", "bdf", "lsoda"})


def odeint(func: Function, y0: Any, t: Any, args: Any = (), *more: Any, **options: Any) -> Any:
    """`scipy.integrate.odeint`: the solution of dy/dt = func(y, t, *args) at the times `t`, with y = y0 at the first.

    Differentiable with respect to `y0`, `t` and all arrays in `args`, which may be nests. With ``tfirst=True`` the function is
    called as ``func(t, y, *args)``.

    Returns:
        An array of the shape ``(len(t), len(y0))``.

    Raises:
        UnsupportedError: `func` takes a Value from its surroundings; or of Values, ``full_output`` or a critical time.
    """
    args = as_tuple(args)
    if not holds_values((y0, t, args)):
        return integrate.odeint(Plain(func, "odeint"), y0, t, args, *more, **guarded(options, "odeint"))
    refused = [name for name in ("full_output", "tcrit") if name in options and options[name] is not None]
    if [name for name in refused if options[name] is not False]:
        raise UnsupportedError(
            f"odeint of a Value at {user_line()} does not take {refused[0]}; call it for each part of the times"
        )
    if more:
        raise UnsupportedError(f"odeint of a Value at {user_line()} takes its options by name")
    options = {
        key: x for key, x in options.items() if key not in ("full_output", "tcrit", "Dfun", "col_deriv", "ml", "mu")
    }
    swapped = options.pop("tfirst", False)

    def f(y: Any, s: Any, args: Any) -> Any:
        return _like(y, func(s, y, *args) if swapped else func(y, s, *args))

    def solve(f: Function, y: Any, t: Any) -> Any:
        plain = Plain(f, "odeint")
        return integrate.odeint(plain, y, t, Dfun=jacobian(f), **_of_any_size(options))

    used: dict[str, Any] = {"method": "LSODA", "max_step": options.get("hmax") or np.inf}
    used |= {name: options.get(name) or 1.49012e-8 for name in ("rtol", "atol")}
    method = Method("odeint", solve, _of_any_size(used), implicit=True)
    return _solution(method, f, np.reshape(stack_nested(y0), (-1,)), t, args)


def solve_ivp(
    fun: Function, t_span: Any, y0: Any, method: Any = "RK45", t_eval: Any = None, dense_output: bool = False,
    events: Any = None, vectorized: bool = False, args: Any = None, **options: Any,
) -> Any:  # fmt: skip
    """`scipy.integrate.solve_ivp`: the solution of dy/dt = fun(t, y, *args) over `t_span`.

    Differentiable with respect to `y0`, `t_span`, `t_eval` and all arrays in `args`. Radau, BDF and LSODA are given the
    Jacobian. The tolerances hold for the backward pass as well; SciPy's default ``rtol=1e-3`` makes rough gradients.

    Returns:
        SciPy's result, whose ``y``, of the shape ``(len(y0), len(t))``, is a `Value`; so is ``t`` if the times are Values.

    Raises:
        GraphError: the integration failed.
        UnsupportedError: `fun` takes a Value from its surroundings; or of Values, ``dense_output`` or ``events``.
    """
    args = () if args is None else spread(args)
    if not holds_values((t_span, y0, t_eval, args)):
        given = {"dense_output": dense_output, "events": events, "vectorized": vectorized, **options}
        return integrate.solve_ivp(
            Plain(fun, "solve_ivp"), t_span, y0, method, t_eval, args=args or None, **guarded(given, "solve_ivp")
        )
    if dense_output or events is not None:
        raise UnsupportedError(f"solve_ivp of a Value at {user_line()} takes neither dense_output nor events")
    options = {key: x for key, x in options.items() if key not in ("jac", "jac_sparsity", "lband", "uband")}
    implicit = (method if isinstance(method, str) else method.__name__).lower() in _IMPLICIT
    options["method"] = method
    found: dict[str, Any] = {}

    def f(y: Any, s: Any, args: Any) -> Any:
        return _like(y, fun(s, y, *args))

    def solve(f: Function, y: Any, t: Any) -> Any:
        result = _checked(_plain_solution(f, y, (t[0], t[-1]), t, options, implicit))
        found.setdefault("result", result)
        return result.y.T

    y0 = stack_nested(y0)
    span = [x * 1.0 for x in t_span]
    chosen = t_eval is None
    if chosen:
        plain = without_values(args)
        own = _checked(_plain_solution(lambda y, s: f(y, s, plain), unbox(y0), unbox(span), None, options, implicit))
        t_eval = np.concatenate([np.reshape(span[0], (1,)), own.t[1:-1], np.reshape(span[1], (1,))])
        found["result"] = own
    t_eval = stack_nested(t_eval) if isinstance(t_eval, (list, tuple)) else t_eval
    first, last = (unbox(t_eval)[i] != unbox(span)[i] for i in (0, -1))
    t = np.concatenate(
        [*([np.reshape(span[0], (1,))] if first else []), t_eval, *([np.reshape(span[1], (1,))] if last else [])]
    )
    kept: dict[str, Any] = {key: options[key] for key in ("method", "rtol", "atol", "max_step") if key in options}
    states = _solution(Method("solve_ivp", solve, _of_any_size(kept), implicit), f, y0, t, args)
    result = found.pop("result")
    result.y = states[int(first) : np.shape(t)[0] - int(last)].T
    result.t = t_eval if holds_values(t_eval) else unbox(t_eval)
    return result


def _plain_solution(f: Function, y: Any, span: Any, t: Any, options: dict[str, Any], implicit: bool) -> Any:
    """SciPy's result for y′ = f(y, t), with the Jacobian where the method has a use for it."""
    slope = {"jac": lambda s, y: jacobian(f)(y, s)} if implicit else {}
    return ivp.solve_ivp(Plain(lambda s, y: f(y, s), "solve_ivp"), span, y, t_eval=t, **slope, **_of_any_size(options))


def _checked(result: Any) -> Any:
    if not result.success:
        raise GraphError(f"solve_ivp at {user_line()} failed, and has no derivative: {result.message}")
    return result


def _of_any_size(options: dict[str, Any]) -> dict[str, Any]:
    """The options, fit for the equations of the derivatives, whose state is longer: one tolerance in place of one for each
    number."""
    return {name: np.min(x) if name in ("atol", "rtol") and np.ndim(x) else x for name, x in options.items()}


def _solution(method: Method, f: Function, y0: Any, t: Any, args: Any) -> Any:
    """The states at the times `t`, where f is a function of (y, t, args)."""
    if any(np.iscomplexobj(x) for x in tree.flatten((unbox(y0), unbox(args)))[0]):
        raise UnsupportedError(
            f"{method.name} of complex Values at {user_line()} has no derivative: write the equation for the real and the "
            "imaginary part"
        )
    parameters, filled = packed(args)

    times = stack_nested(t) if isinstance(t, (list, tuple)) else t
    return flow(method, lambda y, s, p: f(y, s, filled(p)), y0, times, parameters)


def _like(y: Any, slope: Any) -> Any:
    """What a right-hand side returned, as one vector of the shape of the state."""
    slope = stack_nested(slope) if isinstance(slope, (list, tuple)) else slope
    return slope if np.shape(slope) == np.shape(y) else np.zeros_like(y) + np.reshape(slope, (-1,))
