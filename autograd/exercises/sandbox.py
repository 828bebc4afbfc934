"""Looks at one answer: runs a student's code, checks what it defines, and turns every way of failing into a message."""

from __future__ import annotations

import ast
import linecache
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from json import dumps, loads
from typing import Any

from .advice import advice
from .differences import WATCH, Watch, may_differ, watched
from .exercise import Answer, Finding, NotWrittenError
from .form import Exercise, defined
from .guard import TimeUpError, time_limit
from .integrity import Snapshot
from .module import module, run

_DEEP = 60  # calls, in which a circle is looked for

STOPPED = "Stopped after {:g} seconds: is there a loop that never ends?"
STOPPED_WITH = "Your code stopped with"
FAULTY = "The check itself is at fault"
LONGEST = 4000  # characters of a message
_STATES = ("passed", "failed", "todo", "error", "missing")


@dataclass
class Result:
    """What came out: `state` is "passed", "failed", "todo" (nothing written yet), "missing" (no file) or "error"."""

    state: str
    message: str = ""
    findings: list[Finding] = field(default_factory=list)
    printed: str = ""

    @property
    def passed(self) -> bool:
        return self.state == "passed"

    @property
    def kinds(self) -> list[str]:
        """The kinds of everything that was found wrong."""
        return [kind for finding in self.findings if not finding.passed for kind in finding.kinds]

    def json(self) -> str:
        return dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Result:
        """The result that `json` wrote; what the student's code put into it is cut to a size that can be read."""
        fields = loads(text)
        if fields["state"] not in _STATES:
            raise ValueError(f"no state: {fields['state']!r}")
        findings = [
            Finding(
                bool(f["passed"]),
                clean(f["title"]),
                clean(f["message"]),
                tuple(map(clean, f["kinds"])),
                known=bool(f["known"]),
            )
            for f in fields["findings"]
        ]
        return cls(fields["state"], clean(fields["message"]), findings)


def clean(text: str, most: int = LONGEST) -> str:
    """Text without control characters, which a terminal would obey, and not longer than a reader's patience."""
    shown = "".join(c if c.isprintable() or c == "\n" else " " for c in str(text)[:most])
    return shown if len(text) <= most else f"{shown} …"


def check_source(
    exercise: Exercise, source: str, name: str, seconds: float | None = None, before: Snapshot | None = None
) -> Result:
    """Run a student's file, for `seconds` at most, and look at what it defines; `before` is the checker as it should be."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)

    def load(names: dict[str, Any]) -> None:
        run(source, names, name)

    if seconds is None:
        return _derived(guarded(load, exercise, name, before), exercise, source, name)
    try:
        with time_limit(seconds):
            return _derived(guarded(load, exercise, name, before), exercise, source, name)
    except TimeUpError as error:
        return Result("error", "\n".join([STOPPED.format(seconds), *_lines(error, name), *_loop(error, source, name)]))


def _derived(result: Result, exercise: Exercise, source: str, name: str) -> Result:
    """The result; of an answer that passed, and may have taken differences, once it has been watched."""
    if not result.passed or not may_differ(source):
        return result
    watch = Watch()
    token = WATCH.set(watch)
    try:
        again = guarded(partial(watched, source, watch), exercise, name)
    finally:
        WATCH.reset(token)
    return again if "difference" in again.kinds else result


class CheckError(Exception):
    """The check itself is not what it should be."""


def _found(look: Callable[[Answer], Iterable[Finding]], answer: Answer) -> Iterator[Finding]:
    """The findings of a check.

    Raises:
        CheckError: it yields something else, or nothing that can be gone through.
    """
    findings = look(answer)
    if not isinstance(findings, Iterable):
        raise CheckError(f"check(answer) yields findings, and returned {findings!r}")
    for finding in findings:
        if not isinstance(finding, Finding):
            raise CheckError(f"check(answer) yields findings, and one was {finding!r}")
        yield finding


def guarded(
    load: Callable[[dict[str, Any]], None], exercise: Exercise, name: str, before: Snapshot | None = None
) -> Result:
    """The result of the check of what `load` puts among the names of a module, every way of failing turned into a message."""
    findings: list[Finding] = []
    look = exercise.look
    before = before or Snapshot()
    try:
        with module(name) as names:
            load(names)
            for finding in () if before.mode() else _found(look, Answer(names)):
                findings.append(finding)
                if not finding.passed or before.mode():
                    break
    except TimeUpError:
        raise
    except CheckError as error:
        return Result("error", f"{FAULTY}: {exercise.folder / 'check.py'}: {error}.", findings)
    except SyntaxError as error:
        where = f", line {error.lineno}: {(error.text or '').strip()}" if error.lineno else ""
        return Result("error", f"Python cannot read the file{where}\n{type(error).__name__}: {error.msg}")
    except NotWrittenError as error:
        return Result("error", f"{error}.", findings)
    except SystemExit as error:
        return Result("error", "\n".join(["Your code ended the program (exit): leave that out.", *_lines(error, name)]))
    except MemoryError:
        return Result("error", "Your code needs more memory than there is: look for an array that grows.", findings)
    except RecursionError as error:
        circle = f" {each}." if (each := _circle(error, name)) else ""
        return Result("error", f"Your code calls itself without end: what stops the recursion?{circle}", findings)
    except BaseException as error:
        if _is_stub(error, name):
            return Result("todo", "Not written yet: replace  raise NotImplementedError  by your answer.", findings)
        return Result("error", _where(error, name, exercise), findings)
    changed = before.mode() or before.changed()
    if changed:
        return Result("error", f"Your code changed {changed}, which the check relies on: leave it as it is.")
    return Result("passed" if findings and all(f.passed for f in findings) else "failed", "", findings)


def _circle(error: RecursionError, name: str) -> str:
    """Which functions of a file call each other in a circle; empty if that is one alone, or cannot be seen."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename == name][-_DEEP:]
    lines = [(each.name, each.lineno) for each in frames]
    for length in range(2, len(lines) // 3):
        last = lines[-length:]
        if last == lines[-2 * length : -length] == lines[-3 * length : -2 * length]:
            first = min(range(length), key=lambda i: last[i][1] or 0)
            circle = [*last[first:], *last[: first + 1]]
            return " calls ".join(f"{each} (line {line})" for each, line in circle)
    return ""


def _is_stub(error: BaseException, name: str) -> bool:
    """Whether the exercise's own `raise NotImplementedError` was met (and not one inside of a library)."""
    if not isinstance(error, NotImplementedError):
        return False
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.filename == name or not name


def _where(error: BaseException, name: str, exercise: Exercise) -> str:
    """The error, the lines of the student's own file that led to it, and what to do."""
    try:
        words = str(error)
    except Exception:  # an error of the student's own, whose text is one as well
        words = "(its message cannot be shown)"
    try:
        remedy = advice(error)
    except Exception:
        remedy = ""
    if isinstance(error, NameError) and error.name in _given_names(exercise.given):
        remedy = f"`{error.name}` stands at the top of the file that was handed out: an answer is that whole file."
    notes = [str(note)[:LONGEST] for note in getattr(error, "__notes__", ())]
    lines = [f"{STOPPED_WITH} {type(error).__name__}: {words[:LONGEST]}", *_lines(error, name), *notes, remedy]
    return "\n".join(line for line in lines if line)


def _given_names(given: str) -> set[str]:
    """What the part above a stub defines or imports."""
    imports = (n for n in ast.parse(given).body if isinstance(n, ast.Import | ast.ImportFrom))
    return {*defined(given), *(alias.asname or alias.name for node in imports for alias in node.names)}


def _lines(error: BaseException, name: str) -> list[str]:
    """Where in the student's file an error came from."""
    return [
        f"   line {frame.lineno}, in {frame.name}:  {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == name
    ]


def _loop(error: BaseException, source: str, name: str) -> Iterator[str]:
    """The head of the innermost loop, a `while` if there is one, around the line where time was up."""
    stood = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name][-1:]
    loops = [
        node
        for node in ast.walk(ast.parse(source))
        for line in stood
        if isinstance(node, ast.While | ast.For) and node.lineno < line <= (node.end_lineno or 0)
    ]
    if loops:
        loop = max(loops, key=lambda node: (isinstance(node, ast.While), node.lineno))
        yield f"inside of the loop of line {loop.lineno}:  {source.splitlines()[loop.lineno - 1].strip()}"
