"""What is wrong with a function or a derivative before any number is compared: structure, shape, dtype, behaviour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .ladder import EPSILON, Vector
from .problem import AnswerError, Part, Problem
from .report import Diagnosis

_MOST_OUTPUTS = 1_000  # each of which is asked for by itself; of more, projections notice what is lost
_TINY = 2.0**-20  # of a cotangent, so that nothing overflows
_LINEAR = 1e-6  # how far a derivative may be from linear; hidden single precision is 1e-7
_LAST_DIGITS = 100 * EPSILON  # of the outputs: a derivative that moves them by less is rounding


@dataclass
class Answers:
    """The derivative under test, asked for real vectors; what it gets wrong in form is noted once."""

    problem: Problem
    faults: dict[str, Diagnosis] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)
    wrong_shapes: dict[str, Any] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)  # why something is undecided

    def note(self, kind: str, sentence: str) -> None:
        self.faults.setdefault(kind, Diagnosis(kind, sentence))

    def refuse(self, error: AnswerError) -> None:
        """Note an answer of the wrong structure."""
        words = str(error)
        self.note("count", f"{words[0].upper()}{words[1:]}.")

    def vector(self, cotangent: Vector) -> Vector:
        """The gradient for a real cotangent, as one real vector; NaN where an input's has the wrong form."""
        problem = self.problem
        result = np.full(problem.size_in, np.nan)
        try:
            gradients = problem.gradients(cotangent)
        except AnswerError as error:
            self.refuse(error)
            self.unusable.update(part.name for part in problem.inputs)
            return result
        if _in_another_order(problem.inputs, gradients):
            self.note(
                "swapped", _ORDER.format(" and ".join(part.name for part in _misshapen(problem.inputs, gradients)))
            )
        for part, gradient in zip(problem.inputs, gradients, strict=True):
            if self.fits(part, gradient):
                result[part.start : part.stop] = part.vector(gradient, conjugate=True)
        return result

    def fits(self, part: Part, gradient: Any) -> bool:
        """Whether a gradient has its input's form; otherwise the fault is noted."""
        if gradient is None:
            self.note(
                "zero",
                f"No gradient was returned for {part.name} (None), on which the result may depend: is a `return` missing? "
                "Functions that work in place, such as np.add.at, return None too.",
            )
            self.unusable.add(part.name)
            return False
        array = np.asarray(gradient)
        if array.dtype.kind not in "fciub":
            what = "text" if array.dtype.kind in "US" else f"Python objects ({type(array.flat[0]).__name__})"
            self.note("dtype", f"The gradient of {part.name} is not made of numbers, but of {what}.")
            self.unusable.add(part.name)
            return False
        if array.shape != part.shape:
            if "swapped" not in self.faults:
                self.note(*_shape_fault(part, array.shape, self.problem.outputs))
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


_ORDER = "The gradients of {} have each other's shapes: return them in the order of the inputs."


def _misshapen(parts: list[Part], gradients: list[Any]) -> list[Part]:
    return [part for part, gradient in zip(parts, gradients, strict=True) if np.shape(gradient) != part.shape]


def _in_another_order(parts: list[Part], gradients: list[Any]) -> bool:
    """Whether the wrong shapes are right ones, returned for other inputs."""
    wrong = _misshapen(parts, gradients)
    given = [np.shape(gradient) for gradient in gradients if gradient is not None]
    return bool(wrong) and sorted(given) == sorted(part.shape for part in parts)


def _stretched(shape: tuple[int, ...], original: tuple[int, ...]) -> str:
    """The axes of an array that the one that was broadcast does not have, or has with length 1."""
    added = len(shape) - len(original)
    axes = [i for i, n in enumerate(shape) if i < added or (n > 1 and original[i - added] == 1)]
    return f"of this one {'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"


def _shape_fault(part: Part, shape: tuple[int, ...], outputs: list[Part]) -> tuple[str, str]:
    """Why a gradient's shape is wrong: most often the sum over an axis that was broadcast is missing."""
    lead = f"The gradient of {part.name} has shape {shape}, and the input has {part.shape}: "
    if sorted(n for n in shape if n > 1) == sorted(n for n in part.shape if n > 1) and len(shape) != len(part.shape):
        return "shape", lead + (
            "an axis of length 1 is left over; sum without keepdims=True, or reshape it away."
            if len(shape) > len(part.shape)
            else "an axis of length 1 is lost; sum with keepdims=True, or reshape it back."
        )
    if _broadcasts(part.shape, shape):
        return "broadcast", lead + (
            "the input was broadcast, that is, each of its numbers was used several times, so sum the gradient over "
            f"the axes that were added or stretched: {_stretched(shape, part.shape)}."
        )
    if len(shape) == 2 and shape == part.shape[::-1]:
        return "transposed", (
            f"The gradient of {part.name} has shape {shape}, which is the input's {part.shape} the other way round: "
            "transpose it."
        )
    if sorted(shape) == sorted(part.shape):
        return "shape", lead + "its axes are in another order; put each of them back to where it came from."
    for out in outputs:
        axes = _summed_axis(out.shape, shape), _summed_axis(out.shape, part.shape)
        if None not in axes and _broadcasts(part.shape, out.shape):
            return "axis", lead + (
                f"that is what is left of the output's {out.shape} after a sum over axis {axes[0]}; the input was "
                f"broadcast along axis {axes[1]}, so sum over that one."
            )
    if not shape:
        return "shape", (
            f"The gradient of {part.name} is a single number, and the input has shape {part.shape}: a gradient has one "
            "number for each number of its input. Is something summed up that should not be?"
        )
    return "shape", lead + "a gradient has one number for each number of its input."


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False


def _summed_axis(whole: tuple[int, ...], rest: tuple[int, ...]) -> int | None:
    """The axis over which an array of shape `whole` was summed if `rest` is left."""
    return next((i for i in range(len(whole)) if whole[:i] + whole[i + 1 :] == rest), None)


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
        answers.note("nonlinear", _nonlinear(answers, off, w1, g1, ignores=_same(g1, g2) and _same(g1, both)))
    elif len(w1) <= _MOST_OUTPUTS and not np.isfinite(g1 + g2).all():
        _look_for_lost_numbers(answers, w1 * _TINY)
    return True


def _look_for_lost_numbers(answers: Answers, cotangent: Vector) -> None:
    """A derivative that is NaN for some cotangents, and finite for each output's own, is not linear (√g, log g, 1/g)."""
    lost = np.isnan(answers.vector(cotangent)) | np.isnan(answers.vector(-cotangent))
    for i in range(len(cotangent)):
        if not lost.any():
            return
        unit = np.zeros(len(cotangent))
        unit[i] = _TINY
        lost &= np.isfinite(answers.vector(unit))
    names = " and ".join(part.name for part in answers.problem.inputs if lost[part.start : part.stop].any())
    if names:
        answers.note(
            "nonlinear",
            f"The derivative with respect to {names} is NaN for some incoming gradients g and a number for others: it must "
            "be linear in g, so that no root, logarithm or quotient of g is taken.",
        )


def _nonlinear(answers: Answers, off: Any, cotangent: Vector, once: Vector, ignores: bool) -> str:
    """In which way the derivative is not linear in g, and with respect to which inputs."""
    if ignores:
        return "The derivative does not depend on the incoming gradient g: the chain rule multiplies by g."
    parts = [part for part in answers.problem.inputs if off[part.start : part.stop].any()]
    here = np.concatenate([np.arange(part.start, part.stop) for part in parts])
    names = " and ".join(part.name for part in parts)
    made_of = {np.asarray(g).dtype.kind for g in answers.problem.gradients(cotangent)}
    if "b" in made_of:
        return (
            f"The gradient of {names} is made of True and False: it is what a comparison returns. `*` binds tighter than `>`, "
            "so that g * x > 0 compares the product: write g * (x > 0)."
        )
    if made_of & {"i", "u"}:
        return (
            f"The gradient of {names} is made of whole numbers, so that fractions are lost: collect it in an array of "
            "floats, for example np.zeros(x.shape)."
        )
    lead = f"The derivative with respect to {names} is not linear in the incoming gradient g: "
    zero, opposite = answers.vector(0 * cotangent)[here], answers.vector(-cotangent)[here]
    if np.any(np.abs(zero) > _LINEAR * np.abs(once[here]).max(initial=0)):
        return lead + "for g = 0 it is not 0, so a term lacks the factor g."
    if _same(opposite, once[here]):
        return lead + "g and −g give the same, so g is squared, or its sign is lost."
    if _same(answers.vector(2 * cotangent)[here], 2 * once[here]):
        return (
            lead
            + "−g must give minus the result, so nothing may depend on the sign of g: is it asked of g in place of x or out?"
        )
    return lead + "twice the g must give twice the result, so g is a factor of every term, once."


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
        if problem.touched and who == "derivative":
            changed.append("the output, which it was given,")
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
