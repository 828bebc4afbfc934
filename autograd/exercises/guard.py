"""What a student's code may not do in its process: resource limits, and an audit hook that refuses.

The hook is Python's own (PEP 578): whatever opens a file, starts a process, or speaks to the network announces it,
in Python and in C. It cannot be taken out again. What announces nothing is not seen: docs/teaching.md says what that is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MEMORY = 2 * 2**30
FILE_SIZE = 8 * 2**20  # a program that prints for ever fills no disk
FILES = 100  # names that an answer may write to
_AGAIN = 0.5  # seconds after which the alarm rings again, should somebody have swallowed it

# What an event begins with, and what is then said.
REFUSED = {
    ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "poplib.", "imaplib.", "telnetlib.", "nntplib.", "webbrowser."):
        "speak to the network",
    ("subprocess.", "os.system", "os.fork", "os.exec", "os.spawn", "os.posix_spawn", "os.startfile", "pty.", "_winapi."):
        "start a process",
    ("os.kill", "signal.pthread_kill"): "end a process",
    ("ctypes.", "gc.get_", "sys._current_", "sys.addaudithook", "resource.setrlimit", "sqlite3.", "sys.settrace",
     "sys.setprofile", "sys.monitoring.", "fcntl.", "mmap.", "winreg.", "code.interact"): "look into Python itself",
}  # fmt: skip
_READS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "glob.", "pathlib.Path.glob", "pathlib.Path.rglob")
_WRITES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.ch", "os.lch",
           "os.utime", "os.setxattr", "os.removexattr", "os.lockf", "shutil.", "tempfile.")  # fmt: skip
_CREATES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def hook(here: Path, hidden: Sequence[Path] = ()) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook: everything may be done in the folder `here`, Python's own files may be read, `hidden` ones not."""
    home = os.path.realpath(here)
    secret = [os.path.realpath(path) for path in hidden]
    readable = [os.path.realpath(path) for path in _readable()]
    real, devices = os.path.realpath, ("/dev/null", "/dev/urandom")
    written: set[str] = set()

    def inside(path: str, folders: Sequence[str]) -> bool:
        return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)

    def refuse(what: str) -> None:
        raise PermissionError(f"an answer may not {what}")

    def file(path: Any, writes: bool) -> None:
        if isinstance(path, int) or path is None:
            return  # already open, or the folder that one is in
        place = real(os.fsdecode(path))
        if inside(place, [home]) or place in devices:
            if writes:
                written.add(place)
            if len(written) > FILES:
                refuse(f"write more than {FILES} files")
        elif writes:
            refuse(f"write outside of its folder ({place})")
        elif not inside(place, readable) or inside(place, secret):
            refuse(f"read {place}")

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            writes = any(c in mode for c in "wax+") if isinstance(mode, str) else bool((flags or 0) & _CREATES)
            file(path, writes)
        elif event.startswith(_READS):
            file(args[0] if args and isinstance(args[0], (str, bytes, os.PathLike)) else None, False)
        elif event.startswith(_WRITES):
            for path in args[:2] if event.startswith(("os.rename", "os.link", "os.symlink", "shutil.")) else args[:1]:
                file(path, True)
        else:
            for beginnings, what in REFUSED.items():
                if event.startswith(beginnings):
                    refuse(what)

    return audit


def _readable() -> Iterator[str]:
    """Where Python and its packages lie. Of the folder that this package lies in, which may hold anything, two packages."""
    package = Path(__file__).resolve().parents[1]
    yield from (sys.prefix, sys.base_prefix, "/usr/share/zoneinfo", str(package), str(package.with_name("nn")))
    yield from (path for path in sys.path if path and Path(path).resolve() != package.parent)


def limit(seconds: float) -> None:
    """Bound time, memory, processes and the size of files, where the system can.

    The processor's time is the last resort: before it is used up, whoever waits has ended the process.
    """
    try:
        import resource
    except ImportError:
        return
    bounds = {
        "RLIMIT_AS": MEMORY, "RLIMIT_FSIZE": FILE_SIZE, "RLIMIT_CPU": int(seconds) + 5, "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 64, "RLIMIT_NPROC": 0,
    }  # fmt: skip
    for name, most in bounds.items():
        what = getattr(resource, name, None)
        if what is not None:
            _, hard = resource.getrlimit(what)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(ValueError, OSError):  # some systems know a limit by name alone
                resource.setrlimit(what, (bound, bound))


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
