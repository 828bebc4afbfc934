"""Which of the usual mistakes gives the numbers of a wrong answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from .elsewhere import copies


class Wrong(Protocol):
    """A mistake, known by what it returns; None among several results stands for those that it does not get wrong."""

    @property
    def answer(self) -> Callable[..., Any]: ...


_SEVERAL = 3  # numbers that are a multiple of others by no accident
M = TypeVar("M", bound=Wrong)


def recognised(
    f: Callable[..., Any], vjp: Callable[..., Any], cases: Sequence[Sequence[Any]], mistakes: Iterable[M]
) -> list[M | None]:
    """For each input the mistake that gives the numbers of `vjp` at the first of `cases`, and not by accident: elsewhere too."""
    mistakes = tuple(mistakes)
    while True:
        matched = kept = _recognised(f, vjp, cases[0], mistakes)
        for case in cases[1:]:
            kept = _also_there(f, vjp, case, kept)
        lost = [mistake for mistake, still in zip(matched, kept, strict=True) if mistake and not still]
        if not lost:
            return kept
        mistakes = tuple(mistake for mistake in mistakes if mistake not in lost)


def multiple(
    f: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any], number: int, mistake: Wrong
) -> float | None:
    """By which factor the gradient of one input, by its number, is off from what a mistake makes of it; None: it is by none."""
    mine, its = (_asked(f, answer, inputs)[number : number + 1] for answer in (vjp, mistake.answer))
    if not mine or not its or np.shape(mine[0]) != np.shape(its[0]) or np.iscomplexobj(mine[0]):
        return None
    try:
        a, b = (np.asarray(each[0], dtype=float).ravel() for each in (mine, its))
    except (TypeError, ValueError):  # no real numbers
        return None
    if np.count_nonzero(b) < _SEVERAL or not np.isfinite([*a, *b]).all():
        return None
    factor = float(a @ b / (b @ b))
    return factor if factor and same(a, factor * b) else None


def _asked(f: Callable[..., Any], answer: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Any, ...]:
    """The gradients that an answer gives for a random g."""
    out = f(*copies(inputs))
    g = np.random.default_rng(0).normal(size=np.shape(out))[()]
    with np.errstate(all="ignore"):
        got = answer(np.array(g)[()], np.array(out)[()], *copies(inputs))
    return got if isinstance(got, tuple) else (got,)


def _recognised(
    f: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any], mistakes: Iterable[M]
) -> list[M | None]:
    """For each input the mistake that gives the same numbers as `vjp` does, for a random g."""
    given = _asked(f, vjp, inputs)
    matches = [(m, [same(*p) for p in zip(given, _asked(f, m.answer, inputs), strict=False)]) for m in mistakes]
    matches.sort(key=lambda match: -sum(match[1]))  # what explains the most first
    return [next((m for m, fits in matches if i < len(fits) and fits[i]), None) for i in range(len(inputs))]


def _also_there(
    f: Callable[..., Any], vjp: Callable[..., Any], case: Sequence[Any], matched: list[M | None]
) -> list[M | None]:
    """Those of the mistakes that give the numbers of `vjp` at another `case` as well, where both give any."""
    kept: list[M | None] = []
    for i, mistake in enumerate(matched):
        try:
            fits = mistake is None or _recognised(f, vjp, case, [mistake])[i] is not None
        except Exception:  # the student's, or a mistake that is none for these sizes
            fits = True
        kept.append(mistake if fits else None)
    return kept


def same(mine: Any, wrong: Any) -> bool:
    """Whether two results are equal; None is equal to nothing."""
    try:
        a, b = np.asarray(mine, dtype=float), np.asarray(wrong, dtype=float)
    except (TypeError, ValueError):
        return False
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-7, atol=1e-12))
