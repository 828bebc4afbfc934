"""Runs a student's file in the sandbox, with a time limit, and survives whatever happens there."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from .sandbox import STOPPED, Result

SECONDS = 15.0
GRACE = 2.0  # seconds for Python to start in, and for the code to say where it was when its time was up
_CHILD = f"import sys; from {__package__}.sandbox import main; main(sys.argv[1:])"
PRINTED = 1500  # characters, and
PRINTED_LINES = 12  # lines of a program's output that are shown


def check_file(number: int, path: Path, seconds: float = SECONDS) -> Result:
    """The result for one file; it takes `seconds` at most, and a little more where the code will not be stopped."""
    with tempfile.TemporaryDirectory() as folder:
        target, output = Path(folder) / "result.json", Path(folder) / "output.txt"
        token = secrets.token_hex()
        order = {"target": str(target), "seconds": seconds, "token": token}
        path = path.resolve()
        with output.open("wb") as sink:
            process = subprocess.Popen(  # noqa: S603 - this very Python, on a file that the user named
                [sys.executable, "-c", _CHILD, str(number), str(path)],
                stdin=subprocess.PIPE, stdout=sink, stderr=subprocess.STDOUT, env=_environment(),
            )  # fmt: skip
            try:
                process.communicate(json.dumps(order).encode(), timeout=seconds + GRACE)
                stopped = False
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                stopped = True
        printed = _shortened(output.read_bytes())
        if stopped:
            return Result("error", STOPPED.format(seconds), printed=printed)
        result = _read(target)
        if result is None or result.token != token:  # or somebody else has written it
            message = f"Your code ended the Python process (exit code {process.returncode}) before it could be checked."
            return Result("error", message, printed=printed)
        result.printed = printed
        return result


def _read(target: Path) -> Result | None:
    try:
        return Result.from_json(target.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _shortened(output: bytes) -> str:
    """The beginning of what a program printed."""
    text = output.decode(errors="replace").strip()
    shown = "\n".join(text[:PRINTED].splitlines()[:PRINTED_LINES])
    left = len(text) - len(shown)
    return f"{shown}\n… and {left:,} characters more" if left else shown


def _environment() -> dict[str, str]:
    """The child finds this package where the parent found it."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p), "PYTHONIOENCODING": "utf-8"}
