"""What an answer gives: the numbers that a check asks it for, one after the other, by which two answers are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

_RTOL, _ATOL = 1e-7, 1e-12  # rounding, and nothing else
_DIGITS = 7


class Mistaken(NamedTuple):
    """A mistake that is known, and what is said of it."""

    kind: str
    sentence: str


class ApartError(BaseException):
    """What is being collected has left what it is compared with; no answer's `except Exception` is to stop it."""


class Given:
    """Numbers by the title that they were asked for under; with `other` no further than it is the same, or than so `many`.

    Raises (in whoever collects):
        ApartError: a number is not that of the other, or there are as many as were wanted.
    """

    def __init__(self, other: Given | None = None, many: int = 0) -> None:
        self.numbers: list[tuple[str, Any]] = []
        self.mistakes: dict[Mistaken, dict[int, Any]] | None = None
        self._other, self._many = other, many

    def add(self, title: str, numbers: Any) -> None:
        self.numbers.append((title, numbers))
        if len(self.numbers) == self._many or (self._other is not None and not self._follows(self._other)):
            raise ApartError

    def _follows(self, other: Given) -> bool:
        last = len(self.numbers) - 1
        return last < len(other.numbers) and _equal(self.numbers[last], other.numbers[last])

    def wrong(self, right: Given) -> tuple[int, int]:
        """How many single numbers are other ones than those of a right answer, and up to where all are the same."""
        counts = [_unlike(mine, its) for (_, mine), (_, its) in zip(self.numbers, right.numbers, strict=False)]
        return sum(counts), next((i for i, count in enumerate(counts, 1) if count), 0)

    def made_by(self, mistake: Mistaken, right: Given) -> bool:
        """Whether these are the numbers of a usual mistake, wherever it is known what they are."""
        made = (right.mistakes or {})[mistake]
        return len(self.numbers) == len(right.numbers) and all(
            _equal(self.numbers[i], (right.numbers[i][0], numbers)) for i, numbers in made.items()
        )

    def after(self, mistake: Mistaken) -> Given:
        """What a usual mistake makes of a right answer that was collected with its mistakes."""
        given, made = Given(), (self.mistakes or {})[mistake]
        given.numbers = [(title, made.get(i, numbers)) for i, (title, numbers) in enumerate(self.numbers)]
        return given

    def to(self, place: int) -> Given:
        """The first numbers."""
        given = Given()
        given.numbers = self.numbers[:place]
        return given

    @property
    def last(self) -> bytes:
        """The last numbers, to a few digits, which are equal where they are the same but for rounding."""
        return digits(self.numbers[-1][1]) if self.numbers else b""


def digits(numbers: Any) -> bytes:
    """Numbers to a few digits; nothing if there are none, if all are 0, or if any is not finite."""
    if numbers is None or not np.any(numbers) or not np.isfinite(numbers).all():
        return b""
    size = 10.0 ** (_DIGITS - np.ceil(np.log10(np.abs(numbers).max())))
    return (np.round(np.asarray(numbers, dtype=float) * size) + 0.0).tobytes()


COLLECTING: ContextVar[Given | None] = ContextVar(
    "COLLECTING", default=None
)  # part of the checker as it should be, see `integrity`


@contextmanager
def collected(other: Given | None = None, many: int = 0, *, mistakes: bool = False) -> Iterator[Given]:
    """Collect what is given inside; with `mistakes` also what would be given after each one that is known."""
    given = Given(other, many)
    given.mistakes = {} if mistakes else None
    token = COLLECTING.set(given)
    try:
        yield given
    finally:
        COLLECTING.reset(token)


def collecting() -> bool:
    """Whether it is asked for everything that an answer gives, and not only whether it is right."""
    return COLLECTING.get() is not None


def note(title: str, numbers: Any) -> None:
    """Note what an answer gives: numbers, an array of them, or None where nothing came of it."""
    given = COLLECTING.get()
    if given is not None:
        given.add(title, numbers)


def note_mistakes(mistakes: Iterable[tuple[str, str, Callable[[], Any]]]) -> None:
    """Of what is noted next, note what each of some mistakes makes of it, by kind and sentence."""
    given = COLLECTING.get()
    if given is not None and given.mistakes is not None:
        for kind, sentence, numbers in mistakes:
            given.mistakes.setdefault(Mistaken(kind, sentence), {})[len(given.numbers)] = numbers()


def _equal(mine: tuple[str, Any], its: tuple[str, Any]) -> bool:
    a, b = mine[1], its[1]
    if mine[0] != its[0] or a is None or b is None:
        return mine[0] == its[0] and a is b
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=_RTOL, atol=_ATOL, equal_nan=True))


def _unlike(mine: Any, its: Any) -> int:
    if mine is None or its is None or np.shape(mine) != np.shape(its):
        return 1
    return int(np.count_nonzero(~np.isclose(mine, its, rtol=_RTOL, atol=_ATOL, equal_nan=True)))
