"""Notebooks as submissions: the answer to an exercise is what its cells define of the names that are asked for."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .form import Exercise

_LARGEST = 64 * 2**20  # bytes: notebooks hold pictures
DIAGNOSIS = "DIAGNOSIS"  # the name of what a student reads off a report
_MAGIC = re.compile(r"^\s*[%!?]")


@dataclass(frozen=True)
class Unreadable:
    """A cell that Python cannot read: its text, and what is wrong in it."""

    source: str
    words: str

    def mentions(self, names: Iterable[str]) -> bool:
        """Whether one of these names stands in the cell."""
        return any(re.search(rf"\b{re.escape(name)}\b", self.source) for name in names)


class Notebook:
    """The top-level statements of a notebook's cells, in order; cells that Python cannot read are left out."""

    def __init__(self, cells: Sequence[str]) -> None:
        self._statements: list[ast.stmt] = []
        self._cells: list[int] = []  # the number of each statement's
        self.unreadable: list[Unreadable] = []
        for number, cell in enumerate(cells, 1):
            source = "\n".join(map(_without_magic, cell.splitlines()))
            try:
                body = ast.parse(source).body
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
                message = error.msg if isinstance(error, SyntaxError) else str(error)
                words = f"the notebook's code cell {number}{line}: {type(error).__name__}: {message}"
                self.unreadable.append(Unreadable(cell, words))
            else:
                self._statements += body
                self._cells += [number] * len(body)

    def answer(self, exercise: Exercise) -> str | None:
        """What the notebook defines for an exercise, with all that this uses; None if it defines none of it.

        Where ``check("name", …)`` is called, the definitions above the last such call count: names may be used again.
        """
        calls = [i for i, node in enumerate(self._statements) if _checks(node, exercise.name)]
        statements = self._statements[: calls[-1]] if calls else self._statements
        wanted = set(exercise.asked)
        defining = [i for i, node in enumerate(statements) if wanted & {*_binds(node)}]
        if not defining:
            return None
        kept = {i for i, node in enumerate(statements) if "*" in _binds(node)}  # a star: nobody knows what it brings
        pending, seen = set(wanted), set()
        while pending:
            name = pending.pop()
            seen.add(name)
            for i, node in enumerate(statements):
                if name in _binds(node) and i not in kept:
                    kept.add(i)
                    pending |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - seen
        said = [i for i, node in enumerate(statements) if DIAGNOSIS in _binds(node)]
        parts = [ast.unparse(statements[i]) for i in sorted(kept - {*said})]
        if diagnosis := (_asked(self._statements[calls[-1]]) if calls else "") or self._said(said, defining[-1]):
            parts.append(diagnosis)
        return "\n\n\n".join([exercise.given, *parts])

    def _said(self, places: list[int], at: int) -> str:
        """Of several diagnoses the one in the cell of an answer, or else the nearest, on the side where the first one stands."""
        if not places:
            return ""
        defined = (i for i, node in enumerate(self._statements) if isinstance(node, ast.FunctionDef | ast.ClassDef))
        above = places[0] < next(defined, at)

        def distance(i: int) -> tuple[int, bool, int]:
            return abs(self._cells[i] - self._cells[at]), (i < at) != above, abs(i - at)

        return ast.unparse(self._statements[min(places, key=distance)])


def _without_magic(line: str) -> str:
    """A line without what only a notebook understands; ``%pylab`` stands for imports."""
    if line.strip().startswith("%pylab"):
        return "import numpy as np; from numpy import *"
    return "" if _MAGIC.match(line) else line


def _asked(node: ast.stmt) -> str:
    """The diagnosis that is handed to ``check("name", …, DIAGNOSIS="…")``, as an assignment."""
    for keyword in (n for n in ast.walk(node) if isinstance(n, ast.keyword)):
        if keyword.arg == DIAGNOSIS and isinstance(keyword.value, ast.Constant):
            return f"{DIAGNOSIS} = {keyword.value.value!r}"
    return ""


def _binds(node: ast.stmt) -> Iterator[str]:
    """The names that a definition, an import or an assignment binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))


def _checks(node: ast.stmt, name: str) -> bool:
    """Whether a statement calls ``check("name", …)``."""
    return any(
        isinstance(call, ast.Call)
        and "check" in (getattr(call.func, "attr", ""), getattr(call.func, "id", ""))
        and bool(call.args)
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value == name
        for call in ast.walk(node)
    )


def read_notebook(path: Path) -> Notebook:
    """The notebook in a file.

    Raises:
        ValueError: it is none.
        OSError: it cannot be read.
    """
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path.name} has {path.stat().st_size:,} bytes")
    with suppress(RecursionError, TypeError, KeyError, AttributeError):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return Notebook(["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"])
    raise ValueError(f"{path.name} is no notebook")
