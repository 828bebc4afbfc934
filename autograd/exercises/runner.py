"""Runs answers in another process, with a time limit, and survives whatever happens there."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import tokenize
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from .form import Exercise
from .sandbox import STOPPED, Result
from .server import GRACE

SECONDS = 15.0
LONGEST_SOURCE = 2**20  # bytes
_START = 10.0  # seconds for Python to start in
_SERVER = f"from {__package__}.server import main; main()"
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class Runner:
    """A process that runs answers one after the other; it is started when there is one, and again should it have died.

    Args:
        rehearsed: go through each exercise with its solution first, which is worth it from the second answer on.
        advised: look for the change that makes a wrong answer right; when rehearsed, where nothing else says what is wrong.
    """

    def __init__(self, *, rehearsed: bool = False, advised: bool = True) -> None:
        self._rehearsed, self._advised = rehearsed, advised
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check_file(self, exercise: Exercise, path: Path, seconds: float = SECONDS) -> Result:
        """The result for one file."""
        try:
            source = read(path)
        except FileNotFoundError:
            return Result("missing", f"{path.name} is not there: `start` writes it again.")
        except (OSError, ValueError, SyntaxError) as error:
            return Result("error", f"The file cannot be read as text: {error}")
        return self.check(exercise, source, str(path), seconds)

    def check(self, exercise: Exercise, source: str, name: str, seconds: float = SECONDS) -> Result:
        """The result for a source; it takes `seconds` at most, and a little more where the code will not be stopped."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
            order = {
                "exercise": str(exercise.folder), "source": source, "name": name, "work": work, "seconds": seconds,
                "rehearsed": self._rehearsed, "advised": self._advised,
            }  # fmt: skip
            process = self._process = self._process or _started()
            late = threading.Event()

            def stop() -> None:
                late.set()
                _kill(process)

            timer = threading.Timer(seconds + GRACE + _START, stop)
            timer.daemon = True
            timer.start()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(order) + "\n")
                process.stdin.flush()
                reply = json.loads(process.stdout.readline())
                result = Result.from_json(reply["result"])
                result.printed = reply["printed"]
            except (OSError, ValueError, KeyError, TypeError):
                self.close()
                words = STOPPED.format(seconds) if late.is_set() else "Your code ended the process that checks it."
                return Result("error", words)
            finally:
                timer.cancel()
            if not hasattr(os, "fork"):
                self.close()
            return result

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            process.communicate()


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, "-P", "-c", _SERVER],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), encoding="utf-8", start_new_session=True,
    )  # fmt: skip


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError, PermissionError, AttributeError):  # no groups on Windows
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def check_file(exercise: Exercise, path: Path, seconds: float = SECONDS) -> Result:
    """The result for one file, in a process of its own."""
    with Runner() as runner:
        return runner.check_file(exercise, path, seconds)


def read(path: Path) -> str:
    """The text of a Python file: in UTF-8, with a mark at its beginning or none, or in the encoding that it declares.

    Raises:
        OSError: it cannot be read, or is none (a folder, a pipe).
        ValueError: it is too long, or no text.
        SyntaxError: it declares an encoding that there is not.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(f"{path.name} is not a file")
    if status.st_size > LONGEST_SOURCE:
        raise ValueError(f"{path.name} has {status.st_size:,} bytes, and an answer has {LONGEST_SOURCE:,} at most")
    data = path.read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return io.TextIOWrapper(io.BytesIO(data), encoding).read()


def _environment() -> dict[str, str]:
    """The child finds this package where the parent found it; of the rest it gets what Python needs, and no secrets."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join(p for p in paths if Path(p).is_absolute())  # "." is wherever the class may lie
    return {**kept, **threads, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
