"""What to change in a wrong answer so that it is right: the student's own line, with the place marked; see `check.repair`."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..check.diagnose import UNNAMED
from ..check.repair import SECONDS, repairs
from ..check.running import bounded, helpers
from ..check.shown import Repair
from .alike import Likeness, likeness
from .bugs import ASSIGNMENT, BROKEN
from .exercise import DIAGNOSIS, ELSEWHERE, Answer, Finding
from .form import Exercise
from .guard import TimeUpError
from .sandbox import STOPPED_WITH, Result, check_source
from .truth import ALONE, KNOWN, rehearsal

UNKNOWN = "fits none of the usual mistakes"
_AFTERWARDS = 0.67  # of the time in which no change was found, for what the answer is like
FACTOR = "times what it should be"
# Kinds that say that something is wrong, and not what.
_PIECES = re.compile(r"(?<=[:;.]) ")
VAGUE = frozenset({"unknown", "value", "shape", "nonlinear", "places", "nearly", "gradient", "nan"})


class Change(NamedTuple):
    """What to change, as lines to be read, and of which kinds it is; and the same where it is known already what is wrong."""

    text: str
    kinds: tuple[str, ...]
    ways: int = 1
    remedy: str = ""


def may_help(exercise: Exercise, result: Result) -> bool:
    """Whether an answer is wrong in a way that a change may mend; a fault that the student is to find is not said."""
    failed = result.state == "failed" or (result.state == "error" and result.message.startswith(STOPPED_WITH))
    to_find = ASSIGNMENT in exercise.text and (result.state == "error" or _is_to_find(result.findings[-1]))
    return failed and bool(exercise.solution) and not to_find


def _is_to_find(finding: Finding) -> bool:
    return finding.title == BROKEN or finding.kinds == (DIAGNOSIS,)


def vague(result: Result) -> bool:
    """Whether what is said of a wrong answer leaves open what is wrong in it."""
    said = "\n".join(finding.message for finding in result.findings if not finding.passed)
    return bool(VAGUE & {*result.kinds}) or UNNAMED in said or ELSEWHERE in said


def change(exercise: Exercise, source: str, seconds: float = SECONDS, *, named: bool = False) -> Change | None:
    """The small change that makes a wrong answer right; two where both do; None if `seconds` of computing found none.

    If what is wrong is not `named` yet, and there is no such change, then what the answer is like is said.
    """
    ways, like = _ways(exercise, source, seconds, named)
    if like is not None:
        return Change(str(like), like.kinds)
    if not ways:
        return None
    text = "\nor: ".join("\n".join(map(str, way)) for way in ways)
    remedy = ways[0][0].remedy if len(ways) == len(ways[0]) == 1 else ""
    return Change(text, tuple(dict.fromkeys(edit.kind for way in ways for edit in way)), len(ways), remedy)


def with_change(result: Result, made: Change) -> Result:
    """The result of a wrong answer, and what to change in it."""
    if result.state == "error":
        return replace(result, message=f"{result.message}\n{made.text}")
    *before, last = result.findings
    if last.known and not made.remedy:  # several changes are another way to do it, and what is wrong has been said
        return result
    kinds = made.kinds if VAGUE & {*last.kinds} else last.kinds
    words: list[str] = []
    numbers: list[str] = []
    for line in last.message.splitlines():
        if FACTOR in line and made.ways == 1 and not last.known:  # what it comes of is seen in the line to be changed
            head, _, tail = line.partition(FACTOR)
            words.append(f"{head}{FACTOR}{tail.partition(': ')[0].rstrip('.')}.")
        elif UNKNOWN not in line:
            (numbers if line.startswith(" ") else words).append(line)
    if made.ways == 1 and not last.known:
        words = [said for line in words if (said := _without_guess(line))]
    message = "\n".join([*words, made.remedy if last.known else made.text, *numbers])
    return replace(result, findings=[*before, replace(last, message=message, kinds=kinds)])


def _without_guess(line: str) -> str:
    """A line without the questions at its end: what they ask is known where a change has been found."""
    pieces = _PIECES.split(line)
    while pieces and pieces[-1].endswith("?"):
        pieces.pop()
    said = " ".join(pieces)
    return f"{said[:-1]}." if said.endswith((":", ";")) else said


def _ways(exercise: Exercise, source: str, seconds: float, named: bool) -> tuple[list[list[Repair]], Likeness | None]:
    """The ways to make an answer right; where there is none, what the answer is like."""
    given = exercise.given.strip()
    end = source.find(given) + len(given) if given in source else 0
    above, answer = source[:end], source[end:]  # what is given is not changed, and read once
    known = KNOWN.get() or _confirmed(exercise)
    head = compile(above, "<given>", "exec")
    begin: list[int] = []  # the first finding that was wrong in what the student wrote

    def flags(text: str) -> list[bool] | None:
        """Which findings are right, part by part; None where the answer does not run.

        What a single number rests on may be an accident (3 + 3 is 2 · 3): that is not enough.
        """
        findings: list[Finding] = []
        ran = False
        try:
            names: dict[str, Any] = {"__name__": "answer", **helpers()}
            exec(head, names)  # noqa: S102 - what is given
            exec(compile(bounded(text), "<edited>", "exec"), names)  # noqa: S102 - the student's answer, in its own process
            for finding in exercise.look(Answer(names)):
                if _is_to_find(finding):
                    continue
                findings.append(finding)
                if not finding.passed:
                    break
            ran = True
        except TimeUpError:
            raise
        except BaseException:  # noqa: S110 - the student's: SystemExit too
            pass
        begin.append(next((i for i, finding in enumerate(findings) if not finding.passed), len(findings)))
        found = [part for finding in findings for part in (*finding.parts, finding.passed)]
        numbers = sum(2 - finding.single for finding in findings[begin[0] :])
        return [*found, *([] if ran and numbers > 1 else [False])] if found else None

    tokens = KNOWN.set(known), ALONE.set(True)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            ways = repairs(answer, flags, lambda text: True, 1 + above.count("\n"), seconds)
            return ways, (None if ways or named else likeness(exercise, above, answer, _AFTERWARDS * seconds))
    finally:
        ALONE.reset(tokens[1])
        KNOWN.reset(tokens[0])


def _confirmed(exercise: Exercise) -> tuple[Any, ...]:
    with rehearsal() as heard:
        check_source(exercise, exercise.file(exercise.solution), "solution.py")
    return tuple(heard)
