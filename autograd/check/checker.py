"""A check: behaviour first, then the numbers, then the verdict and a diagnosis if they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .compare import Comparison, against, whole_jacobian
from .diagnose import diagnose
from .hygiene import Answers, behaviour
from .judge import FAIL, KINK, PASS, UNSURE, WORDS
from .ladder import LEVELS, Vector
from .problem import AnswerError, Part, Problem, part_of
from .projections import Projections
from .report import Element, Report, Row, Verdict
from .sizes import floors
from .suspects import Uses

Mode = Literal["auto", "jacobian", "projections"]

_ELEMENT_RTOL = 1e-5
_PROJECTION_RTOL = 1e-9
_BUDGET = 12_000  # evaluations that a whole Jacobian may take before projections are chosen
_LARGEST_JACOBIAN = 250_000
_SHOWN = 8


@dataclass(frozen=True)
class Options:
    """How to check: see `gradcheck`; with a `jacobian` that is known to be right, without differences."""

    seed: int | None = None
    rtol: float | None = None
    mode: Mode = "auto"
    progress: bool | None = None
    jacobian: Vector | None = None


def new_seed(seed: int | None) -> int:
    """The seed itself, or a fresh one for None."""
    return int(np.random.default_rng().integers(2**31)) if seed is None else seed


def check(
    problem: Problem,
    uses: Uses,
    options: Options,
    extra: Callable[[Answers, np.random.Generator], None] | None = None,
) -> Report:
    """Check `problem`; `extra` looks for further faults of form before the numbers are compared."""
    seed = new_seed(options.seed)
    rng = np.random.default_rng(seed)
    answers = Answers(problem)
    chosen_mode, why = _choose(problem, options.mode)
    report = Report(problem.name, "fail", why, seed, 0)
    at_point = problem.evaluate(problem.point)
    problem.floors = floors(problem, at_point)
    if not np.isfinite(at_point).all():
        report.notes.append(
            f"The function is not finite here ({np.count_nonzero(~np.isfinite(at_point))} of {at_point.size} outputs): "
            "nothing can be said about those."
        )
    if behaviour(answers, rng):
        if extra is not None:
            try:
                extra(answers, rng)
            except AnswerError as error:
                answers.refuse(error)
        if options.jacobian is not None:
            comparison = against(answers, options.jacobian, options.rtol or _ELEMENT_RTOL)
        elif chosen_mode == "jacobian":
            comparison = whole_jacobian(answers, rng, options.rtol or _ELEMENT_RTOL, options.progress)
        else:
            comparison = Projections(answers, rng, options.rtol or _PROJECTION_RTOL, options.progress).compare()
        _fill(report, comparison, answers, uses)
    else:
        report.diagnoses = list(answers.faults.values())
    report.evaluations = problem.evaluations
    return report


def _choose(problem: Problem, mode: Mode) -> tuple[str, str]:
    """Whether to compare the whole Jacobian or projections of it, and the sentence that says so."""
    n, m = problem.size_in, problem.size_out
    cost = 2 * LEVELS * n + m
    affordable = cost <= _BUDGET and n * m <= _LARGEST_JACOBIAN
    chosen_mode = mode if mode != "auto" else "jacobian" if affordable else "projections"
    if chosen_mode == "jacobian":
        return chosen_mode, f"whole Jacobian, {m} × {n}"
    reason = f"the whole Jacobian, {m} × {n}, would take {cost:,} evaluations" if mode == "auto" else "as asked"
    return chosen_mode, f"random projections ({reason})"


def _fill(report: Report, comparison: Comparison, answers: Answers, uses: Uses) -> None:
    """Verdict, rows, worst elements and diagnoses."""
    status = comparison.status
    report.verdict = _verdict(comparison, answers)
    report.rows = [_row(part, comparison) for part in answers.problem.inputs]
    if report.verdict == "fail":
        report.diagnoses = diagnose(comparison, answers, uses)
    if report.verdict != "pass":
        report.worst = _worst(comparison, answers)
    kinks = int((status == KINK).sum())
    if kinks:
        report.notes.append(
            f"kink: the slopes from the left and the right differ at {kinks} place{'s' * (kinks > 1)}; any number "
            "between them is a valid subgradient there."
        )
    unsure = int((status == UNSURE).sum())
    if unsure:
        report.notes.append(
            f"unsure: the finite differences themselves are too uncertain at {unsure} place{'s' * (unsure > 1)}; try "
            "other inputs: larger ones, or ones where the function is less flat or less noisy."
        )
        report.notes += [f"{doubt}." for doubt in dict.fromkeys(answers.doubts)]


def _verdict(comparison: Comparison, answers: Answers) -> Verdict:
    if answers.faults or (comparison.status == FAIL).any():
        return "fail"
    return "inconclusive" if (comparison.status == UNSURE).any() else "pass"


def _row(part: Part, comparison: Comparison) -> Row:
    """The counts for one input; in projections that passed there is one count for all inputs together."""
    everything = not comparison.columns.size
    here = np.ones(comparison.status.shape[1], dtype=bool) if everything else comparison.within(part)
    status = comparison.status[:, here]
    passed, kinks, unsure, failed = (int((status == word).sum()) for word in (PASS, KINK, UNSURE, FAIL))
    largest = 0.0
    if not everything:
        with np.errstate(all="ignore"):
            difference = np.abs(comparison.analytic[:, here] - comparison.numeric[:, here])[status != KINK]
        largest = float(difference[np.isfinite(difference)].max(initial=0.0))
    return Row(part.name, part.shape, str(part.dtype), passed, kinks, unsure, failed, largest)


def _worst(comparison: Comparison, answers: Answers) -> list[Element]:
    """The elements that are furthest off, relative to what would be right."""
    if not comparison.columns.size:
        return []
    with np.errstate(all="ignore"):
        difference = np.abs(comparison.analytic - comparison.numeric)
        badness = difference / np.maximum(np.abs(comparison.numeric), np.abs(comparison.analytic))
    badness = np.where(np.isnan(badness), np.inf, badness)
    wanted = comparison.status == max(UNSURE, int(comparison.status.max()))
    for part in answers.problem.inputs:
        if part.name in answers.unusable:
            wanted = wanted & ~comparison.within(part)
    rows, columns = np.nonzero(wanted)
    elements = []
    order = np.lexsort((-difference[rows, columns], -badness[rows, columns]))
    owner = np.searchsorted(
        [part.stop for part in answers.problem.inputs], comparison.columns[columns[order]], side="right"
    )
    first = np.sort(np.unique(owner, return_index=True)[1])  # the worst of each input, and then the others
    order = np.concatenate([order[first], np.delete(order, first)])[:_SHOWN]
    for at in order:
        j, k = int(rows[at]), int(columns[at])
        component = int(comparison.columns[k])
        part = part_of(answers.problem.inputs, component)
        index, which = part.place(component)
        elements.append(
            Element(
                part.name, index, which, comparison.rows[j],
                float(comparison.analytic[j, k]), float(comparison.numeric[j, k]), float(comparison.error[j, k]),
                WORDS[int(comparison.status[j, k])],
            )
        )  # fmt: skip
    return elements
