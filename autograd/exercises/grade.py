"""Grades the folders of many students: every answer is run again, several at a time."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from .book import OWN, Book, built_in
from .folder import answers, submissions
from .form import FORM, Exercise
from .notebooks import Notebook, read_notebook
from .record import RECORD, Record, read_record
from .runner import SECONDS, Runner, read
from .sandbox import Result, clean

_NAMED = 5  # files in a note
TABLE = "grades.csv"  # in the folder of reports


@dataclass
class Graded:
    """A student: for each exercise a result, the student's own record, what was odd about the folder, and what was run."""

    name: str
    results: dict[str, Result] = field(default_factory=dict)
    record: Record = field(default_factory=Record)
    notes: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """How many answers passed."""
        return sum(result.passed for result in self.results.values())


def students(folder: Path, book: Book) -> list[Path]:
    """The folders inside `folder`, all of them if any holds answers, so that nobody is left out, and the notebooks beside them.

    Where there are no such folders: the notebooks in `folder`, one for each student, or `folder` itself if it is one student's.
    """
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and not _aside(path)]
    notebooks = [path for path in sorted(folder.glob("*.ipynb")) if path.is_file()]
    several = any(_holds_answers(path, book) for path in inside)
    if several or (notebooks and not _holds_files(folder, book)):
        return sorted([*(inside if several else ()), *notebooks])
    return [folder] if _holds_answers(folder, book) else []


def _aside(path: Path) -> bool:
    """Whether a folder is nobody's: hidden, Python's, exercises, or the reports of an earlier grading."""
    try:
        ours = (path / TABLE).exists() or (path / FORM).exists() or any(path.glob(f"*/{FORM}"))
    except OSError:
        return False
    return ours or path.name.startswith((".", "__"))


def _holds_answers(path: Path, book: Book) -> bool:
    try:
        return _holds_files(path, book) or any(path.glob("*.ipynb"))
    except OSError:
        return True  # a student whose folder cannot be read is not passed over in silence


def _holds_files(path: Path, book: Book) -> bool:
    return (path / RECORD).exists() or bool(answers(path, list(book.exercises)))


def _inner(path: Path, book: Book) -> Path:
    """The student's folder, or the only one inside it that holds answers, where it holds none itself."""
    if _holds_answers(path, book):
        return path
    inside = [
        each
        for each in sorted(path.iterdir())
        if each.is_dir() and not each.is_symlink() and _holds_answers(each, book)
    ]
    return inside[0] if len(inside) == 1 else path


def grade(folder: Path, book: Book, seconds: float = SECONDS, jobs: int = 1) -> Iterator[Graded]:
    """Each student of a class as soon as the last answer has been checked.

    Equal answers to one exercise are run once.
    """
    graded, waiting = [], {}
    tasks: dict[tuple[str, str], list[Graded]] = {}
    for path in students(folder, book):
        student = Graded(clean(path.resolve().name if path.is_dir() else path.stem))
        graded.append(student)
        sources = student.sources = _submitted(path, book, student)
        waiting[id(student)] = len(sources)
        for name, source in sources.items():
            tasks.setdefault((name, source), []).append(student)
    yield from (student for student in graded if not waiting[id(student)])
    for key, result in _results(book, list(tasks), seconds, jobs):
        for student in tasks[key]:
            student.results[key[0]] = result
            waiting[id(student)] -= 1
            if not waiting[id(student)]:
                yield student


def faulty(book: Book, seconds: float = SECONDS) -> list[str]:
    """What is wrong with a teacher's own exercises: those whose own solution does not pass give everybody a zero."""
    found = []
    with Runner(advised=False) as runner:
        for exercise in book:
            if exercise.chapter == OWN and exercise.solution:
                result = runner.check(exercise, exercise.file(exercise.solution), "solution.py", seconds)
                if not result.passed:
                    found.append(f"{exercise.name}: its own solution does not pass, and nobody can: `verify` says why")
    return found


def _results(
    book: Book, tasks: list[tuple[str, str]], seconds: float, jobs: int
) -> Iterator[tuple[tuple[str, str], Result]]:
    """The result of each exercise and source; all answers to an exercise are run by one process, which knows it then."""
    names = list(dict.fromkeys(name for name, _ in tasks))
    runners = [Runner(rehearsed=True) for _ in range(max(1, min(jobs, len(names))))]
    idle: queue.SimpleQueue[Runner] = queue.SimpleQueue()
    for runner in runners:
        idle.put(runner)
    stopped = threading.Event()

    def run(name: str) -> list[tuple[tuple[str, str], Result]]:
        runner = idle.get()
        try:
            mine = (key for key in tasks if key[0] == name and not stopped.is_set())
            return [(key, runner.check(book[name], key[1], f"{name}.py", seconds)) for key in mine]
        finally:
            idle.put(runner)

    with ThreadPoolExecutor(len(runners)) as threads:
        try:
            for future in as_completed([threads.submit(run, name) for name in names]):
                yield from future.result()
        finally:
            stopped.set()
            threads.shutdown(cancel_futures=True)
            for runner in runners:
                runner.close()


def _submitted(path: Path, book: Book, student: Graded) -> dict[str, str]:
    """The sources of a student by exercise, from a folder or a notebook; what cannot be run has its result already."""
    files, notebooks, alone = {}, [], path.is_file()
    try:
        path = path if alone else _inner(path, book)
        student.record = Record() if alone else read_record(path)
    except (ValueError, OSError) as error:
        student.notes.append(clean(str(error)))
    try:
        every = {} if alone else submissions(path, list(book.exercises))
        files = {name: paths[0] for name, paths in every.items()}
        for name, (first, *others) in every.items():
            if others:
                student.notes.append(
                    clean(f"Of {name} counts {first.name}, and not {', '.join(p.name for p in others)}")
                )
        books = [path] if alone else sorted(path.glob("*.ipynb"))
        notebooks = [_notebook(file, file.parent, student) for file in books]
        strange = [] if alone else _of_no_exercise(path, book)
    except OSError as error:
        student.notes.append(clean(f"The folder cannot be read: {error}"))
    else:
        if strange and len(files) < len(book):
            names = ", ".join([each.name for each in strange[:_NAMED]] + ["…"] * (len(strange) > _NAMED))
            student.notes.append(clean(f"Of no exercise by their names: {names}. An answer is called {_called(book)}"))
        elif not files and not notebooks:
            student.notes.append(
                f"No file is an answer: one is called as it was handed out, {_called(book)}, or NAME.ipynb"
            )
    sources = {}
    for exercise in book:
        found = _source(exercise, path, files.get(exercise.name), [n for n in notebooks if n])
        if isinstance(found, Result):
            student.results[exercise.name] = found
        else:
            sources[exercise.name] = found
    return sources


def _of_no_exercise(folder: Path, book: Book) -> list[Path]:
    """Files with Python whose names say of no exercise, set or not, that they are its answer."""
    known = submissions(folder, [*book.exercises, *built_in().exercises])
    return sorted({*folder.glob("*.py")} - {path for paths in known.values() for path in paths})


def _called(book: Book) -> str:
    """A name that an answer may have."""
    return next((book.filename(exercise.name) for exercise in book), "")


def _source(exercise: Exercise, folder: Path, file: Path | None, notebooks: list[Notebook]) -> str | Result:
    """The answer to one exercise: from its file, or else from a notebook."""
    if file is None:
        for notebook in notebooks:
            source = notebook.answer(exercise)
            if source is not None:
                return source
        unread = [cell.words for notebook in notebooks for cell in notebook.unreadable if cell.mentions(exercise.asked)]
        if unread:
            return Result("error", clean(f"Python cannot read {'; nor '.join(unread)}."))
        where = f"no cell defines {' or '.join(exercise.asked)}" if notebooks else f"no file …{exercise.name}.py"
        return Result("missing", f"Missing: {where}.")
    try:
        _stay(file, folder)
        return read(file)
    except (OSError, ValueError, SyntaxError) as error:
        return Result("error", clean(f"The file cannot be read as text: {error}"))


def _notebook(file: Path, folder: Path, student: Graded) -> Notebook | None:
    try:
        _stay(file, folder)
        return read_notebook(file)
    except (OSError, ValueError) as error:
        student.notes.append(clean(f"{file.name} cannot be read: {error}"))
        return None


def _stay(file: Path, folder: Path) -> None:
    """A link to somebody else's answer is no answer."""
    if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):  # no error for a circle of links
        raise OSError(f"{file.name} is a link that leads out of the folder")
