"""A student's folder: one file for each exercise, and the record of what was tried."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from .book import Book, book
from .record import RECORD, Progress, read_record
from .runner import SECONDS, Runner, check_file
from .sandbox import Result

HONEST = 3  # attempts before the solution is shown
# "02_tanh.py", and "02_tanh (1).py" of a second download.
_NUMBERED = re.compile(r"(?:\d+_)?(\w+?)(?: ?\(\d+\))?\.py", re.IGNORECASE)


def answers(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    """The files of a folder by the exercise they answer: ``07_bias.py`` or ``bias.py``, whatever the number."""
    return {name: paths[0] for name, paths in submissions(folder, names).items()}


def submissions(folder: Path, names: Sequence[str]) -> dict[str, list[Path]]:
    """All files of a folder by the exercise they answer, the one that counts first: its name as it was handed out, if there."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: ("(" in path.name, path)):
        match = _NUMBERED.fullmatch(path.name)
        if match and match[1].lower() in names:
            found.setdefault(match[1].lower(), []).append(path)
    return found


def _fingerprint(source: bytes) -> str:
    """The same for answers that differ in comments, blanks and the text above only."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # what cannot be parsed: by its bytes
        tree = ast.parse(source)
        tree.body = tree.body[ast.get_docstring(tree) is not None :]
        source = ast.dump(tree).encode()
    return hashlib.sha256(source).hexdigest()[:16]


class Folder:
    """The exercises in a folder; nothing that a student wrote is ever overwritten.

    Args:
        path: the folder.
        own: folders of a teacher's exercises, and
        only: the names of those that are set; both as the record has them if nothing is given.
    """

    def __init__(self, path: Path, own: Sequence[Path] = (), only: Sequence[str] = ()) -> None:
        self.path = path
        self.record = read_record(path)
        if own:
            self.record.own = [os.path.relpath(each, path) for each in own]
        if only:
            self.record.only = list(only)
        self.book: Book = book([Path(os.path.normpath(path / each)) for each in self.record.own], self.record.only)

    @property
    def exists(self) -> bool:
        return (self.path / RECORD).exists()

    def progress(self, name: str) -> Progress:
        return self.record.of(name)

    @property
    def passed(self) -> int:
        """How many have been passed."""
        return sum(self.progress(exercise.name).passed for exercise in self.book)

    def file(self, name: str) -> Path:
        """The student's file, under the number that it was written with; a new one has that of today."""
        there = answers(self.path, [name]) if self.path.exists() else {}
        return there.get(name, self.path / self.book.filename(name))

    def save(self) -> None:
        self.record.write(self.path)

    def start(self) -> int:
        """Write the files that are not there yet; how many that were."""
        self.path.mkdir(parents=True, exist_ok=True)
        missing = [exercise for exercise in self.book if not self.file(exercise.name).exists()]
        for exercise in missing:
            self.file(exercise.name).write_text(exercise.file(), encoding="utf-8")
        self.save()
        return len(missing)

    def current(self) -> str | None:
        """The first exercise that has not been passed; None when all have."""
        return next((e.name for e in self.book if not self.progress(e.name).passed), None)

    def check(self, name: str, seconds: float = SECONDS, runner: Runner | None = None) -> Result:
        """Check an exercise and note the attempt."""
        exercise, path, progress = self.book[name], self.file(name), self.progress(name)
        result = runner.check_file(exercise, path, seconds) if runner else check_file(exercise, path, seconds)
        if result.state == "missing":
            return result
        progress.last_state, progress.last_kinds = result.state, result.kinds
        with suppress(OSError):  # it was there a moment ago
            self._note(result, _fingerprint(path.read_bytes()), _fingerprint(exercise.file().encode()), progress)
        self.save()
        return result

    @staticmethod
    def _note(result: Result, version: str, stub: str, progress: Progress) -> None:
        if result.state != "todo" and version != stub:
            progress.attempts += 1
            if not result.passed and version not in progress.versions:
                progress.versions.append(version)
        if result.passed and not progress.passed:
            progress.passed, progress.passed_at = True, datetime.now(UTC).isoformat(timespec="seconds")

    def hint(self, name: str) -> tuple[int, str]:
        """The next hint and its number; the last one again and again after that.

        Raises:
            LookupError: the exercise has none.
        """
        progress, hints = self.progress(name), self.book[name].hints
        if not hints:
            raise LookupError(f"{name} has no hints")
        progress.hints = min(progress.hints + 1, len(hints))
        self.save()
        return progress.hints, hints[progress.hints - 1]

    def reset(self, name: str) -> Path | None:
        """Begin anew; the student's file is kept under another name, which is returned."""
        path, kept = self.file(name), None
        if path.exists():
            kept = next(p for i in range(1, 10_000) if not (p := path.with_suffix(f".old{i}.py")).exists())
            path.rename(kept)
        path.write_text(self.book[name].file(), encoding="utf-8")
        return kept

    def may_see_solution(self, name: str) -> tuple[bool, str]:
        """Whether the solution may be shown, and why."""
        if not self.book[name].solution:
            return False, "The solution has not been handed out."
        progress = self.progress(name)
        tried = len(progress.versions)
        if progress.passed:
            return True, "you have passed"
        if tried >= HONEST:
            return True, f"{tried} honest attempts"
        return False, (
            f"The solution is shown once you have passed, or after {HONEST} different attempts; so far there "
            f"{'is' if tried == 1 else 'are'} {tried}."
        )

    def solution(self, name: str) -> str:
        """The reference solution."""
        self.progress(name).solution_shown = True
        self.save()
        return self.book[name].solution
