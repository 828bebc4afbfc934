"""Notebooks as submissions: the answer to an exercise is what its cells define of the names that are asked for."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from .form import Exercise

_LARGEST = 64 * 2**20  # bytes: notebooks hold pictures
_MAGIC = re.compile(r"^\s*[%!?]")


class Notebook:
    """The top-level statements of a notebook's cells, in order; cells that Python cannot read are left out."""

    def __init__(self, cells: Sequence[str]) -> None:
        self._statements: list[ast.stmt] = []
        self.unreadable: list[str] = []
        for number, cell in enumerate(cells, 1):
            source = "\n".join("" if _MAGIC.match(line) else line for line in cell.splitlines())
            try:
                self._statements += ast.parse(source).body
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                self.unreadable.append(f"cell {number}: {type(error).__name__}: {error}")

    def answer(self, exercise: Exercise) -> str | None:
        """What the notebook defines for an exercise, with all that this uses; None if it defines none of it.

        Where ``check("name", …)`` is called, the definitions above the last such call count: names may be used again.
        """
        calls = [i for i, node in enumerate(self._statements) if _checks(node, exercise.name)]
        statements = self._statements[: calls[-1]] if calls else self._statements
        wanted, kept = set(exercise.asked), set()
        if not wanted & {name for node in statements for name in _binds(node)}:
            return None
        given = set(_top_names(exercise.given))
        pending, seen = set(wanted), set()
        while pending:
            name = pending.pop()
            seen.add(name)
            for i, node in enumerate(statements):
                if name in _binds(node) and i not in kept:
                    kept.add(i)
                    pending |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - seen - given
        return "\n\n\n".join([exercise.given, *(ast.unparse(statements[i]) for i in sorted(kept))])


def _binds(node: ast.stmt) -> Iterator[str]:
    """The names that a definition, an import or an assignment binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))


def _top_names(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        yield from _binds(node)


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
