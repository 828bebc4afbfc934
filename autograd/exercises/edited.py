"""What to change in a wrong answer so that it is right: the student's own line, with the place marked; see `check.repair`."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..check.diagnose import UNNAMED
from ..check.repair import SECONDS, repairs
from ..check.shown import Repair
from ..check.sought import FACTORS
from .alike import Likeness, likeness
from .bugs import ASSIGNMENT
from .exercise import ELSEWHERE
from .form import Exercise
from .looked import Look, is_to_find
from .methods import Method, faulty
from .module import module
from .numbers import Numbers
from .pieces import Pieces
from .programs import GUESSED
from .sandbox import STOPPED_WITH, Result, check_source
from .truth import ALONE, KNOWN, rehearsal
from .twofold import twofold

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
    to_find = ASSIGNMENT in exercise.text and result.state == "failed" and is_to_find(result.findings[-1])
    return failed and bool(exercise.solution) and not to_find


def vague(result: Result) -> bool:
    """Whether what is said of a wrong answer leaves open what is wrong in it."""
    said = "\n".join(finding.message for finding in result.findings if not finding.passed)
    return bool(VAGUE & {*result.kinds}) or UNNAMED in said or ELSEWHERE in said


def change(exercise: Exercise, source: str, seconds: float = SECONDS, *, named: bool = False) -> Change | None:
    """The small change that makes a wrong answer right; two where both do; None if `seconds` of computing found none.

    If what is wrong is not `named` yet, and there is no such change, then what the answer is like is said.
    """
    ways, like = _ways(exercise, source, seconds, named)
    if isinstance(like, list):
        return _of_methods(like, named)
    if like is not None:
        return Change(str(like), like.kinds)
    if not ways:
        return None
    text = "\nor: ".join("\n".join(map(str, way)) for way in ways)
    remedy = ways[0][0].remedy if len(ways) == len(ways[0]) == 1 else ""
    return Change(text, tuple(dict.fromkeys(edit.kind for way in ways for edit in way)), len(ways), remedy)


def _of_methods(methods: list[Method], named: bool) -> Change | None:
    """What is said of the methods that are wrong: where something is `named` already, only what that does not say."""
    if named and len(methods) == 1 and not methods[0].edits:
        return None
    kinds = [edit.kind for method in methods for edit in method.edits] or ["method"]
    return Change("\n".join(map(str, methods)), tuple(dict.fromkeys(kinds)))


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
        elif UNKNOWN not in line and GUESSED not in line and not _aside(line, made):
            (numbers if line.startswith(" ") else words).append(line)
    if made.ways == 1 and not last.known:
        words = [said for line in words if (said := _without_guess(line))]
    added = [line for line in (made.remedy if last.known else made.text).splitlines() if line not in words]
    message = "\n".join([*words, *added, *numbers])
    return replace(result, findings=[*before, replace(last, message=message, kinds=kinds)])


def _aside(line: str, made: Change) -> bool:
    """Whether a line tells the ratio to what is right, which is another way to put what a change tells."""
    factor = FACTORS.search(line)
    return factor is not None and factor[1] not in made.text


def _without_guess(line: str) -> str:
    """A line without the questions at its end: what they ask is known where a change has been found."""
    pieces = _PIECES.split(line)
    while pieces and pieces[-1].endswith("?"):
        pieces.pop()
    said = " ".join(pieces)
    return f"{said[:-1]}." if said.endswith((":", ";")) else said


def _ways(
    exercise: Exercise, source: str, seconds: float, named: bool
) -> tuple[list[list[Repair]], Likeness | list[Method] | None]:
    """The ways to make an answer right; where there is none, what the answer is like, or which of its methods are wrong."""
    given = exercise.given.strip()
    end = source.find(given) + len(given) if given in source else 0
    above, answer = source[:end], source[end:]  # what is given is not changed, and read once
    number = 1 + above.count("\n")
    tell = partial(_told, exercise, above)
    tokens = KNOWN.set(KNOWN.get() or _confirmed(exercise)), ALONE.set(True)
    try:
        silent = contextlib.redirect_stdout(io.StringIO())
        with warnings.catch_warnings(), np.errstate(all="ignore"), silent, module("<edited>"):
            warnings.simplefilter("ignore")
            look = Look(exercise, above)
            pieces = Pieces(exercise, above, ticks=look.ticks)
            if all(look(answer) or [False]):  # what is wrong is none of the numbers
                return [], None
            if ways := repairs(
                answer, look, lambda text: True, parts=look.parts, more=pieces, number=number, seconds=seconds
            ):
                return ways, None
            if methods := faulty(answer, given, exercise.solution, look, tell, number=number, seconds=seconds):
                return [], methods
            numbers = Numbers(exercise, above, answer, seconds=_AFTERWARDS * seconds, ticks=look.ticks,
                              more=pieces(answer))  # fmt: skip
            if not numbers.comparable:
                return [], None
            two = twofold(numbers, look)
            return ([two], None) if two else ([], None if named else likeness(numbers))
    finally:
        ALONE.reset(tokens[1])
        KNOWN.reset(tokens[0])


def _told(exercise: Exercise, above: str, answer: str) -> str:
    """What is said of an answer; empty if that leaves open what is wrong."""
    token = ALONE.set(False)
    try:
        result = check_source(exercise, f"{above}{answer}", "<mixed>")
    finally:
        ALONE.reset(token)
    words = "" if vague(result) or not result.findings else result.findings[-1].message.partition("\n   ")[0]
    return "" if "?" in words else words


def _confirmed(exercise: Exercise) -> tuple[Any, ...]:
    with rehearsal() as heard:
        check_source(exercise, exercise.file(exercise.solution), "solution.py")
    return tuple(heard)
