"""The numbers that an expression has to fit: derivatives given and right, at the point of a check and beside it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .evidence import Suspect
from .hygiene import Answers
from .ladder import Vector
from .nearby import at, differences, nearby
from .problem import Problem

_SAMPLES = 8  # at each point
_ENOUGH = 8  # samples altogether, of which half are beside the point
_DISTINCT = 4  # numbers among them
_COTANGENTS = 3  # at each point
_CLEAR = 1e-3  # of a number: the largest error bar with which it is a sample


@dataclass(frozen=True)
class Place:
    """A point: its arrays by name, cotangents, and the derivatives for them at some columns (elements of the input).

    And for some outputs, each by itself, the derivatives along one direction.
    """

    arrays: Mapping[str, Any]
    cotangents: Sequence[Any]
    columns: Any
    given: Vector
    right: Vector
    error: Vector
    outputs: Any
    given_along: Vector
    right_along: Vector
    error_along: Vector


def _arrays(problem: Problem, names: Mapping[str, str]) -> dict[str, Any]:
    inputs = problem.arrays(problem.point)
    out = problem.outputs[0].array(problem.evaluate(problem.point))
    return {**{names[part.name]: x for part, x in zip(problem.inputs, inputs, strict=True)}, "out": out}


def at_point(s: Suspect, names: Mapping[str, str]) -> Place:
    """The point of the check, where everything is known: rows in random mixtures, so that no cotangent is special."""
    problem, rng = s.answers.problem, np.random.default_rng(2)
    rows = len(s.given)
    mixed = rng.normal(size=(_COTANGENTS, rows)) if rows > 1 else np.ones((1, 1))
    columns = np.flatnonzero(s.known.all(axis=0))
    given, right, error = s.given[:, columns], s.numeric[:, columns], s.error[:, columns]
    direction = rng.normal(size=len(columns))
    return Place(
        _arrays(problem, names),
        [problem.outputs[0].array(w @ s.comparison.weights, conjugate=True) for w in mixed],
        s.columns[columns] - s.part.start,
        mixed @ given,
        mixed @ right,
        np.abs(mixed) @ error,
        np.arange(rows if s.units else 0),
        given @ direction,
        right @ direction,
        error @ np.abs(direction),
    )


def beside(s: Suspect, names: Mapping[str, str], here: Place) -> Iterator[Place]:
    """Points beside it, so many that their samples are enough; at each a few derivatives, by differences."""
    problem, count = s.answers.problem, 0
    for seed in itertools.count(1):
        point = nearby(problem, seed)
        if point is problem.point:
            return
        with at(problem, point):
            place = _measured(s, names, here, np.random.default_rng(seed))
        yield place
        count += place.right.size
        if count >= _ENOUGH:
            return


def _measured(s: Suspect, names: Mapping[str, str], here: Place, rng: np.random.Generator) -> Place:
    """The derivatives at the problem's present point for a few columns, and a few outputs."""
    problem, start = s.answers.problem, s.part.start
    scale = problem.scale
    answers = Answers(problem)
    off = np.abs(here.right - here.given).max(axis=0)
    columns = here.columns[rng.permutation(np.flatnonzero(off > 5 * here.error.max(axis=0)))[:_SAMPLES]]
    weights = rng.normal(size=(_COTANGENTS, problem.size_out))
    values = problem.evaluate(problem.point)
    unsure = 10 * problem.epsilon ** (2 / 3)

    def slopes(direction: Vector) -> Vector:
        return differences(problem, direction)

    jacobian = np.stack([slopes(np.eye(1, problem.size_in, start + j)[0]) for j in columns], axis=1)
    sizes = np.abs(weights) @ (np.abs(values)[:, None] + np.abs(jacobian))
    along = np.zeros(problem.size_in)
    along[start : s.part.stop] = rng.normal(size=s.part.count)
    outputs = rng.permutation(here.outputs)[:_SAMPLES]
    units = [answers.vector(np.eye(1, problem.size_out, k)[0]) for k in outputs]
    right_along = slopes(along) if len(outputs) else np.zeros(problem.size_out)
    return Place(
        _arrays(problem, names),
        [problem.outputs[0].array(w, conjugate=True) for w in weights],
        columns,
        np.stack([answers.vector(w)[start + columns] for w in weights]),
        weights @ jacobian / scale[start + columns],
        unsure * sizes / scale[start + columns],
        outputs,
        np.array([row @ (along * scale) for row in units]),
        right_along[outputs],
        unsure * (np.abs(values) + np.abs(right_along))[outputs],
    )


@dataclass(frozen=True)
class Sample:
    """A few numbers of all places: of each its place, its row (which cotangent), its element, and the two derivatives."""

    places: Any
    rows: Any
    elements: Any
    given: Vector
    right: Vector
    error: Vector

    def tolerance(self, of: Vector, exactness: float) -> Vector:
        with np.errstate(all="ignore"):
            return exactness + 5 * self.error / np.abs(of)


def sampled(places: Sequence[Place], numbers: Callable[[Place], tuple[Any, Vector, Vector, Vector]]) -> Sample | None:
    """Where given and right differ clearly, a few at each place; None where they are too few or too much alike."""
    rng = np.random.default_rng(3)
    parts: list[tuple[Any, ...]] = []
    for p, place in enumerate(places):
        elements, given, right, error = numbers(place)
        differs = np.abs(right - given) * _CLEAR > 5 * error
        clear = differs & (np.minimum(np.abs(right), np.abs(given)) * _CLEAR > 5 * error)
        rows, columns = np.nonzero(clear if clear.sum() >= min(_ENOUGH, differs.sum() / 2) else differs)
        chosen = rng.permutation(len(rows))[:_SAMPLES]
        r, c = rows[chosen], columns[chosen]
        parts.append((np.full(len(r), p), r, elements[c], given[r, c], right[r, c], error[r, c]))
    found = Sample(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    aside = (found.places > 0).sum()
    distinct = len(np.unique((found.right - found.given).astype(np.float32)))
    return found if len(found.given) >= _ENOUGH and 2 * aside >= _ENOUGH and distinct >= _DISTINCT else None


def exactness(s: Suspect) -> float:
    """How far two numbers may be apart that are equal in the precision of the function, and in that of the gradient."""
    single = np.finfo(s.part.dtype).eps if s.part.dtype.kind == "f" else 0.0
    return max(1e-8, 16 * s.answers.problem.epsilon, 16 * float(single))
