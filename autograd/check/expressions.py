"""Small expressions of given numbers, enumerated from the smallest on: which of them is a constant times what is sought?

All are computed at once, in a table with one row for each expression and one column for each sample; of expressions that
differ by a constant only the smallest is kept. What it costs is bounded by the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .ladder import Vector

SUM, PRODUCT, POWER, WHOLE = range(1, 5)  # how strongly an expression holds together
_FEW = 48  # of the smallest expressions, of which all pairs are made
_SOME = 400  # of which functions are taken, and products with leaves
_LEAVES = 10
_MOST = 20_000
_DEAREST = 7.0
_TELLING = 3  # samples by which most expressions are ruled out
_DIGITS = 1e-7  # to which expressions count as the same
_CONSTANT = 1e-6  # how near a constant is to one that has a name


@dataclass(frozen=True)
class Expression:
    """A text, how strongly it holds together, and how large it is: its names, numbers and operations."""

    text: str
    binds: int
    cost: float

    def within(self, least: int) -> str:
        """The text, in brackets where it holds together less strongly than it must."""
        return self.text if self.binds >= least else f"({self.text})"


ONE = Expression("1", WHOLE, 0)


@dataclass(frozen=True)
class _Function:
    template: str
    of: Callable[[Vector], Vector]
    cost: float
    binds: int
    needs: int


_FUNCTIONS = (
    _Function("{}**2", np.square, 1, POWER, WHOLE),
    _Function("1 - {}", lambda a: 1 - a, 1.5, SUM, PRODUCT),
    _Function("1 + {}", lambda a: 1 + a, 1.5, SUM, SUM),
    _Function("1 / {}", lambda a: 1 / a, 1.5, PRODUCT, POWER),
    _Function("np.exp({})", np.exp, 1, WHOLE, 0),
    _Function("np.exp(-{})", lambda a: np.exp(-a), 1.5, WHOLE, PRODUCT),
    _Function("np.sin({})", np.sin, 1, WHOLE, 0),
    _Function("np.cos({})", np.cos, 1, WHOLE, 0),
    _Function("np.log({})", np.log, 1, WHOLE, 0),
    _Function("np.sqrt({})", np.sqrt, 1, WHOLE, 0),
    _Function("np.tanh({})", np.tanh, 1, WHOLE, 0),
    _Function("np.abs({})", np.abs, 1, WHOLE, 0),
    _Function("np.sign({})", np.sign, 1, WHOLE, 0),
    _Function("{}**3", lambda a: a**3, 1, POWER, WHOLE),
    _Function("1 - 2 * {}", lambda a: 1 - 2 * a, 3, SUM, POWER),
    _Function("1 + 2 * {}", lambda a: 1 + 2 * a, 3, SUM, POWER),
    _Function("2 - {}", lambda a: 2 - a, 2, SUM, PRODUCT),
    _Function("2 + {}", lambda a: 2 + a, 2, SUM, SUM),
)


@dataclass(frozen=True)
class _Operator:
    sign: str
    of: Callable[[Vector, Vector], Vector]
    binds: int
    right: int
    commutes: bool


_OPERATORS = (
    _Operator("*", np.multiply, PRODUCT, PRODUCT, True),
    _Operator("/", np.divide, PRODUCT, POWER, False),
    _Operator("+", np.add, SUM, SUM, True),
    _Operator("-", np.subtract, SUM, PRODUCT, False),
)


@dataclass(frozen=True)
class Constant:
    """A number with a name: the length of an axis is one."""

    value: float
    text: str
    cost: float


def scaled(e: Expression, c: Constant) -> Expression:
    """The expression times a constant."""
    sign = "-" if c.value < 0 else ""
    size = Constant(abs(c.value), c.text, 0)
    cost = e.cost + c.cost + 0.5 * (c.value < 0)
    if size.text.startswith("1 / "):
        divided = f"{sign}{e.within(PRODUCT)} / {size.text.removeprefix('1 / ')}"
        return Expression(divided, PRODUCT, cost)
    if size.value == 1:
        return Expression(sign + e.within(PRODUCT), PRODUCT, cost) if sign else e
    if e.text.startswith("1 / ") and e.binds == PRODUCT:
        return Expression(sign + size.text + e.text[1:], PRODUCT, cost)
    return Expression(f"{sign}{size.text} * {e.within(PRODUCT)}", PRODUCT, cost)


def constants(lengths: Iterable[tuple[str, int]]) -> list[Constant]:
    """Factors that an expression may have: small whole numbers, lengths, one divided by either; and their negatives."""
    plain = [Constant(1, "1", 0), *(Constant(n, str(n), 1 + n / 10) for n in (2, 3, 4))]
    named = {n: Constant(n, text, 2) for text, n in lengths if n > 4}
    whole = [*plain, *named.values()]
    every = [*whole, *(Constant(1 / c.value, f"1 / {c.text}", c.cost) for c in whole[1:])]
    return [*every, *(Constant(-c.value, c.text, c.cost) for c in every)]


class Table:
    """All small expressions of some leaves, and their values at the samples."""

    def __init__(self, leaves: Sequence[Expression], values: Vector, named: Sequence[Constant]) -> None:
        self._named = named
        self._known: set[bytes] = set()
        self._leaves = list(leaves)
        self.values = np.ones((1, values.shape[1]))
        self.costs = np.zeros(1)
        self._made: list[tuple[Any, int, int]] = [(ONE, 0, 0)]
        own = np.array([leaf.cost for leaf in leaves], dtype=float)
        self._add(values, own, [(leaf, 0, 0) for leaf in leaves])
        first = self._cheapest(_LEAVES)
        self._apply(first)
        small = self._cheapest(_FEW)
        self._combine(first, first)
        self._apply(self._cheapest(_SOME))
        self._combine(small, small)
        self._combine(self._cheapest(_SOME), first)
        self._combine(first, self._cheapest(_SOME), both=False)
        self._order = np.argsort(self.costs, kind="stable")
        self._by_cost, self._samples = self.costs[self._order], self.values[self._order].T.copy()

    def _cheapest(self, count: int) -> Any:
        return 1 + np.argsort(self.costs[1:], kind="stable")[:count]

    def _apply(self, arguments: Any) -> None:
        values = np.concatenate([f.of(self.values[arguments]) for f in _FUNCTIONS])
        costs = np.concatenate([f.cost + self.costs[arguments] for f in _FUNCTIONS])
        self._add(values, costs, [(f, int(i), 0) for f in _FUNCTIONS for i in arguments])

    def _combine(self, left: Any, right: Any, both: bool = True) -> None:
        """Pairs; of operators that commute each once, or not at all, where the others are made elsewhere."""
        i, j = (a.ravel() for a in np.meshgrid(left, right, indexing="ij"))
        same = len(left) == len(right) and (left == right).all()
        cheap = self.costs[i] + self.costs[j] + 1 <= _DEAREST
        values, costs, made = [], [], []
        for operator in _OPERATORS:
            if operator.commutes and not both:
                continue
            kept = cheap & (i <= j if operator.commutes and same else i != j)
            a, b = i[kept], j[kept]
            values.append(operator.of(self.values[a], self.values[b]))
            costs.append(self.costs[a] + self.costs[b] + 1)
            made += [(operator, p, q) for p, q in zip(a.tolist(), b.tolist(), strict=True)]
        self._add(np.concatenate(values), np.concatenate(costs), made)

    def _add(self, values: Vector, costs: Vector, made: list[tuple[Any, int, int]]) -> None:
        """New expressions, those that are equal to none before up to a constant."""
        size = np.abs(values)
        usable = np.isfinite(values).all(axis=1) & (size.min(axis=1) > 0) & (costs <= _DEAREST)
        shapes = (values / values[:, :1]).astype(np.float32)
        usable &= np.isfinite(shapes).all(axis=1) & (np.abs(shapes - 1).max(axis=1) > _DIGITS)
        room = _MOST - len(self._made)
        chosen: list[int] = []
        for i in np.flatnonzero(usable)[np.argsort(costs[usable], kind="stable")].tolist():
            key = shapes[i].tobytes()
            if key not in self._known and len(chosen) < room:
                self._known.add(key)
                chosen.append(i)
        self.values = np.concatenate([self.values, values[chosen]])
        self.costs = np.concatenate([self.costs, costs[chosen]])
        self._made += [made[i] for i in chosen]

    def expression(self, i: int) -> Expression:
        """A row's expression as text."""
        what, a, b = self._made[i]
        if isinstance(what, Expression):
            return what
        cost = float(self.costs[i])
        if isinstance(what, _Function):
            return Expression(what.template.format(self.expression(a).within(what.needs)), what.binds, cost)
        left, right = self.expression(a).within(what.binds), self.expression(b).within(what.right)
        return Expression(f"{left} {what.sign} {right}", what.binds, cost)

    def equal_to(self, target: Vector, tolerance: Vector, most: float) -> Iterator[tuple[Expression, Constant]]:
        """Expressions of a cost of at most `most` that are `target` with a named constant as a factor, and that constant.

        Args:
            target: a number for each sample, none of which is zero.
            tolerance: how far off each may be, relative to itself.
            most: the highest cost.
        """
        count = int(np.searchsorted(self._by_cost, most, side="right"))
        order = np.argsort(tolerance)
        rows = np.arange(count)
        for at in (order[:_TELLING], order):
            ratios = target[at, None] / self._samples[at[:, None], rows]
            near = np.abs(ratios - ratios[0]) <= (tolerance[at, None] + tolerance[at[0]]) * np.abs(ratios[0])
            rows, ratios = rows[near.all(axis=0)], ratios[:, near.all(axis=0)]
        for row, ratio in zip(rows, ratios.T, strict=True):
            factor = float(np.median(ratio))
            slack = _CONSTANT + float(tolerance.min())
            c = next((c for c in self._named if abs(factor / c.value - 1) <= slack), None)
            if c is not None:
                yield self.expression(int(self._order[row])), c
