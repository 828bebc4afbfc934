"""The numbers of an answer, where the first of them is wrong, and what becomes of those when one thing is changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ..check.running import MOST_TICKS, bounded, helpers
from ..check.slips import Slip, likely
from ..check.source import Change
from .exercise import Answer
from .form import Exercise
from .given import Given, collected
from .guard import TimeUpError
from .module import NAME, kept_depth, run

ENOUGH = 2  # numbers that have to be wrong: a single one may be met by accident
_MENDED = 2.0  # words that a change of an answer may have
Names = Callable[[], dict[str, Any]]


class After(NamedTuple):
    """A change, and what is given where the answer's first number is wrong."""

    change: Slip
    given: Given


class Numbers:
    """What an answer gives, and what is right.

    Args:
        exercise: whose derivatives are known (`truth.KNOWN`), and of which nothing else is believed (`truth.ALONE`).
        above: what stands above the answer, and is not changed.
        answer: the rest of the file.
        seconds: of computing, for all changes of one source.
        ticks: rounds and calls after which an answer counts as endless.
        more: changes of the answer beside those of any source.
    """

    def __init__(
        self,
        exercise: Exercise,
        above: str,
        answer: str,
        *,
        seconds: float,
        ticks: int = MOST_TICKS,
        more: Sequence[Change] = (),
    ) -> None:
        self._more = more
        self.exercise, self.above, self.answer, self._seconds, self._ticks = exercise, above, answer, seconds, ticks
        self._head, self._given = compile(above, "<given>", "exec"), compile(exercise.given, "<given>", "exec")
        with collected() as self.mine:
            whole = asked(exercise, self.names(answer))
        with collected(mistakes=True) as self.right:
            asked(exercise, self.solved(exercise.solution))
        count, self.place = self.mine.wrong(self.right)
        self.comparable = whole and count >= ENOUGH and bool(self.mine.to(self.place).last)

    def names(self, answer: str) -> Names:
        """What makes the names of an answer."""
        return names_of(self._head, answer, self._ticks)

    def solved(self, solution: str) -> Names:
        """What makes the names of a solution, or of what has been made of it."""
        return names_of(self._given, solution, self._ticks)

    @cached_property
    def changed(self) -> list[After]:
        """After each likely change of the answer, the smallest first, as far as there is time."""
        return self._after(self.names, likely(self.answer, _MENDED, self._more))

    def slipped(self, most: float) -> list[After]:
        """After each likely change of the solution that is no larger than that."""
        return self._after(self.solved, likely(self.exercise.solution, most))

    def _after(self, made: Callable[[str], Names], changes: Iterable[Slip]) -> list[After]:
        found = []
        until = time.process_time() + self._seconds
        for change in changes:
            if time.process_time() > until:
                break
            with collected(many=self.place) as given:
                asked(self.exercise, made(change.applied))
            if len(given.numbers) == self.place and given.last:
                found.append(After(change, given))
        return found


def names_of(head: Any, text: str, ticks: int, **more: Any) -> Names:
    """What makes the names that a source defines below what is given, and in which it finds some `more`."""

    def made() -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": NAME, **helpers(ticks), **more}
        exec(head, names)  # noqa: S102 - what is given
        run(bounded(text), names, "<slip>")
        return names

    return made


@kept_depth()
def asked(exercise: Exercise, names: Names) -> bool:
    """Whether an answer could be asked for all that a check wants."""
    try:
        for _ in exercise.look(Answer(names())):
            pass
    except TimeUpError:
        raise
    except BaseException:  # the answer's, or an `ApartError`
        return False
    return True
