"""Watch mode: an exercise is checked whenever its file is saved, and keys do the rest."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from .folder import Folder
from .runner import Runner
from .student import check, hint, listed, reset, solution
from .terminal import Screen

KEYS = "n next · p previous · h hint · s solution · l list · c check again · r reset · q quit  (and Enter)"


class Keys:
    """What is typed, line by line, read beside the rest; one letter is a command, and a name goes to that exercise."""

    def __init__(self, stream: TextIO) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stream = stream
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(OSError, ValueError, TypeError):  # nobody types: the stream is closed, or none
            for line in self._stream:
                self._lines.put(line.strip())

    def __call__(self) -> str | None:
        """The next line that was typed, if one was."""
        try:
            return self._lines.get_nowait()
        except queue.Empty:
            return None


@dataclass
class Watch:
    """A sitting before the screen.

    Args:
        screen: where to write.
        folder: the student's.
        runner: what runs the answers.
        seconds: the time limit of one check.
        keys: what was typed, or None.
        wait: passes the time between two looks.
    """

    screen: Screen
    folder: Folder
    runner: Runner
    seconds: float
    keys: Callable[[], str | None] = lambda: None
    wait: Callable[[float], None] = time.sleep

    def run(self, name: str) -> int:
        """Check on every save, from exercise to exercise, until all have passed, q is typed, or Ctrl-C."""
        here: str | None = name
        while here is not None:
            self.screen.line(f"Watching {self.folder.file(here)}; save it to have it checked.", "dim")
            self.screen.line(KEYS, "dim")
            here = self._until_left(here)
        return 0

    def _until_left(self, name: str) -> str | None:
        """Watch one exercise; the name of the next, or None for the end."""
        path, was_passed = self.folder.file(name), self.folder.progress(name).passed
        seen: int | None = -1
        while True:
            now = path.stat().st_mtime_ns if path.exists() else None
            if now != seen:
                seen = now
                self.screen.line()
                right = check(self.screen, self.folder, name, self.seconds, self.runner) == 0
                if right and not was_passed:
                    return self.folder.current()
            key = self.keys()
            if key is None:
                self.wait(0.2)
            elif key == "c":
                seen = -1
            elif key == "q":
                self.screen.line("Your work is saved.")
                return None
            elif key in ("n", "p") or key in self.folder.book.exercises:
                return self._elsewhere(name, key)
            else:
                self._asked(name, key)

    def _elsewhere(self, name: str, key: str) -> str:
        """The exercise after this one or before it, round the end; or the one that was named."""
        names = list(self.folder.book.exercises)
        step = {"n": 1, "p": -1}.get(key)
        return key if step is None else names[(names.index(name) + step) % len(names)]

    def _asked(self, name: str, key: str) -> None:
        """What does not leave the exercise."""
        commands = {"h": hint, "s": solution, "r": reset}
        if key == "l":
            listed(self.screen, self.folder)
        elif key in commands:
            try:
                commands[key](self.screen, self.folder, name)
            except LookupError as error:
                self.screen.line(str(error))
        elif key:
            self.screen.line(KEYS, "dim")
