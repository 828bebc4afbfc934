"""The graph of a program: what its results depend on, how deep it is, and along which edges cotangents travel."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from ..rules.op import Op
from .program import Kind, Program, bits_of, name_of


class Run(NamedTuple):
    """A group: operations of one kind at one depth; of running sums, how many terms each has."""

    depth: int
    kind: int
    terms: int
    active: bool  # whether they receive cotangents
    members: list[int]  # the places of their results
    name: str


Term = tuple[int, int, int]  # of a sum: the place of a number, the operation that adds it, as which of its inputs


def function_of(kind: Kind) -> Callable[..., Any]:
    """What computes a kind of operation on arrays."""
    row: Any = kind[0]
    if not isinstance(row, Op):
        return row
    return row.function if isinstance(row.function, np.ufunc) else row.forward


def hands_on(kind: Kind, k: int) -> bool:
    """Whether the rule for an input gives the cotangent as it is: it is asked with a mark in its place."""
    mark, (row, static, result, *classes) = object(), kind
    try:
        return result is classes[k] and row.rules[k](mark, *[np.ones(1)] * (1 + len(classes)), **dict(static)) is mark
    except (TypeError, AttributeError):
        return False


def _accumulates(kind: Kind, function: Any) -> tuple[int, ...]:
    """As which input an operation may take the result of one of its kind, for both to be one running `function`."""
    _, static, result, first, *others = kind
    if static or not isinstance(function, np.ufunc) or function.nin != 2 or function.nout != 1 or first is not result:
        return ()
    return (0, 1) if function is np.add and others[0] is result else (0,)  # x + y and y + x are the same number


class Graph:
    """What the planning needs to know of each place of a program.

    A running sum, each of whose numbers is used in the next alone, is one operation: its last, with all terms in `chain`;
    the others are `absorbed`. So is any other running operation that receives no cotangent (a maximum, as a rule).
    """

    def __init__(self, program: Program) -> None:
        self.program, self.first = program, program.first
        self._columns = program.operands.T.tolist()
        self.functions = [function_of(kind) for kind in program.kinds]
        self.carries = (
            program.pulled & np.array(program.needs, bool)[program.operands]
        )  # on which edges a cotangent travels
        self.uses, self.active = self._count(program.needs)
        self.carries &= np.array(self.active[self.first :], bool)[:, None]
        self.depth = [0] * len(program.classes)
        self.absorbed = np.zeros(len(program.classes), bool)
        self.chain: dict[int, list[Term]] = {}
        self._deepen()
        self.edges = self._edges()
        # How many contributions the cotangent of a number is the sum of.
        self.starts = [p for p, leads in program.outs if leads and self.active[p]]
        targets = np.append(self.edges[:, 3], self.starts).astype(np.int64)
        self.fan = np.bincount(targets, minlength=len(program.classes)).tolist()
        self.runs = list(self._group())

    def _count(self, needs: list[bool]) -> tuple[list[int], list[bool]]:
        """How often each number is used by what the results depend on, and whether it receives a cotangent."""
        uses, active = [0] * len(needs), [False] * len(needs)
        for place, leads in self.program.outs:
            uses[place] += 2  # it is wanted for itself
            active[place] |= leads and needs[place]
        for place in self.program.guards:
            uses[place] += 2
        rows = zip(*self.program.operands[::-1].T.tolist(), reversed(bits_of(self.carries)), strict=True)
        for me, (p, q, r, bits) in zip(range(len(uses) - 1, self.first - 1, -1), rows, strict=True):
            if not uses[me]:
                continue
            uses[p] += 1
            if q >= 0:
                uses[q] += 1
            if r >= 0:
                uses[r] += 1
            if bits and active[me]:
                if bits & 1:
                    active[p] = True
                if bits & 2:
                    active[q] = True
                if bits & 4:
                    active[r] = True
        return uses, active

    def _deepen(self) -> None:
        """The depth of each operation: one more than that of its deepest input."""
        depth, uses, kind_of = self.depth, self.uses, self.program.kind_of
        running = [_accumulates(kind, f) for kind, f in zip(self.program.kinds, self.functions, strict=True)]
        plain = [all(hands_on(kind, k) for k in range(len(kind) - 3)) for kind in self.program.kinds]
        for me, kind, p, q, r in zip(itertools.count(self.first), kind_of, *self._columns):
            if not uses[me]:
                continue
            if (
                running[kind]
                and (plain[kind] or not self.active[me])
                and self._continue(me, kind, (p, q), running[kind])
            ):
                continue
            depth[me] = 1 + (
                depth[p] if q < 0 else max(depth[p], depth[q]) if r < 0 else max(depth[p], depth[q], depth[r])
            )

    def _continue(self, me: int, kind: int, places: tuple[int, int], running: tuple[int, ...]) -> bool:
        """Take an operation for the next of a running one, the longest of its inputs; whether there is one."""
        found, length = -1, 0
        for k in running:
            p = places[k]
            if p >= self.first and self.uses[p] == 1 and self.program.kind_of[p - self.first] == kind:
                terms = self.chain.get(p, (0, 0))
                if len(terms) > length:
                    found, length = k, len(terms)
        if found < 0:
            return False
        before, other = places[found], places[1 - found]
        terms = self.chain.pop(before, None) or [
            (p, before, k) for k, p in enumerate(column[before - self.first] for column in self._columns[:2])
        ]
        terms.append((other, me, 1 - found))
        self.chain[me] = terms
        self.absorbed[before] = True
        self.depth[me] = max(self.depth[before], self.depth[other] + 1)
        return True

    def _group(self) -> Iterator[Run]:
        """The groups, in the order of their depth; in each, numbers with equally many contributions stand together."""
        first, kind_of, kinds = self.first, self.program.kind_of, self.program.kinds
        keyed = sorted(
            (self.depth[p], kind_of[p - first], len(self.chain.get(p, ())), self.active[p], self.fan[p], p)
            for p in range(first, len(self.depth))
            if self.uses[p] and not self.absorbed[p]
        )
        for (depth, kind, terms, active), some in itertools.groupby(keyed, itemgetter(0, 1, 2, 3)):
            members = [member[-1] for member in some]
            yield Run(depth, kind, terms, active, members, name_of(kinds[kind]))

    def _edges(self) -> Any:
        """Along which cotangents travel, as rows: whose cotangent it is, the operation, which of its inputs, the place of that.

        The first two differ within a sum, whose terms receive the cotangent of the whole.
        """
        alone = self.carries & ~self.absorbed[self.first :, None]
        alone[[me - self.first for me in self.chain]] = False
        i, k = np.nonzero(alone)
        of_sums = np.array(
            [(me, adds, k, p) for me, terms in self.chain.items() if self.active[me] for p, adds, k in terms], np.int64
        ).reshape(-1, 4)
        of_sums = of_sums[self.carries[of_sums[:, 1] - self.first, of_sums[:, 2]]]
        return np.concatenate(
            [np.stack([i + self.first, i + self.first, k, self.program.operands[i, k]], axis=1), of_sums]
        )

    def contributes(self, members: list[int], k: int) -> bool:
        """Whether an operation among the `members` hands a cotangent to its input k."""
        return bool(self.carries[np.array(members) - self.first, k].any())
