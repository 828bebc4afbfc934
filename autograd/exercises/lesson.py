"""Exercises in a notebook: what is returned is shown as rich text there, and as plain text elsewhere."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .book import Book, book
from .document import Document
from .reports import describe
from .sandbox import Result, guarded
from .terminal import MARKS, WORDS, Screen, report


class Shown:
    """Something to look at, in the forms that notebooks and terminals ask for."""

    def __init__(self, document: Document, text: str) -> None:
        self._document, self._text = document, text.rstrip()

    def __repr__(self) -> str:
        return self._text

    def _repr_markdown_(self) -> str:
        return self._document.markdown()

    def _repr_html_(self) -> str:
        return self._document.fragment()


class Checked(Shown):
    """The outcome of a check, which is true if the answer passed; `result` has the details."""

    def __init__(self, document: Document, text: str, result: Result) -> None:
        super().__init__(document, text)
        self.result = result

    def __bool__(self) -> bool:
        return self.result.passed

    @property
    def passed(self) -> bool:
        """Whether everything was right."""
        return self.result.passed

    @property
    def kinds(self) -> list[str]:
        """The kinds of everything that was found wrong."""
        return self.result.kinds


class Lesson:
    """A sitting: exercises, and what has been tried of them since it began.

    Args:
        own: folders of a teacher's exercises.
        only: the names of those that are set; all if none is given.
    """

    def __init__(self, own: Sequence[str | Path] = (), only: Sequence[str] = ()) -> None:
        self._own, self._only = own, only
        self._book: Book | None = None
        self._passed: set[str] = set()
        self._hints: dict[str, int] = {}

    @property
    def book(self) -> Book:
        """The exercises; they are read when they are first asked for."""
        if self._book is None:
            self._book = book([Path(each) for each in self._own], self._only)
        return self._book

    def show(self, name: str | int) -> Shown:
        """The statement of an exercise, and what to begin with."""
        exercise = self.book[name]
        document = Document()
        document.heading(exercise.title, 3)
        document.code(exercise.text.strip("\n"))
        document.code(f"{exercise.given}\n\n\n{exercise.stub}")
        return Shown(document, exercise.file())

    def check(self, name: str | int, /, **names: Any) -> Checked:
        """Check functions that were defined elsewhere, for example in a notebook; after a pass the solution is shown.

        They run in this very process, without the limits of the command line's.
        """
        exercise = self.book[name]
        file = next((f.__code__.co_filename for f in names.values() if hasattr(f, "__code__")), "")
        given: dict[str, Any] = {"DIAGNOSIS": ""}
        result = guarded(lambda module: module.update(given | names), exercise, file)
        document, stream = Document(), io.StringIO()
        document.heading(f"{MARKS[result.state][0]} {exercise.name}, {exercise.title}: {WORDS[result.state]}", 4)
        describe(document, exercise, result)
        report(Screen(stream), exercise, result)
        if result.passed:
            self._passed.add(exercise.name)
            if exercise.solution:
                document.paragraph("A solution:")
                document.code(exercise.solution)
            document.paragraph(f"{len(self._passed)} of {len(self.book)} passed.")
        return Checked(document, stream.getvalue(), result)

    def hint(self, name: str | int) -> Shown:
        """The next hint; the last one again and again after that."""
        exercise = self.book[name]
        if not exercise.hints:
            raise LookupError(f"{exercise.name} has no hints")
        n = self._hints[exercise.name] = min(self._hints.get(exercise.name, 0) + 1, len(exercise.hints))
        return _paragraph(f"Hint {n} of {len(exercise.hints)}: {exercise.hints[n - 1]}")

    def solution(self, name: str | int) -> Shown:
        """The solution, once the exercise has been passed."""
        exercise = self.book[name]
        if exercise.name not in self._passed:
            return _paragraph(f'The solution is shown once you have passed; hint("{exercise.name}") may help.')
        document = Document()
        document.code(exercise.solution)
        return Shown(document, exercise.solution)

    def progress(self) -> Shown:
        """Every exercise, and whether it has been passed in this sitting."""
        rows = [("✓" if e.name in self._passed else "·", e.name, e.title) for e in self.book]
        document = Document()
        document.table(["", "exercise", ""], rows)
        document.paragraph(f"{len(self._passed)} of {len(self.book)} passed.")
        lines = [f"{mark} {name:<18} {title}" for mark, name, title in rows]
        return Shown(document, "\n".join([*lines, f"{len(self._passed)} of {len(self.book)} passed"]))


def _paragraph(text: str) -> Shown:
    document = Document()
    document.paragraph(text)
    return Shown(document, text)


def show(name: str | int) -> Shown:
    """The statement of a built-in exercise, and what to begin with."""
    return Lesson().show(name)


def check(name: str | int, /, **names: Any) -> Checked:
    """Check the functions that a built-in exercise asks for, given by name."""
    return Lesson().check(name, **names)
