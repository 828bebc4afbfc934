"""Comparing derivatives: every element of the Jacobian, or projections of it and then the elements that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .hygiene import Answers
from .judge import FAIL, KINK, PASS, UNSURE, Findings, judge
from .ladder import EPSILON, FIRST_STEP, Estimate, Line, Slopes, Vector, climb, noise_of
from .problem import Part, Problem, moduli
from .progress import steps
from .second import FINER, SMALL, agree, confirmed, settled, steady_step
from .ties import Measured, torn_ties

_DOUBTS = 64  # at most so many columns get a second look, and so many rows a measurement of their rounding
_ROUNDING = 8 * EPSILON
_DIRECTIONS = 4
_LAYERED = 2  # of the directions are taken apart by the size of their derivatives
_NEGLIGIBLE = 1e-6  # of the largest derivative of the same output and input
_LAST_DIGITS = 1e-9  # of an output: derivatives that move it less are zero for all that can be seen
_BLIND, _FARTHEST = 1e-10, 1e-2  # changes of an input that its output may not show
_BENDING_STEPS = (
    2.0**-12,
    2.0**-16,
)  # over which a smooth function's bend becomes 16 times smaller, and a kink's does not
_LADDERS = 400  # at most so many more to find the wrong elements after a projection has failed
_WORK, _FEW = 1_000_000, 5  # so many ladders times inputs, and so many at least
_LOST, _DEPTHS, _ELEMENT_RTOL = 1e3, 6, 1e-5


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
        return values if weights is None else np.atleast_1d(_dot(weights, values))

    return line


def _dot(weights: Vector, values: Vector) -> float:
    """w·f; outputs that do not count may be infinite."""
    used = weights != 0
    return float(weights[used] @ values[used])


def _stacked(slopes: Sequence[Slopes]) -> Slopes:
    """Slopes along several directions side by side."""

    def side(name: str) -> Estimate:
        estimates = [getattr(one, name) for one in slopes]
        return Estimate(np.stack([e.value for e in estimates], axis=1), np.stack([e.error for e in estimates], axis=1))

    return Slopes(side("central"), side("left"), side("right"), np.stack([one.secant for one in slopes], axis=1))


def _widened(slopes: Slopes, extra: Any) -> Slopes:
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
        return _ROUNDING * (np.abs(at_zero)[:, None] + _largest(slopes))

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
        findings = judge(analytic, _widened(slopes, extra), rtol, floor(slopes))
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
    lost = (status == UNSURE) & (np.abs(analytic) < np.maximum(_largest(slopes), np.abs(at_zero)[:, None]) / _LOST)
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
    finally:
        answers.problem.point = kept
    with np.errstate(all="ignore"):
        spread = np.max(found, axis=0) - np.min(found, axis=0)
    return np.where(np.isfinite(spread), spread, 0.0)


def _layers(gradient: Vector, direction: Vector) -> list[Vector]:
    """The direction in parts along which the derivative is of like size, without those that it shows as a whole.

    What moves the result a thousand times less than other inputs do is lost beside them.
    """
    with np.errstate(all="ignore"):
        sizes = np.abs(gradient * direction)
        depth = np.log(np.max(sizes, initial=0) / sizes) / np.log(_LOST)
    deepest = _DEPTHS - 1
    levels = np.where(direction != 0, np.clip(np.nan_to_num(depth, nan=0, posinf=deepest), 0, deepest).astype(int), 0)
    return [np.where(levels == level, direction, 0) for level in range(1, _DEPTHS) if (levels == level).any()]


class Projections:
    """Random directions and random cotangents; where one disagrees, a search for the elements that do."""

    def __init__(self, answers: Answers, rng: np.random.Generator, rtol: float, progress: bool | None) -> None:
        self.answers, self.rng, self.rtol, self.progress = answers, rng, rtol, progress
        self.problem = answers.problem
        self.scale = self.problem.scale
        self.at_zero = self.problem.evaluate(self.problem.point)
        self.ladders = 0

    def compare(self) -> Comparison:
        """The projections; and if one of them fails, elements of that one."""
        worst = PASS
        unusable = [part for part in self.problem.inputs if part.name in self.answers.unusable]
        for turn in steps(range(_DIRECTIONS), "projections", self.progress):
            weights = self.rng.normal(size=self.problem.size_out)
            direction = self.rng.normal(size=self.problem.size_in)
            for part in unusable:
                direction[part.start : part.stop] = 0
            status, gradient = self.status(weights, direction)
            for some in self.apart(weights, direction) if status >= KINK else []:
                status, gradient = self.status(some, direction)
                if status >= KINK:
                    found = self.search(some, gradient, direction, status)
                    if found is not None:
                        return found
                    worst = max(worst, KINK)
            if status == PASS and turn < _LAYERED:
                for layer in _layers(gradient, direction):
                    status = self.layer(weights, gradient, layer)
                    found = self.search(weights, gradient, layer, status) if status == FAIL else None
                    if found is not None:
                        return found
                    worst = max(worst, status if status != FAIL else UNSURE)
        return self.summary(worst)

    def layer(self, weights: Vector, gradient: Vector, direction: Vector) -> int:
        """The verdict on inputs whose derivatives are small beside those of others, looked at by themselves."""
        status = int(self.findings(weights, gradient, direction, self.rtol).status[0])
        used = direction != 0
        given = float(gradient[used] @ direction[used])
        if status < UNSURE and given:
            return status
        step = steady_step(self.answers, direction * self.scale)
        slope = 0.0 if step is None else _dot(weights, step)
        if status < UNSURE and not 0 < abs(slope) * FIRST_STEP <= 8 * self.noise[0]:
            return status
        if status == UNSURE and agree(slope, given):
            return PASS
        names = [part.name for part in self.problem.inputs if direction[part.start : part.stop].any()]
        self.answers.doubts.append(SMALL.format(" and ".join(names)))
        return max(UNSURE, status)

    def apart(self, weights: Vector, direction: Vector) -> list[Vector]:
        """The cotangent in two: for the outputs that are smooth along a direction, and for those with a kink.

        Kinks would hide small errors of other outputs. They are turned to bend upwards all together: then the slope of
        the sum lies between its one-sided slopes, if each one's does.
        """
        line = directed(self.answers, direction * self.scale)
        with np.errstate(all="ignore"):
            wide, narrow = ((line(h) - 2 * self.at_zero + line(-h)) / h for h in _BENDING_STEPS)
            rounding = _ROUNDING * self.problem.epsilon / EPSILON * np.abs(self.at_zero) / _BENDING_STEPS[1]
            kinked = (np.abs(narrow) > np.abs(wide) / 2) & (np.abs(narrow) > rounding)
        if not kinked.any():
            return [weights]
        halves = np.where(kinked, 0, weights), np.where(kinked, np.abs(weights) * np.sign(narrow), 0)
        return [half for half in halves if half.any()]

    def summary(self, status: int) -> Comparison:
        """Nothing was wrong: one column, without numbers."""
        none = np.zeros((1, 0))
        return Comparison(none, none, none, np.full((1, 1), status), np.zeros(0, dtype=int), ["g·output"], none)

    def settle(self, weights: Vector) -> None:
        """Measure the noise of this combination of the outputs."""
        self.here = np.atleast_1d(_dot(weights, self.at_zero))
        ends = self.scale * self.rng.choice([-1.0, 1.0], size=self.scale.shape)
        size = np.abs(weights * np.where(np.isfinite(self.at_zero), self.at_zero, 0)).sum()
        measured = noise_of(directed(self.answers, ends, weights), self.here, self.problem.epsilon)
        self.noise = np.maximum(measured, self.problem.epsilon * size / np.sqrt(self.problem.size_out))

    def slopes(self, weights: Vector, direction: Vector, more: bool = False) -> Slopes:
        self.ladders += 1
        line = directed(self.answers, direction * self.scale, weights)
        return climb(line, self.here, self.noise, more=more, epsilon=self.problem.epsilon)

    def findings(self, weights: Vector, gradient: Vector, direction: Vector, rtol: float) -> Findings:
        """One directional derivative judged, with a second, longer ladder where the first leaves a doubt."""
        used = direction != 0
        analytic = np.atleast_1d(gradient[used] @ direction[used])
        floor = _ROUNDING * (np.abs(self.here) + np.abs(gradient[used] * direction[used]).sum())
        for more in (False, True):
            slopes = self.slopes(weights, direction, more)
            found = judge(analytic, slopes, rtol, floor)
            if found.status[0] < UNSURE and not found.kinked[0]:
                break
        if found.status[0] == FAIL and not found.kinked[0]:
            relative = float(self.noise[0] / max(abs(self.here[0]), float(np.linalg.norm(gradient[used])), 1e-300))
            moved = rounding_of(self.answers, weights, relative, self.rng)
            extra = np.linalg.norm((moved * self.scale * direction)[used])
            found = judge(analytic, _widened(slopes, extra), rtol, floor)
        return found

    def status(self, weights: Vector, direction: Vector) -> tuple[int, Vector]:
        """The verdict on a projection, and the gradient of g·f."""
        gradient = self.answers.vector(weights) * self.scale
        self.settle(weights)
        return int(self.findings(weights, gradient, direction, self.rtol).status[0]), gradient

    def search(self, weights: Vector, gradient: Vector, direction: Vector, why: int) -> Comparison | None:
        """Halve the direction until single elements are left; None where each of them is in order after all.

        At kinks a mixture of subgradients is right, though the projection cannot see it: only elements decide. And a
        projection that is in order because of its kinks alone (`why`) may hide a small error in other elements.
        """
        places = self.rng.permutation(np.flatnonzero(direction))
        if why >= UNSURE and len(direction) > 2 * _LADDERS:
            sampled = self.elements(weights, gradient, np.sort(places[: self.affordable(_LADDERS // 4)]))
            if (sampled.status == FAIL).any():
                return sampled
        wrong: list[int] = []
        unsure = False
        start = self.ladders
        budget = min(_LADDERS, 4 * self.affordable(_LADDERS)) // (1 if why >= UNSURE else 4)
        stack = [(places, True)]  # and whether something in it is wrong for certain
        while stack and len(wrong) < 12:
            if self.ladders - start > budget:
                unsure = True
                break
            places, bad = stack.pop()
            if len(places) == 1:
                status = self.single(weights, gradient, direction, int(places[0]))
                wrong += [int(places[0])] * (status == FAIL)
                unsure |= status == UNSURE
                continue
            part = np.where(np.isin(np.arange(len(direction)), places), direction, 0)
            if bad or self.findings(weights, gradient, part, self.rtol).status[0] >= KINK:
                stack += [(places[len(places) // 2 :], False), (places[: len(places) // 2], False)]
            elif stack and len(stack[-1][0]) - len(places) in {0, 1}:
                stack[-1] = stack[-1][0], True  # the other half of what is wrong as a whole
            if wrong and len(direction) > 2 * _LADDERS:
                break
        if wrong:
            return self.elements(weights, gradient, self.sample(wrong))
        return self.summary(UNSURE) if unsure and why >= UNSURE else None

    def single(self, weights: Vector, gradient: Vector, direction: Vector, i: int) -> int:
        """The verdict on a single element."""
        alone = np.where(np.arange(len(direction)) == i, direction, 0)
        return int(self.findings(weights, gradient, alone, _ELEMENT_RTOL).status[0])

    def sample(self, wrong: list[int]) -> Any:
        """The elements to look at one by one: all of a small problem, the wrong ones and some others of a large one."""
        n = self.problem.size_in
        if n <= 2 * _LADDERS:
            return np.arange(n)
        others = self.rng.choice(n, size=self.affordable(_LADDERS // 4), replace=False)
        return np.unique(np.concatenate([wrong, others]))

    def affordable(self, most: int) -> int:
        """How many ladders to climb: fewer where the inputs are many and each takes long."""
        return max(_FEW, min(most, _WORK // self.problem.size_in))

    def elements(self, weights: Vector, gradient: Vector, columns: Any) -> Comparison:
        """Single elements of the gradient of g·f."""
        results: list[Findings] = []
        for i in steps(columns, "elements", self.progress):
            direction = np.zeros_like(self.scale)
            direction[i] = 1.0
            if np.isnan(gradient[i]):
                slopes = self.slopes(weights, direction)
                results.append(judge(gradient[[i]], slopes, _ELEMENT_RTOL))
            else:
                results.append(self.findings(weights, gradient, direction, _ELEMENT_RTOL))
        scale = self.scale[columns]
        numeric, error = (np.array([getattr(r, name)[0] for r in results]) / scale for name in ("numeric", "error"))
        status = np.array([r.status[0] for r in results])
        return Comparison(
            (gradient[columns] / scale)[None],
            numeric[None],
            error[None],
            status[None],
            columns,
            ["g·output"],
            weights[None],
        )
