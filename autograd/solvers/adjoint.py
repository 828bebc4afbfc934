"""The cotangents of an equation that is not stiff: a′ = −aᵀ∂f/∂y, backwards in time, and ∫ aᵀ∂f/∂p dt for the parameters.

(L. S. Pontryagin et al., "The Mathematical Theory of Optimal Processes", 1962.) The state in it is not integrated backwards, but
interpolated by the polynomials of the forward integration. The integral is Gauss and Legendre's, on the steps of both.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..errors import GraphError, user_line
from ..transforms import vjp
from .ivp import solve_ivp
from .packing import Function

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


def integrated(slope: Function, start: float, end: float, y: Any, **options: Any) -> Any:
    """SciPy's solution of y′ = slope(t, y), as a function of time (`sol`) and at its steps (`t`, `y`)."""
    found = solve_ivp(slope, (start, end), y, dense_output=True, **options)
    if not found.success:
        raise GraphError(f"the integration for the backward pass at {user_line()} failed: {found.message}")
    return found


def legs(f: Function, y0: Any, times: Any, p: Any, options: dict[str, Any]) -> list[tuple[Any, Function]]:
    """For each of `times` after the first: the state there, and the function that carries a cotangent from there to the time
    before, a ↦ (that of the state, that of the parameters)."""
    if times[0] == times[-1]:
        return [(y0, lambda a: (a, np.zeros_like(p)))] * (len(times) - 1)
    forward = integrated(lambda s, y: f(y, s, p), times[0], times[-1], y0, **options)

    def leg(start: float, end: float) -> tuple[Any, Function]:
        return forward.sol(end), lambda a: _pull(f, forward, a, end, start, p, options)

    return [leg(start, end) for start, end in itertools.pairwise(times)]


def pull_to_parameters(f: Function, y: Any, s: Any, p: Any, cotangent: Any) -> Any:
    """The cotangent of the slope f(y, s, p), pulled back to p."""
    return vjp(lambda p: f(y, s, p), p)[1](cotangent)


def _pull(
    f: Function, forward: Any, a: Any, end: float, start: float, p: Any, options: dict[str, Any]
) -> tuple[Any, Any]:
    of_p = np.zeros_like(p)
    if start == end:
        return a, of_p

    def slope(s: float, a: Any) -> Any:
        return -vjp(lambda y: f(y, s, p), forward.sol(s))[1](a)

    found = integrated(slope, end, start, a, **options)
    if np.size(p):
        inner = forward.t[(forward.t > min(start, end)) & (forward.t < max(start, end))]
        steps = np.unique(np.concatenate([found.t, inner]))
        for left, right in itertools.pairwise(steps):
            for s, weight in zip(
                (left + right + _NODES * (right - left)) / 2, _WEIGHTS * (right - left) / 2, strict=True
            ):
                of_p = of_p + weight * pull_to_parameters(f, forward.sol(s), s, p, found.sol(s))
    return found.y[:, -1], of_p if end > start else -of_p
