"""In which methods of a student's classes something is wrong: each is tried among the solution's.

So two mistakes in two methods are found one by one, each as if the other were none.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..check.repair import repairs
from ..check.shown import Repair
from ..check.source import Source

Judge = Callable[[str], Sequence[bool] | None]
_MOST = 12  # methods that are tried
_FEW = 1.5  # of which each has as much time as it would among so many


class Method(NamedTuple):
    """A method that is wrong by itself, the first line of it, and what makes it right, as far as that was found."""

    name: str
    number: int
    line: str
    edits: list[Repair]

    def __str__(self) -> str:
        if self.edits:
            return "\n".join(map(str, self.edits))
        lead = f"   line {self.number}: "
        words = f"Something is wrong in `{self.name}`: with all other methods as they should be, it is still not right."
        return f"{words}\n{lead}{self.line}\n{' ' * len(lead)}{'^' * len(self.line)}"


class _Part(NamedTuple):
    """A method in a source: where it stands, and its text."""

    start: int
    stop: int
    text: str


def faulty(answer: str, given: str, solution: str, judge: Judge, *, number: int, seconds: float) -> list[Method]:
    """The methods that are wrong; nothing where that cannot be told, since the classes do not have the same attributes.

    Args:
        answer: with classes that the solution has too.
        given: what stands above both.
        solution: the exercise's.
        judge: which parts of a changed answer are right.
        number: of the answer's first line.
        seconds: of computing, for all of them.
    """
    mine, its = _methods(answer), _methods(solution)
    shared = [name for name in mine if name in its]
    if not 2 <= len(shared) <= _MOST or _stored(answer) - _stored(f"{given}\n{solution}"):
        return []
    if not _right(judge, _mixed(answer, mine, {name: its[name].text for name in shared})):
        return []
    found = []
    for name in shared:
        others = {other: its[other].text for other in shared if other != name}
        if not _right(judge, text := _mixed(answer, mine, others)):
            found.append((name, text, mine[name].start + _shift(mine, others, mine[name].start)))
    methods = []
    for name, text, place in found:
        edits = _changed(text, (place, place + len(mine[name].text)), judge, seconds / max(_FEW, len(found)))
        first = number + answer.count("\n", 0, mine[name].start)
        moved = first - 1 - text.count("\n", 0, place)
        edits = [replace(edit, number=edit.number + moved) for edit in edits]
        methods.append(Method(name, first, mine[name].text.partition("\n")[0], edits))
    return methods


def _changed(text: str, method: tuple[int, int], judge: Judge, seconds: float) -> list[Repair]:
    """The smallest change of one method in a source that makes it right."""
    closed = ((0, method[0]), (method[1], len(text)))
    ways = repairs(text, judge, lambda _: True, seconds=seconds, closed=closed)
    return ways[0] if ways else []


def _right(judge: Judge, text: str) -> bool:
    flags = judge(text)
    return bool(flags) and all(flags or ())


def _stored(text: str) -> set[str]:
    """The attributes that a source sets."""
    nodes = ast.walk(ast.parse(text))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}


def _methods(text: str) -> dict[str, _Part]:
    """The methods of all classes of a source, by their names with that of the class."""
    source = Source(text)
    found: dict[str, _Part] = {}
    for each in source.tree.body:
        if isinstance(each, ast.ClassDef):
            for node in each.body:
                if isinstance(node, ast.FunctionDef):
                    start, stop = source.span(node)
                    found[f"{each.name}.{node.name}"] = _Part(start, stop, text[start:stop])
    return found


def _mixed(text: str, methods: dict[str, _Part], others: dict[str, str]) -> str:
    """A source with other methods."""
    for name, part in sorted(methods.items(), key=lambda pair: -pair[1].start):
        if name in others:
            text = f"{text[: part.start]}{others[name]}{text[part.stop :]}"
    return text


def _shift(methods: dict[str, _Part], others: dict[str, str], place: int) -> int:
    """By how much a place moves if methods before it become others."""
    return sum(len(new) - len(methods[name].text) for name, new in others.items() if methods[name].start < place)
