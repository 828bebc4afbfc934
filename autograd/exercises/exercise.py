"""The ways to look at an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..check import Report
from ..check.checker import Options
from ..check.diagnose import usual_factors
from ..check.public import vjp_report
from ..check.report import Element
from ..engine.value import Value
from .differences import unwatched
from .elsewhere import (
    REPEATED,
    Trial,
    by_numbers_or_size,
    copies,
    engine_jacobian,
    in_float32,
    is_number,
    not_finite,
    shapes,
    trials,
    wrong_type,
)
from .given import collecting, note, note_mistakes
from .recognised import multiple, recognised, same
from .truth import ALONE, agreement, confirmed, gradients, jacobian

ELSEWHERE = "It is right for other numbers of these shapes, and wrong for these"
DIAGNOSIS = "diagnosis"  # the kind of a finding on what a student read off a report
SHOWN = 3  # wrong elements that a message names
_LARGE = 100  # from which on exponentials of sums, squares and products overflow
_BEHAVIOUR = ("mutated", "nondeterministic", "dtype", "count", "nonlinear")  # has nothing to do with sizes or numbers
_SHAPES = frozenset({"shape", "transposed", "broadcast", "axis"})  # gradients that have another shape than their input
_SHORT = 6  # elements of an array that is printed whole


class NotWrittenError(Exception):
    """The part of the answer that an exercise asks for is not there."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is right, and what to say about it.

    For those who change an answer until it is right: which of its `parts` are right, in which other `trials` all of them are, and
    whether it rests on a `single` number, which a wrong change may hit by accident; and whether all that is wrong is a mistake
    that is `known` of the exercise.
    """

    passed: bool
    title: str
    message: str = ""
    kinds: tuple[str, ...] = ()
    parts: tuple[bool, ...] = ()
    trials: tuple[bool, ...] = ()
    single: bool = False
    known: bool = False

    def said_to_be(self, kind: str, words: str) -> Finding:
        """This, with other words on what is wrong; the numbers stay."""
        numbers = [line for line in self.message.splitlines() if line.startswith("   ")]
        return replace(self, message="\n".join([words, *numbers]), kinds=(kind,))

    def beside(self, look: Callable[[], Finding]) -> Finding:
        """This, and what another look says that is wrong too."""
        try:
            other = look()
        except Exception:  # the student's: what is looked at may not be there
            return self
        if other.passed:
            return self
        words, _, numbers = f"\n{self.message}".partition("\n   ")
        lines = [*words.split("\n")[1:], other.message, *([f"   {numbers}"] if numbers else [])]
        return replace(self, message="\n".join(lines))


class Answer:
    """The names that a student's file defines."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name not in self._names:
            raise NotWrittenError(f"Your answer defines no {name}: keep the names as they were")
        return self._names[name]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students give, known by what it returns, and what is wrong in it.

    `answer` is called like the right one; None among several results stands for those that it does not get wrong.
    """

    kind: str
    answer: Callable[..., Any]
    sentence: str


def finding(title: str, report: Report, inputs: Mapping[str, Any] | None = None) -> Finding:
    """A checker's report in a student's words; with `inputs` it says at which numbers a derivative is wrong."""
    if report.verdict == "pass":
        return Finding(True, title)
    lines = [diagnosis.sentence.partition(" Of a function of Values")[0] for diagnosis in report.diagnoses]
    if report.verdict == "inconclusive":
        lines.append("Finite differences cannot decide here, because the numbers are not finite or lost in rounding.")
    if not {"nonlinear", "mutated"} & set(report.kinds):  # the numbers are only a consequence
        lines += [_entry(element, inputs or {}) for element in report.worst if not _alike(element)][:SHOWN]
    return Finding(False, title, "\n".join(lines), tuple(report.kinds))


def _entry(e: Element, inputs: Mapping[str, Any]) -> str:
    """One wrong derivative, and where it is one of a single number, the number."""
    where = ""
    if e.index and e.output == f"output{e.place.removeprefix(e.input)}" and e.input in inputs:
        where = f"   (where {e.place} = {inputs[e.input][e.index]:.4g})"
    mine, right = apart(e.analytic, e.numeric)
    return f"   ∂{e.output}/∂{e.place}: you give {mine}, right is {right}{where}"


def _alike(e: Element) -> bool:
    """Whether a derivative that was refused for what others are is itself what it may be."""
    return abs(e.analytic - e.numeric) <= e.error + 1e-9 * abs(e.numeric)


def apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers, with as many digits as it takes to tell them apart."""
    pairs = ((f"{a:.{digits}g}", f"{b:.{digits}g}") for digits in range(6, 18))
    return next((pair for pair in pairs if pair[0] != pair[1]), (repr(a), repr(b)))


def derivative(
    f: Callable[..., Any],
    vjp: Callable[..., Any],
    inputs: Sequence[Any],
    names: Sequence[str],
    *,
    title: str = "the derivative",
    mistakes: Iterable[Mistake] = (),
    also: Sequence[Sequence[Any]] = (),
    exact: Callable[..., Any] | None = None,
    by_hand: bool = True,
    single: bool = False,
    kinks: bool = False,
    about: Callable[..., str] | None = None,
) -> Finding:
    """A vjp against finite differences; where it is wrong, and one of the known `mistakes`, that is what is said.

    Args:
        f: the function, of plain arrays and Values.
        vjp: the answer, called as ``vjp(g, out, *inputs)``.
        inputs: where f is smooth or has a kink, at which any of its derivatives will do.
        names: of the inputs.
        title: of the finding.
        mistakes: wrong answers that are known.
        also: other inputs, of any shapes, where f is smooth; the answer is compared to the last digits there, and asked again.
        exact: f for the engine, where f hides its pieces from the checker.
        by_hand: whether the answer may not leave the derivative to the library.
        single: whether the gradients of float32 inputs are to be float32, which the statement then says.
        kinks: whether f has kinks at `inputs`, so that other derivatives than the solution's are right as well.
        about: what else f depends on at some inputs, in words.
    """
    if collecting():
        for case in (inputs, *also):
            after = [(m.kind, m.sentence, partial(gradients, f, _completed(m, vjp), case)) for m in mistakes]
            note_mistakes(after)
            note(title, gradients(exact or f, vjp, case))
        return Finding(True, title)
    asked = _Asked(f, vjp, names, title, tuple(mistakes), about)
    found = _differences(asked, inputs, elsewhere=also, kinks=kinks)
    if not found.passed and not ALONE.get():
        found = found.beside(lambda: _kept_dtype(asked, inputs)) if single else found
        return found.beside(lambda: _finite(asked, exact or f, also))
    if not found.passed or not also:
        return found
    alone = ALONE.get()  # where the dtype is said in any case, and mended by no change of the numbers
    tried = trials(
        exact or f, _noted(vjp, inputs), (inputs, *also), names, by_hand=by_hand, single=single and not alone
    )
    if alone:
        return _each(found, tried, REPEATED + len(also))
    for case, trial in tried:
        if trial.kind:
            return _elsewhere(asked, exact or f, (inputs, *also), case, trial)
    return found


def _each(found: Finding, tried: Iterable[tuple[Any, Trial]], many: int) -> Finding:
    """A finding with so many trials; of an answer that stops in one the others are not seen."""
    right: list[bool] = []
    with suppress(Exception):  # the student's
        right.extend(not trial.kind for _, trial in tried)
    right += [False] * (many - len(right))
    return replace(found, passed=all(right), trials=tuple(right))


def _completed(mistake: Mistake, right: Callable[..., Any]) -> Callable[..., Any]:
    """A mistake's gradients, and the right ones where it makes none wrong."""

    def vjp(*args: Any) -> Any:
        wrong, its = mistake.answer(*copies(args)), right(*args)
        if not isinstance(its, tuple):
            return wrong
        return tuple(its[i] if i >= len(wrong) or wrong[i] is None else wrong[i] for i in range(len(its)))

    return vjp


class _Asked(NamedTuple):
    """A function, the answer that is its vjp, the names of its inputs, a title, and the mistakes that are known."""

    f: Callable[..., Any]
    vjp: Callable[..., Any]
    names: Sequence[str]
    title: str
    mistakes: tuple[Mistake, ...]
    about: Callable[..., str] | None = None


def _kept_dtype(asked: _Asked, inputs: Sequence[Any]) -> Finding:
    """Whether the gradients of float32 are float32."""
    trial = in_float32(asked.f, asked.vjp, inputs, asked.names)
    return Finding(not trial.kind, asked.title, trial.words)


def _finite(asked: _Asked, exact: Callable[..., Any], cases: Sequence[Sequence[Any]]) -> Finding:
    """Whether the gradients are finite for large numbers too."""
    for case in cases:
        largest = max(float(np.max(np.abs(x), initial=0)) for x in case)
        with np.errstate(all="ignore"):
            given = gradients(exact, asked.vjp, case) if largest >= _LARGE else None
        if given is not None and not np.isfinite(given).all() and (words := not_finite(exact, asked.vjp, case)):
            return Finding(False, asked.title, f"For numbers as large as {largest:.2g} it is not finite: {words}")
    return Finding(True, asked.title)


def _elsewhere(
    asked: _Asked, exact: Callable[..., Any], cases: Sequence[Sequence[Any]], case: Sequence[Any], trial: Trial
) -> Finding:
    """What is wrong with an answer at a `case` that is right at the first of `cases`."""
    _, vjp, names, title, mistakes, about = asked
    inputs = cases[0]
    title = f"{title}, {_named(names, case)}" if shapes(case) != shapes(inputs) else title
    if trial.kind != "wrong":
        return Finding(False, title, trial.words, (trial.kind,))
    found = _differences(asked._replace(title=title), case, elsewhere=cases, right=engine_jacobian(exact, case))
    if found.passed:
        return Finding(False, title, trial.words, ("precision",))
    told = {*found.kinds} <= {*_BEHAVIOUR, *(mistake.kind for mistake in mistakes)}
    if about is not None:  # what is said of the numbers alone knows nothing of that
        lines = [line for line in found.message.splitlines() if told or line.startswith("   ")]
        words = f"It is right for {about(*inputs)}, and wrong for {about(*case)}."
        return replace(found, message="\n".join([words, *lines]), kinds=found.kinds if told else ("places",))
    if by_numbers_or_size(exact, vjp, inputs, case, names) == "numbers":
        largest = max(float(np.max(np.abs(x), initial=0)) for x in case)
        words = ELSEWHERE
        overflow = largest >= _LARGE and "nan" in found.kinds
        words += f", which are as large as {largest:.2g}" * (largest >= _LARGE)
        broken = (
            not_finite(exact, vjp, case)
            or "does an exp(…) overflow, or do all of them vanish, or is the largest not subtracted?"
        )
        words += f": {broken}" if overflow else "."
        kinds = ("overflow",) if overflow else found.kinds
        message = found.message.partition("\n")[2] if overflow else found.message  # whose first line says where
        return replace(found, message=message if told else f"{words}\n{message}", kinds=kinds)
    words = f"It is right for {_named(names, inputs)}, and wrong for {_named(names, case)}"
    if told or [*map(np.ndim, case)] != [*map(np.ndim, inputs)]:
        return replace(found, message=f"{words}.\n{found.message}")
    words += ", whatever the numbers: is a size written down as a number, or taken from the wrong axis?"
    if "missing" in found.kinds:
        return replace(found, message=f"{words}\n{found.message}")
    shown = [line for line in found.message.splitlines() if line.startswith("   ")]
    return Finding(False, title, "\n".join([words, *shown]), ("size",))


def _named(names: Sequence[str], inputs: Sequence[Any]) -> str:
    """The shapes of the inputs, as in "x (3, 4), b (4,)"."""
    return ", ".join(f"{name} {shape}" for name, shape in zip(names, shapes(inputs), strict=True))


def _noted(vjp: Callable[..., Any], inputs: Sequence[Any]) -> Callable[..., Any]:
    """The answer, whose errors say at which shapes it was right."""

    def noted(g: Any, out: Any, *case: Any) -> Any:
        try:
            return vjp(g, out, *case)
        except Exception as error:
            if shapes(case) != shapes(inputs):
                words = [", ".join(map(str, shapes(each))) for each in (inputs, case)]
                axes = [*map(np.ndim, inputs)] != [*map(np.ndim, case)]
                why = ", which have another number of axes." if axes else ": is a size written down?"
                error.add_note(f"It is right for inputs of shape {words[0]}, and stops for {words[1]}{why}")
            raise

    return noted


def _differences(
    asked: _Asked,
    inputs: Sequence[Any],
    *,
    elsewhere: Sequence[Sequence[Any]] = (),
    kinks: bool = False,
    right: Any = None,
) -> Finding:
    """A vjp against finite differences at one place, or against a Jacobian that is known to be `right`."""
    f, vjp, names, title, mistakes, _ = asked
    parts = agreement(title, vjp, inputs) or (False,) * len(inputs)
    if all(parts) or (ALONE.get() and not kinks):
        return Finding(all(parts), title, parts=parts)
    right = right if right is not None or kinks else jacobian(title, inputs)
    if not kinks and confirmed(title, f, vjp, inputs, seen=False):
        return Finding(True, title)
    with unwatched():
        report = vjp_report(f, vjp, tuple(copies(inputs)), names, Options(seed=0, progress=False, jacobian=right))
    if report.verdict == "pass":
        got = vjp(*copies([np.ones_like(f(*copies(inputs))), f(*copies(inputs)), *inputs]))
        if words := wrong_type(got if isinstance(got, tuple) else (got,), inputs, names):
            return Finding(False, title, words, ("type",))
        confirmed(title, f, vjp, inputs)
    elementwise = {np.shape(x) for x in inputs} == {np.shape(f(*copies(inputs)))}
    numbers = dict(zip(names, inputs, strict=True)) if elementwise else {}
    found = finding(title, report, numbers)
    if found.passed or not (report.rows or _SHAPES & set(report.kinds)) or {"mutated", "count"} & set(report.kinds):
        return found
    wrong = [row.name for row in report.rows if row.failed] if report.rows else list(names)
    matched = recognised(f, vjp, (inputs, *elsewhere), mistakes)
    made = {name: mistake for name, mistake in zip(names, matched, strict=True) if mistake and name in wrong}
    if not made:
        return found
    lines = [*dict.fromkeys(mistake.sentence for mistake in made.values())]
    lines += _multiples(asked, inputs, made, [name for name in wrong if name not in made])
    lines += [_entry(e, numbers) for e in report.worst if e.input in made][:SHOWN]
    kinds = tuple(dict.fromkeys(mistake.kind for mistake in made.values()))
    return Finding(False, title, "\n".join(lines), kinds, known={*wrong} <= {*made})


def _multiples(
    asked: _Asked, inputs: Sequence[Any], made: Mapping[str, Mistake], names: Iterable[str]
) -> Iterator[str]:
    """Of each of these inputs whether its gradient has a mistake of the others, and is off by a factor besides."""
    sizes = {n for x in inputs for n in np.shape(x) if n > 1}
    for name in names:
        for mistake in dict.fromkeys(made.values()):
            factor = multiple(asked.f, asked.vjp, inputs, asked.names.index(name), mistake)
            if factor is not None:
                why = next((f": {words}" for number, words in usual_factors(sizes) if np.isclose(factor, number)), "")
                yield f"So it is in the gradient of {name}, which is {factor:.3g} times that besides{why}."


def returned(title: str, got: Any, shape: tuple[int, ...]) -> Finding:
    """Whether what a function returned is made of numbers and has the right shape."""
    advice = ""
    if got is None:
        advice = "None was returned: is a `return` missing?"
    elif callable(got) and not hasattr(got, "shape"):
        advice = "A function was returned: call it, as in grad(f)(x)."
    elif isinstance(got, tuple):
        advice = f"A tuple of {len(got)} was returned: return the one result alone."
    else:
        given = _numbers(got)
        if given is None:
            should = "an array" if shape else "a number"
            advice = f"This should be {should}, and is of the type {type(got).__name__}."
        elif given.shape != shape:
            is_, should = (f"an array of shape {s}" if s else "a single number" for s in (given.shape, shape))
            advice = f"This is {is_}, and should be {should}."
    return Finding(not advice, title, advice, ("shape",) if advice else ())


def _numbers(got: Any) -> Any:
    """The numbers in a number, an array or a Value; None for whatever is none, or only passes itself off as one."""
    data = got.data if isinstance(got, Value) else got
    if type(data) is not np.ndarray and not is_number(data):
        return None
    array = np.asarray(data)
    return array.astype(float) if array.dtype.kind in "iufb" else None


def value(
    title: str,
    got: Any,
    expected: Any,
    *,
    advice: str = "",
    kind: str = "value",
    mistakes: Iterable[tuple[str, Any, str]] = (),
    rtol: float = 1e-6,
) -> Finding:
    """A number or an array against the right one; `mistakes` are a kind, a wrong result, and what is wrong in it."""
    right = np.asarray(expected, dtype=float)
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):  # where a list is right it may be one
        got = np.array([each for each in got if is_number(each)]) if np.ndim(expected) == 1 else np.array(got)
    form = returned(title, got, right.shape)
    if not form.passed:
        return replace(form, message=f"{form.message} {advice}".strip())
    given = _numbers(got)
    if collecting():
        note_mistakes((kind, words, partial(_numbers, wrong)) for kind, wrong, words in mistakes)
        note(title, given)
        return Finding(True, title)
    if np.allclose(given, right, rtol=rtol, atol=1e-3 * rtol):
        return Finding(True, title, single=right.size == 1)
    if ALONE.get():
        return Finding(False, title, single=right.size == 1)
    known = next(((its, words) for its, wrong, words in mistakes if same(given, wrong)), None)
    kind, advice = known or (kind, advice)
    numbers = _compared(given, right)
    words = f"{advice}\n   {numbers}" if advice else numbers
    return Finding(False, title, words, (kind,), single=right.size == 1, known=known is not None)


def _compared(given: Any, right: Any) -> str:
    """Two results side by side; of large ones the elements that are furthest apart."""
    where = ""
    if right.size > _SHORT:
        index = tuple(int(i) for i in np.unravel_index(int(np.abs(given - right).argmax()), right.shape))
        where, given, right = f"At [{', '.join(map(str, index))}] ", given[index], right[index]
    text = f"you give {_short(np.asarray(given))}, right is {_short(np.asarray(right))}."
    return where + text if where else text.capitalize()


def _short(x: Any) -> str:
    return np.array2string(x, precision=6, suppress_small=True) if x.ndim else f"{x:.8g}"


def diagnosed(answer: Answer, kind: str, choices: Iterable[str]) -> Finding:
    """The diagnosis that a student reads off the report of a broken derivative; any of the choices if `kind` is not known."""
    written = answer.DIAGNOSIS if type(answer.DIAGNOSIS) is str else ""
    title, given = f"DIAGNOSIS = {written!r}", written.strip().lower()
    if given and given == (kind or (given if given in choices else "")):
        return Finding(True, title)
    if not given:
        words = "Write what was wrong between the quotation marks."
    elif given in choices:
        words = "That is not what the report of the broken derivative says in its first lines, after the *."
    else:
        words = f"Choose one of {', '.join(map(repr, choices))}."
    return Finding(False, title, words, (DIAGNOSIS,))
