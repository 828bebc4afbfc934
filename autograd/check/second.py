"""Second opinions on single derivatives: steps of another length, and steps into the complex plane.

A ladder sees nothing of what a function does between its points. Whether a derivative that it excludes is wrong, or the
function has structure finer than its steps, a second ladder of much shorter steps shows. And where no difference of
function values is certain enough, a step into the complex plane may be: Im f(x + ih)/h has no difference in it
(W. Squire and G. Trapp, SIAM Review 40 (1998), 110-112).
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from .hygiene import Answers
from .judge import FAIL, KINK, PASS, UNSURE, Findings, judge
from .ladder import EPSILON, FIRST_STEP, Estimate, Line, Slopes, Vector, climb, noise_of

# Lengths of steps, beside the first ladder's: far shorter; so short that the inputs themselves are rounded; of like length.
_SHORT, _SHORTEST, _BESIDE = 2.0**-18, 2.0**-26, 0.6875
_NEAREST = (2.0**-34, _BESIDE * 2.0**-37)  # they decide together what the others left undecided
_APART = 1e-3  # a derivative that another one, which is certain, differs from by more is another one
_IMAGINARY = 2.0**-200  # of the input's size: its square is nothing beside anything
_SAME = 1e-6
_CLOSE = 0.01
_OWN = 2e-3  # what the given derivative's rounding may excuse
_BLUNT = 1e-3  # a derivative that differences know less well is shown to the complex step as well
_PLACES = np.linspace(-0.24, 0.23, 16)  # a function with another value at each of these has no stairs there
_STEEPER = 10.0
_VERY_SHORT = 2.0 ** -np.arange(24, 50)
_NEARER = (1.0, 2.0**-6, 2.0**-12, 2.0**-18)

FINER = (
    "finer: the function changes faster beside this point than steps can follow, and shorter ones give other numbers: try "
    "points further from the pole, the jump or the edge"
)
SMALL = (
    "small: derivatives with respect to {} are lost beside those with respect to other inputs, or beside the size of the "
    "output: look at them alone, with the others held, or where the output is smaller"
)


def confirmed(
    line: Line, at_zero: Vector, analytic: Vector, first: Findings, *, epsilon: float, rtol: float
) -> Findings:
    """`first`, with FAIL only where steps of other lengths do not contradict it.

    Where they do, the derivative is right if the shorter ones are certain of that, and undecided otherwise.
    """
    some = first.status == FAIL
    given, zero = analytic[some], at_zero[some]
    status, numeric, error = first.status[some], first.numeric[some], first.error[some]

    def looked_at(t: float) -> Vector:
        return line(t)[some]

    with np.errstate(all="ignore"):
        bound = _STEEPER * np.abs(numeric) + 5 * error
        steep = np.abs(given) > bound
        if steep.any():
            steep &= _steepest(looked_at, zero, noise_of(looked_at, zero, epsilon)) > bound
    status[steep] = UNSURE
    for zoom in (_SHORT, _SHORTEST, _BESIDE):

        def near(t: float, zoom: float = zoom) -> Vector:
            return looked_at(t * zoom)

        found = _zoomed(near, zero, given, zoom=zoom, epsilon=epsilon, rtol=rtol)
        with np.errstate(all="ignore"):
            size, bars = np.maximum(np.abs(found.numeric), np.abs(numeric)), 5 * (found.error + error)
            apart = np.abs(found.numeric - numeric) - bars  # where they agree the more certain one, the first, decides
        stairs = (found.numeric == 0) & (found.error == 0)  # it does not change at all over so short a way
        other = ((apart > _APART * size) & (zoom < _BESIDE)) | ((apart > 0) & (found.status <= KINK))
        doubt = ~stairs & (status == FAIL) & other
        if doubt.any():
            doubt &= _moves(near, zero)
        close = np.abs(found.numeric - given) <= _CLOSE * np.abs(given)
        believed = (found.status <= KINK) & close & (zoom == _SHORT)
        status = np.where(doubt, np.where(believed, found.status, UNSURE), status)
        numeric, error = np.where(doubt, found.numeric, numeric), np.where(doubt, found.error, error)
    if (status == UNSURE).any():
        decided, found = _nearest(looked_at, zero, given, epsilon=epsilon, rtol=rtol)
        decided &= status == UNSURE
        status, numeric, error = (
            np.where(decided, new, old)
            for new, old in zip((found.status, found.numeric, found.error), (status, numeric, error), strict=True)
        )
    whole = first.status.copy(), first.numeric.copy(), first.error.copy()
    for each, seen in zip(whole, (status, numeric, error), strict=True):
        each[some] = seen
    return replace(first, status=whole[0], numeric=whole[1], error=whole[2])


def _zoomed(near: Line, at_zero: Vector, given: Vector, *, zoom: float, epsilon: float, rtol: float) -> Findings:
    """What a ladder of steps shorter by `zoom` says; `near` is the line that takes them."""
    slopes = climb(near, at_zero, noise_of(near, at_zero, epsilon), epsilon=epsilon, blur=1 / zoom)
    return judge(given, _in_units(slopes, zoom), rtol)


def _nearest(line: Line, at_zero: Vector, given: Vector, *, epsilon: float, rtol: float) -> tuple[Any, Findings]:
    """Where two ladders at the end of what the inputs' digits resolve say the same of a derivative, and what they say."""
    lines = [lambda t, zoom=zoom: line(t * zoom) for zoom in _NEAREST]
    one, other = (
        _zoomed(near, at_zero, given, zoom=zoom, epsilon=epsilon, rtol=rtol)
        for near, zoom in zip(lines, _NEAREST, strict=True)
    )
    with np.errstate(all="ignore"):
        bars = 5 * (one.error + other.error)
        same = np.abs(one.numeric - other.numeric) <= bars + _APART * np.abs(one.numeric)
        sharp = bars <= _CLOSE * np.abs(one.numeric)
    decided = same & sharp & (one.status == other.status) & (one.status != UNSURE)
    if decided.any():
        decided &= _moves(lines[0], at_zero)
    return decided, one


def _steepest(line: Line, at_zero: Vector, noise: Vector) -> Vector:
    """The steepest secant from the point by very short steps that is not rounding.

    It is infinite where the function is all noise: so it looks beside a pole that is nearer than the shortest steps.
    """
    values = np.stack([line(sign * step) for step in _VERY_SHORT for sign in (1, -1)])
    change = np.abs(values - at_zero) - 8 * noise
    secants = (change / np.repeat(_VERY_SHORT, 2)[:, None]).max(axis=0, initial=0)
    size = np.maximum(np.abs(values).max(axis=0), np.abs(at_zero))
    return np.where((noise > 0.05 * size) & (size > 0), np.inf, secants)


def _in_units(slopes: Slopes, zoom: float) -> Slopes:
    with np.errstate(over="ignore"):
        central, left, right = (
            Estimate(e.value / zoom, e.error / zoom) for e in (slopes.central, slopes.left, slopes.right)
        )
        return Slopes(central, left, right, slopes.secant / zoom)


def _moves(line: Line, at_zero: Vector) -> Any:
    """Which outputs change with every step, of some length: one that is rounded to few digits has stairs, and no slope."""
    moves = np.zeros(at_zero.shape, dtype=bool)
    for nearer in _NEARER:
        values = np.sort(np.stack([line(float(t) * nearer) for t in _PLACES]), axis=0)
        moves |= (values[1:] != values[:-1]).all(axis=0)
    return moves


def complex_step(answers: Answers, direction: Vector) -> Vector | None:
    """The derivative of each output along a direction by a complex step; None where the function takes none."""
    problem = answers.problem
    if any(part.is_complex for part in (*problem.inputs, *problem.outputs)):
        return None
    moved = [part.array(problem.point) + 1j * part.array(_IMAGINARY * direction) for part in problem.inputs]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error")  # a ComplexWarning: the imaginary part was thrown away
            outputs = [np.asarray(out) for out in problem.outputs_at(moved)]
    except Exception:  # the function is the user's, and may be one of real numbers alone
        return None
    if [out.shape for out in outputs] != [part.shape for part in problem.outputs]:
        return None
    real, moves = (np.concatenate([part(out).reshape(-1) for out in outputs]) for part in (np.real, np.imag))
    with np.errstate(all="ignore"):
        unit = 1.0 if problem.unit is None else problem.unit
        here = problem.evaluate(problem.point)
        if (np.abs(real / unit - here) > _SAME * np.abs(here)).any():
            return None  # with a complex number it takes another way
        return moves / unit / _IMAGINARY


def agree(step: Any, given: Any, own: Any = 0.0) -> Any:
    """Whether a complex step gives what was given, up to its `own` rounding.

    A 0 says nothing: the function may take the real part of its input.
    """
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(step), np.abs(given))
        return (np.abs(step - given) <= _SAME * size + np.minimum(5 * own, _OWN * size)) & (step != 0) & (size < np.inf)


def steady_step(answers: Answers, direction: Vector) -> Vector | None:
    """As `complex_step`, with 0 where a change of the inputs in their last digits makes another number of it: rounding."""
    step = complex_step(answers, direction)
    if step is None:
        return None
    problem = answers.problem
    kept, steady = problem.point, np.ones(step.shape, dtype=bool)
    try:
        for digits in (5, 11, -17):
            problem.point = kept * (1 + digits * EPSILON * np.cos(np.arange(len(kept))))
            beside = complex_step(answers, direction)
            with np.errstate(all="ignore"):
                steady &= beside is None or np.abs(step - beside) <= 0.1 * np.abs(step)
    finally:
        problem.point = kept
    return np.where(steady, step, 0)


def reconsidered(
    answers: Answers, found: Findings, line: Line, here: Vector, *, given: Vector, step: Vector | None, rtol: float
) -> Findings:
    """The verdict on one derivative along a `line`, by steps of other lengths if it failed, by a complex `step` if in doubt."""
    if found.status[0] == FAIL and not found.kinked[0]:
        found = confirmed(line, here, given, found, epsilon=answers.problem.epsilon, rtol=rtol)
        if found.status[0] == UNSURE:
            answers.doubts.append(FINER)
    believed = found.status[0] == UNSURE and step is not None and bool(agree(step, given)[0])
    return replace(found, status=np.array([PASS])) if believed else found


def settled(answers: Answers, findings: Findings, analytic: Vector, *, noise: Vector, own: Vector, enough: Any) -> Any:
    """The verdicts, with PASS for what was undecided and a complex step gives as well.

    Where both are 0 up to their rounding (of `analytic` that is `own`) they agree too; where the function takes no complex
    step, a derivative that is said to be 0 passes if it is known well `enough`. A 0 that only the output's `noise` hides is
    undecided, and so is a number that blunt differences passed and the step does not give. A step that contradicts anything
    certain is not believed: the function may not be analytic. All numbers are in units of the inputs' sizes.
    """
    problem, status = answers.problem, findings.status.copy()
    nothing = np.abs(analytic) <= 5 * own
    zero = (analytic == 0) & (findings.numeric == 0) & (status == PASS)  # or the output has too few digits to show it
    blunt = (status == PASS) & (5 * findings.error > _BLUNT * np.abs(analytic)) & ~zero
    for i in np.flatnonzero(((status == UNSURE) | zero | blunt).any(axis=0)):
        step = steady_step(answers, problem.scale * (np.arange(problem.size_in) == i))
        if step is None:
            break
        doubtful, numeric = status[:, i] == UNSURE, findings.numeric[:, i]
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(step), np.abs(numeric))
            hidden = zero[:, i] & (step != 0) & (np.abs(step) * FIRST_STEP <= 8 * noise)
            apart = np.abs(step - numeric) > 5 * findings.error[:, i] + _SAME * size
        if not (apart & (status[:, i] == PASS) & ~hidden).any():
            none = (step == 0) & (np.abs(analytic[:, i]) <= 8 * noise)
            status[doubtful & (agree(step, analytic[:, i], own[:, i]) | none), i] = PASS
            off = (
                np.abs(step - analytic[:, i])
                > _BLUNT * np.maximum(np.abs(step), np.abs(analytic[:, i])) + 5 * own[:, i]
            )
            status[hidden | (blunt[:, i] & (step != 0) & off), i] = UNSURE
            nothing[:, i] = False
    status[(status == UNSURE) & nothing & enough] = PASS
    return status
