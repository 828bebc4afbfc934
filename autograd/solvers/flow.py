"""The flow of a differential equation as an operation with derivatives of every order.

For y′ = f(y, t, p) the cotangent a of the state satisfies a′ = −aᵀ∂f/∂y, backwards in time; ∫ aᵀ∂f/∂p dt belongs to the
parameters (L. S. Pontryagin et al., 1962). The state in it is *not* integrated backwards, which would blow up where the
equation is stiff: it is integrated forwards once more and interpolated, by the method's own polynomials. The equation for
a, backwards, is as stable as that for y, forwards. The integral is Gauss and Legendre's on the steps of both.

Pulling back is linear in the cotangent: g ↦ Sᵀg, S the derivative of the flow. So its own derivatives are those of
g·(S v), and S v, the push-forward, is the flow of a longer equation, y′ = f and s′ = ∂f/∂y s + ∂f/∂p v, forwards again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import integrate

from ..convert import unbox
from ..errors import ChangedDataError, GraphError, user_line
from ..op import Op
from ..transforms import grad, jacobian, jvp, vjp
from .packing import Function

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass
class Method:
    """How to integrate.

    Attributes:
        name: SciPy's function.
        solve: the states (a row each), from a function of (y, t), a first state and times.
        options: the method and its tolerances, for `scipy.integrate.solve_ivp`.
        implicit: whether the method has a use for the Jacobian.
    """

    name: str
    solve: Function
    options: dict[str, Any]
    implicit: bool

    def integrate(self, slope: Function, jac: Function, start: float, end: float, y: Any) -> Any:
        """The solution of y′ = slope(t, y) as a function of time (`sol`), and its steps (`t`)."""
        jacobian = {"jac": jac} if self.implicit else {}
        found = integrate.solve_ivp(slope, (start, end), y, dense_output=True, **jacobian, **self.options)
        if not found.success:
            raise GraphError(f"{self.name} failed in the backward pass at {user_line()}: {found.message}")
        return found


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
        if not np.array_equal(unbox(f(y0, t[0], p)), last["probe"], equal_nan=True):
            raise ChangedDataError(
                f"{where}: the right-hand side is not the function any more that was integrated (a loop variable in a lambda, or an "
                "array that was changed); hand over in args what it depends on"
            )
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
    state = Trajectory(method, f, y0, t[0], t[ends[-1]], p)
    for i, before in zip(ends[::-1], [*ends[-2::-1], 0], strict=True):
        if i:
            of_t[i] = np.sum(f(state(t[i]), t[i], p) * g[i])
            a = a + g[i]
            a, more = _segment(method, f, state, a, t[i], t[before], p)
            of_p = of_p + more
    of_t[0] = -np.sum(f(y0, t[0], p) * a)
    return [(a + g[0]) * scale, of_t * scale, of_p * scale]


class Trajectory:
    """The forward solution as a function of time, with the times of its steps."""

    def __init__(self, method: Method, f: Function, y0: Any, start: float, end: float, p: Any) -> None:
        self.steps, self._at, self._only = np.array([start, end]), None, y0
        if start != end:
            found = method.integrate(
                lambda s, y: f(y, s, p), lambda s, y: jacobian(lambda y: f(y, s, p))(y), start, end, y0
            )
            self.steps, self._at = found.t, found.sol

    def __call__(self, s: float) -> Any:
        return self._only if self._at is None else self._at(s)


def _segment(method: Method, f: Function, state: Function, a: Any, end: float, start: float, p: Any) -> tuple[Any, Any]:
    """The cotangent of the state, carried back from `end` to `start`, and what it leaves on the way for the parameters."""
    if start == end:
        return a, np.zeros_like(p)

    def slope(s: float, a: Any) -> Any:
        return -vjp(lambda y: f(y, s, p), state(s))[1](a)

    def slope_of_slope(s: float, a: Any) -> Any:
        return -jacobian(lambda y: f(y, s, p))(state(s)).T

    found = method.integrate(slope, slope_of_slope, end, start, a)
    of_p = np.zeros_like(p)
    if np.size(p):
        low, high = min(start, end), max(start, end)
        steps = np.unique(np.concatenate([found.t, state.steps[(state.steps > low) & (state.steps < high)]]))
        for left, right in zip(steps[:-1], steps[1:], strict=True):
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                s = (left + right) / 2 + node * (right - left) / 2
                y = state(s)
                of_p = of_p + weight * (right - left) / 2 * vjp(lambda p, y=y, s=s: f(y, s, p), p)[1](found.sol(s))
    return found.y[:, -1], of_p if end > start else -of_p


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
    moved = [of_y0]
    for i in range(1, np.shape(t)[0]):
        moved.append(found[i, n:] + f(found[i, :n], t[i], p) * of_t[i])
    return np.stack(moved) * scale
