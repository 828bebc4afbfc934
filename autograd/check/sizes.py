"""How long a step of 1 is for an input that is nearly zero: as long as the input itself, or as long as usual.

A number such as 1e-10 may be an angle that happens to be small, of a function in which 1e-3 is a step; or a distance between
atoms in metres, for which 1e-3 is beyond everything. The function tells: if it answers clearly, and in proportion, to a change of
the input by a hundredth of itself, then that is the size that counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .ladder import SMALLEST_SCALE, Vector
from .problem import Problem, moduli

_PART = 1e-2  # of an input, by which it is moved
_SEEN = 1e-8  # of an output: what moves by more is known to nine digits by steps of the input's size
_PROPORTION = 0.1  # how far twice the step may be from twice the change
_MOST = 1_000  # inputs of which each small one is asked about by itself


def floors(problem: Problem, here: Vector) -> Vector:
    """The shortest that a step of 1 may be, for each component of the inputs: `SMALLEST_SCALE`, or less where less is seen.

    Args:
        problem: what is to be checked.
        here: its outputs at the point.
    """
    found = np.full(problem.size_in, SMALLEST_SCALE)
    sizes = moduli(problem.inputs, problem.point)
    for part in problem.inputs:
        block = slice(part.start, part.stop)
        own = sizes[block]
        largest = own.max(initial=0)
        small = np.flatnonzero((own < SMALLEST_SCALE) & (own > 0))
        for some in small[:, None] if problem.size_in <= _MOST else _decades(small, own):
            direction = np.zeros(problem.size_in)
            signs = np.random.default_rng(0).choice([-1.0, 1.0], size=len(some))  # so that changes do not cancel
            direction[part.start + some] = signs * own[some] / np.sqrt(len(some))
            if _answers(problem, direction, here):
                found[part.start + some] = own[some]
        if largest < SMALLEST_SCALE and (found[block] < SMALLEST_SCALE).any():
            found[block] = np.minimum(found[block], SMALLEST_SCALE * largest)  # one array has one unit
    return found


def _decades(small: Any, own: Vector) -> Iterator[Any]:
    """The small components of a block, those of like size together."""
    decades = np.floor(np.log10(own[small]))
    yield from (small[decades == decade] for decade in np.unique(decades))


def _answers(problem: Problem, direction: Vector, here: Vector) -> bool:
    """Whether the function moves clearly along a direction, and twice as far over twice the way."""

    def between(t: float) -> Vector:
        ends = (problem.evaluate(problem.point + sign * _PART * t * direction) for sign in (1, -1))
        return next(ends) - next(ends)

    with np.errstate(all="ignore"):
        once, twice = between(1), between(2)
        seen = np.abs(once) > _SEEN * np.abs(here)
        steady = np.abs(twice - 2 * once) <= _PROPORTION * np.abs(twice)
    return bool(seen.any() and steady[seen].all())
