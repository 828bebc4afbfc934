"""The record of what was tried, as JSON in the student's folder, by the names of the exercises."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RECORD = "results.json"
_LARGEST = 2**20  # bytes
# Version 1 numbered the exercises; these were they.
_NUMBERED = """
    sigmoid tanh chain network fan_out value bias unbroadcast mean matmul transpose gather max linear cross_entropy layer_norm
    batch_norm convolution attention neuron mean_square scale embedding relu layer hvp custom fixed_point newton straight_through
""".split()


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


@dataclass
class Record:
    """Progress by name, where a teacher's exercises lie (relative to the folder), and which were chosen."""

    progress: dict[str, Progress] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)

    def of(self, name: str) -> Progress:
        """The progress in an exercise, which begins when it is first asked for."""
        return self.progress.setdefault(name, Progress())

    def write(self, folder: Path) -> None:
        """Write the record, whole or not at all."""
        entries = {name: asdict(progress) for name, progress in self.progress.items()}
        fields = {"version": 2, "own": self.own, "only": self.only, "exercises": entries}
        new = (folder / RECORD).with_suffix(".new")
        new.write_text(json.dumps(fields, indent=1), encoding="utf-8")
        new.replace(folder / RECORD)


def read_record(folder: Path) -> Record:
    """The record in a folder; an empty one where there is none. Version 1, by number, is understood.

    Raises:
        ValueError: the file is there, and is no such record.
    """
    path = folder / RECORD
    if not path.exists():
        return Record()
    try:
        with path.open("rb") as file:
            fields = json.loads(file.read(_LARGEST))  # a longer one is cut, and no JSON then
        names = {str(n): name for n, name in enumerate(_NUMBERED, 1)} if fields["version"] == 1 else {}
        progress = {names.get(key, key): _progress(entry) for key, entry in fields["exercises"].items()}
        return Record(progress, _words(fields.get("own", [])), _words(fields.get("only", [])))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        words = f"{type(error).__name__}: {error}"[:200]
        raise ValueError(f"{path} is damaged ({words}): move it away, and the record begins anew") from error


def _progress(entry: dict[str, Any]) -> Progress:
    progress = Progress(**entry)
    for name, default in asdict(Progress()).items():
        value = getattr(progress, name)
        if type(value) is not type(default):
            raise TypeError(f"{name} is {value!r}")
    _words(progress.last_kinds)
    _words(progress.versions)
    return progress


def _words(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"a list of words is needed, not {values!r}")
    return values
