"""What a teacher gets: a table, a summary of the class, and for each student a report to hand back."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, count, zip_longest
from pathlib import Path
from typing import TextIO

from .book import Book
from .document import Document, Link
from .form import Exercise
from .grade import TABLE, Graded
from .sandbox import Result, clean
from .terminal import MARKS, WORDS

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet begins to compute
_LONGEST, _WIDEST = 200, 120  # lines of an answer that are shown, and columns
_STATES = ("passed", "failed", "error", "todo", "missing")


def why(result: Result) -> str:
    """The reason for a zero, in a line; empty for a pass."""
    if result.passed:
        return ""
    wrong = next((finding for finding in result.findings if not finding.passed), None)
    message = wrong.message if wrong and not result.message else result.message
    first = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return f"wrong: {first}" if result.state == "failed" else first


def table(path: Path) -> TextIO:
    """A file for a table, with the mark at its beginning by which spreadsheets know UTF-8."""
    return path.open("w", encoding="utf-8-sig", newline="")


def write_csv(sink: TextIO, book: Book, graded: Iterable[Graded]) -> None:
    """One line for each student: for each exercise 1 or 0, why, and the attempts and hints of the student's record."""
    writer = csv.writer(sink)
    columns = [f"{name}{what}" for name in book.exercises for what in ("", "_why", "_attempts", "_hints")]
    writer.writerow(["student", "passed", "of", *columns, "note"])
    for one in graded:
        cells: list[object] = []
        for name in book.exercises:
            result, progress = one.results[name], one.record.of(name)
            cells += [int(result.passed), why(result), progress.attempts, progress.hints]
        writer.writerow([_cell(cell) for cell in (one.name, one.passed, len(book), *cells, "; ".join(one.notes))])


def _cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def write_reports(folder: Path, book: Book, graded: Sequence[Graded]) -> None:
    """grades.csv, class.md and class.html, and in students/ a report for each as Markdown and HTML."""
    own = folder / "students"
    own.mkdir(parents=True, exist_ok=True)
    with table(folder / TABLE) as sink:
        write_csv(sink, book, graded)
    names = _names(graded)
    for name, one in zip(names, graded, strict=True):
        _write(own / name, student_report(book, one))
    _write(folder / "class", summary(book, graded, [f"{own.name}/{name}.html" for name in names]))


def _names(graded: Sequence[Graded]) -> list[str]:
    """What each student's report is called; no two alike, also where capitals do not count."""
    names: list[str] = []
    used: set[str] = set()
    for one in graded:
        plain = re.sub(r"[^\w-]", "_", one.name)[:80]
        numbered = (f"{plain}_{n}" for n in count(2))
        name = next(each for each in chain([plain], numbered) if each.lower() not in used)
        used.add(name.lower())
        names.append(name)
    return names


def _write(path: Path, document: Document) -> None:
    path.with_suffix(".md").write_text(document.markdown(), encoding="utf-8")
    path.with_suffix(".html").write_text(document.page(), encoding="utf-8")


def summary(book: Book, graded: Sequence[Graded], pages: Sequence[str] = ()) -> Document:
    """The class: who passed how many and which, how each exercise went, and which mistakes were made by whom.

    Args:
        book: the exercises that were set.
        graded: the students.
        pages: the addresses of their reports.
    """
    document = Document(f"{len(graded)} student{'s' * (len(graded) != 1)}, {len(book)} exercises")
    document.table(
        ["student", "passed", *_STATES[1:], "notes"],
        [
            [
                Link(one.name, page) if page else one.name,
                one.passed,
                *_counts(one.results.values()),
                "; ".join(one.notes),
            ]
            for one, page in zip_longest(graded, pages)
        ],
    )
    document.heading("Who passed what")
    document.table(
        ["exercise", *(one.name for one in graded)],
        [[e.name, *(MARKS[one.results[e.name].state][0] for one in graded)] for e in book],
    )
    document.heading("Exercises")
    document.table(
        ["exercise", "passed", *_STATES[1:]],
        [
            [e.name, sum(o.results[e.name].passed for o in graded), *_counts(o.results[e.name] for o in graded)]
            for e in book
        ],
    )
    document.heading("Mistakes")
    made: dict[tuple[str, str], list[str]] = {}
    for exercise in book:
        for one in graded:
            result = one.results[exercise.name]
            if result.state in ("failed", "error"):
                made.setdefault((exercise.name, why(result)), []).append(one.name)
    if not made:
        document.paragraph("None.")
    else:
        most = sorted(made.items(), key=lambda item: -len(item[1]))
        rows = [(len(who), name, reason, ", ".join(who)) for (name, reason), who in most]
        document.table(["times", "exercise", "what", "who"], rows)
    return document


def _counts(results: Iterable[Result]) -> list[int]:
    counted = Counter(result.state for result in results)
    return [counted[state] for state in _STATES[1:]]


def student_report(book: Book, one: Graded) -> Document:
    """What is handed back: every exercise with its outcome, and of what did not pass everything that was found."""
    document = Document(f"{one.name}: {one.passed} of {len(book)}")
    for note in one.notes:
        document.paragraph(f"Note: {note}")
    document.table(
        ["", "exercise", "", "why"],
        [
            [MARKS[result.state][0], exercise.name, WORDS[result.state], why(result)]
            for exercise in book
            for result in [one.results[exercise.name]]
        ],
    )
    for exercise in book:
        result = one.results[exercise.name]
        if result.state in ("failed", "error"):
            document.heading(f"{exercise.name}: {exercise.title}")
            describe(document, exercise, result)
            if source := one.sources.get(exercise.name):
                document.paragraph("The answer:")
                document.code(numbered(exercise, source))
    return document


def numbered(exercise: Exercise, source: str) -> str:
    """An answer below what was given, with the numbers of the lines that messages name."""
    given = exercise.given.strip()
    above, handed_out, _ = source.partition(given) if given else ("", "", source)
    first = (above + handed_out).count("\n") + 1 if handed_out else 0
    lines = source.splitlines()[first:]
    blank = next((i for i, line in enumerate(lines) if line.strip()), 0)
    shown = [f"{number:4}  {line}".rstrip() for number, line in enumerate(lines, first + 1)][blank:]
    more = f"      … and {len(shown) - _LONGEST} lines more"
    return clean("\n".join([*shown[:_LONGEST], *([more] if len(shown) > _LONGEST else [])]), _WIDEST * _LONGEST)


def describe(document: Document, exercise: Exercise, result: Result) -> None:
    """Everything that a check said."""
    for finding in result.findings:
        document.paragraph(f"{'✓' if finding.passed else '✗'} {finding.title}")
        if finding.message:
            document.code(finding.message)
    if result.message:
        document.code(result.message)
    if result.printed:
        document.paragraph("Your code printed:")
        document.code(result.printed)
    if result.state == "failed" and exercise.hints:
        document.paragraph(f"A hint: {exercise.hints[0]}")
