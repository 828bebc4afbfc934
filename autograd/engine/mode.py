"""Whether operations are recorded: the only mutable state of the package, kept per thread and asynchronous task."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from typing import Any, Self

Note = Callable[[Any], None]  # is shown each new node, and may write on it; see `scope.py`

note: ContextVar[Note | None] = ContextVar("note", default=None)
recording: ContextVar[bool | Note] = ContextVar("recording", default=True)  # on, off, or on with a note on every node
is_recording = recording.get


class _RecordingMode(ContextDecorator):
    """Recording switched on or off for a block or a function."""

    _on: bool

    def __init__(self) -> None:
        self._tokens: list[Token[bool | Note]] = []

    def _recreate_cm(self) -> Self:
        return type(self)()  # as a decorator: one for each call, since calls may run in several threads

    def __enter__(self) -> None:
        self._tokens.append(recording.set(self._on and (note.get() or True)))

    def __exit__(self, *_: object) -> None:
        recording.reset(self._tokens.pop())


class no_grad(_RecordingMode):  # noqa: N801 - a context manager is written like a function
    """Within ``with no_grad():`` nothing is recorded, in this thread (or asynchronous task) alone."""

    _on = False


class enable_grad(_RecordingMode):  # noqa: N801
    """Within ``with enable_grad():`` recording is on again, also inside `no_grad`."""

    _on = True
