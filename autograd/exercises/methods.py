"""In which methods of a student's classes something is wrong: each is tried among the solution's.

So two mistakes in two methods are found one by one, each as if the other were none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..check.plausible import right
from ..check.repair import repairs
from ..check.shown import Repair
from ..check.source import Source

Judge = Callable[[str], Sequence[bool] | None]
_MOST = 12  # methods that are tried
_FEW = 1.5  # of which each has as much time as it would among so many


class Method(NamedTuple):
    """A method that is wrong by itself, the first line of it, what makes it right, and what is said of it else, if anything."""

    name: str
    number: int
    line: str
    edits: list[Repair]
    told: str

    def __str__(self) -> str:
        if self.edits or self.told:
            return self.told or "\n".join(map(str, self.edits))
        lead = f"   line {self.number}: "
        words = f"Something is wrong in `{self.name}`: with all other methods as they should be, it is still not right."
        return f"{words}\n{lead}{self.line}\n{' ' * len(lead)}{'^' * len(self.line)}"


class _Part(NamedTuple):
    """A method in a source: where it stands, and its text."""

    start: int
    stop: int
    text: str


def faulty(
    answer: str, given: str, solution: str, judge: Judge, tell: Callable[[str], str], *, number: int, seconds: float
) -> list[Method]:
    """The methods that are wrong; nothing where that cannot be told, since the classes do not have the same attributes.

    Those of the solution get the answer's names, as far as both are made of the same argument.

    Args:
        answer: with classes that the solution has too.
        given: what stands above both.
        solution: the exercise's.
        judge: which parts of a changed answer are right.
        tell: what is said of a changed answer; empty if that leaves open what is wrong.
        number: of the answer's first line.
        seconds: of computing, for all of them.
    """
    for theirs, own in _attributes(solution, answer):
        solution = re.sub(rf"\.{theirs}\b", f".{own}", solution)
    mine, its = _methods(answer), _methods(solution)
    shared = [name for name in mine if name in its]
    if not 2 <= len(shared) <= _MOST or _stored(answer) - _stored(f"{given}\n{solution}"):
        return []
    if not right(judge, _mixed(answer, mine, {name: its[name].text for name in shared})):
        return []
    found = []
    for name in shared:
        others = {other: its[other].text for other in shared if other != name}
        if not right(judge, text := _mixed(answer, mine, others)):
            found.append((name, text, mine[name].start + _shift(mine, others, mine[name].start)))
    methods, said = [], tell(answer) if len(found) > 1 else ""
    for name, text, place in found:
        told = _told(name, tell(text), said) if len(found) > 1 else ""
        edits = (
            []
            if told
            else _changed(text, (place, place + len(mine[name].text)), judge, seconds / max(_FEW, len(found)))
        )
        first = number + answer.count("\n", 0, mine[name].start)
        moved = first - 1 - text.count("\n", 0, place)
        edits = [replace(edit, number=edit.number + moved) for edit in edits]
        methods.append(Method(name, first, mine[name].text.partition("\n")[0], edits, told))
    return methods


def _told(name: str, words: str, said: str) -> str:
    """What is said of a method, unless it is said of the answer already: of others it may be true no more."""
    new = "\n".join(line for line in words.splitlines() if line not in said.splitlines())
    return f"`{name}`, were all other methods right: {new}" if new else words


def _changed(text: str, method: tuple[int, int], judge: Judge, seconds: float) -> list[Repair]:
    """The smallest change of one method in a source that makes it right."""
    closed = ((0, method[0]), (method[1], len(text)))
    ways = repairs(text, judge, lambda _: True, seconds=seconds, closed=closed)
    return ways[0] if ways else []


def _stored(text: str) -> set[str]:
    """The attributes that a source sets."""
    nodes = ast.walk(ast.parse(text))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}


def _attributes(solution: str, answer: str) -> Iterator[tuple[str, str]]:
    """Attributes under which the solution and an answer keep what they make of one argument."""
    kept = _kept(answer)
    yield from (
        (name, kept[argument]) for argument, name in _kept(solution).items() if kept.get(argument, name) != name
    )


def _kept(text: str) -> dict[tuple[str, str], str]:
    """The attribute that holds what is made of an argument alone, by class and argument."""
    found: dict[tuple[str, str], str] = {}
    for each in ast.parse(text).body:
        for node in ast.walk(each):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Attribute)
                and isinstance(each, ast.ClassDef)
            ):
                used = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)} & _arguments(each)
                if len(used) == 1:
                    found.setdefault((each.name, used.pop()), node.targets[0].attr)
    return found


def _arguments(node: ast.ClassDef) -> set[str]:
    """The arguments that a class is called with."""
    makers = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
    return {argument.arg for maker in makers for argument in maker.args.args[1:]}


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
