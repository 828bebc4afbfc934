"""All exercises in order: the built-in ones as lessons/order.toml lists them, and a teacher's own after them."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from .form import FORM, Exercise, load

LESSONS = Path(__file__).with_name("lessons")
OWN = "Your teacher's"


class Book:
    """Exercises in their order, each found by its name."""

    def __init__(self, exercises: Iterable[Exercise]) -> None:
        self.exercises: dict[str, Exercise] = {}
        for exercise in exercises:
            if exercise.name in self.exercises:
                raise ValueError(f"{exercise.folder}: there is an exercise {exercise.name} already; rename the folder")
            self.exercises[exercise.name] = exercise

    def __iter__(self) -> Iterator[Exercise]:
        return iter(self.exercises.values())

    def __len__(self) -> int:
        return len(self.exercises)

    def __getitem__(self, key: str | int) -> Exercise:
        """The exercise of a name, or the n-th.

        Raises:
            LookupError: there is none; a name that is nearly right is suggested.
        """
        if isinstance(key, int) or str(key).isdigit():
            if 1 <= int(key) <= len(self):
                return list(self)[int(key) - 1]
            raise LookupError(f"there is no exercise {key}: they go from 1 to {len(self)}")
        if key in self.exercises:
            return self.exercises[key]
        near = difflib.get_close_matches(str(key), self.exercises, 1)
        advice = f"did you mean {near[0]}?" if near else "`list` shows all of them"
        raise LookupError(f"there is no exercise {key}: {advice}")

    def number(self, name: str) -> int:
        """The place of an exercise, counted from 1."""
        return list(self.exercises).index(name) + 1

    def filename(self, name: str) -> str:
        """``07_bias.py``: the number is there to sort by."""
        return f"{self.number(name):02}_{name}.py"


@cache
def built_in() -> Book:
    """The exercises that come with this package."""
    order = tomllib.loads((LESSONS / "order.toml").read_text(encoding="utf-8"))
    return Book(
        replace(load(LESSONS / name), chapter=chapter["title"])
        for chapter in order["chapters"]
        for name in chapter["exercises"]
    )


def book(own: Sequence[Path] = (), only: Sequence[str] = ()) -> Book:
    """The built-in exercises and those in the folders `own`, or `only` some of them, in that order.

    Each of `own` is the folder of an exercise, or one that holds such folders.

    Raises:
        ValueError: a folder is no exercise, or two have one name.
        LookupError: `only` names one that there is not.
    """
    every = Book([*built_in(), *(replace(load(folder), chapter=OWN) for path in own for folder in folders(path))])
    return Book(every[name] for name in only) if only else every


def folders(path: Path) -> list[Path]:
    """The exercises' folders in `path`, in the order of their names; or itself, if it is one."""
    found = [path] if (path / FORM).exists() else sorted(each.parent for each in path.glob(f"*/{FORM}"))
    if not path.exists():
        raise ValueError(
            f"{path.absolute()} is not there: a teacher's exercises lie where they lay when `start` was told of them"
        )
    if not found:
        raise ValueError(f"{path} holds no exercise: one is a folder with {FORM}, which `new NAME` writes")
    return found
