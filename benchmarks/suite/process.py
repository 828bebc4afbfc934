"""The parent's side of a peer's process."""

from __future__ import annotations

import json
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

WORKER = Path(__file__).resolve().parent.parent / "worker.py"


class TooLong(Exception):
    """The process was ended, because it had not answered in time."""


class Failed(Exception):
    """The process said that something went wrong, or ended; the message is what it said."""


class Process:
    """A peer's process, which is asked one thing after the other, until `end`.

    It is in a session of its own: an interrupt from the keyboard reaches the parent alone, which ends its children.
    """

    def __init__(self, line: list[str], name: str, core: int, variables: dict[str, str], limit: float) -> None:
        self.child = subprocess.Popen(
            [*line, str(WORKER), name, str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self.name, self.limit = name, limit
        self._said: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        """What the process says beside its answers: a full pipe would stop it."""
        assert self.child.stderr
        for line in self.child.stderr:
            self._said.append(line)

    def end(self) -> None:
        self.child.kill()
        self.child.wait()
        self._listener.join()
        for stream in (self.child.stdin, self.child.stdout, self.child.stderr):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()

    def hello(self) -> dict[str, Any]:
        """What the process has: the names of its workloads, and versions."""
        return self._answer(60)

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            TooLong: none came within the limit.
            Failed: the process could not do it.
        """
        assert self.child.stdin
        with suppress(BrokenPipeError):  # it has ended, and the answer will say so
            self.child.stdin.write(json.dumps(request) + "\n")
            self.child.stdin.flush()
        return self._answer(self.limit)

    def _answer(self, limit: float) -> dict[str, Any]:
        assert self.child.stdout
        late = threading.Event()

        def end() -> None:
            late.set()
            self.child.kill()

        timer = threading.Timer(limit, end)
        timer.start()
        try:
            line = self.child.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            if late.is_set():
                raise TooLong(f"{self.name} has not answered within {limit:.0f} s")
            self.child.wait()
            self._listener.join()
            raise Failed("".join(self._said[-5:]).strip() or f"it ended with code {self.child.returncode}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer
