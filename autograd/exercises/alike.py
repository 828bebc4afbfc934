"""Which slip in the solution gives the numbers of a wrong answer: what is said where no change of the answer itself is found.

An answer may be written so unlike the solution that no small change makes it right, and its mistake be a small one all the same.
The solution is then changed instead, one thing at a time, until it gives everywhere what the answer gives. Of two mistakes one is
mended in the answer, and the other made in the solution.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from ..check.running import bounded, helpers
from ..check.shown import Repair
from ..check.slips import Slip, likely
from .exercise import Answer
from .form import Exercise
from .given import Given, Mistaken, collected
from .guard import TimeUpError

_ENOUGH = 2  # numbers that have to be wrong: a single one may be met by accident
_SLIP, _MENDED = 2.5, 2.0  # words that they may differ by
_LIKELIER = 1.5  # words by which something forgotten may be larger than something exchanged
_FEW = 2  # places of one source that may give the same numbers

Names = Callable[[], dict[str, Any]]


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


def likeness(exercise: Exercise, above: str, answer: str, seconds: float) -> Likeness | None:
    """The smallest slip in the solution after which it gives the numbers of an answer, or of an answer with one thing mended.

    Args:
        exercise: whose derivatives are known (`truth.KNOWN`), and of which nothing else is believed (`truth.ALONE`).
        above: what stands above the answer, and is not changed.
        answer: the rest of the file.
        seconds: of computing, for each of the two.
    """
    given, head = compile(exercise.given, "<given>", "exec"), compile(above, "<given>", "exec")
    with collected() as mine:
        whole = _asked(exercise, _names(head, answer))
    with collected(mistakes=True) as right:
        _asked(exercise, _names(given, exercise.solution))
    count, place = mine.wrong(right)
    if not whole or count < _ENOUGH or not _at(mine, place):
        return None
    slips = _by_numbers(exercise, given, likely(exercise.solution, _SLIP), place, seconds)
    for slip in sorted(slips.get(_at(mine, place), []), key=lambda slip: slip.size - _LIKELIER * slip.drops):
        if _gives(exercise, mine, _names(given, slip.applied)):
            return _like(None, slip, above)
    known: dict[bytes, list[Mistaken]] = {}
    for mistake in right.mistakes or {}:
        known.setdefault(_at(right.after(mistake), place), []).append(mistake)
    changes = _by_numbers(exercise, head, likely(answer, _MENDED), place, seconds)
    pairs: list[tuple[float, Slip, Slip | Mistaken]] = []
    for numbers, mended in changes.items():
        if mended[0].keeps:
            kept = [change for change in mended if change.keeps]
            pairs += [(each.size, each, mistake) for each in kept for mistake in known.get(numbers, [])]
            pairs += [
                (a.size + b.size, a, b) for a in kept for b in _telling(slips.get(numbers, [])) if not a.resembles(b)
            ]
    for _, one, other in sorted(pairs, key=lambda pair: pair[0]):
        with collected() as better:
            whole = _asked(exercise, _names(head, one.applied))
        if not whole or better.wrong(right)[0] < _ENOUGH:
            continue
        if isinstance(other, Slip) and _gives(exercise, better, _names(given, other.applied)):
            return _like(one, other, above)
        if isinstance(other, Mistaken) and better.made_by(other, right):
            return _like(one, other, above)
    return None


def _by_numbers(
    exercise: Exercise, above: Any, changes: list[Slip], place: int, seconds: float
) -> dict[bytes, list[Slip]]:
    """The changes that give the same numbers at a place."""
    found: dict[bytes, list[Slip]] = {}
    until = time.process_time() + seconds
    for change in changes:
        if time.process_time() > until:
            break
        with collected(many=place) as given:
            _asked(exercise, _names(above, change.applied))
        if len(given.numbers) == place and given.last:
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


def _names(head: Any, text: str) -> Names:
    def names() -> dict[str, Any]:
        made: dict[str, Any] = {"__name__": "answer", **helpers()}
        exec(head, made)  # noqa: S102 - what is given
        exec(compile(bounded(text), "<slip>", "exec"), made)  # noqa: S102 - an answer, in its own process
        return made

    return names


def _gives(exercise: Exercise, mine: Given, names: Names) -> bool:
    """Whether an answer gives what another one gives, from the first number to the last."""
    with collected(mine) as given:
        return _asked(exercise, names) and len(given.numbers) == len(mine.numbers)


def _asked(exercise: Exercise, names: Names) -> bool:
    """Whether an answer could be asked for all that a check wants."""
    try:
        for _ in exercise.look(Answer(names())):
            pass
    except TimeUpError:
        raise
    except BaseException:  # the answer's, or an `ApartError`
        return False
    return True
