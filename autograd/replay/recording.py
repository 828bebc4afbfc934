"""A function, run once with the engine: a `Tape` notes the operations that it performs on single numbers.

The engine tells of each node that it records; numbers that leave the graph tell of themselves (see `reads`). What is not
a single real number, and what cannot be followed, is refused where it happens, with the user's line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..engine.convert import is_value
from ..engine.mode import note, recording, tracing
from ..engine.value import Value
from ..engine.witness import next_number
from ..errors import UnsupportedError, describe, user_line
from .reads import Plain, Reads, listening, number, refused, unwatched, watched

NUMBERS = frozenset({np.float64, np.float32})
_WatchedValue = watched(Value)


class Tape:
    """What happens while a function runs: a note for the engine, a listener for the numbers that leave it."""

    watch = None

    def __init__(
        self,
        arguments: Sequence[Value],
        derived: Sequence[bool],
        known: Iterable[Value] = (),
        line_of: int | None = None,
    ) -> None:
        self.arguments, self.derived = arguments, derived  # the latter says which have a derivative
        self.made: list[Any] = []  # Values and Plains, oldest first
        self.raws: list[tuple[Any, ...] | None] = []  # of a node its inputs, where one of these is a Plain
        self.guards: list[tuple[Any, bool, str]] = []
        self.copied: dict[int, Plain] = {}  # by the number of a leaf the Plain that it was made of
        self.changed: list[Value] = []  # Values whose class is another one for the time of the run
        self.line, self._line_of = "its first line", line_of  # of the operation with that number
        self.start = next_number()
        self._began = 0
        self.met = False  # whether a Value from outside was met that was not known
        self.known = (*arguments, *known)
        for value in self.known:
            self.listen_to(value)

    # -- for the engine ------------------------------------------------------------------------------------------

    def timed(self, _: str, forward: Callable[..., Any]) -> Callable[..., Any]:
        """Asked before each operation: what a `Plain` among its inputs tells of itself is then the operation's own affair."""
        self._began = len(self.made)
        return forward

    def turned_off(self) -> None:
        """What is computed under `no_grad` would not be noted."""
        raise refused(
            "no_grad() inside", "write value.data for a number without a derivative, which goes on being recorded"
        )

    def steps(self, *_: Any) -> None:
        """Sweeps go their usual way."""

    def __call__(self, node: Any) -> None:
        """Note a node that the engine has just made."""
        raw, inputs = node.raw, None
        if node.more is None:
            if node.in0.__class__ is Plain or node.in1.__class__ is Plain:
                inputs = (node.in0, node.in1)
                node.in0, node.in1 = number(node.in0), number(node.in1)
        elif any(x.__class__ is Plain for x in node.more[0]):
            inputs = node.more[0]
            node.more = (tuple(map(number, inputs)), *node.more[1:])
        if inputs is not None:
            del self.made[self._began :], self.raws[self._began :]
            raw = node.raw = number(raw)
        if raw.__class__ not in NUMBERS:
            raise UnsupportedError(
                f"replay is for programs on single numbers: {node.op.name} at {user_line()} makes one of {describe(node)}. "
                "Programs on arrays are fast as they are; numbers in float64 and float32 are replayed"
            )
        if node.op.folds:
            raise refused(node.op.name, "replay is for operations on single numbers")
        for parent in (node.parent0, node.parent1) if node.more is None else node.more[1]:
            if parent is not None and parent.op is None and not isinstance(parent, Reads):
                self.met |= parent.number < self.start
                self.listen_to(parent)
        node.__class__ = _WatchedValue
        self._note(node, inputs)

    def _note(self, step: Any, inputs: tuple[Any, ...] | None) -> None:
        if len(self.made) == self._line_of:
            self.line = user_line()
        self.made.append(step)
        self.raws.append(inputs)

    # -- for numbers that leave the graph -------------------------------------------------------------------------

    def plain(self, function: Callable[..., Any], inputs: tuple[Any, ...]) -> Plain:
        raw = np.asarray(function(*[x.raw if x.__class__ is Plain or is_value(x) else x for x in inputs]))
        if raw.ndim or raw.dtype.kind not in "fib":
            raise refused(f"np.{function.__name__}", "it does not give a single real number")
        step = Plain(raw[()], function=function, inputs=inputs)
        self._note(step, None)
        return step

    def guard(self, condition: Plain) -> bool:
        if condition.raw.__class__ is not np.bool_:
            condition = self.plain(np.not_equal, (condition, 0))
        outcome = bool(condition.raw)
        self.guards.append((condition, outcome, user_line()))
        return outcome

    # -- before and after -----------------------------------------------------------------------------------------

    def listen_to(self, value: Any) -> None:
        """Give a Value the class of those that tell of their numbers, while this lasts."""
        if not isinstance(value, Reads):
            if value.raw.__class__ is Plain:
                self.copied[value.number] = value.raw
            value.__class__ = watched(value.__class__)
            self.changed.append(value)

    def run(self, f: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """``f(*args, **kwargs)``, noted."""
        outer = tracing.get()
        tokens = recording.set(self), note.set(self), listening.set(self)
        try:
            tracing.set(outer or self.start)
            return f(*args, **kwargs)
        finally:
            tracing.set(outer)
            recording.reset(tokens[0])
            note.reset(tokens[1])
            listening.reset(tokens[2])
            for step in self.made:
                if step.__class__ is _WatchedValue:
                    step.__class__ = Value
            for value in reversed(self.changed):
                value.__class__, value.raw = unwatched(value.__class__), number(value.raw)
