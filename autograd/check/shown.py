"""A change in words: the user's own line, with the place marked."""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import dataclass

from .source import Change, Edit, words

_MUCH = 5  # words that are struck out


@dataclass(frozen=True)
class Repair:
    """One edit in words: the kind of thing that is wrong, its line, the line's number, and old and new text at a column."""

    kind: str
    number: int
    line: str
    column: int
    old: str
    new: str
    said: str = ""

    def __str__(self) -> str:
        what = self.said or (f"`{self.old}` should be `{self.new}`" if self.old else f"`{self.new}` is missing")
        return f"{_WORDS[self.kind]}: {what}.\n{self._place}"

    @property
    def size(self) -> float:
        """The words that it writes, and half of those that it strikes out."""
        return (words(self.new) - words(self.old)).total() + (words(self.old) - words(self.new)).total() / 2

    @property
    def remedy(self) -> str:
        """The edit without a word on what is wrong, where that has been said already.

        Nothing if it calls or divides anew, or strikes out much: that is another way to make it right.
        """
        added, struck = words(self.new) - words(self.old), words(self.old) - words(self.new)
        another = any(word.startswith(("np.", "len")) or word == "/" for word in added) or struck.total() > _MUCH
        if another and not self.said:
            return ""
        what = self.said or (
            f"`{self.new}` in place of `{self.old}`" if self.old else f"`{self.new}`, which is missing"
        )
        return f"One change that makes it right: {what}.\n{self._place}"

    @property
    def _place(self) -> str:
        lead = f"   line {self.number}: "
        return f"{lead}{self.line}\n{' ' * (len(lead) + self.column)}{'^' * max(1, len(self.old))}"


_WORDS = {
    "factor": "A factor is wrong", "term": "A term is wrong", "sign": "A sign is wrong", "power": "A power is wrong",
    "operator": "An operator is wrong", "order": "The order is wrong", "brackets": "The brackets are in the wrong place",
    "comparison": "A comparison is wrong", "function": "A function is wrong", "axis": "An axis is wrong",
    "keepdims": "An axis is wrong", "ddof": "A count is wrong", "number": "A number is wrong", "name": "A name is wrong",
    "index": "An index is wrong", "transpose": "A transpose is wrong", "sum": "A sum is wrong",
    "assignment": "An assignment is wrong", "statement": "A statement is wrong", "call": "A function is called too early",
    "sides": "The sides of an assignment are interchanged", "exchange": "Two names are interchanged",
    "sequence": "The order of two statements is wrong", "copy": "A copy is missing",
    "part": "A part is wrong", "before": "A name stands for something else by now", "indentation": "The indentation is wrong",
}  # fmt: skip


def shown(source: str, change: Change) -> list[Repair]:
    return [_described(source, edit) for edit in sorted(change, key=lambda edit: edit.start)]


def _described(source: str, edit: Edit) -> Repair:
    at = edit.start if edit.place < 0 else edit.place
    start = source.rfind("\n", 0, at) + 1
    line = source[start:].partition("\n")[0]
    old, new = source[at : max(edit.stop, at + 1)].partition("\n")[0], edit.new.removeprefix(", ")
    new = new if _binds(source, edit) else bare(new)
    column, number = at - start - (len(line) - len(line.lstrip())), source.count("\n", 0, at) + 1
    return Repair(edit.kind, number, line.strip(), column, old if edit.stop > at else "", new, edit.said)


def _binds(source: str, edit: Edit) -> bool:
    """Whether the brackets around what is new make a difference where it stands."""
    without = source[: edit.start] + bare(edit.new) + source[edit.stop :]
    with suppress(SyntaxError):
        return ast.dump(ast.parse(without)) != ast.dump(ast.parse(edit.apply(source)))
    return True


def bare(text: str) -> str:
    """An expression without the brackets around the whole of it."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]) else text


def _balanced(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True
