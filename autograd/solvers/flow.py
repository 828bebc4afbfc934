"""The flow of a differential equation as an operation with derivatives of every order.

How a cotangent is pulled back through it depends on whether it is stiff: see `adjoint` and `collocation`. Neither integrates
the state backwards, which would blow up.

Pulling back is linear in the cotangent: g ↦ Sᵀg, S the derivative of the flow. So its own derivatives are those of
g·(S v), and S v, the push-forward, is the flow of a longer equation, y′ = f and s′ = ∂f/∂y s + ∂f/∂p v, forwards again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import integrate

from ..engine.convert import unbox
from ..errors import user_line
from ..rules.op import Op
from ..transforms import grad, jvp
from . import adjoint, collocation
from .packing import Function
from .plain import check_unchanged


@dataclass
class Method:
    """How to integrate.

    Attributes:
        name: SciPy's function.
        solve: the states (a row each), from a function of (y, t), a first state and times.
        options: the method, its tolerances and its longest step, for `scipy.integrate.solve_ivp`.
        implicit: whether the method is one for stiff equations.
    """

    name: str
    solve: Function
    options: dict[str, Any]
    implicit: bool


def flow(method: Method, f: Function, y0: Any, t: Any, p: Any) -> Any:
    """The states (a row each) at the times `t`, where y′ = f(y, t, p), as one operation on one vector of all inputs."""
    n, times = np.shape(y0)[0], np.shape(t)[0]
    where = f"{method.name} at {user_line()}"
    last: dict[str, Any] = {}

    def parts(z: Any) -> tuple[Any, Any, Any]:
        return z[:n], z[n : n + times], z[n + times :]

    def forward(z: Any) -> Any:
        y0, t, p = parts(z)
        last["probe"] = unbox(f(y0, t[0], p))
        return method.solve(lambda y, s: f(y, s, p), y0, t)

    def rule(g: Any, out: Any, z: Any) -> Any:
        y0, t, p = parts(unbox(z))
        check_unchanged(where, unbox(f(y0, t[0], p)), last["probe"])
        pulled = Op(pull, of_pull_z, of_pull_g, name=f"{method.name} backwards")
        return pulled(z, g)

    def pull(z: Any, g: Any) -> Any:
        return np.concatenate(_adjoint(method, f, g, *parts(z)))

    def push(z: Any, v: Any) -> Any:
        return _tangent(method, f, *parts(z), *parts(v))

    def of_pull_z(v: Any, out: Any, z: Any, g: Any) -> Any:
        return grad(lambda z: np.sum(g * push(z, v)))(z)

    def of_pull_g(v: Any, out: Any, z: Any, g: Any) -> Any:
        return push(z, v)

    return Op(forward, rule, name=method.name)(np.concatenate([y0, t, p]))


def _adjoint(method: Method, f: Function, g: Any, y0: Any, t: Any, p: Any) -> list[Any]:
    """The cotangents of y0, t and p, from the cotangents `g` of the states, all plain numbers.

    Moving an output time t[i] moves y[i] along f; moving the first one moves all states against it. The tolerances are those
    for a cotangent whose largest element is 1.
    """
    scale = np.max(np.abs(g))
    of_t, of_p, a = np.zeros_like(t), np.zeros_like(p), np.zeros_like(y0)
    if not scale or not np.isfinite(scale):
        return [a + scale, of_t + scale, of_p + scale]
    g = g / scale
    ends = np.flatnonzero(np.any(g != 0, axis=1))
    places = [0, *ends[ends > 0]]
    legs = _legs(method, f, y0, t[places], p)
    for i, (y, pull) in zip(places[:0:-1], legs[::-1], strict=True):
        a = a + g[i]
        of_t[i] = np.sum(f(y, t[i], p) * g[i])
        a, more = pull(a)
        of_p = of_p + more
    of_t[0] = -np.sum(f(y0, t[0], p) * a)
    return [(a + g[0]) * scale, of_t * scale, of_p * scale]


def _legs(method: Method, f: Function, y0: Any, times: Any, p: Any) -> list[tuple[Any, Function]]:
    """The states at `times` and the ways back between them, by the means that fit the equation."""
    options = {name: x for name, x in method.options.items() if name not in ("rtol", "atol")}
    rtol, atol = method.options.get("rtol", 1e-3), method.options.get("atol", 1e-6)
    finer = min(1.0, max(0.01, 1e-8 / max(rtol, 1e-16)))  # a gradient loses digits that the state keeps
    options |= {"rtol": rtol * finer, "atol": atol * finer}
    if method.options.get("method") == "LSODA":
        stiff = _lsoda_found_it_stiff(f, y0, times, p, rtol, atol)
        return (
            collocation.legs(f, y0, times, p, options)
            if stiff
            else adjoint.legs(f, y0, times, p, options | {"method": "DOP853"})
        )
    if method.implicit:
        return collocation.legs(f, y0, times, p, options)
    return adjoint.legs(f, y0, times, p, options)


def _lsoda_found_it_stiff(f: Function, y0: Any, times: Any, p: Any, rtol: float, atol: float) -> bool:
    """Whether LSODA, which chooses between a method for stiff equations and another as it goes along, ever took the former."""
    looks = np.linspace(times[0], times[-1], 33)
    report = integrate.odeint(f, y0, looks, (p,), full_output=True, rtol=rtol, atol=atol, mxstep=10**6)[1]
    return bool(np.any(report["mused"] == 2))


def _tangent(method: Method, f: Function, y0: Any, t: Any, p: Any, of_y0: Any, of_t: Any, of_p: Any) -> Any:
    """How the states move as y0, t and p do, along the directions `of_y0`, `of_t` and `of_p`."""
    n = np.shape(y0)[0]
    m = np.shape(p)[0]
    scale = max(1e-300, *(np.max(np.abs(unbox(v)), initial=0) for v in (of_y0, of_t, of_p)))
    of_y0, of_t, of_p = of_y0 / scale, of_t / scale, of_p / scale

    def longer(state: Any, s: Any, q: Any) -> Any:
        slope, moved = jvp(lambda y, p: f(y, s, p), (state[:n], q[:m]), (state[n:], q[m:]))
        return np.concatenate([slope, moved])

    start = of_y0 - f(y0, t[0], p) * of_t[0]
    found = flow(method, longer, np.concatenate([y0, start]), t, np.concatenate([p, of_p]))
    moved = [found[i, n:] + f(found[i, :n], t[i], p) * of_t[i] for i in range(1, np.shape(t)[0])]
    return np.stack([of_y0, *moved]) * scale
