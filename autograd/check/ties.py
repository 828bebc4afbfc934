"""Kinks that belong together: where two elements tie for a maximum, their subgradients must add up.

Each of them may be anything between 0 and 1 by itself, so that (1, 1) looks right element by element. Along both at
once the maximum has slope 1: elements whose kinks are not independent of each other are tested together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .hygiene import Answers
from .judge import FAIL, KINK, judge
from .ladder import Slopes, Vector, climb

_OUTPUTS = 6  # at most so many outputs with ties are looked at, and so many elements of each
_ELEMENTS = 6
_SENTENCE = (
    "At a tie, for example where several elements are the largest, the subgradients must fit together: each may be "
    "anything between its two one-sided slopes, but for a maximum they must add up to 1."
)


@dataclass(frozen=True)
class Measured:
    """A Jacobian as given and as measured, and what it was measured with."""

    analytic: Vector
    slopes: Slopes
    at_zero: Vector
    noise: Vector
    rtol: float


def torn_ties(answers: Answers, m: Measured, status: Any, rng: np.random.Generator) -> Any:
    """`status`, with FAIL for elements at a common kink that are each possible, but not together."""
    problem, scale = answers.problem, answers.problem.scale
    left, right = m.slopes.left.value, m.slopes.right.value
    error = m.slopes.left.error + m.slopes.right.error
    with np.errstate(all="ignore"):
        kinked = (np.abs(right - left) > 5 * error + m.rtol * np.maximum(np.abs(left), np.abs(right))) & (
            status <= KINK
        )
    status = status.copy()
    for j in np.flatnonzero(kinked.sum(axis=1) > 1)[:_OUTPUTS]:
        elements = np.flatnonzero(kinked[j])[:_ELEMENTS]

        def along(direction: Vector, j: int = int(j)) -> Slopes:
            def line(t: float) -> Vector:
                return problem.evaluate(problem.point + t * direction * scale)[[j]]

            return climb(line, m.at_zero[[j]], m.noise[[j]], epsilon=problem.epsilon)

        for group in _groups(elements, right[j], error[j], along, len(scale)):
            for weights in (np.ones(len(group)), *rng.normal(size=(2, len(group)))):
                direction = np.zeros_like(scale)
                direction[group] = weights
                given = np.atleast_1d(m.analytic[j, group] @ weights)
                found = judge(given, along(direction), m.rtol)
                if found.status[0] == FAIL:
                    status[j, group] = FAIL
                    answers.note("ties", _SENTENCE)
    return status


def _groups(elements: Any, right: Vector, error: Vector, along: Any, size: int) -> list[list[int]]:
    """The elements in groups: two belong together if the slope along both is not the sum of their slopes."""
    groups = [[int(i)] for i in elements]
    for a, p in enumerate(elements):
        for q in elements[a + 1 :]:
            first = next(group for group in groups if p in group)
            second = next(group for group in groups if q in group)
            if first is second:
                continue
            direction = np.zeros(size)
            direction[[p, q]] = 1.0
            together = along(direction).right
            bars = 5 * (together.error[0] + error[p] + error[q])
            if abs(together.value[0] - right[p] - right[q]) > bars + 1e-6 * (abs(right[p]) + abs(right[q])):
                first += second
                groups.remove(second)
    return [group for group in groups if len(group) > 1]
