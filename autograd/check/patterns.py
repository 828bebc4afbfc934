"""What the wrong numbers look like beside the right ones: the same in other places, a factor apart, upside down.

As in `diagnose`, each function looks at the derivatives with respect to one input and answers with a `Diagnosis` or None.
These suspicions need no knowledge of the function, only a whole Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .evidence import Suspect
from .judge import FAIL
from .ladder import Vector
from .report import Diagnosis

_VARIES = 1.01  # a number that varies by less than this factor may pass for a constant
_NEARLY = 5e-3  # how far off all numbers may be that are nearly right
_ORDER = 1.9  # a power of the input with which the error grows: what a series leaves out is at least a square
_MANY = 3  # numbers that must show it
_NOTICED = 1e-3  # of the largest derivative: what is larger is no rounding


def upright(s: Suspect) -> Diagnosis | None:
    """J·g in place of Jᵀ·g."""
    if not s.units or s.given.shape[0] != s.given.shape[1] or not s.explains(s.given.T):
        return None
    return Diagnosis(
        "transposed",
        f"The derivative with respect to {s.part.name} is J·g, and should be Jᵀ·g with J[i, j] = ∂output[i]/∂input[j]: "
        "transpose the matrix, or turn the permutation round, that g goes through.",
    )


def places(s: Suspect) -> Diagnosis | None:
    """For every output the right numbers, in another order."""
    if not s.units or not s.known.all() or not s.explains(np.sort(s.given, axis=1), np.sort(s.numeric, axis=1)):
        return None
    return Diagnosis(
        "places",
        f"The gradient of {s.part.name} holds the right numbers in the wrong places: is an index off, is an array read "
        "backwards, or is it reshaped where its axes should be moved?",
    )


def dependence(s: Suspect) -> Diagnosis | None:
    """An output that is said to depend on an element of which only other outputs depend."""
    if not s.units or len(s.given) < 2:
        return None
    zero = s.known & (np.abs(s.numeric) <= 5 * s.error)
    used = (s.known & ~zero).any(axis=0)
    strange = zero & used & (np.abs(s.given) > _NOTICED * np.abs(s.given[np.isfinite(s.given)]).max(initial=0))
    if not strange.any():
        return None
    row, column = divmod(int(np.argmax(np.where(strange, np.abs(s.given), 0))), strange.shape[1])
    return Diagnosis(
        "axis",
        f"By the derivative with respect to {s.part.name}, {s.comparison.rows[row]} depends on {s.place(column)}, and "
        "it does not: does a sum or a mean go along the wrong axis, or is an index off?",
    )


def inverted(s: Suspect) -> Diagnosis | None:
    """Zero for the elements on which the outputs depend, and something for all those on which none does."""
    true, given = ((s.known & some).any(axis=0) for some in (np.abs(s.numeric) > 5 * s.error, s.given != 0))
    if len(true) < _MANY or not true.any() or not given.any() or (true == given).any():
        return None
    return Diagnosis(
        "inverted",
        f"The derivative with respect to {s.part.name} is zero wherever it should not be, and something only where it should "
        "be zero: a mask, or a comparison, is the wrong way round.",
    )


_POWERS: tuple[tuple[str, Callable[[Vector], Vector]], ...] = (
    ("the square root of what it should be: something in it has to be squared", lambda x: x * np.abs(x)),
    ("the square of what it should be: a power in it is twice too high", lambda x: np.sign(x) * np.sqrt(np.abs(x))),
    ("1 divided by what it should be: it is upside down", lambda x: np.where(x == 0, 0, 1 / x)),
)


def power(s: Suspect) -> Diagnosis | None:
    """A wrong exponent."""
    if not s.units or not _varies(s.numeric[s.known]):
        return None
    with np.errstate(all="ignore"):
        words = next((words for words, change in _POWERS if s.explains(change(s.given))), None)
    if words is None:
        return None
    return Diagnosis("power", f"The derivative with respect to {s.part.name} is {words}.")


def product(s: Suspect) -> Diagnosis | None:
    """An input or the output as a factor that is missing, or one too many."""
    if not s.units:
        return None
    for name, size in _sizes(s):
        if not _varies(np.abs(size)):
            continue
        if s.explains(s.given * size):
            return Diagnosis(
                "product", f"The derivative with respect to {s.part.name} lacks a factor: multiply it by {name}."
            )
        if s.explains(s.given, s.numeric * size):
            return Diagnosis(
                "product", f"The derivative with respect to {s.part.name} has {name} as a factor that is too much."
            )
    return None


def _sizes(s: Suspect) -> Iterator[tuple[str, Vector]]:
    """Arrays that have one number for each column (element of the input) or row (of the output), by name."""
    problem = s.answers.problem
    for part in problem.inputs:
        x = problem.point[part.start : part.stop]
        if part.shape == s.part.shape and not part.is_complex:
            yield part.name, x[s.columns - s.part.start][None, :]
        if len(x) == len(s.given):
            yield part.name, x[:, None]
    yield "the output", problem.evaluate(problem.point)[:, None]


def _varies(x: Any) -> bool:
    sizes = np.abs(x[np.isfinite(x) & (x != 0)])
    return bool(len(sizes) > 1 and sizes.max() > _VARIES * sizes.min())


def constant(s: Suspect) -> Diagnosis | None:
    """The same number wherever there is one."""
    given = s.given[s.known & (s.given != 0)]
    if not s.units or len(given) < 2 or np.ptp(given) > 1e-9 * np.abs(given).max() or not _varies(s.numeric[s.known]):
        return None
    lead = f"The derivative with respect to {s.part.name} is {given[0]:.6g} everywhere, and should not be the same for all "
    if abs(given[0] - 1) < 1e-9:
        return Diagnosis("constant", lead + "numbers: g is passed on unchanged, as if the function had the slope 1.")
    return Diagnosis(
        "constant", lead + "numbers: is a result, or a sum or mean of all, written where each has its own?"
    )


def sides(s: Suspect) -> Diagnosis | None:
    """Right for positive inputs only, or for negative ones."""
    if not s.units or s.part.is_complex:
        return None
    wrong = (s.comparison.status[:, s.comparison.within(s.part)] == FAIL).any(axis=0)
    right = ~wrong & (s.known & (s.numeric != 0)).any(axis=0)
    x = s.answers.problem.point[s.columns]
    if min(wrong.sum(), right.sum()) < 2:
        return None
    for one, other, where in ((x < 0, x > 0, "negative"), (x > 0, x < 0, "positive")):
        if one[wrong].all() and other[right].all():
            return Diagnosis(
                "sides",
                f"The derivative with respect to {s.part.name} is wrong where {s.part.name} is {where}, and only "
                "there: an absolute value or a sign is lost, or a case is missing.",
            )
    return None


def near(s: Suspect) -> Diagnosis | None:
    """Nearly right everywhere."""
    wrong = (s.comparison.status[:, s.comparison.within(s.part)] == FAIL) & s.known & (s.numeric != 0)
    with np.errstate(all="ignore"):
        off = np.abs(s.given / s.numeric - 1)[wrong]
    if not len(off) or not off.max() < _NEARLY:
        return None
    digits_right = int(-np.log10(off.max()))
    return Diagnosis(
        "nearly",
        f"The derivative with respect to {s.part.name} is right to {digits_right} digits and no more: a small number (such as "
        "an ε) is missing or in the wrong place, or a series or an iteration ends too early. If it is the function's own "
        f"iteration that ends there, as by a tolerance, rtol=1e-{digits_right} asks for no more digits than it has.",
    )


def series(s: Suspect) -> Diagnosis | None:
    """The nearer to right the nearer the input is to zero, faster than the input itself."""
    diagonal = s.units and s.given.shape[0] == s.given.shape[1] and not s.part.is_complex
    if not diagonal or np.count_nonzero(s.numeric - np.diag(np.diag(s.numeric))) or not np.isfinite(s.given).all():
        return None
    size = np.abs(s.answers.problem.point[s.columns])
    order = np.argsort(size)
    order = order[size[order] > 0]
    with np.errstate(all="ignore"):
        at, off = size[order], np.abs(np.diag(s.given) / np.diag(s.numeric) - 1)[order]
    if len(off) < _MANY or not 0 < off[0] < 10 * _NEARLY or not off[-1] > 10 * off[0] or not (np.diff(off) > 0).all():
        return None
    if np.log(off[1] / off[0]) < _ORDER * np.log(at[1] / at[0]):
        return None
    name = s.part.name
    return Diagnosis(
        "nearly",
        f"The derivative with respect to {name} is nearly right where {name} is near 0, and the further off the larger {name} "
        "is: something that vanishes there is wrong or missing (a power of it, a sign), or this is a series that is cut off.",
    )


def digits(number: float, *others: float) -> str:
    """A number with as many digits, three at least, as show how far it is from the others."""
    apart = [abs(number - other) for other in others if other != number]
    for count in range(3, 17):
        text = f"{number:.{count}g}"
        if abs(float(text) - number) <= 0.05 * min(apart, default=abs(number)):
            return text
    return repr(float(number))


def unknown(s: Suspect) -> Diagnosis:
    """What can be said when nothing fits: how much is wrong, and by how much."""
    wrong = s.comparison.status[:, s.comparison.within(s.part)] == FAIL
    with np.errstate(all="ignore"):
        ratios = (s.given / s.numeric)[wrong & s.known]
    ratios = ratios[np.isfinite(ratios)]
    low, high = (ratios.min(), ratios.max()) if len(ratios) else (0.0, 0.0)
    spread = f"; given divided by right lies between {digits(low, high, 1)} and {digits(high, low, 1)}"
    everywhere = 0 < len(ratios) == wrong.sum()
    spread = spread if low < high else f"; given divided by right is {digits(low, 1)}" if everywhere else ""
    return Diagnosis(
        "unknown",
        f"The derivative with respect to {s.part.name} is wrong in a way that fits none of the usual mistakes "
        f"({wrong.sum()} numbers{spread}); the elements that are furthest off are listed below.",
    )
