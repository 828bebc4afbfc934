"""Names out of the program, where lines were traced: the variable that a line assigns to, and those of whoever draws."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Sequence
from functools import lru_cache
from types import FrameType

import numpy as np

from ..engine.value import Value
from ..scope import line_of


def of_results(values: Sequence[Value], root: Value) -> dict[int, str]:
    """By number the names of computed Values: of what one statement computes, what is used elsewhere has its variable's name.

    `values` are in order of age.
    """
    runs: list[list[Value]] = []
    names: list[str] = []
    before = None
    for value in values:
        line = line_of(value)
        statement = _assigned(line) if line else None
        if statement is None or statement != before:
            runs.append([])
            names.append(statement[1] if statement else "")
        runs[-1].append(value)
        before = statement
    run_of = {value.number: n for n, run in enumerate(runs) for value in run}
    wanted = {root.number}
    for value in values:
        here = run_of[value.number]
        wanted |= {p.number for p in value.parents if p is not None and run_of.get(p.number, here) != here}
    found = {}
    for run, name in zip(runs, names, strict=True):
        used = [value.number for value in run if value.number in wanted]
        if name and len(used) == 1:
            found[used[0]] = name
    return found


def _assigned(line: str) -> tuple[tuple[str, int], str] | None:
    """The statement that the line ``file.py:12`` belongs to, and the one variable that it assigns to; None if it does not."""
    file, _, number = line.rpartition(":")
    for first, last, name in _assignments(file, tuple(linecache.getlines(file))):
        if first <= int(number) <= last:
            return (file, first), name
    return None


@lru_cache(maxsize=64)
def _assignments(_: str, lines: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """First and last line of each assignment to a name, the innermost of those that hold one another first."""
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target: ast.expr = node.targets[0]
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            target = node.target
        else:
            continue
        if isinstance(target, ast.Name):
            found.append((node.lineno, node.end_lineno or node.lineno, target.id))
    return sorted(found, key=lambda one: one[1] - one[0])


def of_variables(frame: FrameType) -> dict[int, str]:
    """By identity the names of the Values and arrays that a frame's variables hold, or those of the frames that called it."""
    found: dict[int, str] = {}
    around: FrameType | None = frame
    while around is not None:
        for name, thing in [*around.f_locals.items(), *around.f_globals.items()]:
            if isinstance(thing, (Value, np.ndarray)) and not name.startswith("_"):
                found.setdefault(id(thing), name)
        around = around.f_back
    return found
