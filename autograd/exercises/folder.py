"""A student's folder: one file for each exercise, and the record of what was tried, as JSON."""

from __future__ import annotations

import ast
import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .book import EXERCISES, exercise, filename
from .runner import SECONDS, check_file
from .sandbox import Result

RECORD = "results.json"
HONEST = 3  # attempts before the solution is shown


@dataclass
class Progress:
    """The record of one exercise: `versions` are fingerprints of the different answers that were tried."""

    passed: bool = False
    attempts: int = 0
    hints: int = 0
    solution_shown: bool = False
    last_state: str = ""
    last_kinds: list[str] = field(default_factory=list)
    passed_at: str = ""
    versions: list[str] = field(default_factory=list)


def _fingerprint(source: bytes) -> str:
    """The same for answers that differ in comments and blanks only."""
    with suppress(SyntaxError, ValueError):  # what cannot be parsed is told apart by its bytes
        source = ast.dump(ast.parse(source)).encode()
    return hashlib.sha256(source).hexdigest()[:16]


class Folder:
    """The exercises in a folder; nothing that a student wrote is ever overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.progress = {number: Progress() for number in range(1, len(EXERCISES) + 1)}
        if self.record.exists():
            try:
                stored = json.loads(self.record.read_text(encoding="utf-8"))["exercises"]
                self.progress |= {int(number): Progress(**entry) for number, entry in stored.items()}
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{self.record} is damaged ({error}): move it away, and the record begins anew"
                ) from error

    @property
    def record(self) -> Path:
        return self.path / RECORD

    @property
    def exists(self) -> bool:
        return self.record.exists()

    def file(self, number: int) -> Path:
        return self.path / filename(number)

    def save(self) -> None:
        """Write the record, whole or not at all."""
        entries = {str(number): asdict(progress) for number, progress in self.progress.items()}
        new = self.record.with_suffix(".new")
        new.write_text(json.dumps({"version": 1, "exercises": entries}, indent=1), encoding="utf-8")
        new.replace(self.record)

    def start(self) -> int:
        """Write the files that are not there yet; how many that were."""
        self.path.mkdir(parents=True, exist_ok=True)
        missing = [number for number in self.progress if not self.file(number).exists()]
        for number in missing:
            self.file(number).write_text(exercise(number).file(number), encoding="utf-8")
        self.save()
        return len(missing)

    def current(self) -> int | None:
        """The first exercise that has not been passed; None when all have."""
        return next((number for number, progress in self.progress.items() if not progress.passed), None)

    def check(self, number: int, seconds: float = SECONDS) -> Result:
        """Check an exercise and note the attempt."""
        path, progress = self.file(number), self.progress[number]
        if not path.exists():
            return Result("error", f"{path} is not there: `start` writes it again.")
        result = check_file(number, path, seconds)
        progress.last_state, progress.last_kinds = result.state, result.kinds
        version = _fingerprint(path.read_bytes())
        if result.state != "todo" and version != _fingerprint(exercise(number).file(number).encode()):
            progress.attempts += 1
            if not result.passed and version not in progress.versions:
                progress.versions.append(version)
        if result.passed and not progress.passed:
            progress.passed, progress.passed_at = True, datetime.now(UTC).isoformat(timespec="seconds")
        self.save()
        return result

    def hint(self, number: int) -> tuple[int, str]:
        """The next hint and its number; the last one again and again after that."""
        progress, hints = self.progress[number], exercise(number).hints
        progress.hints = min(progress.hints + 1, len(hints))
        self.save()
        return progress.hints, hints[progress.hints - 1]

    def reset(self, number: int) -> Path | None:
        """Begin anew; the student's file is kept under another name, which is returned."""
        path, kept = self.file(number), None
        if path.exists():
            kept = next(p for i in range(1, 10_000) if not (p := path.with_suffix(f".old{i}.py")).exists())
            path.rename(kept)
        path.write_text(exercise(number).file(number), encoding="utf-8")
        return kept

    def may_see_solution(self, number: int) -> tuple[bool, str]:
        """Whether the solution may be shown, and why."""
        progress = self.progress[number]
        tried = len(progress.versions)
        if progress.passed:
            return True, "you have passed"
        if tried >= HONEST:
            return True, f"{tried} honest attempts"
        return False, (
            f"The solution is shown once you have passed, or after {HONEST} different attempts; so far there "
            f"{'is' if tried == 1 else 'are'} {tried}."
        )

    def solution(self, number: int) -> str:
        """The reference solution."""
        self.progress[number].solution_shown = True
        self.save()
        return exercise(number).solution.strip()
