"""Which slip in the solution gives the numbers of a wrong answer: what is said where no change of the answer itself is found.

An answer may be written so unlike the solution that no small change makes it right, and its mistake be a small one all the same.
The solution is then changed instead, one thing at a time, until it gives everywhere what the answer gives. Of two mistakes one is
mended in the answer, and the other made in the solution.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ..check.shown import Repair
from ..check.slips import Slip
from .given import Given, Mistaken, collected
from .numbers import ENOUGH, After, Names, Numbers, asked

_SLIP = 2.5  # words that a solution and one with a slip in it may differ by
_LIKELIER = 1.5  # words by which something forgotten may be larger than something exchanged
_FEW = 2  # places of one source that may give the same numbers


class Likeness(NamedTuple):
    """What to change in an answer, if anything, so that it gives the numbers of a mistake that is known, or of a slip."""

    mended: list[Repair]
    then: str
    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([*map(str, self.mended), self.then])


def _like(mended: Slip | None, other: Slip | Mistaken, above: str) -> Likeness:
    edits = [replace(edit, number=edit.number + above.count("\n")) for edit in mended.shown] if mended else []
    if isinstance(other, Slip):
        then = f"{'Then the' if mended else 'The'} same numbers come out of a solution {other.put}."
        kinds = [edit.kind for edit in other.shown]
    else:
        then, kinds = other.sentence, [other.kind]
    return Likeness(edits, then, tuple(dict.fromkeys([*(edit.kind for edit in edits), *kinds])))


def likeness(numbers: Numbers) -> Likeness | None:
    """The smallest slip in the solution after which it gives the numbers of an answer, or of an answer with one thing mended."""
    mine, right, place, above = numbers.mine, numbers.right, numbers.place, numbers.above
    slips = _by_numbers(numbers.slipped(_SLIP))
    for slip in sorted(slips.get(_at(mine, place), []), key=lambda slip: slip.size - _LIKELIER * slip.drops):
        if _gives(numbers, mine, numbers.solved(slip.applied)):
            return _like(None, slip, above)
    known: dict[bytes, list[Mistaken]] = {}
    for mistake in right.mistakes or {}:
        known.setdefault(_at(right.after(mistake), place), []).append(mistake)
    pairs: list[tuple[float, Slip, Slip | Mistaken]] = []
    for given, mended in _by_numbers(numbers.changed).items():
        if mended[0].keeps:
            kept = [change for change in mended if change.keeps and not change.moves]
            pairs += [(each.size, each, mistake) for each in kept for mistake in known.get(given, [])]
            pairs += [
                (a.size + b.size, a, b) for a in kept for b in _telling(slips.get(given, [])) if not a.resembles(b)
            ]
    for _, one, other in sorted(pairs, key=lambda pair: pair[0]):
        with collected() as better:
            whole = asked(numbers.exercise, numbers.names(one.applied))
        if not whole or better.wrong(right)[0] < ENOUGH:
            continue
        if isinstance(other, Slip) and _gives(numbers, better, numbers.solved(other.applied)):
            return _like(one, other, above)
        if isinstance(other, Mistaken) and better.made_by(other, right):
            return _like(one, other, above)
    return None


def _by_numbers(changes: list[After]) -> dict[bytes, list[Slip]]:
    """The changes that give the same numbers."""
    found: dict[bytes, list[Slip]] = {}
    for change, given in changes:
        found.setdefault(given.last, []).append(change)
    return found


def _telling(changes: list[Slip]) -> list[Slip]:
    """Those that may be what made some numbers: none if they also come of leaving things out in many places."""
    if all(change.keeps for change in changes):
        return changes
    chosen: list[Slip] = []
    for change in changes:
        if not any(change.meets(other) for other in chosen):
            chosen.append(change)
    kept = any(change.keeps for change in changes)
    return [] if kept or len(chosen) > _FEW else [change for change in changes if change.drops or change.exchanges]


def _at(given: Given, place: int) -> bytes:
    """The numbers at a place, as `Given.last` has them."""
    return given.to(place).last


def _gives(numbers: Numbers, mine: Given, names: Names) -> bool:
    """Whether an answer gives what another one gives, from the first number to the last."""
    with collected(mine) as given:
        return asked(numbers.exercise, names) and len(given.numbers) == len(mine.numbers)
