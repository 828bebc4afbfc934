"""Exercises on derivatives, in your own folder, checked as you go; and what a teacher needs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .author import new, verify
from .book import book, folders
from .folder import Folder
from .form import load
from .grade import faulty, grade, students
from .record import RECORD
from .reports import summary, table, write_csv, write_reports
from .runner import SECONDS, Runner
from .student import COMMAND, DEFAULT, check, command, hint, listed, reset, solution, start, usual_folder
from .terminal import Screen
from .watching import Keys, Watch

_EPILOG = f"""\
a first session:
  {COMMAND} start         write the exercises into ./{DEFAULT}
  {COMMAND} watch         then open the first file in your editor, and save it

exit status: 0 passed or done, 1 not right yet, 2 the command could not be carried out
"""
_NAMED = {
    "check": "check an exercise (by default the first that has not been passed)",
    "watch": "check again whenever you save, and go on to the next exercise when one passes",
    "hint": "the next hint",
    "reset": "begin an exercise anew; your file is kept under another name",
    "solution": "the solution, once you have passed or have made three different attempts",
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    p = argparse.ArgumentParser(
        prog=COMMAND, description=__doc__, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _add_options(p, folder=None, seconds=SECONDS, own=[], only=[])
    after = argparse.ArgumentParser(add_help=False)  # the same options, which may stand behind the command too
    _add_options(after, **dict.fromkeys(("folder", "seconds", "own", "only"), argparse.SUPPRESS))
    commands = p.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("start", help="write the exercises that are not there yet", parents=[after])
    for name, help_text in _NAMED.items():
        sub = commands.add_parser(name, help=help_text, description=help_text, parents=[after])
        sub.add_argument("name", nargs="?", help="name of the exercise, or its place in the list")
    for name in ("list", "progress"):
        commands.add_parser(name, help="every exercise, and what has been passed", parents=[after])
    grading = "check the folders of many students again; a table and reports"
    sub = commands.add_parser("grade", help=grading, parents=[after])
    sub.add_argument("students", type=Path, help="a folder with one folder for each student")
    sub.add_argument("--csv", type=Path, help="write the table to this file")
    sub.add_argument("--out", type=Path, help="write table, summary and a report for each student into this folder")
    sub.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="answers at a time (default %(default)s)")
    sub = commands.add_parser("new", help="write the skeleton of an exercise of your own")
    sub.add_argument("name", type=Path, help="its folder; the last part is the exercise's name")
    sub = commands.add_parser(
        "verify", help="check an exercise: its solution passes, changes of the solution do not", parents=[after]
    )
    sub.add_argument("exercise", type=Path, help="its folder, or one of several, or the name of a built-in one")
    return p


def _add_options(p: argparse.ArgumentParser, **default: Any) -> None:
    where = f"your folder (default: this one if it holds {RECORD}, else ./{DEFAULT})"
    p.add_argument("--folder", type=Path, default=default["folder"], help=where)
    limit = f"time limit of one check (default {SECONDS:g})"
    p.add_argument("--seconds", type=float, default=default["seconds"], help=limit)
    p.add_argument(
        "--own", type=Path, action="append", default=default["own"], metavar="DIR",
        dest="own" if default["own"] is not argparse.SUPPRESS else "own_too",
        help="a teacher's exercise, or a folder of such, beside the built-in ones (`start` remembers it)",
    )  # fmt: skip
    p.add_argument(
        "--only", type=lambda text: [name for name in text.split(",") if name], default=default["only"],
        metavar="NAME,NAME", help="these exercises alone, in this order (`start` remembers it)",
    )  # fmt: skip


def own_folders(options: argparse.Namespace) -> list[Path]:
    """What ``--own`` named, before the command and after it."""
    return [*options.own, *getattr(options, "own_too", [])]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    options = parser().parse_args(arguments)
    options.own = own_folders(options)
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
    if options.command in _TEACHERS:
        return _TEACHERS[options.command](screen, options)
    folder = Folder(options.folder or usual_folder(), options.own, options.only)
    if options.command == "start":
        return start(screen, folder)
    if options.command in ("list", "progress"):
        return listed(screen, folder)
    if not folder.exists:
        raise LookupError(f"there are no exercises in {folder.path.resolve()}: run  {command(folder)} start  first")
    name = folder.book[options.name].name if options.name else folder.current() or list(folder.book)[-1].name
    if options.command == "check":
        return check(screen, folder, name, options.seconds)
    if options.command == "watch":
        with Runner() as runner:
            return Watch(screen, folder, runner, options.seconds, keys=Keys(sys.stdin)).run(name)
    return {"hint": hint, "reset": reset, "solution": solution}[options.command](screen, folder, name)


def grade_all(screen: Screen, options: argparse.Namespace) -> int:
    """The table to a file or to the standard output; reports into a folder; who is done to the standard error."""
    asked = (options.own, options.only)
    chosen = Folder(options.folder, *asked).book if options.folder else book(*asked)  # a folder remembers both
    if not students(options.students, chosen):
        raise LookupError(
            f"no student's folder in {options.students}: each holds files like 01_sigmoid.py or notebooks"
        )
    for words in faulty(chosen, options.seconds):
        sys.stderr.write(f"WARNING: {words}\n")
    graded = []
    for one in grade(options.students, chosen, options.seconds, options.jobs):
        graded.append(one)
        sys.stderr.write(f"graded {one.name}: {one.passed} of {len(chosen)}\n")
    graded.sort(key=lambda one: one.name)
    if options.csv:
        with table(options.csv) as sink:
            write_csv(sink, chosen, graded)
    if options.out:
        write_reports(options.out, chosen, graded)
        reports = f"{len(graded)} report{'s' * (len(graded) != 1)} and the class's"
        screen.line(f"{reports} in {options.out}: begin with {options.out / 'class.html'}")
        screen.line(summary(chosen, graded).markdown())
    elif not options.csv:
        write_csv(screen.stream, chosen, graded)
    return 0


def new_one(screen: Screen, options: argparse.Namespace) -> int:
    """The skeleton, and what to do with it."""
    for path in new(options.name):
        screen.line(f"wrote {path}")
    screen.line(f"It is a whole exercise: change it into yours, then\n  {COMMAND} verify {options.name}")
    return 0


def verify_all(screen: Screen, options: argparse.Namespace) -> int:
    """What was looked at in each exercise; 1 if something is to be done."""
    if not options.exercise.exists():
        return verify(screen, book()[str(options.exercise)], options.seconds)
    status = 0
    for folder in folders(options.exercise):
        try:
            status |= verify(screen, load(folder), options.seconds)
        except ValueError as error:
            screen.line(f"{folder.name}\n  ✗ {error}", "red")
            status = 1
    return status


_TEACHERS = {"grade": grade_all, "new": new_one, "verify": verify_all}

if __name__ == "__main__":
    sys.exit(main())
