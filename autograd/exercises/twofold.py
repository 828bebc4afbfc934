"""Two changes at once, found by what each of them does alone.

In a product each change multiplies the numbers by something, in a sum it adds something. So of two changes that make an answer
right together, either one alone says what the other one has to give: each is run once, and no pair before it fits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..check.plausible import plausible, right
from ..check.shown import Repair, shown
from ..check.slips import Slip
from ..check.source import applied
from .given import digits
from .numbers import Numbers

_MOST = 20  # pairs that are tried


def twofold(numbers: Numbers, judge: Callable[[str], Sequence[bool] | None]) -> list[Repair]:
    """The two smallest changes that make an answer right together; nothing if none are found."""
    pairs = sorted(_fitting(numbers), key=lambda pair: pair[0].size + pair[1].size)
    for one, other in pairs[:_MOST]:
        change = (*one.change, *other.change)
        if right(judge, applied(numbers.answer, change)) and plausible(numbers.answer, change, judge):
            lines = numbers.above.count("\n")
            return [replace(edit, number=edit.number + lines) for edit in shown(numbers.answer, change)]
    return []


def _fitting(numbers: Numbers) -> Iterator[tuple[Slip, Slip]]:
    """The changes in different places that fit, as far as one place tells."""
    mine, its = (_flat(given.numbers[numbers.place - 1][1]) for given in (numbers.mine, numbers.right))
    single = [(each.change, _flat(each.given.numbers[-1][1])) for each in numbers.changed]
    single = [(change, given) for change, given in single if given.shape == mine.shape == its.shape]
    known: dict[bytes, list[int]] = {}
    for i, (_, given) in enumerate(single):
        known.setdefault(digits(given), []).append(i)
    for i, (change, given) in enumerate(single):
        with np.errstate(all="ignore"):
            wanted = (its * mine / given, its + mine - given)
        others = itertools.chain.from_iterable(
            known.get(digits(each), []) for each in wanted if np.isfinite(each).all()
        )
        for j in dict.fromkeys(others):
            if i < j and not change.meets(single[j][0]):
                yield change, single[j][0]


def _flat(x: Any) -> Any:
    return np.asarray(x, dtype=float).ravel()
