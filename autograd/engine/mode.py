"""Whether operations are recorded: the only mutable state of the package, kept per thread and asynchronous task."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, copy_context
from types import FrameType
from typing import Any, Protocol, Self

import numpy as np

Step = Callable[..., None]  # of a backward pass
Watch = Callable[[Any, Any, list[tuple[int, Any, Any]]], None]


class Note(Protocol):
    """What is told of each new node, and may write on it, and of each backward pass; see `scope.py`."""

    def __call__(self, node: Any) -> None: ...

    def timed(self, name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
        """`forward`, which computes the operation `name`, with a clock around it if one runs."""

    def turned_off(self) -> None:
        """Told of each `no_grad`, which it may refuse."""

    @property
    def watch(self) -> Watch | None:
        """Is shown what a node contributes: the node, its cotangent, and for each input its index, what the rule returned, and
        what the input had received before, or None."""

    def steps(self, contribute: Step, note_pick: Step, settle: Step) -> tuple[Step, Step, Step] | None:
        """The steps of a sweep with a clock around each; None if none runs."""


note: ContextVar[Note | None] = ContextVar("note", default=None)
# On, off, or on with a note on every node.
recording: ContextVar[bool | Note | _WhileRunning] = ContextVar("recording", default=True)
is_recording = recording.get
# While a function is traced the creation number at which the outermost one began; otherwise 0.
tracing: ContextVar[int] = ContextVar("tracing", default=0)


def watching() -> Watch | None:
    """What is shown each contribution of a backward pass, in the strict mode."""
    notes = note.get()
    return None if notes is None else notes.watch


def _silence() -> tuple[ContextVar[Any], Any]:
    """The context variable that holds how NumPy treats floating-point errors, and what it holds where they are ignored."""
    here, silent = copy_context(), copy_context()
    silent.run(np.errstate(all="ignore").__enter__)
    return next((variable, held) for variable, held in silent.items() if here.get(variable) is not held)


_errors, _IGNORED = _silence()  # to set it takes a tenth of the time of `np.errstate`


def undisturbed(f: Callable[..., Any], *args: Any, record: bool | None = None) -> Any:
    """``f(*args)`` without NumPy's warnings, and with recording on or off if `record` says so.

    It runs in a copy of the context. So there is nothing to be set back, and an interrupt at any moment leaves the
    caller's own settings as they were.
    """
    return copy_context().run(_inside, f, args, record)


def _inside(f: Callable[..., Any], args: tuple[Any, ...], record: bool | None) -> Any:
    _errors.set(_IGNORED)
    if record is not None:
        recording.set(record and (note.get() or True))
    return f(*args)


class _WhileRunning:
    """The mode set inside a generator. While the generator waits at a `yield`, the mode outside of it is in force."""

    __slots__ = ("_frame", "_inside", "outside", "over")

    def __init__(self, frame: FrameType, inside: bool | Note) -> None:
        self._frame, self._inside, self.outside = frame, inside, recording.get()
        self.over = False

    @property
    def current(self) -> bool | Note:
        waiting = self._frame.f_back is None
        mode = self.outside if self.over or waiting else self._inside
        return mode.current if isinstance(mode, _WhileRunning) else mode

    def __bool__(self) -> bool:
        return bool(self.current)

    def __call__(self, node: Any) -> None:
        mode = self.current
        if not isinstance(mode, bool):
            mode(node)

    def timed(self, name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
        mode = self.current
        return forward if isinstance(mode, bool) else mode.timed(name, forward)

    def leave(self) -> None:
        """From now on the mode outside is in force; the consumer may have set another one in the meantime."""
        self.over = True
        forget_what_is_over()


def forget_what_is_over() -> None:
    """Put the mode outside in the place of that of a generator that has ended."""
    while isinstance(mode := recording.get(), _WhileRunning) and mode.over:
        recording.set(mode.outside)


class _RecordingMode(ContextDecorator):
    """Recording switched on or off for a block or a function."""

    _on: bool

    def __init__(self) -> None:
        self._leave: list[Callable[[], None]] = []

    def _recreate_cm(self) -> Self:
        return type(self)()  # as a decorator: one for each call, since calls may run in several threads

    def __call__(self, func: Any) -> Any:
        """As a decorator: in force while the body of `func` runs, also if it is a generator or a coroutine."""
        if inspect.iscoroutinefunction(func):

            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with self._recreate_cm():
                    return await func(*args, **kwargs)

            return functools.wraps(func)(awaited)
        if inspect.isasyncgenfunction(func):

            async def items(*args: Any, **kwargs: Any) -> Any:
                with self._recreate_cm():
                    async for item in func(*args, **kwargs):
                        yield item

            return functools.wraps(func)(items)
        if inspect.isgeneratorfunction(func):

            def generated(*args: Any, **kwargs: Any) -> Any:
                with self._recreate_cm():
                    return (yield from func(*args, **kwargs))

            return functools.wraps(func)(generated)
        return super().__call__(func)

    def __enter__(self) -> None:
        notes = note.get()
        if notes is not None and not self._on:
            notes.turned_off()
        mode = self._on and (notes or True)
        frame = sys._getframe(1)
        if frame.f_code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
            suspendable = _WhileRunning(frame, mode)
            recording.set(suspendable)
            self._leave.append(suspendable.leave)
        else:
            token = recording.set(mode)
            self._leave.append(lambda: recording.reset(token))

    def __exit__(self, *_: object) -> None:
        self._leave.pop()()
        forget_what_is_over()


class no_grad(_RecordingMode):  # noqa: N801 - a context manager is written like a function
    """Within ``with no_grad():`` nothing is recorded, in this thread (or asynchronous task) alone."""

    _on = False


class enable_grad(_RecordingMode):  # noqa: N801
    """Within ``with enable_grad():`` recording is on again, also inside `no_grad`."""

    _on = True
