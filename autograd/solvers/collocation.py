"""The cotangents of a stiff equation: those of a discrete solution, exactly.

A step h of Radau's method has three stages, Y_i = y + h Σ_j A_ij f(Y_j), of which the last is the next state (E. Hairer and
G. Wanner, "Solving Ordinary Differential Equations II", 1996, section IV.5). SciPy chooses the steps and solves for the
stages; the derivative of the step follows by the implicit function theorem: for a cotangent w of the next state

    (I − h A ⊗ J)ᵀ μ = (0, 0, w),

Σ_i μ_i is that of the state before, and h Σ_i A_ij μ_i goes to the parameters through f(Y_j, p). Where y passes through
fast layers, the cotangents of the exact and of the discrete solution differ by many times the tolerance unless they are
integrated far more tightly than y; these here are derivatives of something, and cannot drift from it.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..transforms import jacobian
from .adjoint import integrated, pull_to_parameters
from .packing import Function

_ROOT = np.sqrt(6)
_C = np.array([(4 - _ROOT) / 10, (4 + _ROOT) / 10, 1.0])
_A = np.array(
    [
        [(88 - 7 * _ROOT) / 360, (296 - 169 * _ROOT) / 1800, (-2 + 3 * _ROOT) / 225],
        [(296 + 169 * _ROOT) / 1800, (88 + 7 * _ROOT) / 360, (-2 - 3 * _ROOT) / 225],
        [(16 - _ROOT) / 36, (16 + _ROOT) / 36, 1 / 9],
    ]
)

Step = tuple[float, float, Any]  # its beginning, its length, its stages (a row each)


def legs(f: Function, y0: Any, times: Any, p: Any, options: dict[str, Any]) -> list[tuple[Any, Function]]:
    """For each of `times` after the first: the state there, and the function that carries a cotangent from there to the time
    before, a ↦ (that of the state, that of the parameters)."""
    found, y = [], y0
    for start, end in itertools.pairwise(times):
        steps = _steps(f, y, start, end, p, options) if start != end else []
        y = steps[-1][2][-1] if steps else y
        found.append((y, lambda a, steps=steps: _pull(steps, f, a, p)))
    return found


def _steps(f: Function, y: Any, start: float, end: float, p: Any, options: dict[str, Any]) -> list[Step]:
    """The steps that SciPy's Radau takes from the state `y`; its interpolants pass through their stages.

    SciPy solves for the stages as well as its tolerance asks; one more step of Newton's method, with one Jacobian for all
    three, solves for them.
    """
    slope = {"jac": lambda s, y: jacobian(lambda y: f(y, s, p))(y)}
    found = integrated(lambda s, y: f(y, s, p), start, end, y, **(options | slope | {"method": "Radau"}))
    steps = []
    for t, after, interpolant in zip(found.t[:-1], found.t[1:], found.sol.interpolants, strict=True):
        h = after - t
        times = t + _C * h
        stages = y + (interpolant(times).T - interpolant(t))
        slopes = np.stack([f(stage, s, p) for stage, s in zip(stages, times, strict=True)])
        residual = stages - y - h * _A @ slopes
        middle = jacobian(lambda y, s=times[1]: f(y, s, p))(stages[1])
        system = np.eye(stages.size) - h * np.kron(_A, middle)
        stages = stages - np.linalg.solve(system, residual.reshape(-1)).reshape(stages.shape)
        steps.append((t, h, stages))
        y = stages[-1]
    return steps


def _system(f: Function, stages: Any, times: Any, h: float, p: Any) -> Any:
    """I − h A ⊗ J, with the Jacobian of each stage in its column."""
    slopes = np.stack([jacobian(lambda y, s=s: f(y, s, p))(y) for y, s in zip(stages, times, strict=True)])
    n = stages.size
    return np.eye(n) - h * np.einsum("ij,jkl->ikjl", _A, slopes).reshape(n, n)


def _pull(steps: list[Step], f: Function, a: Any, p: Any) -> tuple[Any, Any]:
    of_p = np.zeros_like(p)
    for t, h, stages in reversed(steps):
        times = t + _C * h
        ends = np.concatenate([np.zeros(2 * len(a)), a])
        mu = np.linalg.solve(_system(f, stages, times, h, p).T, ends).reshape(stages.shape)
        a = mu.sum(axis=0)
        if np.size(p):
            for y, s, weight in zip(stages, times, h * _A.T @ mu, strict=True):
                of_p = of_p + pull_to_parameters(f, y, s, p, weight)
    return a, of_p
