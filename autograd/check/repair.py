"""The edit that makes a wrong answer right, found by trying: it says where in the user's own line the fault is.

Nothing is believed that was not tried: a source with one edit is run, and judged by numbers. Where no single edit will do, one
that makes more of the answer right, and nothing wrong, is kept, and the search goes on from there. Of all changes that are left,
whichever they go on from, the smallest is tried next; where what is computed is right, as far as one can tell, they come late.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from .changes import Known, deed, ordered
from .cleared import cleared
from .plausible import plausible, right
from .shown import Repair, shown
from .source import Change, apart, applied, composed, flows, idle, moved_back, written_at

Judge = Callable[[str], Sequence[bool] | None]  # which parts of an answer are right; None: it does not run
More = Callable[[str], Sequence[Change]]
Places = tuple[tuple[int, int], ...]
SECONDS = 3.0  # of computing that a search may take
_MOST_EDITS = 3  # that one answer may need
# Changes that make an answer better, of each of which it is tried to go on, in all and in one place; what that is worth in words,
# and as much more as it makes of what is wrong right.
_TRIED, _TRIED_HERE, _GAIN = 8, 2, 0.5
_LARGEST = 4.0  # words of a change of which it is tried to go on: a larger one is more than one slip
_FEWER = 2.0  # what it is worth in words if all statements are right but a few: not many places are left then
# Words by which a second change may be larger than the smallest, and how many are still tried.
_HARDLY, _MORE = 0.4, 300


def repairs(
    source: str,
    judge: Judge,
    confirm: Callable[[str], bool],
    *,
    parts: Judge | None = None,
    more: More = lambda _: (),
    number: int = 1,
    seconds: float = SECONDS,
    closed: Places = (),
) -> list[list[Repair]]:
    """The ways to make `source` right, each a list of edits; one way, or two that both fit; none found: an empty list.

    Args:
        source: of the answer that is wrong.
        judge: a quick look at a changed source.
        confirm: the whole check, for what passed the quick look.
        parts: which numbers are right, wherever they are asked for; the `judge` if all of its parts are such.
        more: further changes of a source that may make it right.
        number: of its first line.
        seconds: of computing, after which the search ends without a result.
        closed: from where to where nothing is changed.
    """
    until = time.process_time() + seconds
    with suppress(SyntaxError):
        first = _Search(source, judge(source) or (), _Asked(judge, parts or judge, more), _Made(places=closed))
        searches = [first]
        while searches and time.process_time() < until:
            search = min(searches, key=lambda each: each.cost)
            if search.seconds > first.seconds and first in searches:
                search = first  # what goes on from a change has no more time than the answer itself
            change = search.next()
            if change is None:
                searches.remove(search)
            elif all(flags := search.judged(change) or [False]):
                needed, found = _needed(search, change, until)
                if ways := _confirmed(needed.source, found, judge, confirm):
                    told = _smallest([_edits(needed, way) for way in ways])
                    return [[replace(one, number=one.number + number - 1) for one in way] for way in told]
            elif (further := search.after(change, flags)) is not None:
                searches.append(further)
    return []


class _Asked(NamedTuple):
    """What is asked about a source: which parts are right, which numbers, and by which further changes it may be right."""

    judge: Judge
    parts: Judge
    more: More


class _Made(NamedTuple):
    """What has been changed already, where, and how much that is."""

    edits: tuple[Repair, ...] = ()
    places: Places = ()
    size: float = 0.0  # less what that has made right
    words: float = 0.0


class _Search:
    """The changes of a source that are still to be tried, the smallest first: of an answer, or of what was `made` of it."""

    def __init__(
        self,
        source: str,
        found: Sequence[bool],
        asked: _Asked,
        made: _Made,
        before: tuple[_Search, Change] | None = None,
    ) -> None:
        parts = asked.parts
        clear = cleared(source, found if parts is asked.judge else parts(source) or (), parts)
        self.source, self.found, self.made, self.before = source, found, made, before
        self._asked, self._size, self.seconds = asked, 0.0, 0.0
        self._spent = self.cost = made.size - _FEWER * clear.share
        self._tried = Counter[int]()  # places where a change has made the answer better, of which it is tried to go on
        kinds, texts = frozenset(each.kind for each in made.edits), frozenset(each.old for each in made.edits)
        known = Known(kinds, texts, made.places, clear.places)
        self._changes = ordered(source, known, asked.more(source))

    def next(self) -> Change | None:
        """The next change; None where everything has been tried. The ones after it cost at least what it did."""
        self._size, change = next(self._changes, (self._size, None))
        self.cost = self._spent + self._size
        return change

    @property
    def judge(self) -> Judge:
        """Which parts of a source are right."""
        return self._asked.judge

    def judged(self, change: Change) -> Sequence[bool] | None:
        """Which parts are right after a change."""
        begun = time.perf_counter()
        flags = self._asked.judge(applied(self.source, change))
        self.seconds += time.perf_counter() - begun
        return flags

    @property
    def words(self) -> float:
        """How large all changes are, the last one included."""
        return self.made.words + self._size

    def alike(self, until: float) -> Iterator[Change]:
        """More changes that make everything right, hardly larger than the last one."""
        return self.mending(self._size + _HARDLY, until)

    def mending(self, most: float, until: float) -> Iterator[Change]:
        """The next changes that make everything right, up to a size."""
        for _ in range(_MORE):
            change = self.next()
            if change is None or self._size > most or time.process_time() > until:
                return
            if (flags := self.judged(change)) and all(flags):
                yield change

    def after(self, change: Change, flags: Sequence[bool]) -> _Search | None:
        """The search that goes on from the last change; None if it is not better than without."""
        found, place = self.found, min(edit.start for edit in change)
        gains = sum(flags) > sum(found) and all(b or not a for a, b in zip(found, flags, strict=False))
        few = self._tried[place] < _TRIED_HERE and self._tried.total() < _TRIED and len(self.made.edits) < _MOST_EDITS
        if not gains or not few or self._size > _LARGEST or idle(applied(self.source, change)) > idle(self.source):
            return None
        self._tried[place] += 1
        edits, places = (
            (*self.made.edits, *shown(self.source, change)),
            tuple(written_at(self.source, change, self.made.places)),
        )
        share = (sum(flags) - sum(found)) / (len(flags) - sum(found))
        made = _Made(edits, places, self.made.size + self._size - _GAIN - share, self.words)
        return _Search(applied(self.source, change), flags, self._asked, made, (self, change))


def _needed(search: _Search, change: Change, until: float) -> tuple[_Search, list[Change]]:
    """What is left to do to make all right, and after which search: without what is not needed, and nothing by accident.

    A change goes with those before it, as one of the source as it was before them, where it can be seen so.
    """
    judge, steps, first = search.judge, [change], search
    while first.before:
        earlier, step = first.before
        back = [moved for each in steps if (moved := moved_back(each, step)) is not None]
        if len(back) < len(steps):
            if simpler := _at_once(search, until):
                return simpler
            break
        steps, first = [*back, step], earlier
    needed = steps
    for step in steps[1:]:
        fewer = [each for each in needed if each is not step]
        if right(judge, applied(first.source, _joined(fewer))):
            needed = fewer
    if needed is not steps:
        return first, [_joined(needed)]
    if len(steps) > 1 and not plausible(first.source, _joined(steps), judge):
        return search, []
    return search, [change, *search.alike(until)]


def _edits(search: _Search, change: Change) -> list[Repair]:
    """All edits up to a last change, in the lines of the answer as it was, where that can be."""
    edits, whole = [*search.made.edits, *shown(search.source, change)], change
    while search.before:
        earlier, step = search.before
        joined = composed(earlier.source, step, whole)
        if joined is None:
            return sorted(edits, key=lambda edit: (edit.number, edit.column))
        whole, search = joined, earlier
    return shown(search.source, whole)


def _at_once(search: _Search, until: float) -> tuple[_Search, list[Change]] | None:
    """One change that does what several do in one place, and is no larger than all of them, if there is any."""
    first = search
    while first.before:
        first = first.before[0]
    found = next(first.mending(search.words, until), None)
    return (first, [found, *first.alike(until)]) if found and plausible(first.source, found, search.judge) else None


def _joined(changes: list[Change]) -> Change:
    return tuple(itertools.chain(*changes))


def _smallest(ways: list[list[Repair]]) -> list[list[Repair]]:
    """The ways, but for those of more edits and more words than another one."""
    sizes = [(len(way), sum(each.size for each in way)) for way in ways]
    return [
        way for way, mine in zip(ways, sizes, strict=True) if not any(a < mine[0] and b < mine[1] for a, b in sizes)
    ]


def _confirmed(source: str, found: list[Change], judge: Judge, confirm: Callable[[str], bool]) -> list[Change]:
    """The first change that is no accident and passes the whole check, and the first that is another one."""
    chosen: list[Change] = []
    for change in found:
        text = applied(source, change)
        new = all(_unlike(source, change, other) for other in chosen) and idle(text) <= idle(source)
        if new and plausible(source, change, judge) and confirm(text):
            chosen.append(change)
            if len(chosen) == 2:
                break
    return chosen


def _unlike(source: str, one: Change, other: Change) -> bool:
    """Whether two changes are not the same in other clothes: in one place, in the same words, or of a name and its value."""
    if not all(apart(a, b) for a in one for b in other):
        return False
    if not flows(source, one, other) and not flows(source, other, one):
        return True
    names = {source[edit.start : edit.stop] for edit in (*one, *other)}
    return deed(source, one) != deed(source, other) and not any(name.isidentifier() for name in names)
