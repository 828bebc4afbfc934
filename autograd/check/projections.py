"""Comparing derivatives of many inputs: projections of the Jacobian, and then the elements that matter."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compare import LOST, ROUNDING, Comparison, directed, rounding_of, weighed, widened
from .hygiene import Answers
from .judge import FAIL, KINK, PASS, UNSURE, Findings, judge
from .ladder import EPSILON, FIRST_STEP, Slopes, Vector, climb, noise_of
from .progress import steps
from .second import SMALL, agree, reconsidered, steady_step

_DIRECTIONS = 4
_LAYERED = 2  # of the directions are taken apart by the size of their derivatives
_DEPTHS = 6
# Steps over which a smooth function's bend becomes 16 times smaller, and a kink's does not.
_BENDING_STEPS = (2.0**-12, 2.0**-16)
_LADDERS = 400  # at most so many more to find the wrong elements after a projection has failed
_WORK, _FEW = 1_000_000, 5  # so many ladders times inputs, and so many at least
_ELEMENT_RTOL = 1e-5
_HALVING_STEP = 2.0**-10  # of the inputs' sizes: the differences there are good to 12 digits where a function is smooth


def _layers(gradient: Vector, direction: Vector) -> list[Vector]:
    """The direction in parts along which the derivative is of like size, without those that it shows as a whole.

    What moves the result a thousand times less than other inputs do is lost beside them.
    """
    with np.errstate(all="ignore"):
        sizes = np.abs(gradient * direction)
        depth = np.log(np.max(sizes, initial=0) / sizes) / np.log(LOST)
    deepest = _DEPTHS - 1
    levels = np.where(direction != 0, np.clip(np.nan_to_num(depth, nan=0, posinf=deepest), 0, deepest).astype(int), 0)
    return [np.where(levels == level, direction, 0) for level in range(1, _DEPTHS) if (levels == level).any()]


def _only(places: Any, direction: Vector) -> Vector:
    """The direction at these places, and 0 elsewhere."""
    part = np.zeros_like(direction)
    part[places] = direction[places]
    return part


class Projections:
    """Random directions and random cotangents; where one disagrees, a search for the elements that do."""

    def __init__(self, answers: Answers, rng: np.random.Generator, rtol: float, progress: bool | None) -> None:
        self.answers, self.rng, self.rtol, self.progress = answers, rng, rtol, progress
        self.problem = answers.problem
        self.scale = self.problem.scale
        self.at_zero = self.problem.evaluate(self.problem.point)
        self.ladders = 0
        self.finer = False  # whether something was right that looked wrong from further away

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
                if some is not weights:
                    status, gradient = self.status(some, direction)
                if status >= KINK:
                    found = self.search(some, gradient, direction, status)
                    if found is not None:
                        return found
                    worst = max(worst, PASS if self.finer else KINK)
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
        slope = 0.0 if step is None else weighed(weights, step)
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
            rounding = ROUNDING * self.problem.epsilon / EPSILON * np.abs(self.at_zero) / _BENDING_STEPS[1]
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
        self.here = np.atleast_1d(weighed(weights, self.at_zero))
        ends = self.scale * self.rng.choice([-1.0, 1.0], size=self.scale.shape)
        size = np.abs(weights * np.where(np.isfinite(self.at_zero), self.at_zero, 0)).sum()
        measured = noise_of(directed(self.answers, ends, weights), self.here, self.problem.epsilon)
        self.noise = np.maximum(measured, self.problem.epsilon * size / np.sqrt(self.problem.size_out))

    def slopes(self, weights: Vector, direction: Vector, more: bool = False) -> Slopes:
        self.ladders += 1
        line = directed(self.answers, direction * self.scale, weights)
        return climb(line, self.here, self.noise, more=more, epsilon=self.problem.epsilon)

    def findings(
        self, weights: Vector, gradient: Vector, direction: Vector, rtol: float, seen: bool = False
    ) -> Findings:
        """One directional derivative judged, with a second, longer ladder where the first leaves a doubt.

        Where another one was `seen` to be wrong, a wrong one is no matter of doubt.
        """
        used = direction != 0
        analytic = np.atleast_1d(gradient[used] @ direction[used])
        floor = ROUNDING * (np.abs(self.here) + np.abs(gradient[used] * direction[used]).sum())
        for more in (False, True):
            slopes = self.slopes(weights, direction, more)
            found = judge(analytic, slopes, rtol, floor)
            if (found.status[0] < UNSURE or (seen and found.status[0] == FAIL)) and not found.kinked[0]:
                break
        if found.status[0] == FAIL and not found.kinked[0]:
            relative = float(self.noise[0] / max(abs(self.here[0]), float(np.linalg.norm(gradient[used])), 1e-300))
            moved = rounding_of(self.answers, weights, relative, self.rng)
            extra = np.linalg.norm((moved * self.scale * direction)[used])
            found = judge(analytic, widened(slopes, extra), rtol, floor)
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
        if why == FAIL:
            likely = self.descend(weights, gradient, direction)
            if self.single(weights, gradient, direction, likely) == FAIL:
                found = self.elements(weights, gradient, self.sample([likely]))
                if (found.status >= UNSURE).any():
                    return found
        places = self.rng.permutation(np.flatnonzero(direction))
        if why >= UNSURE and len(direction) > 2 * _LADDERS:
            sampled = self.elements(weights, gradient, np.sort(places[: self.affordable(_LADDERS // 4)]))
            if (sampled.status == FAIL).any():
                return sampled
        unsure = False
        start = self.ladders
        budget = min(_LADDERS, 4 * self.affordable(_LADDERS)) // (1 if why >= UNSURE else 4)
        stack = [(places, True)]  # and whether something in it is wrong for certain
        while stack:
            if self.ladders - start > budget:
                unsure = True
                break
            places, bad = stack.pop()
            if len(places) == 1:
                status = self.single(weights, gradient, direction, int(places[0]))
                unsure |= status == UNSURE
                if status == FAIL:
                    found = self.elements(weights, gradient, self.sample(places))
                    return found if (found.status >= UNSURE).any() else None
            elif bad or self.findings(weights, gradient, _only(places, direction), self.rtol).status[0] >= KINK:
                stack += [(places[len(places) // 2 :], False), (places[: len(places) // 2], False)]
            elif stack and len(stack[-1][0]) - len(places) in {0, 1}:
                stack[-1] = stack[-1][0], True  # the other half of what is wrong as a whole
        return self.summary(UNSURE) if unsure and why >= UNSURE else None

    def descend(self, weights: Vector, gradient: Vector, direction: Vector) -> int:
        """The element to which most of the difference leads, halving by differences of one step: a guess."""
        places = np.flatnonzero(direction)
        while len(places) > 1:
            halves = places[: len(places) // 2], places[len(places) // 2 :]
            left, right = (self.difference(weights, gradient, _only(half, direction)) for half in halves)
            places = halves[int(right > left)]
        return int(places[0])

    def difference(self, weights: Vector, gradient: Vector, direction: Vector) -> float:
        """|given - numeric| of a directional derivative, without an error bar."""
        line = directed(self.answers, direction * self.scale, weights)
        with np.errstate(all="ignore"):
            far, near = ((line(h) - line(-h))[0] / (2 * h) for h in (2 * _HALVING_STEP, _HALVING_STEP))
            return float(np.nan_to_num(abs(near + (near - far) / 3 - gradient @ direction)))

    def single(self, weights: Vector, gradient: Vector, direction: Vector, i: int) -> int:
        """The verdict on a single element."""
        return int(self.findings(weights, gradient, _only(i, direction), _ELEMENT_RTOL).status[0])

    def reconsidered(self, weights: Vector, given: Vector, direction: Vector, found: Findings) -> Findings:
        """A second opinion on a single element."""
        step = steady_step(self.answers, direction * self.scale)
        slope = None if step is None else np.atleast_1d(weighed(weights, step))
        line = directed(self.answers, direction * self.scale, weights)
        new = reconsidered(self.answers, found, line, self.here, given=given, step=slope, rtol=_ELEMENT_RTOL)
        self.finer |= found.status[0] == FAIL and new.status[0] == PASS
        return new

    def sample(self, wrong: Any) -> Any:
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
                continue
            seen = any(r.status[0] == FAIL for r in results)
            found = self.findings(weights, gradient, direction, _ELEMENT_RTOL, seen)
            if found.status[0] >= UNSURE and not seen:  # one is enough
                found = self.reconsidered(weights, gradient[[i]], direction, found)
            results.append(found)
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
