"""Notes on new nodes: which module call they belong to, and which line of the user's code made them.

Off, this costs nothing: the recording mode that `record` asks for anyway is then just True. Inside `scope` or
`trace_lines` it is a function, which writes on each new node what a picture of the graph shows later. A clock that runs
there (see `profiling/`) is put around each operation too.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from contextvars import Token
from time import perf_counter_ns
from types import FrameType
from typing import Any, Protocol

from .engine.mode import Step, Watch, note, recording
from .engine.protocols import ended
from .engine.value import Value
from .engine.witness import next_number
from .errors import GraphError, user_line


class Call:
    """One call of something that has a name: two calls of one layer are two of these, with the same `owner`.

    Where a clock runs, `start` is when it began, in nanoseconds.
    """

    __slots__ = ("name", "owner", "start")

    def __init__(self, name: str, owner: int = 0, start: int = 0) -> None:
        self.name = name
        self.owner = owner
        self.start = start


class Clock(Protocol):
    """What measures the time that is spent within a block; see `profiling/`."""

    def forward(self, name: str, calls: tuple[Call, ...], compute: Callable[..., Any]) -> Callable[..., Any]:
        """`compute`, timed, which computes the operation `name` within `calls`."""

    def steps(self, contribute: Step, note_pick: Step, settle: Step) -> tuple[Step, Step, Step]:
        """The steps of a sweep, timed."""

    def left(self, calls: tuple[Call, ...]) -> None:
        """The innermost of `calls` ends."""


class Notes:
    """What is written on a new node: the calls it was made in, outermost first, and the line that made it.

    `look` is shown the node then, and `watch` each contribution of a backward pass; both may raise. The `clocks` measure.
    """

    __slots__ = ("calls", "clocks", "lines", "look", "watch")

    def __init__(
        self,
        calls: tuple[Call, ...] = (),
        lines: bool = False,
        look: Callable[[Any], None] | None = None,
        watch: Watch | None = None,
        clocks: tuple[Clock, ...] = (),
    ) -> None:
        self.calls = calls
        self.lines = lines
        self.look = look
        self.watch = watch
        self.clocks = clocks

    def __call__(self, node: Value) -> None:
        if self.calls:
            node.notes["calls"] = self.calls
        if self.lines:
            node.notes["line"] = user_line()
        if self.look is not None:
            self.look(node)

    def timed(self, name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
        for clock in self.clocks:
            forward = clock.forward(name, self.calls, forward)
        return forward

    def turned_off(self) -> None:
        """What is not recorded is not noted."""

    def steps(self, contribute: Step, note_pick: Step, settle: Step) -> tuple[Step, Step, Step] | None:
        steps = (contribute, note_pick, settle)
        for clock in self.clocks:
            steps = clock.steps(*steps)
        return steps if self.clocks else None


_NOTHING = Notes()
_WAITING = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


class Noting(ContextDecorator):
    """Notes on the nodes made within a block, or within each call of a function."""

    def __init__(self, name: str, add: Callable[[Notes], Notes]) -> None:
        self._name, self._add = name, add
        self._tokens: list[tuple[Token[Any], Token[Any] | None]] = []

    def _recreate_cm(self) -> Noting:
        return type(self)(
            self._name, self._add
        )  # as a decorator: one for each call, since calls may run in several threads

    def __call__(self, func: Any) -> Any:
        if inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func) or inspect.iscoroutinefunction(func):
            raise GraphError(
                f"{self._name} decorates functions, and {func.__name__} at {user_line()} is a generator or a "
                "coroutine: put it around the code inside, or around the call"
            )
        return super().__call__(func)

    def __enter__(self) -> None:
        refuse_in_generator(self._name, sys._getframe(1))
        before = note.get()
        # What is being replayed is noted by another than `Notes`: for that time it stays in force alone.
        notes: Any = self._add(before or _NOTHING) if before is None or isinstance(before, Notes) else before
        on = recording.set(notes) if recording.get() else None
        self._tokens.append((note.set(notes), on))

    def __exit__(self, *_: object) -> None:
        noted, on = self._tokens.pop()
        note.reset(noted)
        if on is not None:
            recording.reset(on)


def refuse_in_generator(name: str, frame: FrameType) -> None:
    """Raise if `frame`, where a block is entered, is a generator's."""
    if frame.f_code.co_flags & _WAITING:
        raise GraphError(
            f"{name} inside a generator at {user_line()} would hold for its consumer as well, while it waits at a yield: put "
            "it around the loop over the generator"
        )


class _Scope(Noting):
    """A call, of which the clocks are told."""

    def __exit__(self, *error: object) -> None:
        notes = note.get()
        if isinstance(notes, Notes):
            for clock in notes.clocks:
                clock.left(notes.calls)
        super().__exit__(*error)


def scope(name: str, owner: object = None) -> Noting:
    """What is computed within ``with scope("Linear"):`` belongs to one call of that name, in this thread alone.

    Scopes nest, and `autograd.draw` shows each as a frame around its nodes. `autograd.profile` counts the calls of one
    `owner` together (a layer, in each step of training), and tells owners of one name apart.
    """

    def within(notes: Notes) -> Notes:
        call = Call(name, id(owner), perf_counter_ns() if notes.clocks else 0)
        return Notes((*notes.calls, call), notes.lines, notes.look, notes.watch, notes.clocks)

    return _Scope("scope", within)


def trace_lines() -> Noting:
    """Within ``with trace_lines():`` each node notes the line of code that made it, in this thread alone.

    It takes a few microseconds a node. The explorer shows the lines.
    """
    return Noting("trace_lines", lambda n: Notes(n.calls, True, n.look, n.watch, n.clocks))


def noting() -> bool:
    """Whether new nodes are being noted on, by a `scope`, a `profile` …: then modules add scopes of their own."""
    return isinstance(note.get(), Notes)


beginning = next_number  # as a call begins: what is computed in it has a larger number
note_call = ended


def within_calls(values: Iterable[Value]) -> dict[int, tuple[Call, ...]]:
    """By its number the calls that each of these was computed in, outermost first, as far as their results are among them."""
    inside = sorted(values, key=lambda value: value.number)
    spans = [
        (begun, -value.number, -i, Call(name)) for value in inside for i, (begun, name) in enumerate(ended_in(value))
    ]
    waiting = sorted(spans, key=lambda span: span[:3])[::-1]  # as they began, the outer ones first
    found: dict[int, tuple[Call, ...]] = {}
    around: list[tuple[int, Call]] = []
    for value in inside:
        while waiting and waiting[-1][0] < value.number:
            _, end, _, call = waiting.pop()
            around.append((-end, call))
        around = [(end, call) for end, call in around if end >= value.number]
        found[value.number] = tuple(call for _, call in around)
    return found


def ended_in(value: Value) -> list[tuple[int, str]]:
    """The calls that gave `value`, outermost first: when each began, and its name."""
    calls = []
    last: tuple[int, type, Any] | None = value.notes.get("ended")
    while last is not None:
        begun, kind, last = last
        calls.append((begun, kind.__name__))
    return calls


def calls_of(value: Value) -> tuple[Call, ...]:
    """The calls that `value` was computed in, outermost first."""
    calls: tuple[Call, ...] = value.notes.get("calls", ())
    return calls


def line_of(value: Value) -> str | None:
    """``file.py:12``, where `value` was computed, if that was traced."""
    noted: str | None = value.notes.get("line")
    return noted
