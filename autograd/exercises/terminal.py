"""What a student sees: with colours where `rich` is installed and the output is a terminal, plain text otherwise."""

from __future__ import annotations

import io
import shutil
import sys
import textwrap
from typing import TextIO

from .form import Exercise
from .sandbox import Result

_WIDEST = 100


class Screen:
    """Writes lines, some of them in colour."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        if isinstance(self.stream, io.TextIOWrapper):
            self.stream.reconfigure(errors="replace")  # a terminal that does not know ✓ shows ? in its place
        self.console = None
        if self.stream.isatty():
            try:
                from rich.console import Console

                self.console = Console(file=self.stream, highlight=False)
            except ImportError:
                pass

    def line(self, text: str = "", style: str = "") -> None:
        """One or more lines of text."""
        if self.console is None:
            self.stream.write(text + "\n")
            self.stream.flush()
        else:
            self.console.print(text, style=style or None, markup=False, soft_wrap=True)

    def code(self, text: str) -> None:
        """Python code."""
        if self.console is None:
            self.line(text)
        else:
            from rich.syntax import Syntax

            self.console.print(Syntax(text, "python", background_color="default", word_wrap=True))


MARKS = {
    "passed": ("✓", "bold green"),
    "failed": ("✗", "bold red"),
    "todo": ("·", "yellow"),
    "error": ("!", "bold red"),
    "missing": ("?", "yellow"),
}
WORDS = {
    "passed": "passed",
    "failed": "not right yet",
    "todo": "not written yet",
    "error": "could not be checked",
    "missing": "not there",
}


def indented(text: str, by: str) -> str:
    """`text` with prose wrapped to the terminal; what begins with a space is a table or code, and stays as it is."""
    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST) - len(by)
    lines = []
    for line in text.splitlines():
        if line.startswith("  * "):
            lines += textwrap.wrap(line, width, subsequent_indent="    ")
        elif line.startswith(" "):
            lines.append(line)
        else:
            lines += textwrap.wrap(line, width) or [""]
    return "\n".join((by + line).rstrip() for line in lines)


def report(screen: Screen, exercise: Exercise, result: Result) -> None:
    """The outcome of a check."""
    mark, style = MARKS[result.state]
    screen.line(f"{mark} {exercise.name}, {exercise.title}: {WORDS[result.state]}", style)
    for finding in result.findings:
        screen.line(f"  {'✓' if finding.passed else '✗'} {finding.title}", "green" if finding.passed else "red")
        if finding.message:
            screen.line(indented(finding.message, "    "))
    if result.message:
        screen.line(indented(result.message, "  "))
    if result.printed:
        screen.line("  Your code printed:", "dim")
        screen.line("\n".join("  | " + line for line in result.printed.splitlines()), "dim")
