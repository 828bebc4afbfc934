"""Where the fault is not: statements whose numbers something depends on that is right.

The numbers of one statement after the other are put off a little. If something of an answer becomes wrong that is right as it
stands, it depends on them, and they are what they should be.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from .source import Source

_MOST = 40  # statements that are looked at


class Cleared(NamedTuple):
    """From where to where a source is right, as far as one can tell, and which share of its statements that is."""

    places: tuple[tuple[int, int], ...] = ()
    share: float = 0.0


def cleared(text: str, found: Sequence[bool], judge: Callable[[str], Sequence[bool] | None]) -> Cleared:
    """Where a source is right.

    Args:
        text: the source.
        found: which parts of it are right.
        judge: which are, of a changed one, in which `_off_` is known (`running.helpers`).
    """
    if not any(found) or all(found):
        return Cleared()
    source = Source(text)
    places = []
    values = list(_values(source))[:_MOST]
    for (start, stop), value in values:
        a, b = source.span(value)
        flags = judge(f"{text[:a]}_off_({text[a:b]}){text[b:]}")
        if flags and any(right and not still for right, still in zip(found, flags, strict=False)):
            places.append((start, stop))
    return Cleared(tuple(places), len(places) / max(1, len(values)))


def _values(source: Source) -> Iterator[tuple[tuple[int, int], ast.expr]]:
    """What is assigned or returned, and the statement or the part of it that this is all of."""
    for node in ast.walk(source.tree):
        value = node.value if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) else None
        if isinstance(value, ast.Tuple):
            yield from ((source.span(part), part) for part in value.elts)
        elif value is not None and isinstance(node, ast.stmt):
            yield source.span(node), value
