"""The process in which answers are run: it is told of one after the other, and forks for each.

Numbers and modules are loaded once, so that an answer takes milliseconds; what one answer does to its process is gone with
it. Where the system cannot fork, the server runs one answer itself and ends.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import IO

from ..check.repair import SECONDS
from .book import LESSONS
from .edited import Change, change, may_help, vague, with_change
from .form import Exercise, load
from .guard import TimeUpError, hook, limit, time_limit
from .integrity import Snapshot
from .sandbox import STOPPED, Result, check_source, clean
from .truth import KNOWN, Truth, rehearsal

GRACE = 2.0  # seconds in which the code may say where it was when its time was up
_BRIEF = 0.4 * SECONDS  # for a change that is sought in one of many answers
_AT_MOST = (
    4  # times as long it may take by the clock: what is tried may not come to an end, and not hear that it should
)
LARGEST = 2**20  # bytes of a verdict
PRINTED = 1500  # characters, and
PRINTED_LINES = 12  # lines of a program's output that are shown
OUTPUT = "output.txt"


@dataclass(frozen=True)
class Order:
    """What to check: the exercise's folder, the student's source and what its file is called, and a folder to work in."""

    exercise: str
    source: str
    name: str
    work: str
    seconds: float
    rehearsed: bool = False  # whether there will be more answers to this exercise
    advised: bool = True  # whether to look for the change that makes a wrong one right


Work = Callable[[Order, Exercise], str]


@cache
def _exercise(folder: str) -> Exercise:
    """The exercise, with its check loaded: nothing but the answer is then left to run."""
    return load(Path(folder)).ready()


@cache
def _truths(folder: str) -> tuple[Truth, ...]:
    """What the solution confirms."""
    exercise = _exercise(folder)
    with rehearsal() as heard:
        check_source(exercise, exercise.file(exercise.solution), "solution.py")
    return tuple(heard)


@cache
def _checker(folder: str, rehearsed: bool) -> Snapshot:
    """The checker as it is before any answer to an exercise; what is known of the exercise is part of it."""
    _exercise(folder)
    KNOWN.set(_truths(folder) if rehearsed else ())
    return Snapshot()


def serve(requests: IO[str], replies: IO[str]) -> None:
    """Answer each line, an order, with a line, its result, until there are no more."""
    for line in requests:
        order = Order(**json.loads(line))
        forks = hasattr(os, "fork")
        try:
            _checker(order.exercise, order.rehearsed)
            KNOWN.set(_truths(order.exercise) if order.rehearsed else ())
            result = _checked(order) if forks else _here(order)
        except Exception as error:  # the exercise's own fault, not the student's
            result = Result("error", f"The check itself stopped with {type(error).__name__}: {error}")
        replies.write(json.dumps({"result": result.json(), "printed": result.printed}) + "\n")
        replies.flush()
        if not forks:
            return


def _checked(order: Order) -> Result:
    """The verdict on an answer; on a wrong one also what to change, which is sought apart and cannot touch the verdict."""
    text, reason = _forked(order, _verdict)
    result = _read(text, reason)
    result.printed = _printed(Path(order.work) / OUTPUT)
    named = not vague(result)
    if order.advised and not (order.rehearsed and named) and may_help(_exercise(order.exercise), result):
        with suppress(ValueError, TypeError):
            seconds = _BRIEF if order.rehearsed else SECONDS
            bounded = replace(order, seconds=min(order.seconds, _AT_MOST * seconds))
            said, kinds, ways, remedy = json.loads(_forked(bounded, partial(_change, named=named, seconds=seconds))[0])
            made = Change(clean(said), tuple(map(clean, kinds)), int(ways), clean(remedy))
            printed, result = result.printed, with_change(result, made)
            result.printed = printed
    return result


def _forked(order: Order, work: Work) -> tuple[str, str]:
    """What `work` returns in a child of this process, which is killed with all that it started; if nothing, then why."""
    verdict, write = os.pipe()
    token = secrets.token_hex()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.close(verdict)
            _work(order, work, write, token)
        finally:
            os._exit(1)
    os.close(write)
    try:
        text, late = _received(verdict, order.seconds + GRACE)
    finally:
        os.close(verdict)
        for end in (os.killpg, os.kill):  # the group is not there before the child has made it
            with suppress(ProcessLookupError, PermissionError):
                end(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sent, _, text = text.partition("\n")
    genuine = secrets.compare_digest(sent.encode(), token.encode())  # and nobody else has written it
    return text if genuine else "", STOPPED.format(order.seconds) if late else _ended(status)


def _ended(status: int) -> str:
    return f"Your code ended the Python process (exit code {status}) before it could be checked."


def _received(pipe: int, seconds: float) -> tuple[str, bool]:
    """What comes out of a pipe until it ends, and whether that took too long."""
    parts, size, deadline = [], 0, time.monotonic() + seconds
    while size < LARGEST:
        ready = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]
        if not ready:
            return "", True
        part = os.read(pipe, 2**16)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts).decode(errors="replace"), False


def _read(text: str, otherwise: str) -> Result:
    """The result that was sent; `otherwise` says what happened if there is none."""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        return Result.from_json(text)
    return Result("error", otherwise)


def _printed(path: Path) -> str:
    """The beginning of what a program printed."""
    if not path.exists():
        return ""
    with path.open("rb") as output:
        text = output.read(8 * PRINTED).decode(errors="replace").strip()
    shown = "\n".join(text[:PRINTED].splitlines()[:PRINTED_LINES])
    left = path.stat().st_size - len(shown.encode())
    return f"{clean(shown)}\n… and {left:,} characters more" if len(text) > len(shown) else clean(shown)


def _work(order: Order, work: Work, write: int, token: str) -> None:
    """Do something with the answer in this very process, which is not to be used for anything else, and send what comes out."""
    send, leave = os.write, os._exit
    here = Path(order.work) / "here"
    here.mkdir(exist_ok=True)
    output = os.open(Path(order.work) / OUTPUT, os.O_WRONLY | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, write)
    os.closerange(write + 1, 256)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    os.chdir(here)
    os.environ["TMPDIR"] = str(here)
    exercise = _exercise(order.exercise)
    limit(order.seconds)
    sys.addaudithook(hook(here, (exercise.folder, LESSONS)))
    said = work(order, exercise)
    with suppress(Exception):
        sys.stdout.flush()
    data = f"{token}\n{said}".encode()[:LARGEST]
    while data:
        data = data[send(write, data) :]
    leave(0)


def _verdict(order: Order, exercise: Exercise) -> str:
    dumped, before = Result.json, _checker(order.exercise, order.rehearsed)
    return dumped(check_source(exercise, order.source, order.name, order.seconds, before))


def _change(order: Order, exercise: Exercise, *, named: bool, seconds: float) -> str:
    with suppress(TimeUpError), time_limit(order.seconds):
        return json.dumps(change(exercise, order.source, seconds, named=named))
    return ""


def _here(order: Order) -> Result:
    """The result from this process, for systems that cannot fork: time and processes are bounded by whoever waits."""
    here = Path(order.work) / "here"
    here.mkdir()
    os.chdir(here)
    sys.addaudithook(hook(here, (LESSONS,)))
    return check_source(_exercise(order.exercise), order.source, order.name, order.seconds)


def main() -> None:
    """Serve on the standard input and output, which student's code does not see."""
    requests, replies = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    serve(requests, replies)
