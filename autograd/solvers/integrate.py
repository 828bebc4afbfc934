"""`scipy.integrate.odeint` and `solve_ivp`, differentiable by the adjoint equation.

For y′ = f(y, t, p) the cotangent a(t) of the state satisfies a′ = −aᵀ∂f/∂y, backwards in time, and collects ∫ aᵀ∂f/∂p dt for
the parameters (L. S. Pontryagin et al., 1962; R. T. Q. Chen et al., "Neural ordinary differential equations", 2018,
appendix B). Between two output times the state is integrated backwards along with it, each time from the stored one. The
backward pass is such an integration itself, and so has derivatives of every order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

from ..custom import defvjp, primitive
from ..engine.convert import stack_nested, unbox
from ..errors import GraphError, UnsupportedError, user_line
from ..transforms import vjp
from .packing import Function, packed


def odeint(func: Function, y0: Any, t: Any, args: Any = (), **options: Any) -> Any:
    """`scipy.integrate.odeint`: the solution of dy/dt = func(y, t, *args) at the times `t`, with y = y0 at the first.

    Differentiable with respect to `y0`, `t` and all arrays in `args`, which may be nests; what `func` takes from its
    surroundings instead is constant. With ``tfirst=True`` the function is called as ``func(t, y, *args)``.

    Returns:
        An array of the shape ``(len(t), len(y0))``.
    """
    refused = [name for name in ("full_output", "Dfun") if options.get(name)]
    if refused:
        raise UnsupportedError(f"odeint of a Value at {user_line()} does not take {refused[0]}")
    swapped = options.pop("tfirst", False)

    def f(y: Any, s: Any, args: Any) -> Any:
        return func(s, y, *args) if swapped else func(y, s, *args)

    def solver(f: Function, y: Any, t: Any) -> Any:
        return integrate.odeint(f, y, t, **_of_any_size(options))

    return _solution(solver, f, np.atleast_1d(y0), t, args if isinstance(args, tuple) else (args,))


def solve_ivp(
    fun: Function, t_span: Any, y0: Any, method: Any = "RK45", t_eval: Any = None, dense_output: bool = False,
    events: Any = None, vectorized: bool = False, args: Any = None, **options: Any,
) -> Any:  # fmt: skip
    """`scipy.integrate.solve_ivp`: the solution of dy/dt = fun(t, y, *args) over `t_span`.

    Differentiable with respect to `y0`, `t_span`, `t_eval` and all arrays in `args`. The tolerances hold for the backward
    pass as well; SciPy's default ``rtol=1e-3`` makes rough gradients.

    Returns:
        SciPy's result, whose ``y``, of the shape ``(len(y0), len(t))``, is a `Value`.
    """
    if dense_output or events is not None:
        raise UnsupportedError(f"solve_ivp of a Value at {user_line()} takes neither dense_output nor events")
    args = () if args is None else tuple(args)
    options = {"method": method, **options}
    first, last = unbox(t_span)
    times = unbox(t_eval) if t_eval is not None else None
    plain = integrate.solve_ivp(fun, (first, last), unbox(y0), t_eval=times, args=unbox(args), **options)
    if not plain.success:
        raise GraphError(f"solve_ivp at {user_line()} failed, and has no derivative: {plain.message}")

    def solver(f: Function, y: Any, t: Any) -> Any:
        result = integrate.solve_ivp(lambda s, y: f(y, s), (t[0], t[-1]), y, t_eval=t, **_of_any_size(options))
        return result.y.T

    start, end = np.reshape(t_span[0], (1,)), np.reshape(t_span[1], (1,))
    wanted = np.concatenate([plain.t[1:-1], end]) if t_eval is None else t_eval
    t = np.concatenate([start, wanted]) if t_eval is None or unbox(t_eval)[0] != first else t_eval
    solution = _solution(solver, lambda y, s, args: fun(s, y, *args), y0, t, args)
    plain.y = (solution if t_eval is None or len(t) == len(t_eval) else solution[1:]).T
    return plain


def _of_any_size(options: dict[str, Any]) -> dict[str, Any]:
    """The options, fit for the backward equation, whose state is longer: one tolerance in place of one for each number."""
    return {name: np.min(x) if name in ("atol", "rtol") and np.ndim(x) else x for name, x in options.items()}


def _solution(solver: Function, f: Function, y0: Any, t: Any, args: Any) -> Any:
    """The states at the times `t`, where f is a function of (y, t, args)."""
    parameters, filled = packed(args)
    return _flow(solver, lambda y, s, p: _array(f(y, s, filled(p))), _array(y0), _array(t), parameters)


def _array(x: Any) -> Any:
    return stack_nested(x) if isinstance(x, (list, tuple)) else x


def _flow(solver: Function, f: Function, y0: Any, t: Any, p: Any) -> Any:
    """The states (a row each) at the times `t`, where y′ = f(y, t, p), as one operation on one vector of all inputs."""
    n, times = np.shape(y0)[0], np.shape(t)[0]

    def parts(z: Any) -> tuple[Any, Any, Any]:
        return z[:n], z[n : n + times], z[n + times :]

    def solve(z: Any) -> Any:
        y0, t, p = parts(z)
        return solver(lambda y, s: f(y, s, p), y0, t)

    def rule(out: Any, z: Any) -> Function:
        return lambda g: np.concatenate(_adjoint(solver, f, out, g, *parts(z)))

    whole = primitive(solve)
    defvjp(whole, rule)
    return whole(np.concatenate([y0, t, p]))


def _adjoint(solver: Function, f: Function, y: Any, g: Any, y0: Any, t: Any, p: Any) -> list[Any]:
    """The cotangents of y0, t and p, from the cotangents `g` of the states `y`.

    Moving an output time t[i] moves y[i] along f; moving the first one moves all states against it.
    """
    n = np.shape(y0)[0]

    def backwards(state: Any, s: Any, p: Any) -> Any:
        slope, pull = vjp(lambda y, p: f(y, s, p), state[:n], p)
        of_y, of_p = pull(state[n : 2 * n])
        return np.concatenate([slope, -of_y, -of_p])

    a, of_p, of_t = g[-1], np.zeros_like(p), []
    for i in range(np.shape(t)[0] - 1, 0, -1):
        of_t.append(np.sum(f(y[i], t[i], p) * g[i]))
        ends = np.stack([t[i], t[i - 1]])
        before = _flow(solver, backwards, np.concatenate([y[i], a, of_p]), ends, p)[-1]
        a, of_p = before[n : 2 * n], before[2 * n :]
        if i > 1:
            a = a + g[i - 1]
    of_t.append(-np.sum(f(y0, t[0], p) * a))
    return [a + g[0], np.stack(of_t[::-1]), of_p]
