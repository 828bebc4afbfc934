"""Thirty exercises on derivatives, in your own folder, checked as you go."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .book import EXERCISES, exercise
from .folder import RECORD, Folder
from .grade import grade, students
from .runner import SECONDS
from .sandbox import Result
from .terminal import Screen, indented, report

COMMAND = "python -m autograd.exercises"
DEFAULT = "exercises"
_EPILOG = f"""\
a first session:
  {COMMAND} start         write the exercises into ./{DEFAULT}
  {COMMAND} watch         then open the first file in your editor, and save it

exit status: 0 passed or done, 1 not right yet, 2 the command could not be carried out
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    p = argparse.ArgumentParser(
        prog=COMMAND, description=__doc__, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument(
        "--folder", type=Path, help=f"your folder (default: this one if it holds {RECORD}, else ./{DEFAULT})"
    )
    p.add_argument("--seconds", type=float, default=SECONDS, help="time limit of one check (default %(default)g)")
    commands = p.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("start", help="write the exercises that are not there yet")
    numbered = {
        "check": "check an exercise (by default the first that has not been passed)",
        "watch": "check again whenever you save, and go on to the next exercise when one passes",
        "hint": "the next of three hints",
        "reset": "begin an exercise anew; your file is kept under another name",
        "solution": "the solution, once you have passed or have made three different attempts",
    }
    for name, help_text in numbered.items():
        sub = commands.add_parser(name, help=help_text, description=help_text)
        sub.add_argument("number", type=int, nargs="?", help="number of the exercise")
    commands.add_parser("progress", help="what has been passed")
    sub = commands.add_parser("grade", help="check the folders of many students again, and print a table as CSV")
    sub.add_argument("students", type=Path, help="a folder with one folder for each student")
    sub.add_argument("--csv", type=Path, help="write the table to this file")
    return p


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    options = parser().parse_args(arguments)
    screen = Screen()
    try:
        return run(screen, options)
    except BrokenPipeError:  # nobody reads on, as in  … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (LookupError, ValueError, OSError) as error:
        sys.stderr.write(f"{COMMAND}: {error}\n")
        return 2
    except KeyboardInterrupt:
        screen.line("\nStopped; your work is saved.")
        return 0


def run(screen: Screen, options: argparse.Namespace) -> int:
    """The command that the command line names."""
    if options.command == "grade":
        return grade_all(screen, options)
    folder = Folder(options.folder or (Path() if Path(RECORD).exists() else Path(DEFAULT)))
    if options.command == "start":
        return start(screen, folder)
    if not folder.exists:
        raise LookupError(f"there are no exercises in {folder.path.resolve()}: run  {COMMAND} start  first")
    if options.command == "progress":
        return progress(screen, folder)
    number = options.number or folder.current() or len(EXERCISES)
    exercise(number)
    return _COMMANDS[options.command](screen, folder, number, options.seconds)


def start(screen: Screen, folder: Folder) -> int:
    """Write what is missing and say where to begin."""
    new = folder.start()
    screen.line(f"{new} exercises written to {folder.path.resolve()}; what was there has been left alone.")
    number = folder.current()
    if number is not None:
        screen.line(f"Open {folder.file(number)}, read the text at its top, and complete the function. Then run")
        screen.line(f"  {COMMAND} check         to have it checked, or")
        screen.line(f"  {COMMAND} watch         to have it checked whenever you save")
    return 0


def check(screen: Screen, folder: Folder, number: int, seconds: float) -> int:
    """Check once."""
    result = folder.check(number, seconds)
    report(screen, number, result)
    what_next(screen, folder, number, result)
    return 0 if result.passed else 1


def what_next(screen: Screen, folder: Folder, number: int, result: Result) -> None:
    """The next step, in a line."""
    if not result.passed:
        if result.state == "failed":
            screen.line(f"  Stuck?  {COMMAND} hint {number}", "dim")
        if result.state != "todo" and folder.may_see_solution(number)[0]:
            screen.line(f"  {' ' * 7} {COMMAND} solution {number}", "dim")
        return
    upcoming = folder.current()
    done = sum(entry.passed for entry in folder.progress.values())
    if upcoming is None:
        screen.line(f"All {len(EXERCISES)} exercises passed. Well done!", "bold green")
    else:
        screen.line(f"  {done} of {len(EXERCISES)} passed. Next: {upcoming}, {exercise(upcoming).title}")
        screen.line(f"  {folder.file(upcoming)}")


def watch(
    screen: Screen, folder: Folder, number: int, seconds: float, wait: Callable[[float], None] = time.sleep
) -> int:
    """Check on every save, until everything has passed or Ctrl-C."""
    while True:
        path = folder.file(number)
        screen.line(f"Watching {path}; save it to have it checked, Ctrl-C to stop.", "dim")
        seen = None
        while True:
            now = path.stat().st_mtime_ns if path.exists() else None
            if now != seen:
                seen = now
                screen.line()
                result = folder.check(number, seconds)
                report(screen, number, result)
                what_next(screen, folder, number, result)
                if result.passed:
                    break
            wait(0.4)
        upcoming = folder.current()
        if upcoming is None:
            return 0
        number = upcoming


def hint(screen: Screen, folder: Folder, number: int, _seconds: float) -> int:
    """One more hint."""
    which, text = folder.hint(number)
    screen.line(f"Hint {which} of 3 for exercise {number}, {exercise(number).title}:", "bold")
    screen.line(indented(text, "  "))
    return 0


def reset(screen: Screen, folder: Folder, number: int, _seconds: float) -> int:
    """The stub again; the old file stays."""
    kept = folder.reset(number)
    screen.line(
        f"{folder.file(number)} is as it was in the beginning." + (f" Yours is now {kept.name}." if kept else "")
    )
    return 0


def solution(screen: Screen, folder: Folder, number: int, _seconds: float) -> int:
    """The solution, if it has been earned."""
    allowed, why = folder.may_see_solution(number)
    if not allowed:
        screen.line(why)
        screen.line(f"A hint may help:  {COMMAND} hint {number}")
        return 1
    screen.line(f"A solution of exercise {number}, {exercise(number).title} ({why}):", "bold")
    screen.code(folder.solution(number))
    return 0


def progress(screen: Screen, folder: Folder) -> int:
    """A line for each exercise."""
    chapter = ""
    for number, entry in folder.progress.items():
        this = exercise(number)
        if this.chapter != chapter:
            chapter = this.chapter
            screen.line(f"\n{chapter}", "bold")
        mark = "✓" if entry.passed else "·"
        tried = f"{entry.attempts} attempt{'s' * (entry.attempts != 1)}" if entry.attempts else ""
        hints = f", {entry.hints} hint{'s' * (entry.hints != 1)}" if entry.hints else ""
        screen.line(f"  {mark} {number:2}  {this.title:<46}{tried}{hints}".rstrip(), "green" if entry.passed else "")
    done = sum(entry.passed for entry in folder.progress.values())
    screen.line(f"\n{done} of {len(EXERCISES)} passed")
    return 0


def grade_all(screen: Screen, options: argparse.Namespace) -> int:
    """The CSV to a file or to the standard output; who is being graded to the standard error."""
    if not students(options.students):
        raise LookupError(f"no student's folder in {options.students}: each holds files like 01_sigmoid.py")
    sink = options.csv.open("w", encoding="utf-8", newline="") if options.csv else screen.stream
    try:
        for name in grade(options.students, sink, options.seconds):
            sys.stderr.write(f"grading {name}\n")
    finally:
        if options.csv:
            sink.close()
    return 0


_COMMANDS = {"check": check, "watch": watch, "hint": hint, "reset": reset, "solution": solution}

if __name__ == "__main__":
    sys.exit(main())
