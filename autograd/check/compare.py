"""Comparing derivatives: every element of the Jacobian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .hygiene import Answers
from .judge import FAIL, PASS, UNSURE, Findings, judge
from .ladder import EPSILON, Estimate, Line, Slopes, Vector, climb, noise_of
from .problem import Part, Problem, moduli
from .progress import steps
from .second import FINER, SMALL, confirmed, settled
from .ties import Measured, torn_ties

_DOUBTS = 64  # at most so many columns get a second look, and so many rows a measurement of their rounding
ROUNDING = 8 * EPSILON
_NEGLIGIBLE = 1e-6  # of the largest derivative of the same output and input
_LAST_DIGITS = 1e-9  # of an output: derivatives that move it less are zero for all that can be seen
_BLIND, _FARTHEST = 1e-10, 1e-2  # changes of an input that its output may not show
LOST = 1e3  # what moves an output so many times less than other inputs do is lost beside them


@dataclass(frozen=True)
class Comparison:
    """Derivatives of outputs (rows) with respect to input components (columns), in the user's own units.

    `columns` are the components' places in the real input vector. Each row belongs to a real cotangent in `weights`: to
    one output component each, or, in projections, to a random mixture of all.
    """

    analytic: Vector
    numeric: Vector
    error: Vector
    status: Any
    columns: Any
    rows: Sequence[str]
    weights: Vector

    def within(self, part: Part) -> Any:
        """Which columns belong to an input."""
        return (self.columns >= part.start) & (self.columns < part.stop)


@dataclass(frozen=True)
class Outputs:
    """The outputs at the point, and how far rounding moves them."""

    values: Vector
    noise: Vector


def directed(answers: Answers, direction: Vector, weights: Vector | None = None) -> Line:
    """The function along a direction; with `weights`, that combination of its outputs."""
    problem = answers.problem

    def line(t: float) -> Vector:
        values = problem.evaluate(problem.point + t * direction)
        return values if weights is None else np.atleast_1d(weighed(weights, values))

    return line


def weighed(weights: Vector, values: Vector) -> float:
    """w·f; outputs that do not count may be infinite."""
    used = weights != 0
    return float(weights[used] @ values[used])


def _stacked(slopes: Sequence[Slopes]) -> Slopes:
    """Slopes along several directions side by side."""

    def side(name: str) -> Estimate:
        estimates = [getattr(one, name) for one in slopes]
        return Estimate(np.stack([e.value for e in estimates], axis=1), np.stack([e.error for e in estimates], axis=1))

    return Slopes(side("central"), side("left"), side("right"), np.stack([one.secant for one in slopes], axis=1))


def widened(slopes: Slopes, extra: Any) -> Slopes:
    """The same slopes with `extra` added to their error bars."""
    central, left, right = (Estimate(e.value, e.error + extra) for e in (slopes.central, slopes.left, slopes.right))
    return Slopes(central, left, right, slopes.secant)


def _largest(slopes: Slopes) -> Vector:
    """For each output its largest derivative that is known well, or the steepest secant."""
    e = slopes.central
    with np.errstate(all="ignore"):
        known = np.where(e.error <= 0.1 * np.abs(e.value), np.abs(e.value), 0.0)
    return np.maximum(known, slopes.secant).max(axis=1, keepdims=True)


def whole_jacobian(answers: Answers, rng: np.random.Generator, rtol: float, progress: bool | None) -> Comparison:
    """Every element: one ladder for each input component, one call of the derivative for each output component."""
    problem, scale = answers.problem, answers.problem.scale
    at_zero = problem.evaluate(problem.point)
    noise = noise_of(directed(answers, scale * rng.choice([-1.0, 1.0], size=scale.shape)), at_zero, problem.epsilon)

    def column(i: int, more: bool = False) -> Slopes:
        direction = np.zeros_like(scale)
        direction[i] = scale[i]
        return climb(directed(answers, direction), at_zero, noise, more=more, epsilon=problem.epsilon)

    ladders = [column(i) for i in steps(range(problem.size_in), "ladders", progress)]
    rows = [answers.vector(unit) for unit in np.eye(problem.size_out)]
    analytic = np.stack(rows) * scale
    usable = ~np.isin(
        np.arange(problem.size_in),
        [i for part in problem.inputs if part.name in answers.unusable for i in range(part.start, part.stop)],
    )

    def floor(slopes: Slopes) -> Any:
        return ROUNDING * (np.abs(at_zero)[:, None] + _largest(slopes))

    def judged() -> tuple[Slopes, Findings]:
        slopes = _stacked(ladders)
        return slopes, judge(analytic, slopes, rtol, floor(slopes))

    slopes, findings = judged()
    doubtful = np.flatnonzero(((findings.status >= UNSURE) | findings.kinked).any(axis=0) & usable)[:_DOUBTS]
    if len(doubtful):
        for i in steps(doubtful, "a second look", progress):
            ladders[i] = column(int(i), more=True)
        slopes, findings = judged()
    status = np.where(usable[None, :], findings.status, FAIL)
    failed = (status == FAIL) & usable & ~findings.kinked  # at a kink a derivative jumps by right
    if failed.any():
        extra = np.where(failed, _own_rounding(answers, failed, findings, Outputs(at_zero, noise), rng), 0)
        findings = judge(analytic, widened(slopes, extra), rtol, floor(slopes))
        failed = (findings.status == FAIL) & usable & ~findings.kinked
        for i in np.flatnonzero(failed.any(axis=0))[:_DOUBTS]:
            direction = scale * (np.arange(problem.size_in) == i)
            line = directed(answers, direction)
            one = confirmed(line, at_zero, analytic[:, i], findings.column(i), epsilon=problem.epsilon, rtol=rtol)
            findings = findings.with_column(i, one)
        status = np.where(usable[None, :], findings.status, FAIL)
    own = _own_rounding(answers, status == UNSURE, findings, Outputs(at_zero, noise), rng)
    enough = _enough(problem, slopes, findings)
    status = settled(answers, replace(findings, status=status), analytic, noise=noise, own=own, enough=enough)
    if (failed & (status == UNSURE)).any():
        answers.doubts.append(FINER)
    lost = (status == UNSURE) & (np.abs(analytic) < np.maximum(_largest(slopes), np.abs(at_zero)[:, None]) / LOST)
    if lost.any():
        names = [part.name for part in problem.inputs if lost[:, part.start : part.stop].any()]
        answers.doubts.append(SMALL.format(" and ".join(names)))
    measured = Measured(analytic, slopes, at_zero, noise, rtol)
    status = torn_ties(answers, measured, status, rng)
    unit = 1.0 if problem.unit is None else problem.unit[:, None]
    with np.errstate(over="ignore"):
        given, numeric, error = (each / scale * unit for each in (analytic, findings.numeric, findings.error))
    return Comparison(
        given,
        numeric,
        error,
        status,
        np.arange(problem.size_in),
        output_names(answers),
        np.eye(problem.size_out),
    )


def against(answers: Answers, right: Vector, rtol: float) -> Comparison:
    """Every element beside a Jacobian that is known to be right, to the last digits."""
    problem = answers.problem
    given = np.stack([answers.vector(unit) for unit in np.eye(problem.size_out)])
    error = ROUNDING * (np.abs(right) + np.abs(right).max(axis=1, initial=0, keepdims=True))
    with np.errstate(invalid="ignore"):
        close = np.abs(given - right) <= error + rtol * np.maximum(np.abs(given), np.abs(right))
    return Comparison(
        given,
        right,
        error,
        np.where(close, PASS, FAIL),
        np.arange(problem.size_in),
        output_names(answers),
        np.eye(problem.size_out),
    )


def _enough(problem: Problem, slopes: Slopes, findings: Findings) -> Any:
    """Where a derivative of 0 is known well: beside the largest of the same output and input, or the output's last digit.

    The latter only if there is anything else to judge by.
    """
    largest = np.zeros_like(findings.numeric)
    for part in filter(lambda part: part.count, problem.inputs):
        here = slice(part.start, part.stop)
        largest[:, here] = _largest(slopes.columns(here))
    seen = ((findings.status == PASS) & (findings.numeric != 0)).any()
    sizes = moduli(problem.outputs, problem.evaluate(problem.point))[:, None] if seen else 0
    return 5 * findings.error <= np.maximum(_NEGLIGIBLE * largest, _LAST_DIGITS * sizes)


def output_names(answers: Answers) -> list[str]:
    """``output[0, 2]`` for each output component."""
    names = []
    for part in answers.problem.outputs:
        for i in range(part.start, part.stop):
            index, component = part.place(i)
            inside = f"[{', '.join(map(str, index))}]" if index else ""
            names.append(f"{part.name}{inside}" + (f".{component}" if component else ""))
    return names


def _own_rounding(
    answers: Answers, some: Any, findings: Findings, outputs: Outputs, rng: np.random.Generator
) -> Vector:
    """For some entries, how far the derivative under test is itself uncertain, in units of the inputs' sizes.

    It moves when the inputs change in the last digit in which the function computes. And a formula in terms of the
    output, like 1 − tanh²x, cannot see changes of x that leave the output as it is.
    """
    problem, scale = answers.problem, answers.problem.scale
    at_zero, noise = outputs.values, outputs.noise
    size = np.maximum(np.abs(at_zero), np.abs(findings.numeric).max(axis=1))
    valid = size > 0
    precision = float(np.median(noise[valid] / size[valid])) if valid.any() else 0.0
    extra = np.zeros_like(findings.numeric)
    for j in np.flatnonzero(some.any(axis=1))[:_DOUBTS]:
        extra[j] = rounding_of(answers, np.eye(problem.size_out)[j], precision, rng) * scale
    for j, i in np.argwhere(some)[:_DOUBTS]:
        with np.errstate(over="ignore"):
            blind = EPSILON * abs(at_zero[j]) / max(abs(findings.numeric[j, i]), 1e-300)
        if _BLIND < blind < 1:
            kept = problem.point
            moved = [
                kept + sign * min(blind, _FARTHEST) * np.where(np.arange(len(kept)) == i, scale, 0) for sign in (1, -1)
            ]
            extra[j, i] += spread_at(answers, np.eye(problem.size_out)[j], moved)[i] * scale[i]
    return extra


def rounding_of(answers: Answers, cotangent: Vector, precision: float, rng: np.random.Generator) -> Vector:
    """How far the derivative under test itself moves when its inputs change in their last digit."""
    problem = answers.problem
    precision = min(max(2 * EPSILON, precision), 1e-3)
    signs = rng.choice([-1.0, 1.0], size=(3, *problem.point.shape))
    return spread_at(answers, cotangent, [problem.point * (1 + precision * s) for s in signs])


def spread_at(answers: Answers, cotangent: Vector, points: Sequence[Vector]) -> Vector:
    """How far the derivative under test differs between some points."""
    kept = answers.problem.point
    found = []
    try:
        for point in points:
            answers.problem.point = point
            found.append(answers.vector(cotangent))
    except Exception:  # the user's derivative, which may be one for this very point
        return np.zeros(len(kept))
    finally:
        answers.problem.point = kept
    with np.errstate(all="ignore"):
        spread = np.max(found, axis=0) - np.min(found, axis=0)
    return np.where(np.isfinite(spread), spread, 0.0)
