"""What is wrong with a function or a derivative before any number is compared: structure, shape, dtype, behaviour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .ladder import EPSILON, Vector
from .problem import AnswerError, Part, Problem
from .report import Diagnosis

_LINEAR = 1e-6  # how far a derivative may be from linear; hidden single precision is 1e-7
_LAST_DIGITS = 100 * EPSILON  # of the outputs: a derivative that moves them by less is rounding


@dataclass
class Answers:
    """The derivative under test, asked for real vectors; what it gets wrong in form is noted once."""

    problem: Problem
    faults: dict[str, Diagnosis] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)
    wrong_shapes: dict[str, Any] = field(default_factory=dict)

    def note(self, kind: str, sentence: str) -> None:
        self.faults.setdefault(kind, Diagnosis(kind, sentence))

    def vector(self, cotangent: Vector) -> Vector:
        """The gradient for a real cotangent, as one real vector; NaN where an input's has the wrong form."""
        problem = self.problem
        result = np.full(problem.size_in, np.nan)
        try:
            gradients = problem.gradients(cotangent)
        except AnswerError as error:
            self.note("count", f"{str(error).capitalize()}.")
            self.unusable.update(part.name for part in problem.inputs)
            return result
        for part, gradient in zip(problem.inputs, gradients, strict=True):
            if self.fits(part, gradient):
                result[part.start : part.stop] = part.vector(gradient, conjugate=True)
        return result

    def fits(self, part: Part, gradient: Any) -> bool:
        """Whether a gradient has its input's form; otherwise the fault is noted."""
        if gradient is None:
            self.note("zero", f"No gradient was returned for {part.name}, on which the result may depend.")
            self.unusable.add(part.name)
            return False
        array = np.asarray(gradient)
        if array.dtype.kind not in "fciub":
            self.note("dtype", f"The gradient of {part.name} is not made of numbers, but of {array.dtype} objects.")
            self.unusable.add(part.name)
            return False
        if array.shape != part.shape:
            self.note(*_shape_fault(part, array.shape))
            self.unusable.add(part.name)
            self.wrong_shapes[part.name] = array
            return False
        if array.dtype.kind == "c" and not part.is_complex:
            self.note(
                "dtype",
                f"The gradient of {part.name} is complex, and the input is real: a real number cannot move in the "
                "imaginary direction, so keep the real part.",
            )
        return True


def _shape_fault(part: Part, shape: tuple[int, ...]) -> tuple[str, str]:
    """Why a gradient's shape is wrong: most often the sum over an axis that was broadcast is missing."""
    try:
        broadcast = np.broadcast_shapes(shape, part.shape) == shape
    except ValueError:
        broadcast = False
    if broadcast:
        return "broadcast", (
            f"The gradient of {part.name} has shape {shape}, and the input has {part.shape}: the input was broadcast, "
            "that is, each of its numbers was used several times, so sum the gradient over the axes that were added "
            "or stretched."
        )
    if shape == part.shape[::-1]:
        return "transposed", (
            f"The gradient of {part.name} has shape {shape}, which is the input's {part.shape} the other way round: "
            "transpose it."
        )
    return "shape", (
        f"The gradient of {part.name} has shape {shape}, and the input has {part.shape}: a gradient has one number "
        "for each number of its input."
    )


def behaviour(answers: Answers, rng: np.random.Generator) -> bool:
    """Look for answers that change from call to call, changed inputs, lost precision and non-linearity.

    Returns whether the numbers can be compared at all.
    """
    problem = answers.problem
    first, second = problem.evaluate(problem.point), problem.evaluate(problem.point.copy())
    if not _same(first, second):
        answers.note(
            "nondeterministic",
            "The function gave two different results for the same input: fix its random seed, pass the random numbers "
            "in, or switch dropout off (module.eval()) while checking.",
        )
        return False
    w1, w2 = rng.normal(size=(2, problem.size_out))
    g1, g1_again, g2 = answers.vector(w1), answers.vector(w1), answers.vector(w2)
    _look_for_changed_inputs(answers, w1)
    if not _same(g1, g1_again):
        answers.note(
            "nondeterministic",
            "The derivative gave two different answers to the same question: it keeps something between calls, or "
            "draws random numbers.",
        )
        return False
    _look_for_other_dtypes(answers, w1)
    both, opposite = answers.vector(2 * w1 - 3 * w2), answers.vector(-w1)
    with np.errstate(all="ignore"):
        size = (np.abs(both) + 2 * np.abs(g1) + 3 * np.abs(g2)).max(initial=0, where=np.isfinite(both))
        rounding = _LAST_DIGITS * (np.abs(first) @ (2 * np.abs(w1) + 3 * np.abs(w2))) / problem.scale
        off = np.maximum(np.abs(both - (2 * g1 - 3 * g2)), np.abs(opposite + g1)) > _LINEAR * size + rounding
    if off.any():
        ignores = _same(g1, g2) and _same(g1, both)
        answers.note(
            "nonlinear",
            "The derivative does not depend on the incoming gradient g: the chain rule multiplies by g."
            if ignores
            else "The derivative is not linear in the incoming gradient g: twice the g must give twice the result, so "
            "g is a factor of every term, once.",
        )
    return True


def _same(a: Vector, b: Vector) -> bool:
    """Equal up to the last digits, in which threads may differ; NaN is equal to NaN."""
    with np.errstate(all="ignore"):
        close = np.abs(a - b) <= 100 * EPSILON * np.maximum(np.abs(a), np.abs(b)).max(initial=0, where=np.isfinite(a))
    return bool((close | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def _look_for_changed_inputs(answers: Answers, cotangent: Vector) -> None:
    """Call everything once more with arrays of our own, and see whether they come back as they were."""
    problem = answers.problem
    arrays, cotangents = problem.arrays(problem.point), problem.cotangents(cotangent)
    calls: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("function", lambda: problem.forward(arrays)),
        ("derivative", lambda: problem.pull(arrays, cotangents)),
    )
    for who, call in calls:
        try:
            with np.errstate(all="ignore"):
                call()
        except AnswerError:
            pass
        changed = [
            part.name
            for part, array, original in zip(problem.inputs, arrays, problem.arrays(problem.point), strict=True)
            if not np.array_equal(array, original)
        ]
        for array, original in zip(cotangents, problem.cotangents(cotangent), strict=True):
            if not np.array_equal(array, original):
                changed.append("the incoming gradient g")
        if changed:
            answers.note(
                "mutated",
                f"The {who} changed {changed[0]} in place: whoever uses that array afterwards gets wrong numbers. Work "
                "on a copy, and make new arrays (y = x * 2) instead of changing old ones (x *= 2).",
            )
            return


def _look_for_other_dtypes(answers: Answers, cotangent: Vector) -> None:
    """With inputs in their own dtype, for example float32, the gradients have that dtype too."""
    problem = answers.problem
    if all(part.dtype in (np.dtype(np.float64), np.dtype(np.complex128)) for part in problem.inputs):
        return
    originals = [np.array(x)[()] for x in problem.originals]
    try:
        with np.errstate(all="ignore"):
            outputs = [np.asarray(leaf) for leaf in problem.outputs_at(originals)]
            cotangents = [
                np.asarray(g, dtype=out.dtype)[()]
                for g, out in zip(problem.cotangents(cotangent), outputs, strict=True)
            ]
            gradients = problem.pull(originals, cotangents)
    except AnswerError:
        return
    for part, gradient in zip(problem.inputs, gradients, strict=True):
        dtype = getattr(gradient, "dtype", None)
        if dtype is not None and dtype != part.dtype:
            answers.note(
                "dtype",
                f"The gradient of {part.name} has dtype {dtype}, and the input has {part.dtype}: they must be the "
                "same, or a network in single precision slowly turns into one in double precision.",
            )
            return
