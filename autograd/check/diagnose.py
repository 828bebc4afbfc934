"""From a wrong derivative to its likely cause: what would have to be done to it to make it right?

Each suspicion is a function of one input's derivatives, given and numeric, that answers with a `Diagnosis` or None.
They are tried in order, the most specific first.
"""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from . import patterns
from .compare import Comparison
from .evidence import Suspect
from .hygiene import Answers
from .judge import FAIL, UNSURE
from .ladder import Vector, climb, noise_of
from .report import Diagnosis
from .sought import sought
from .suspects import Uses

_FACTOR_LIKE = 1e-4
UNNAMED = "a constant factor is wrong"  # of which nothing more is known
Suspicion = Callable[[Suspect], Diagnosis | None]


def diagnose(comparison: Comparison, answers: Answers, uses: Uses) -> list[Diagnosis]:
    """The likely causes: faults of form first, then for each wrong input the first suspicion that explains it."""
    found = dict(answers.faults)
    if {"nonlinear", "mutated", "ties"} & found.keys():
        return list(found.values())  # the numbers are only a consequence
    said: list[tuple[str, Diagnosis]] = []
    for suspect in _suspects(comparison, answers, uses):
        tried = (_tried(suspicion, suspect) for suspicion in _SUSPICIONS)
        diagnosis = next((each for each in tried if each is not None), None)
        if diagnosis is not None:
            said.append((suspect.part.name, diagnosis))
        elif not found and not said:
            found["unknown"] = patterns.unknown(suspect)
    for kind in dict.fromkeys(diagnosis.kind for _, diagnosis in said):
        found.setdefault(kind, _together(kind, [(name, d.sentence) for name, d in said if d.kind == kind]))
    return list(found.values())


def _together(kind: str, said: list[tuple[str, str]]) -> Diagnosis:
    """What is said of several inputs: once, if it is the same."""
    (first, sentence), *others = said
    names: list[str] = []
    rest: list[str] = []
    for name, other in others:
        alike = re.sub(rf"\b{re.escape(name)}\b", first, other) == sentence
        (names if alike else rest).append(name if alike else other)
    same = f" So it is with {' and '.join(names)}." if names else ""
    return Diagnosis(kind, "\n".join([sentence + same, *rest]))


def _tried(suspicion: Suspicion, suspect: Suspect) -> Diagnosis | None:
    """What a suspicion says; nothing, where the function under test refuses the point at which it is asked."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return suspicion(suspect)
    except Exception:
        return None


def _suspects(comparison: Comparison, answers: Answers, uses: Uses) -> Iterator[Suspect]:
    for part in answers.problem.inputs:
        if part.name in answers.unusable:
            continue
        here = comparison.within(part)
        if not here.any() or not (comparison.status[:, here] == FAIL).any():
            continue
        numeric, error = comparison.numeric[:, here], comparison.error[:, here]
        known = np.isfinite(numeric) & np.isfinite(error) & (comparison.status[:, here] != UNSURE)
        given = comparison.analytic[:, here]
        yield Suspect(part, given, numeric, error, known, comparison.columns[here], comparison, answers, uses)


def not_a_number(s: Suspect) -> Diagnosis | None:
    """NaN or inf where the true derivative is finite."""
    bad = ~np.isfinite(s.given) & s.known
    if not bad.any():
        return None
    kind = "NaN" if np.isnan(s.given[bad]).any() else "inf"
    return Diagnosis(
        "nan",
        f"The derivative with respect to {s.part.name} is {kind} where the function is smooth: look for a division by "
        "zero, 0·inf, or the logarithm or root of a number that is not positive. Of a function of Values, "
        "`with autograd.strict():` around the derivative names the operation and the line.",
    )


def zero(s: Suspect) -> Diagnosis | None:
    """Nothing arrives at all."""
    if s.given.any():
        return None
    return Diagnosis(
        "zero",
        f"The derivative with respect to {s.part.name} is zero everywhere, and the function does depend on it: the "
        "gradient was never computed, was reset, or was multiplied by something that is zero.",
    )


def sign(s: Suspect) -> Diagnosis | None:
    """Everything, or some of it, has the wrong sign."""
    if s.explains(-s.given):
        return Diagnosis("sign", f"The derivative with respect to {s.part.name} has the wrong sign: multiply it by -1.")
    differs = s.known & (s.given * s.numeric < 0) & (np.abs(s.numeric) > 5 * s.error)
    if differs.any() and s.explains(np.abs(s.given), np.abs(s.numeric)) and not s.part.is_complex:
        return Diagnosis(
            "sign",
            f"Some derivatives with respect to {s.part.name} have the wrong sign, and all have the right size: a sign "
            "that depends on the input is lost (a root and an absolute value have none), or one too many.",
        )
    return None


def factor(s: Suspect) -> Diagnosis | None:
    """One constant between what was given and what is right."""
    clear = s.known & (np.abs(s.numeric) > 100 * s.error) & (s.numeric != 0) & np.isfinite(s.given)
    if not clear.any():
        return None
    ratios = s.given[clear] / s.numeric[clear]
    c = float(np.median(ratios))
    if c == 0 or not s.explains(s.given / c):
        return None
    what = _name_factor(c, s, certain=int(clear.sum()) > 1)
    named = _tried(sought, s) if what and what.endswith(UNNAMED) else None
    if named is not None and named.kind == "product":
        return named  # the same for all numbers here, and another elsewhere
    return Diagnosis("factor", f"The derivative with respect to {s.part.name} is {what}.") if what else None


def _name_factor(c: float, s: Suspect, certain: bool) -> str | None:
    """A constant factor in words; 2, ½, the sizes of axes, their quotients and roots are the usual ones.

    Where there is only one number to judge by (`certain` is False) any error is some factor: then only usual ones count.
    """
    problem = s.answers.problem
    sizes = {n for part in (*problem.inputs, *problem.outputs) for n in (*part.shape, part.count) if n > 1}
    if _elementwise(s):
        sizes = set()  # nothing is summed or averaged, whatever the lengths
    times = patterns.digits(abs(c), 1) if abs(c) > 0.9 else f"1/{patterns.digits(1 / abs(c), 1)}"
    lead = f"{times} times what it should be" + (", and has the wrong sign" if c < 0 else "")

    named = next((words for number, words in usual_factors(sizes) if abs(abs(c) / number - 1) < _FACTOR_LIKE), None)
    return f"{lead}: {named}" if named else f"{lead}: {UNNAMED}" if certain else None


def _elementwise(s: Suspect) -> bool:
    """Whether each output depends on the same element of the input, by what was given and by what is right."""
    square = (
        s.units
        and len(s.given) > 1
        and s.given.shape[0] == s.given.shape[1]
        and s.part.shape == s.answers.problem.outputs[0].shape
    )
    both = (s.given, s.numeric) if square else ()
    return square and not any(np.count_nonzero(each - np.diag(np.diag(each))) for each in both)


def usual_factors(sizes: set[int]) -> Iterator[tuple[float, str]]:
    """Factors by which derivatives are off, given the lengths of axes, and what each comes of."""
    for n in sorted(sizes - {2}):
        yield n, f"{n} is a length here, so a division by it is missing (a sum in place of a mean)"
        yield 1 / n, f"{n} is a length here, so something was averaged where it should be summed"
    yield 2, "a factor 2 too many, or something was added twice"
    yield (
        1 / 2,
        "a factor 2 is missing (the derivative of x² is 2x, that of f(2x) is 2·f′(2x)), or one of two uses of the input was lost",
    )
    for n, m in itertools.permutations(sorted(sizes), 2):
        yield n / m, f"{n} and {m} are lengths here, so something was divided by {m} in place of {n}"
    for n in sorted(sizes - {2}):
        missing, surplus = (f"{n} is a length here: a division by it is {what}" for what in ("missing", "one too many"))
        yield n / 2, f"that is {n}/2, and {missing}, and so is a factor 2"
        yield 2 * n, f"that is 2·{n}, and {missing}, and a factor 2 is one too many"
        yield 2 / n, f"that is 2/{n}, and {surplus}, and so is a factor 2"
        yield 1 / (2 * n), f"that is 1/(2·{n}), and {surplus}, and a factor 2 is missing"
    for size, n, m in ((k, *pair) for k in sorted(sizes) if k > 2 for pair in ((k, k - 1), (k - 1, k))):
        for number, root in ((n / m, ""), ((n / m) ** 0.5, "√")):
            yield number, f"that is {root}({n}/{m}), and {size} is a length here: {n} and {m} may be interchanged"
    for n in sorted(sizes):
        yield n**0.5, f"that is √{n}, and {n} is a length here, so a division by its root is missing"
        yield n**-0.5, f"that is 1/√{n}, and {n} is a length here, so a division by its root is one too many"


def conjugate(s: Suspect) -> Diagnosis | None:
    """Real parts right, imaginary parts with the wrong sign."""
    if not s.part.is_complex:
        return None
    imaginary = s.columns - s.part.start >= s.part.count
    of_imaginary = np.array([name.endswith(".im") for name in s.comparison.rows])[:, None]
    whole, of_the_factor = (np.where(flip, -s.given, s.given) for flip in (imaginary, imaginary ^ of_imaginary))
    if not (s.explains(whole) or s.explains(of_the_factor)):
        return None
    return Diagnosis(
        "conjugate",
        f"The gradient of {s.part.name} is the complex conjugate of what it should be: here the gradient of a real f "
        "is ∂f/∂x − i ∂f/∂y.",
    )


def transposed(s: Suspect) -> Diagnosis | None:
    """The right numbers in the places of the transpose."""
    shape = s.part.shape
    if len(shape) < 2 or not s.whole or s.part.is_complex:
        return None
    rows = len(s.given)
    turned = (*shape[:-2], shape[-1], shape[-2])
    candidate = s.given.reshape(rows, *turned).swapaxes(-1, -2).reshape(rows, -1)
    if not s.explains(candidate):
        return None
    if turned != shape:
        return Diagnosis(
            "places",
            f"The gradient of {s.part.name} holds the right numbers in the wrong places: in memory they lie as if its last two "
            "axes were interchanged, so that it was reshaped (or np.tile was used) where an axis is to be added or moved.",
        )
    return Diagnosis(
        "transposed",
        f"The gradient of {s.part.name} holds the right numbers, but transposed: swap its last two axes (and check the "
        "order of the factors in the matrix product).",
    )


def swapped(s: Suspect) -> Diagnosis | None:
    """The gradient of another input of the same shape."""
    for other in s.answers.problem.inputs:
        if other.name == s.part.name or (other.shape, other.is_complex) != (s.part.shape, s.part.is_complex):
            continue
        place = s.comparison.within(other)
        numeric = s.comparison.numeric[:, place]
        if numeric.shape == s.given.shape and s.explains(s.given, numeric):
            return Diagnosis(
                "swapped", f"What was returned for {s.part.name} is the gradient of {other.name}: the two are swapped."
            )
    return None


def overwritten(s: Suspect) -> Diagnosis | None:
    """What only one of several uses of the input contributes."""
    contributions = s.uses.contributions(s)
    kept = next((i for i, (_, one) in enumerate(contributions) if s.explains(s.given, one)), None)
    if len(contributions) < 2 or kept is None:
        if _kept_rows(s) != "last":
            return None
        return Diagnosis(
            "overwritten",
            f"Only the last of several contributions to the gradient of {s.part.name} is left: the input is used more "
            "than once, and the gradients of all its uses must be added up, not overwritten (a loop with += in place "
            "of =; NumPy's r[index] += g is not such a loop, because it adds only once to each element).",
        )
    name = contributions[kept][0]
    others = [f"`{other}`" for other in dict.fromkeys(n for n, _ in contributions) if other != name]
    lost = f"the use in {' and '.join(others)}" if others else "the other one"
    halves = len(contributions) == 2 and s.explains(2 * s.given)
    lead = "Both are the same: a factor 2 is missing (the derivative of x² is 2x), or the" if halves else "The"
    return Diagnosis(
        "overwritten",
        f"Only one of several contributions to the gradient of {s.part.name} is left, that of its use in "
        f"`{name}`; {lost} contributes nothing. {lead} gradients of all uses must be added up (+=), not overwritten (=).",
    )


def broadcast(s: Suspect) -> Diagnosis | None:
    """Only the first of several contributions: a slice where a sum belongs."""
    if _kept_rows(s) != "first":
        return None
    return Diagnosis(
        "broadcast",
        f"Only the first of several contributions to the gradient of {s.part.name} is left: its numbers are used "
        "several times (broadcast to every row, for example), so sum over all uses; do not pick one, and do not leave "
        "a loop after the first.",
    )


def repeated(s: Suspect) -> Diagnosis | None:
    """One of several contributions, in place of all of them."""
    uses = s.known & (np.abs(s.numeric) > 5 * s.error)
    times = uses.sum(axis=0)
    if not s.units or not (times > 1).any():
        return None
    rows = np.arange(len(uses))[:, None]
    for which, row in (("first", uses.argmax(axis=0)), ("last", len(uses) - 1 - uses[::-1].argmax(axis=0))):
        if s.explains(s.given, np.where(rows == row, times * s.numeric, 0.0)):
            return Diagnosis(
                "broadcast",
                f"Of several contributions to the gradient of {s.part.name} only the {which} is taken, as often as there are "
                "any: they are different numbers, so sum over all uses.",
            )
    return None


def _kept_rows(s: Suspect) -> str | None:
    """Where all derivatives are right or zero, and for each input that several outputs use one counts: the first or the last."""
    if not _right_or_zero(s):
        return None
    true, kept = s.known & (np.abs(s.numeric) > 5 * s.error), s.given != 0
    several = true.sum(axis=0) > 1
    if not several.any() or (kept[:, several].sum(axis=0) != 1).any():
        return None
    columns = np.flatnonzero(several)
    first, last = true.argmax(axis=0), len(true) - 1 - true[::-1].argmax(axis=0)
    chosen = kept.argmax(axis=0)
    if (chosen[columns] == last[columns]).all():
        return "last"
    return "first" if (chosen[columns] == first[columns]).all() else None


def _right_or_zero(s: Suspect) -> bool:
    return bool(s.given.any()) and s.explains(np.where(s.given == 0, s.numeric, s.given))


def at_output(s: Suspect) -> Diagnosis | None:
    """f′ taken at f(x) where it should be taken at x."""
    message = Diagnosis(
        "at-output",
        f"The derivative with respect to {s.part.name} was evaluated at the output of the function instead of its "
        "input (for example σ′(σ(x)) in place of σ′(x)): put the input in, or use the formula in terms of the output.",
    )
    if s.uses.at_output(s):
        return message
    problem = s.answers.problem
    if len(problem.inputs) != 1 or len(problem.outputs) != 1 or s.given.shape[0] != problem.size_out or not s.whole:
        return None
    if problem.size_in != problem.size_out or np.count_nonzero(s.numeric - np.diag(np.diag(s.numeric))):
        return None
    at = problem.evaluate(problem.point)
    scale = np.maximum(np.abs(at), 1e-3)

    def line(t: float) -> Vector:
        return problem.evaluate(at + t * scale)

    value = problem.evaluate(at)
    slope = climb(line, value, noise_of(line, value)).central
    return message if s.explains(s.given, np.diag(slope.value / scale)) else None


def at_input(s: Suspect) -> Diagnosis | None:
    """A formula in terms of the output that was given the input."""
    if not s.uses.at_input(s):
        return None
    return Diagnosis(
        "at-input",
        f"The derivative with respect to {s.part.name} uses the input where its formula needs the output (for example "
        "x·(1 − x) in place of σ(x)·(1 − σ(x))).",
    )


_INSIDE = {
    "at-output": "the derivative of `{op}` was evaluated at its output instead of its input",
    "chain": "the derivative of `{op}` inside is missing: the chain rule multiplies by the derivative of every step",
    "overwritten": "the use of the input in `{op}` contributes nothing: the contributions of all its uses are added up",
    "detached": "the contribution that goes through `{op}` is missing: an intermediate result was taken for a constant",
}


def inside(s: Suspect) -> Diagnosis | None:
    """A single step of the computation whose derivative was got wrong."""
    found = s.uses.fault(s)
    if found is None:
        return None
    kind, operation = found
    return Diagnosis(kind, f"In the derivative with respect to {s.part.name}, {_INSIDE[kind].format(op=operation)}.")


def missing(s: Suspect) -> Diagnosis | None:
    """Right where it is not zero: something was masked out that counts."""
    if not _right_or_zero(s):
        return None
    lost = ~s.given.any(axis=1) & (s.known & (np.abs(s.numeric) > 5 * s.error)).any(axis=1)
    which = "a mask or an index leaves out elements that count"
    if lost.any() and s.explains(np.where(lost[:, None], s.numeric, s.given)):
        names = [name for name, gone in zip(s.comparison.rows, lost, strict=True) if gone]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        which = f"nothing comes from {names[0]}{more}, as if a loop or a slice ended too early"
        if len(names) > 1 and len(names) == len(s.given) - 1:
            which = (
                f"of {len(s.given)} outputs only one contributes, as if an index, a maximum or a loop had stopped at one place "
                "of the whole array, where each output has its own"
            )
    return Diagnosis(
        "missing",
        f"Some derivatives with respect to {s.part.name} are zero where they should not be, and all others are right: "
        f"{which}.",
    )


def surplus(s: Suspect) -> Diagnosis | None:
    """Right wherever the true derivative is not zero."""
    true_zero = np.abs(s.numeric) <= 5 * s.error
    if not (true_zero & s.known).any() or not s.explains(np.where(true_zero, s.numeric, s.given)):
        return None
    return patterns.dependence(s) or Diagnosis(
        "surplus",
        f"Some derivatives with respect to {s.part.name} should be zero and are not, and all others are right: a mask "
        "is missing, or is that of other data, or an index reaches further than it should.",
    )


_SUSPICIONS: tuple[Suspicion, ...] = (
    not_a_number,
    zero,
    sign,
    overwritten,
    factor,
    conjugate,
    transposed,
    swapped,
    patterns.upright,
    broadcast,
    repeated,
    missing,
    surplus,
    patterns.inverted,
    at_output,
    at_input,
    patterns.product,
    inside,
    patterns.places,
    patterns.power,
    patterns.constant,
    patterns.dependence,
    patterns.sides,
    sought,
    patterns.near,
    patterns.series,
)
