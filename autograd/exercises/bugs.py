"""Exercises that come with a bug: the repaired derivative is checked, and so is the diagnosis that a student writes down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..check import check_vjp
from .exercise import Answer, Finding, Mistake, derivative, diagnosed

CHOICES = {
    "at-output": "a slope was taken at the output of a function in place of its input",
    "at-input": "a formula in terms of the output was given the input",
    "broadcast": "the sum over an axis that was broadcast is missing",
    "factor": "a constant factor is wrong, for example a sum for a mean",
    "missing": "some numbers are zero and should not be",
    "mutated": "an array that belongs to somebody else is changed in place",
    "nondeterministic": "the same question, asked twice in a row, gets different answers",
    "overwritten": "only one of several contributions is left: = in place of +=",
    "sign": "the sign is wrong",
    "surplus": "some numbers should be zero and are not",
    "transposed": "two axes are interchanged",
    "zero": "everything is zero",
}

BROKEN = "the derivative is still broken; the checker's report:"
_WIDTH = max(map(len, CHOICES))
ASSIGNMENT = (
    """

Run the checker (`check`) on the file as it is, read its report, and write what is wrong into DIAGNOSIS: one of

"""
    + "\n".join(f"    {kind:<{_WIDTH}}  {words}" for kind, words in CHOICES.items())
    + """

Then repair the derivative."""
)


def repaired(
    kind: str,
    f: Callable[..., Any],
    vjp_of: Callable[[Answer], Callable[..., Any]],
    inputs: Mapping[str, Any],
    mistakes: tuple[Mistake, ...] = (),
    *,
    also: Sequence[Sequence[Any]] = (),
) -> Callable[[Answer], Iterator[Finding]]:
    """The check of an exercise of this chapter: the repaired derivative (also at other inputs), and the diagnosis."""

    def check(answer: Answer) -> Iterator[Finding]:
        vjp, names, points = vjp_of(answer), tuple(inputs), tuple(inputs.values())
        found = derivative(f, vjp, points, names, title="the repaired derivative", mistakes=mistakes, also=also)
        diagnosis = diagnosed(answer, kind, CHOICES)
        if not found.passed and kind in found.kinds:
            report = check_vjp(f, vjp, points, seed=0, names=names, progress=False)
            report.find_edits = list  # an edit that makes it right is what the student is to find
            step = "That is right. Now" if diagnosis.passed else f"{diagnosis.message} Then"
            message = f"{report}\n\n{diagnosis.title}: {step} repair the derivative."
            if report.verdict != "pass":
                found = Finding(False, BROKEN, message, found.kinds)
        elif not found.passed and not diagnosis.passed and isinstance(answer.DIAGNOSIS, str) and answer.DIAGNOSIS:
            found = replace(found, message=f"{found.message}\n{diagnosis.title}: {diagnosis.message}")
        yield found
        yield diagnosis

    return check


def relu(x: Any) -> Any:
    return np.maximum(x, 0)


RELU_ELSEWHERE = tuple(
    (np.array(x),) for x in ([[1e-4, -1e-4], [-1e3, 1e3], [0.5, 2.0]], [-0.3, 0.4], [[[1.0]], [[-2.0]]])
)
RELU_MISTAKES = (
    Mistake("mask", lambda g, out, x: g * (x <= 0), "The mask is the wrong way round: g passes where x > 0."),
    Mistake("product", lambda g, out, x: g * np.maximum(x, 0),
            "g was multiplied by the output of the function: its slope is 1 where x > 0, and 0 elsewhere."),
    Mistake("product", lambda g, out, x: g * x,
            "g was multiplied by x: the slope of the function is 1 where x > 0, and 0 elsewhere."),
)  # fmt: skip
