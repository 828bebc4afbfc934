"""A problem beside its point: where numbers that agree at the point by accident do not."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import numpy as np

from .ladder import Vector
from .problem import Problem

_AWAY = 0.1  # of the inputs' sizes


@contextlib.contextmanager
def at(problem: Problem, point: Vector) -> Iterator[None]:
    """The same problem at another point."""
    kept, problem.point = problem.point, point
    try:
        yield
    finally:
        problem.point = kept


def nearby(problem: Problem, seed: int = 1) -> Vector:
    """A point beside the problem's, without accidents in its numbers; its own where the function is not defined there."""
    point = problem.point + _AWAY * problem.scale * np.random.default_rng(seed).normal(size=problem.size_in)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return point if np.isfinite(problem.evaluate(point)).all() else problem.point
    except Exception:
        return problem.point


def differences(problem: Problem, direction: Vector) -> Vector:
    """The outputs' derivatives along a direction that is given in units of the inputs' sizes, by one central difference."""
    step = problem.epsilon ** (1 / 3)
    along = step * problem.scale * direction
    return (problem.evaluate(problem.point + along) - problem.evaluate(problem.point - along)) / (2 * step)
