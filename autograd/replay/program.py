"""What a tape noted, as a `Program`: operations on numbered places, without an object for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..engine.convert import is_value
from ..engine.value import Value
from ..errors import UnsupportedError, describe
from ..rules.op import Op
from .reads import Plain, number, refused
from .recording import NUMBERS, Tape

# The row (of a number without a derivative the function), its keywords, the class of the result and of each input.
Kind = tuple[Any, ...]
_FIRST_CONSTANT = 1 << 40  # inputs are ~0, ~1 …, constants begin here, until all are counted
_NONE = 1 << 50
_WEAK = frozenset({int, float})  # Python's numbers take the precision of what they meet


class Program:
    """The operations of a run, oldest first. Of the places, inputs come first, then constants, then results.

    ``operands[i]`` are the places of the inputs of operation i (−1 where it has fewer than others), ``pulled[i]`` says on which
    of them a cotangent may travel. `outs` are the places of the results, with whether they are Values.
    """

    inputs: list[Any]  # Values: the arguments, then those from outside
    constants: list[Any]
    kinds: list[Kind]
    kind_of: list[int]
    operands: Any
    pulled: Any
    outs: list[tuple[int, bool]]
    guards: list[int]  # the places of the conditions
    outcomes: list[bool]
    lines: list[str]  # where the user's program asked for them
    classes: list[type]  # of the number at each place
    numbers: list[Any]  # what was computed
    begun: list[Any]  # the numbers of the inputs
    needs: list[bool]  # whether the number at a place depends on an input that has a derivative

    n_arguments: int
    derived: list[bool]  # whether an input has a derivative

    @property
    def outside(self) -> list[Any]:
        """The Values from outside of the function."""
        return self.inputs[self.n_arguments :]

    @property
    def first(self) -> int:
        """The place of the first result."""
        return len(self.inputs) + len(self.constants)

    def difference(self, other: Program) -> tuple[int, str] | None:
        """The first operation that another run did otherwise, and how; None if it did the same with the same constants."""
        alike = (self.kinds, self.kind_of, self.outs) == (other.kinds, other.kind_of, other.outs)
        if alike and np.array_equal(self.operands, other.operands) and self._looks() == other._looks():
            return None
        for i, (a, b) in enumerate(zip(self._steps(), other._steps(), strict=False)):
            if a != b:
                return i, f"{_shown(a)}, and then {_shown(b)}"
        return len(self.kind_of) - 1, f"{len(self.kind_of)} operations, and then {len(other.kind_of)}"

    def _looks(self) -> list[Any]:
        return [*map(id, self.outside), *map(repr, self.constants)]

    def _steps(self) -> Iterator[tuple[Any, ...]]:
        """Each operation with what its inputs are, the same for runs that do the same."""
        names = [f"the number {i + 1} of the arguments" for i in range(self.n_arguments)]
        names += [f"a Value from outside, {id(x):x}" for x in self.outside] + [repr(c) for c in self.constants]
        for kind, places in zip(self.kind_of, self.operands.tolist(), strict=True):
            yield self.kinds[kind], *[names[p] if p < self.first else p - self.first for p in places if p >= 0]


def _shown(step: tuple[Any, ...]) -> str:
    kind, *inputs = step
    given = [f"the result of operation {x + 1}" if isinstance(x, int) else x for x in inputs]
    return f"{name_of(kind)}({', '.join(given)})"


def name_of(kind: Kind) -> str:
    """What an operation of this kind is called."""
    return kind[0].name if isinstance(kind[0], Op) else kind[0].__name__


class _Reader:
    """Numbers what a tape noted."""

    def __init__(self, tape: Tape) -> None:
        self.start, self.copied = tape.start, tape.copied
        self.inputs: list[Any] = []
        self.constants: list[Any] = []
        self.values: dict[int, int] = {}  # by its number the place of a Value
        self.plains: dict[int, int] = {}  # by its identity that of a Plain
        self.raws = {id(x.raw) for x in (*tape.made, *tape.known)}
        for argument in tape.arguments:
            self._input(argument)

    def _input(self, value: Any) -> int:
        place = self.values[value.number] = ~len(self.inputs)
        self.inputs.append(value)
        return place

    def _constant(self, raw: Any) -> int:
        if raw.__class__ in NUMBERS and id(raw) in self.raws:
            raise UnsupportedError(
                f"a replayed function read a number of a Value ({raw!r}) by .raw, which nobody can follow: read it by .data"
            )
        self.constants.append(raw)
        return _FIRST_CONSTANT + len(self.constants) - 1

    def value(self, value: Any) -> int:
        """The place of a Value."""
        place = self.values.get(value.number)
        if place is not None:
            return place
        if value.number < self.start:
            if value.raw.__class__ not in NUMBERS:
                raise refused(f"a Value of {describe(value)}", "replay is for programs on single numbers")
            return self._input(value)
        if value.op is not None and value.requires_grad:
            raise refused(
                f"the result of {value.op.name}, which was recorded by something else", "take that out of the function"
            )
        if value.op is None and value.in1 is not None:
            raise refused("new data for a Value", "change parameters outside of the replayed function")
        if not value.requires_grad:
            raise refused("a Value without a gradient that was made inside", "write the plain number")
        copied = self.copied.get(value.number, value.raw)
        return self.plain(copied) if copied.__class__ is Plain else self._constant(copied)

    def plain(self, x: Plain) -> int:
        """The place of a number without a derivative."""
        return self.plains[id(x)] if x.source is None else self.value(x.source)

    def _operand(self, x: Any, parent: Any, weak: type) -> tuple[int, type]:
        """The place of an input and its class; a number of Python's is taken for one of the class `weak`."""
        if parent is not None:
            return self.value(parent), number(parent.raw).__class__
        if x.__class__ is Plain:
            return self.plain(x), x.raw.__class__
        if x.__class__ in _WEAK:
            x = weak(x)
        elif x.__class__ is bool:
            x = np.bool_(x)
        return self._constant(x), x.__class__

    def step(self, place: int, step: Any, inputs: tuple[Any, ...] | None) -> tuple[Kind, list[int], int]:
        """The kind of an operation, the places of its inputs, and bits that say which of these are Values."""
        if step.__class__ is Plain:
            self.plains[id(step)] = place
            given, function, static = step.inputs, step.function, ()
            raws = [getattr(x, "raw", x) for x in given]
            weak = step.raw.__class__ if function is np.where else np.result_type(*raws).type
            parents = [x if is_value(x) else None for x in given]
        else:
            self.values[step.number] = place
            given, function, static = inputs or step.inputs, step.op, tuple(step.static.items())
            weak, parents = step.raw.__class__, step.parents
        found = [self._operand(x, parent, weak) for x, parent in zip(given, parents, strict=False)]
        bits = 0 if step.__class__ is Plain else sum(self.leads(parent) << k for k, parent in enumerate(parents))
        return (function, static, step.raw.__class__, *[kind for _, kind in found]), [place for place, _ in found], bits

    def usual_step(self, place: int, node: Any) -> tuple[Kind, int, int, int]:
        """As `step` for a node with one or two inputs and no keywords: here is where the time goes."""
        self.values[node.number] = place
        kind, in0, in1, parent0, parent1 = node.raw.__class__, node.in0, node.in1, node.parent0, node.parent1
        bits = 0
        if parent0 is not None and (first := self.values.get(parent0.number, _NONE)) != _NONE:
            class0, bits = in0.__class__, 1
        else:
            first, class0 = self._operand(in0, parent0, kind)
            bits = self.leads(parent0)
        if in1 is None:
            return (node.op, (), kind, class0), first, _NONE, bits
        if parent1 is not None and (second := self.values.get(parent1.number, _NONE)) != _NONE:
            return (node.op, (), kind, class0, in1.__class__), first, second, bits + 2
        second, class1 = self._operand(in1, parent1, kind)
        return (node.op, (), kind, class0, class1), first, second, bits + 2 * self.leads(parent1)

    def leads(self, parent: Any) -> bool:
        """Whether a cotangent may travel there: not to a leaf that was made inside, once its place is known."""
        return parent is not None and parent.number in self.values


def read(tape: Tape, results: list[Any]) -> Program:
    """The program that the tape noted, for these results of the function: Values and Plains."""
    reader, program = _Reader(tape), Program()
    kinds: dict[Kind, int] = {}
    kind_of, columns, leads = [], ([], [], []), []  # type: ignore[var-annotated]
    for place, (step, raws) in enumerate(zip(tape.made, tape.raws, strict=True)):
        third = _NONE
        if raws is None and step.__class__ is Value and step.more is None:
            kind, first, second, bits = reader.usual_step(place, step)
        else:
            kind, places, bits = reader.step(place, step, raws)
            first, second, third = (*places, _NONE, _NONE)[:3]
        kind_of.append(kinds.setdefault(kind, len(kinds)))
        columns[0].append(first)
        columns[1].append(second)
        columns[2].append(third)
        leads.append(bits)
    outs = [(reader.plain(x), False) if x.__class__ is Plain else (reader.value(x), reader.leads(x)) for x in results]
    guards = [reader.plain(condition) for condition, _, _ in tape.guards]
    program.inputs, program.constants, program.kinds, program.kind_of = (
        reader.inputs,
        reader.constants,
        list(kinds),
        kind_of,
    )
    first, end = len(reader.inputs), program.first

    def settled(places: Any) -> Any:
        p = np.array(places, np.int64)
        counted = np.where(p < 0, ~p, np.where(p >= _FIRST_CONSTANT, p - _FIRST_CONSTANT + first, p + end))
        return np.where(p == _NONE, -1, counted)

    program.n_arguments = len(tape.arguments)
    program.derived = [*tape.derived, *(x.requires_grad for x in program.outside)]
    program.operands = settled(columns).T
    program.pulled = np.array(leads, np.int64)[:, None] >> np.arange(3) & 1 > 0
    program.outs = list(zip(settled([place for place, _ in outs]).tolist(), [leads for _, leads in outs], strict=True))
    program.guards = settled(guards).tolist()
    program.outcomes = [outcome for _, outcome, _ in tape.guards]
    program.lines = [line for _, _, line in tape.guards]
    program.numbers = [step.raw for step in tape.made]
    program.begun = [number(x.raw) for x in program.inputs]
    program.classes = [number(x.raw).__class__ for x in program.inputs] + [c.__class__ for c in program.constants]
    program.classes += [step.raw.__class__ for step in tape.made]
    program.pulled &= _has_rules(program)
    program.needs = _needs(program)
    return program


def _has_rules(program: Program) -> Any:
    """For each operation which of its inputs have a rule."""
    rules = [kind[0].rules if isinstance(kind[0], Op) else () for kind in program.kinds]
    return np.array([[k < len(r) and r[k] is not None for k in range(3)] for r in rules]).reshape(-1, 3)[
        np.array(program.kind_of, np.int64)
    ]


def _needs(program: Program) -> list[bool]:
    needs = program.derived + [False] * len(program.constants)
    for p, q, r, bits in zip(*program.operands.T.tolist(), bits_of(program.pulled), strict=True):
        needs.append(bits > 0 and ((bits & 1 and needs[p]) or (bits & 2 and needs[q]) or (bits & 4 and needs[r])) > 0)
    return needs


def bits_of(flags: Any) -> list[int]:
    """For each row of flags one number: a loop over those makes no lists, which the garbage collector would look at."""
    bits: list[int] = (flags @ np.array([1, 2, 4])).tolist()
    return bits
