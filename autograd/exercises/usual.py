"""The usual slips, and which of them an answer's numbers come of: the solution with a slip in it gives the same ones."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from types import FunctionType
from typing import Any

import numpy as np

from .exercise import Answer, Finding
from .form import Exercise
from .programs import Numbers, close

_SEVERAL, _MOST = 5, 0.6  # wrong numbers that are a slip's, though not all are: how many, and which part of all


@dataclass(frozen=True)
class Slip:
    """A usual mistake: the edit of the solution that makes it, by whose numbers it is known, and what is to be said of it."""

    kind: str
    old: str
    new: str
    sentence: str


@dataclass(frozen=True)
class Case:
    """Numbers that an answer is asked for, and what they should be.

    Args:
        title: what is looked at.
        ask: gets the numbers; those that `right` lacks only help to tell mistakes from each other.
        right: the right numbers, in the order in which they are looked at.
        where: what was computed.
        kind: of a mistake that has no other name.
        fault: looks whether there is anything that can be asked.
        explain: what makes a wrong number of the right ones.
    """

    title: str
    ask: Callable[[Answer], Numbers]
    right: Numbers
    where: str = ""
    kind: str = "value"
    fault: Callable[[Answer], Finding | None] = lambda _answer: None
    explain: Callable[[str, float], Iterable[tuple[str, str]]] = lambda _label, _number: ()


class Usual:
    """The usual slips in an exercise's solution."""

    def __init__(self, exercise: Exercise, *slips: Slip) -> None:
        self._exercise, self.slips = exercise, slips

    def slipped(self, *slips: Slip) -> Answer:
        """The solution with a mistake in it, or with several."""
        source = self._exercise.solution
        for slip in slips:
            if slip.old not in source:
                raise ValueError(f"{self._exercise.name}: its solution has no {slip.old!r}")
            source = source.replace(slip.old, slip.new)
        names: dict[str, Any] = {"__name__": "slipped"}
        exec(compile(f"{self._exercise.given}\n\n\n{source}", "<slipped>", "exec"), names)  # noqa: S102 - ours
        return Answer(names)

    def recognised(self, answer: Answer, cases: Sequence[Case], case: Case) -> tuple[list[Slip], bool]:
        """The slips after which the solution gives the same numbers, up to `case`, and whether they are all that is wrong.

        If there are any, those that do so beyond it; if none is all, two together that are.
        """
        mine = [(each, numbers_of(each, answer)) for each in cases]
        so_far = mine[: cases.index(case) + 1]
        right = [each for each, numbers in mine if _agree(numbers, each.right, each.right)]
        scores = {}

        def possible(names: Answer) -> bool:  # what is right does not come of a slip after which it is wrong
            return all(_agree(numbers_of(each, names), each.right, each.right) for each in right)

        for slip in self.slips:
            names = self.slipped(slip)
            if all(_agree(numbers, numbers_of(each, names), each.right) for each, numbers in so_far) and possible(
                names
            ):
                pairs = [(each, numbers, numbers_of(each, names)) for each, numbers in mine]
                scores[slip] = sum(
                    _agree(a, b, each.right) + _agree(a, b, {**(a or {}), **(b or {})}) for each, a, b in pairs
                )
        best = [slip for slip, score in scores.items() if score == max(scores.values())]
        if best and all(_agree(numbers, numbers_of(each, self.slipped(best[0])), each.right) for each, numbers in mine):
            return best, not any("?" in slip.sentence for slip in best)
        for two in combinations(self.slips, 2):
            both = self._slipped_twice(*two)
            if both and all(_agree(numbers, numbers_of(each, both), each.right) for each, numbers in mine):
                apart = self._place(two[0]) != self._place(two[1])
                alone = [
                    slip for slip in two if apart and self._enough(answer, slip, cases)
                ]  # the other one comes of it
                return alone[:1] or sorted(two, key=lambda slip: slip not in scores), True  # the one that is seen first
        if not scores:
            names_of = {slip: self.slipped(slip) for slip in self.slips}
            near = [s for s, names in names_of.items() if _mostly(case, so_far[-1][1], names) and possible(names)]
            return near if len(near) == 1 else [], False
        return best, False

    def _enough(self, answer: Answer, slip: Slip, cases: Sequence[Case]) -> bool:
        """Whether an answer is right once the solution's method, or function, stands where a slip is."""
        with self._mended(answer, slip):
            return all(_agree(numbers_of(each, answer), each.right, each.right) for each in cases)

    @contextmanager
    def _mended(self, answer: Answer, slip: Slip) -> Iterator[None]:
        """An answer with the solution's method, or function, where a slip is."""
        owner, name = self._place(slip)
        mine, its = (getattr(each, owner or name) for each in (answer, self.slipped()))
        old, new = (
            vars(each).get(name) if owner else each for each in (mine, its)
        )  # what is stored, and not what it binds
        if not isinstance(old, FunctionType) or not isinstance(new, FunctionType):
            yield
            return
        put = partial(setattr, mine, name) if owner else partial(old.__globals__.__setitem__, name)
        put(FunctionType(new.__code__, old.__globals__, name, new.__defaults__))
        try:
            yield
        finally:
            put(old)

    def _place(self, slip: Slip) -> tuple[str, str]:
        """The class, if any, and the method or function in which a slip is."""
        source = self._exercise.solution
        line = source.count("\n", 0, source.index(slip.old)) + 1
        for node in ast.parse(source).body:
            for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(inner, ast.FunctionDef) and inner.lineno <= line <= (inner.end_lineno or line):
                    return node.name if isinstance(node, ast.ClassDef) else "", inner.name
        raise ValueError(f"{self._exercise.name}: {slip.old!r} is in no function")

    def _slipped_twice(self, one: Slip, other: Slip) -> Answer | None:
        """The solution with two mistakes, where there is room for both."""
        try:
            return self.slipped(one, other)
        except (ValueError, SyntaxError):
            return None


def numbers_of(case: Case, answer: Answer) -> Numbers | None:
    """The numbers, or None where it does not come to that."""
    try:
        return case.ask(answer)
    except Exception:  # an answer that does not run, or a slip after which the solution does not
        return None


def _mostly(case: Case, given: Numbers | None, slipped: Answer) -> bool:
    """Whether most of the wrong numbers, and not few, are those of a slip: it may be one of two things that are wrong."""
    mine, its = given or {}, numbers_of(case, slipped) or {}
    wrong = [label for label in case.right if not same(mine.get(label), case.right[label])]
    hits = [
        label for label in wrong if label in its and plain_number(mine.get(label)) and same(mine[label], its[label])
    ]
    return len(hits) >= max(_SEVERAL, _MOST * len(wrong))


def listed(numbers: Numbers | None) -> list[float] | None:
    """All numbers in the order of their names; NaN for what is none."""
    if numbers is None:
        return None
    return [math.nan if (x := plain_number(numbers[label])) is None else x for label in sorted(numbers)]


def _agree(a: Numbers | None, b: Numbers | None, labels: Iterable[str]) -> bool:
    if a is None or b is None:
        return a is b
    return all(same(a.get(label), b.get(label)) for label in labels)


def plain_number(x: Any) -> float | None:
    """A plain number as such; None for whatever is none."""
    return float(x) if isinstance(x, int | float | np.floating | np.integer) else None


def same(a: Any, b: Any) -> bool:
    """Whether two are the same number, or neither is one."""
    x, y = plain_number(a), plain_number(b)
    return x is y if x is None or y is None else close(x, y)
