"""What a profile noted: the events, and their sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

Kind = Literal["forward", "backward", "scope"]
Scopes = tuple[tuple[str, int], ...]  # names and owners, outermost first


class Key(NamedTuple):
    """What is counted together. The name is that of an operation."""

    kind: Kind
    name: str
    scopes: Scopes


class Event(NamedTuple):
    """Something that ran, in which thread, from when to when, in nanoseconds."""

    kind: Kind
    name: str
    scopes: Scopes
    thread: int
    start: int
    end: int
    bytes: int


class Sums(NamedTuple):
    """Of the events with one key."""

    number: int
    seconds: float
    bytes: int


@dataclass
class Noted:
    """The `keys`, and a row for each event in the order in which they ended: number of the key, thread, start, end, bytes."""

    keys: list[Key]
    rows: Any

    def events(self) -> Iterator[Event]:
        """The events one by one."""
        for key, *numbers in self.rows.tolist():
            yield Event(*self.keys[key], *numbers)

    def sums(self) -> dict[Key, Sums]:
        """For each key how many events there were, the seconds that were their own, and their bytes; none that failed."""
        key, size = self.rows[:, 0], self.rows[:, 4]
        sums = [np.bincount(key, weights, len(self.keys)) for weights in (None, self._own() * 1e-9, size)]
        return {key: Sums(int(n), float(s), int(b)) for key, n, s, b in zip(self.keys, *sums, strict=True) if n}

    def _own(self) -> Any:
        """How long each event took, without the operations that ran inside it."""
        key, thread, start, end, _ = self.rows.T
        own = end - start
        (order,) = np.nonzero(np.array([kind != "scope" for kind, _, _ in self.keys], bool)[key])
        order = order[np.lexsort((-end[order], start[order], thread[order]))]
        if not np.any((thread[order][1:] == thread[order][:-1]) & (start[order][1:] < end[order][:-1])):
            return own
        outer: list[int] = []
        for i in order.tolist():
            while outer and (thread[outer[-1]] != thread[i] or end[outer[-1]] <= start[i]):
                outer.pop()
            if outer:
                own[outer[-1]] -= end[i] - start[i]
            outer.append(i)
        return own
