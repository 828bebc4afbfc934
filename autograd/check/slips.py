"""What may be one slip of the pen in a source, and how two of them compare."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .changes import NOTHING, deed, sorts
from .shown import Repair, bare, shown
from .source import NAME, Change, Edit, Source, apart, applied


@dataclass(frozen=True)
class Slip:
    """A small change of a source, and how large it is."""

    size: float
    source: str
    change: Change

    @property
    def shown(self) -> list[Repair]:
        return shown(self.source, self.change)

    @property
    def applied(self) -> str:
        return applied(self.source, self.change)

    def meets(self, other: Slip) -> bool:
        """Whether both change something in the same place."""
        return not all(apart(mine, its) for mine in self.change for its in other.change)

    @property
    def keeps(self) -> bool:
        """Whether all names are still there: what is left of the source is as much as it was."""
        return not any(NAME.search(word) for word in self._deed[1])

    @property
    def moves(self) -> bool:
        """Whether a statement stands elsewhere, which changes more than any single thing in it."""
        return any(edit.kind in ("indentation", "sequence") for edit in self.change)

    @property
    def drops(self) -> bool:
        """Whether nothing new is written: something is left out, or stands elsewhere."""
        return not self._deed[0]

    @property
    def exchanges(self) -> bool:
        """Whether a function's arguments stand in each other's places, which loses nothing that was computed."""
        functions = (n for n in ast.walk(ast.parse(self.source)) if isinstance(n, ast.arguments))
        arguments = {argument.arg for each in functions for argument in each.args}
        written, struck = self._deed
        return {*written, *struck} <= arguments

    def resembles(self, other: Slip) -> bool:
        """Whether both do the same thing, or something to the same words, in one source and in another."""
        mine, its = self.change[0], other.change[0]
        return self._deed == other._deed or self._old == other._old or bool(mine.said and mine.kind == its.kind)

    @property
    def _deed(self) -> tuple[Counter[str], Counter[str]]:
        """What is written, and what is struck out."""
        return deed(self.source, self.change)

    @property
    def _old(self) -> list[str]:
        return [self.source[edit.start : edit.stop] for edit in self.change]

    @property
    def put(self) -> str:
        """What the change puts where, shown with enough around it to be understood."""
        if self.change[0].said:
            said = self.change[0].said.replace(" belongs ", " stands ").replace(" is one too many", " is left out")
            return f"in which {said}"
        return f"with {' and '.join(dict.fromkeys(map(self._put, self.change)))}"

    def _put(self, edit: Edit) -> str:
        source = Source(self.source)
        around = [n for n in ast.walk(source.tree) if isinstance(n, (ast.expr, ast.stmt))]
        spans = [source.span(n) for n in around if not isinstance(n, (ast.Name, ast.Constant, ast.FunctionDef))]
        start, stop = min(
            (s for s in spans if s[0] <= edit.start and edit.stop <= s[1] and NAME.search(self.source[slice(*s)])),
            key=lambda span: span[1] - span[0],
            default=(edit.start, edit.stop),
        )
        new = edit.apply(self.source)[start : stop + len(edit.new) - (edit.stop - edit.start)]
        return f"`{bare(new)}` in place of `{self.source[start:stop]}`"


def likely(source: str, most: float, more: Sequence[Change] = ()) -> list[Slip]:
    """Every change of a source that may be one slip of the pen and is no larger than `most` (words), and `more`."""
    known = {*more}
    sizes = (
        (size, change)
        for size, change in next(sorts(source, NOTHING, more), ())
        if (size <= most or change in known) and change[0].rule != "forgotten"
    )
    return [Slip(size, source, change) for size, change in sorted(sizes, key=lambda pair: pair[1] not in known)]
