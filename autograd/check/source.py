"""A piece of Python that may be edited: its text, its syntax tree, where a node stands, the names in reach of a function."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

ATOMS = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant, ast.List, ast.Tuple)
NAME = re.compile(r"[^\W\d]\w*")
_WORD = re.compile(r"[\w.]+|\*\*|//|[<>=!]=|[^\s\w.(),=]")
MOST_NAMES = 16  # in a function, which are tried in each other's places


@dataclass(frozen=True)
class Edit:
    """The text from `start` to `stop` of a source, replaced by `new`; `kind` is what is changed, in a word.

    Edits of the same `rule` do the same to different texts, as "=" → "+=" does in several lines. What is `unlikely` as a slip may
    fit all the same, as another 1e-3 can be fitted to any numbers, and is tried last. What is not shown by two texts is `said`,
    of what stands at `place`.
    """

    kind: str
    start: int
    stop: int
    new: str
    rule: str = ""
    unlikely: bool = False
    said: str = ""
    place: int = -1

    def apply(self, source: str) -> str:
        return source[: self.start] + self.new + source[self.stop :]


Change = tuple[Edit, ...]


def apart(one: Edit, other: Edit) -> bool:
    """Whether two edits change different places."""
    return one.start != other.start and (one.stop <= other.start or other.stop <= one.start)


def applied(source: str, change: Change) -> str:
    """A source after all edits of a change."""
    for edit in sorted(change, key=lambda edit: -edit.start):
        source = edit.apply(source)
    return source


def places_of(change: Change, others: Iterable[tuple[int, int]] = ()) -> Iterator[tuple[int, int]]:
    """From where to where the new texts of a change stand once it is made, and where `others` have gone."""
    moved, edits = list(others), sorted(change, key=lambda edit: edit.start)
    shift = 0
    for edit in edits:
        grown = len(edit.new) - (edit.stop - edit.start)
        moved = [(a + grown, b + grown) if edit.stop <= a else (a, b) for a, b in moved]
        yield edit.start + shift, edit.start + shift + len(edit.new)
        shift += grown
    yield from moved


def written_at(source: str, change: Change, others: Iterable[tuple[int, int]] = ()) -> Iterator[tuple[int, int]]:
    """From where to where a change writes something new: around what was there before, where that has stayed as it was."""
    places = list(places_of(change, others))
    for (start, stop), edit in zip(places, sorted(change, key=lambda edit: edit.start), strict=False):
        old = source[edit.start : edit.stop]
        before, kept, _ = edit.new.partition(old) if old else (edit.new, "", "")
        yield start, start + len(before)
        if kept:
            yield start + len(before) + len(old), stop
    yield from places[len(change) :]


def moved_back(change: Change, first: Change) -> Change | None:
    """A change of what `first` has made of a source, as one of the source itself; None where both meet."""
    moved = []
    for edit in change:
        shift = 0
        for (start, stop), earlier in zip(places_of(first), sorted(first, key=lambda each: each.start), strict=True):
            if _meets(edit, (start, stop)):
                return None
            shift += (len(earlier.new) - (earlier.stop - earlier.start)) * (stop <= edit.start)
        moved.append(
            replace(
                edit, start=edit.start - shift, stop=edit.stop - shift, place=edit.place - shift * (edit.place >= 0)
            )
        )
    return tuple(moved)


def composed(source: str, first: Change, then: Change) -> Change | None:
    """A change of a source, and one of what that has made of it, as one of the source; where both meet, as one edit.

    None where that is more than a piece of a line, or is shown by no text.
    """
    between = applied(source, first)
    spans = [*zip(places_of(first), sorted(first, key=lambda each: each.start), strict=True)]
    meeting = {edit: [(span, each) for span, each in spans if _meets(edit, span)] for edit in then}
    free = [edit for edit in then if not meeting[edit]]
    whole: list[Edit] = [*(moved_back(tuple(free), first) or ())]
    while spans:
        span, earlier = spans.pop(0)
        later = [edit for edit in then if _meets(edit, span)]
        if not later:
            whole.append(earlier)
            continue
        if any(meeting[edit] != [(span, earlier)] or edit.said for edit in later) or earlier.said:
            return None
        start, stop = min(span[0], *(e.start for e in later)), max(span[1], *(e.stop for e in later))
        inner = [replace(edit, start=edit.start - start, stop=edit.stop - start) for edit in later]
        new = applied(between[start:stop], tuple(inner))
        kind = next((edit.kind for edit in later if edit.start <= span[0] and span[1] <= edit.stop), earlier.kind)
        old = earlier.start - (span[0] - start), earlier.stop + (stop - span[1])
        if "\n" in new or "\n" in source[slice(*old)]:
            return None
        whole.append(Edit(kind, *old, new))
    return tuple(whole)


def _meets(edit: Edit, span: tuple[int, int]) -> bool:
    return edit.start < span[1] and span[0] < edit.stop


class Source:
    """A source, its syntax tree, and where in the text a node stands."""

    def __init__(self, text: str) -> None:
        self.text, self.tree = text, ast.parse(text)
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = text.splitlines(keepends=True)

    def _place(self, line: int, column: int) -> int:
        """The character at a column, which the syntax tree counts in bytes."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr) -> str:
        """The text of an expression, in brackets where it is none by itself."""
        start, stop = self.span(node)
        return self.text[start:stop] if isinstance(node, ATOMS) else f"({self.text[start:stop]})"


def scopes(node: ast.AST, outer: list[str]) -> Iterator[tuple[ast.AST, list[str]]]:
    """Each function with the names that can be used in it: its own, and those of the functions around it."""
    for child in ast.iter_child_nodes(node):
        function = isinstance(child, ast.FunctionDef)
        names = list(dict.fromkeys([*names_in(child), *outer]))[:MOST_NAMES] if function else outer
        if function:
            yield child, names
        yield from scopes(child, names)


def names_in(function: ast.AST) -> list[str]:
    """Parameters and variables of a function, those that stand for numbers or arrays as far as one can see."""
    arguments = [a.arg for n in ast.walk(function) if isinstance(n, ast.arguments) for a in [*n.args, *n.kwonlyargs]]
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return [name for name in dict.fromkeys([*arguments, *stored]) if name.strip("_") and name != "self"][:MOST_NAMES]


def inside(function: ast.AST) -> Iterator[ast.AST]:
    """What a function consists of, without the functions inside it and without what stands for a type."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, (ast.FunctionDef, ast.arguments, ast.Import, ast.ImportFrom)):
            yield child
            yield from inside(child)


def idle(text: str) -> int:
    """How many x / x, y · x / x, x − x, x + (c − x) and (c / x) · x a source has: what makes one undoes what stands there."""
    return sum(map(_idle, ast.walk(ast.parse(text))))


def _operands(node: ast.expr, operator: type[ast.operator]) -> Iterator[ast.expr]:
    """The factors of a product, or the terms of a sum."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, operator):
        yield from _operands(node.left, operator)
        yield from _operands(node.right, operator)
    else:
        yield node


def _idle(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp):
        return False
    if isinstance(node.op, (ast.Div, ast.Sub)):
        parts = _operands(node.left, ast.Mult if isinstance(node.op, ast.Div) else ast.Add)
        return ast.dump(node.right) in map(ast.dump, parts)
    inverse = {ast.Add: ast.Sub, ast.Mult: ast.Div}.get(type(node.op))
    sides = ((node.left, node.right), (node.right, node.left))
    undone = (b.right for _, b in sides if inverse and isinstance(b, ast.BinOp) and isinstance(b.op, inverse))
    return any(ast.dump(taken) in (ast.dump(node.left), ast.dump(node.right)) for taken in undone)


def flows(text: str, one: Change, other: Change) -> bool:
    """Whether what a change makes of a value goes into a statement that another one changes."""
    source = Source(text)
    reached: set[str] = set()
    kinds = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
    for node in sorted((n for n in ast.walk(source.tree) if isinstance(n, kinds)), key=lambda n: n.lineno):
        start, stop = source.span(node)
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        if used & reached and any(start <= edit.start and edit.stop <= stop for edit in other):
            return True
        if used & reached or any(start <= edit.start and edit.stop <= stop for edit in one):
            reached |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return False


@lru_cache(maxsize=10_000)
def words(text: str) -> Counter[str]:
    """The words and signs of a text, and how often each is there; not to be changed."""
    return Counter(_WORD.findall(text))
