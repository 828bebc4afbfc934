"""Checks one file: `main` with the number and the file, in a process of its own.

Whatever the student's code does, prints or breaks, it does there. Where to put the result, as JSON, is read from the
standard input, which is at its end when the student's code begins.
"""

from __future__ import annotations

import json
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .advice import advice
from .book import exercise
from .exercise import Answer, Finding, NotWrittenError
from .integrity import Snapshot

MEMORY = 4 * 2**30
_AGAIN = 0.5  # seconds after which the alarm rings again, should somebody have swallowed it
STOPPED = "Stopped after {:g} seconds: is there a loop that never ends?"
FILE_SIZE = 8 * 2**20  # a program that prints for ever fills no disk


@dataclass
class Result:
    """What came out: `state` is "passed", "failed", "todo" (nothing written yet) or "error"."""

    state: str
    message: str = ""
    findings: list[Finding] = field(default_factory=list)
    printed: str = ""
    token: str = ""

    @property
    def passed(self) -> bool:
        return self.state == "passed"

    @property
    def kinds(self) -> list[str]:
        """The kinds of everything that was found wrong."""
        return [kind for finding in self.findings if not finding.passed for kind in finding.kinds]

    def json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Result:
        fields = json.loads(text)
        findings = [Finding(**{**f, "kinds": tuple(f["kinds"])}) for f in fields.pop("findings")]
        return cls(findings=findings, **fields)


def check_source(number: int, source: str, name: str) -> Result:
    """Run a student's file and look at what it defines."""
    names: dict[str, Any] = {"__name__": "answer", "__file__": name}

    def load() -> dict[str, Any]:
        exec(compile(source, name, "exec"), names)  # noqa: S102 - running a student's answer is the purpose
        return names

    return guarded(load, number, name)


def guarded(load: Callable[[], dict[str, Any]], number: int, name: str) -> Result:
    """The result of the check, with every way of failing turned into a message."""
    findings: list[Finding] = []
    before = Snapshot()
    try:
        for finding in exercise(number).check(Answer(load())):
            findings.append(finding)
            if not finding.passed:
                break
    except SyntaxError as error:
        where = f", line {error.lineno}: {(error.text or '').strip()}" if error.lineno else ""
        return Result("error", f"Python cannot read the file{where}\n{type(error).__name__}: {error.msg}")
    except NotWrittenError as error:
        return Result("error", f"{error}.", findings)
    except SystemExit as error:
        return Result("error", "\n".join(["Your code ended the program (exit): leave that out.", *_lines(error, name)]))
    except MemoryError:
        return Result("error", "Your code needs more memory than there is: look for an array that grows.", findings)
    except RecursionError:
        return Result("error", "Your code calls itself without end: what stops the recursion?", findings)
    except Exception as error:
        if _is_stub(error, name):
            return Result("todo", "Not written yet: replace  raise NotImplementedError  by your answer.", findings)
        return Result("error", _where(error, name), findings)
    changed = before.changed()
    if changed:
        return Result("error", f"Your code changed {changed}, which the check relies on: leave it as it is.")
    return Result("passed" if all(f.passed for f in findings) else "failed", "", findings)


def _is_stub(error: Exception, name: str) -> bool:
    """Whether the exercise's own `raise NotImplementedError` was met (and not one inside of a library)."""
    if not isinstance(error, NotImplementedError):
        return False
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.filename == name or not name


def _where(error: Exception, name: str) -> str:
    """The error, the lines of the student's own file that led to it, and what to do."""
    lines = [f"Your code stopped with {type(error).__name__}: {error}", *_lines(error, name), advice(error)]
    return "\n".join(line for line in lines if line)


def _lines(error: BaseException, name: str) -> list[str]:
    """Where in the student's file an error came from."""
    return [
        f"   line {frame.lineno}, in {frame.name}:  {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == name
    ]


def limit() -> None:
    """Bound memory and the size of files, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, FILE_SIZE)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


class TimeUpError(BaseException):
    """The time limit; a student's `except Exception` does not catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeUpError` in whatever runs after `seconds`, where the system has alarms; elsewhere do nothing."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise TimeUpError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def main(arguments: list[str]) -> int:
    """Check one file and write the result, with the token that says that it was this function that wrote it."""
    number, file = arguments
    order = json.loads(sys.stdin.read())
    limit()
    path = Path(file)
    try:
        with time_limit(order["seconds"]):
            result = check_source(int(number), path.read_text(encoding="utf-8"), str(path))
    except (UnicodeDecodeError, ValueError) as error:
        result = Result("error", f"The file cannot be read as text: {error}")
    except TimeUpError as error:
        lines = _lines(error, str(path))
        result = Result("error", "\n".join([STOPPED.format(order["seconds"]), *lines]))
    result.token = order["token"]
    Path(order["target"]).write_text(result.json(), encoding="utf-8")
    return 0
