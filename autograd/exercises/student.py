"""The commands of a student."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from .folder import Folder
from .record import RECORD
from .runner import Runner
from .sandbox import Result
from .terminal import Screen, indented, report

COMMAND = os.environ.get("CHAINRULE_EXERCISES", "python -m autograd.exercises")  # run.py has another way in
DEFAULT = "exercises"


def usual_folder() -> Path:
    """The student's folder where none is named: this one if it holds a record."""
    return Path() if Path(RECORD).exists() else Path(DEFAULT)


def command(folder: Folder) -> str:
    """What is to be typed before the name of a command."""
    return COMMAND if folder.path == usual_folder() else f"{COMMAND} --folder {shlex.quote(str(folder.path))}"


def start(screen: Screen, folder: Folder) -> int:
    """Write what is missing and say where to begin."""
    new = folder.start()
    screen.line(f"{new} exercises written to {folder.path.resolve()}; what was there has been left alone.")
    name = folder.current()
    if name is not None:
        screen.line(f"Open {folder.file(name)}, read the text at its top, and complete the function. Then run")
        screen.line(f"  {command(folder)} check         to have it checked, or")
        screen.line(f"  {command(folder)} watch         to have it checked whenever you save")
    return 0


def check(screen: Screen, folder: Folder, name: str, seconds: float, runner: Runner | None = None) -> int:
    """Check once, and say what to do next."""
    result = folder.check(name, seconds, runner)
    report(screen, folder.book[name], result)
    what_next(screen, folder, name, result)
    return 0 if result.passed else 1


def what_next(screen: Screen, folder: Folder, name: str, result: Result) -> None:
    """The next step, in a line."""
    if not result.passed:
        if result.state == "failed" and folder.book[name].hints:
            screen.line(f"  Stuck?  {command(folder)} hint {name}", "dim")
        if result.state != "todo" and folder.may_see_solution(name)[0]:
            screen.line(f"  {' ' * 7} {command(folder)} solution {name}", "dim")
        return
    upcoming = folder.current()
    if upcoming is None:
        screen.line(f"All {len(folder.book)} exercises passed. Well done!", "bold green")
    else:
        screen.line(f"  {folder.passed} of {len(folder.book)} passed. Next: {upcoming}, {folder.book[upcoming].title}")
        screen.line(f"  {folder.file(upcoming)}")


def hint(screen: Screen, folder: Folder, name: str) -> int:
    """One more hint."""
    which, text = folder.hint(name)
    exercise = folder.book[name]
    screen.line(f"Hint {which} of {len(exercise.hints)} for {name}, {exercise.title}:", "bold")
    screen.line(indented(text, "  "))
    return 0


def reset(screen: Screen, folder: Folder, name: str) -> int:
    """The stub again; the old file stays."""
    kept = folder.reset(name)
    screen.line(f"{folder.file(name)} is as it was in the beginning." + (f" Yours is now {kept.name}." if kept else ""))
    return 0


def solution(screen: Screen, folder: Folder, name: str) -> int:
    """The solution, if it has been earned."""
    allowed, why = folder.may_see_solution(name)
    if not allowed:
        screen.line(why)
        if folder.book[name].hints:
            screen.line(f"A hint may help:  {command(folder)} hint {name}")
        return 1
    screen.line(f"A solution of {name}, {folder.book[name].title} ({why}):", "bold")
    screen.code(folder.solution(name))
    return 0


def listed(screen: Screen, folder: Folder) -> int:
    """A line for each exercise."""
    chapter, current = "", folder.current()
    width = max(len(exercise.name) for exercise in folder.book)
    for number, exercise in enumerate(folder.book, 1):
        progress = folder.progress(exercise.name)
        if exercise.chapter != chapter:
            chapter = exercise.chapter
            screen.line(f"\n{chapter}", "bold")
        mark = "✓" if progress.passed else "›" if exercise.name == current else "·"
        counts = (("attempt", progress.attempts), ("hint", progress.hints))
        tried = ", ".join(f"{count} {what}{'s' * (count != 1)}" for what, count in counts if count)
        line = f"  {mark} {number:2}  {exercise.name:<{width}}  {exercise.title:<44}{tried}"
        screen.line(line.rstrip(), "green" if progress.passed else "")
    screen.line(f"\n{folder.passed} of {len(folder.book)} passed")
    return 0
