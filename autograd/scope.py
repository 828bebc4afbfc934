"""Notes on new nodes: which module call they belong to, and which line of the user's code made them.

Off, this costs nothing: the recording mode that `record` asks for anyway is then just True. Inside `scope` or
`trace_lines` it is a function, which writes on each new node what a picture of the graph shows later.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import Token
from typing import Any

from .engine.mode import Note, note, recording
from .engine.value import Value
from .errors import GraphError, user_frame, user_line


class Call:
    """One call of something that has a name: two calls of one layer are two of these."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Notes:
    """What is written on a new node: the calls it was made in, outermost first, and the line that made it.

    `look` is shown the node then, and may raise.
    """

    __slots__ = ("calls", "lines", "look")

    def __init__(self, calls: tuple[Call, ...], lines: bool, look: Note | None = None) -> None:
        self.calls = calls
        self.lines = lines
        self.look = look

    def __call__(self, node: Value) -> None:
        noted = vars(node)
        if self.calls:
            noted["calls"] = self.calls
        if self.lines:
            noted["line"] = user_line()
        if self.look is not None:
            self.look(node)


_NOTHING = Notes((), lines=False)


class Noting(ContextDecorator):
    """Notes on the nodes made within a block, or within each call of a function."""

    def __init__(self, add: Callable[[Notes], Notes]) -> None:
        self._add = add
        self._tokens: list[tuple[Token[Note | None], Token[bool | Note] | None]] = []

    def _recreate_cm(self) -> Noting:
        return Noting(self._add)  # as a decorator: one for each call, since calls may run in several threads

    def __call__(self, func: Any) -> Any:
        if inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func) or inspect.iscoroutinefunction(func):
            raise GraphError(
                f"{type(self).__name__.lower()} decorates functions, and {func.__name__} at {user_line()} is a generator or a "
                "coroutine: put it around the code inside, or around the call"
            )
        return super().__call__(func)

    def __enter__(self) -> None:
        if user_frame().f_code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
            raise GraphError(
                f"{type(self).__name__.lower()} inside a generator at {user_line()} would hold for its consumer as well, while "
                "it waits at a yield: put it around the loop over the generator"
            )
        before = note.get()
        notes = self._add(before if isinstance(before, Notes) else _NOTHING)
        on = recording.set(notes) if recording.get() else None
        self._tokens.append((note.set(notes), on))

    def __exit__(self, *_: object) -> None:
        noted, on = self._tokens.pop()
        note.reset(noted)
        if on is not None:
            recording.reset(on)


def scope(name: str) -> Noting:
    """What is computed within ``with scope("Linear"):`` belongs to one call of that name, in this thread alone.

    Scopes nest, and `autograd.draw` shows each as a frame around its nodes.
    """
    return Noting(lambda notes: Notes((*notes.calls, Call(name)), notes.lines, notes.look))


def trace_lines() -> Noting:
    """Within ``with trace_lines():`` each node notes the line of code that made it, in this thread alone.

    It takes a few microseconds a node. The explorer shows the lines.
    """
    return Noting(lambda notes: Notes(notes.calls, lines=True, look=notes.look))


def noting() -> bool:
    """Whether new nodes are being noted on, by a `scope` or by `trace_lines`: then modules add scopes of their own."""
    return note.get() is not None


def calls_of(value: Value) -> tuple[Call, ...]:
    """The calls that `value` was computed in, outermost first."""
    noted: Any = vars(value).get("calls", ())
    return noted


def line_of(value: Value) -> str | None:
    """``file.py:12``, where `value` was computed, if that was traced."""
    noted: str | None = vars(value).get("line")
    return noted
