"""Whether a change that makes an answer right may be what is wrong in it, and not an accident.

Some things are no slip, whatever comes of them: a comparison after which a condition is never met, or always, a name in the
place of another that stands for something of another type or for a number that was written down, a statement moved to where
it does as little as if it were not, a factor that another edit writes in again, a comparison handed to a function, a sum inside
a mean, an addition of 0, and what has the same effect as leaving out a condition or a loop that it is no part of, or
the factor or the term that it is in.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from .changes import deed
from .source import Change, Edit, Source, apart, applied

_GROUPS = (((ast.Mult, ast.Div), ast.Div), ((ast.Add, ast.Sub), ast.Sub))
_MEANS = ("mean", "average")
_OF_CONDITIONS = (
    "where",
    "astype",
    "asarray",
    "array",
    "sum",
    "any",
    "all",
    "float",
    "int",
    "select",
    "nonzero",
    "multiply",
)
_COMPARED = re.compile(r"[<>]|[=!]=")
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def plausible(source: str, change: Change, judge: Callable[[str], Sequence[bool] | None]) -> bool:
    """Whether a change is none of these accidents.

    Args:
        source: that is changed.
        change: after which it is right.
        judge: which parts of a changed source are right; there `_like_` is known (`running.helpers`).
    """
    if _displaced(source, change) or any(_misused(source, edit) for edit in change):
        return False
    if any(right(judge, Edit("statement", *block, "pass").apply(source)) for block in _blocks(source, change)):
        return False
    if any(right(judge, applied(source, without)) for edit in change for without in _without(source, change, edit)):
        return False
    for edit in change:
        for other, wanted in _instead(source, edit):
            if right(judge, applied(source, tuple(other if each is edit else each for each in change))) != wanted:
                return False
    return not any(edit.kind == "name" and source[edit.start : edit.stop] in _written_down(source) for edit in change)


def right(judge: Callable[[str], Sequence[bool] | None], text: str) -> bool:
    """Whether all parts of a source are right."""
    flags = judge(text)
    return bool(flags) and all(flags or ())


def _displaced(source: str, change: Change) -> bool:
    """Whether something stands in the place of what another edit writes in again, beside what is there."""
    deeds = [deed(source, (edit,)) for edit in change]
    return any(
        written and struck and struck <= added and not lost
        for (written, struck), (added, lost) in itertools.permutations(deeds, 2)
    )


def _misused(text: str, edit: Edit) -> bool:
    """Whether an edit hands a comparison to a function that takes numbers, sums what is averaged, or adds 0."""
    source = Source(edit.apply(text))
    start, stop = edit.start, edit.start + len(edit.new)
    statements = [n for n in ast.walk(source.tree) if isinstance(n, ast.AugAssign) and source.span(n)[0] == start]
    if any(
        isinstance(n.value, ast.Constant) and n.value.value == isinstance(n.op, (ast.Mult, ast.Div)) for n in statements
    ):
        return True  # x += 0
    summed = edit.kind == "sum" and edit.new.endswith("keepdims=True)")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            inside = [each for each in node.args if (s := source.span(each))[0] <= start and stop <= s[1]]
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if summed and inside and name in _MEANS:
                return True
            made = [each for each in node.args if start <= (s := source.span(each))[0] and s[1] <= stop]  # in brackets
            compared = any(isinstance(each, ast.Compare) for each in (*inside, *made))
            if compared and name not in _OF_CONDITIONS and not _COMPARED.search(text[edit.start : edit.stop]):
                return True
    return False


def _blocks(text: str, change: Change) -> list[tuple[int, int]]:
    """From where to where each condition and each loop goes in which nothing is changed, but perhaps in its first line."""
    source = Source(text)
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, (ast.If, ast.For)) and not node.orelse]
    bodies = {source.span(node): source.span(node.body[0])[0] for node in nodes}
    return [span for span, body in bodies.items() if not any(e.stop > body and e.start < span[1] for e in change)]


def _without(text: str, change: Change, edit: Edit) -> Iterator[Change]:
    """The change, with an edit replaced by leaving out the factor or the term that it is in, or that it makes the value of.

    Of a factor also together with another one, which it may have become equal to; and ``x *= …`` as a whole.
    """
    source = Source(text)
    others = [each for each in change if each is not edit]
    for span in _reached(source, edit):
        for node in (n for n in ast.walk(source.tree) if isinstance(n, (ast.BinOp, ast.AugAssign))):
            for left in _left(source, node, span):
                dropped = Edit("drop", *source.span(node), left)
                if all(apart(dropped, other) for other in others):
                    yield (dropped, *others)


def _reached(source: Source, edit: Edit) -> Iterator[tuple[int, int]]:
    """Where an edit is, and where the name is used that stands for the value it is in."""
    yield edit.start, edit.stop
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name):
            start, stop = source.span(node)
            if start < edit.stop and edit.start < stop:
                names = (n for n in ast.walk(source.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
                yield from (source.span(name) for name in names if name.id == target.id)


def _left(source: Source, node: ast.BinOp | ast.AugAssign, span: tuple[int, int]) -> Iterator[str]:
    """What is left of a product or a sum without the operand in which something stands; of a product also without one more."""
    if isinstance(node, ast.AugAssign):
        start, stop = source.span(node.value)
        yield from ["pass"] if start <= span[0] and span[1] <= stop else []
        return
    for group, inverse in _GROUPS:
        if not isinstance(node.op, group):
            continue
        operands = list(_operands(node, group, inverse, False))
        mine = [i for i, (each, _) in enumerate(operands) if (s := source.span(each))[0] <= span[0] and span[1] <= s[1]]
        for i in mine:
            others = range(len(operands)) if ast.Mult in group else ()
            for dropped in ({i}, *({i, j} for j in others if j != i)):
                kept = [operand for j, operand in enumerate(operands) if j not in dropped]
                if any(not inverted for _, inverted in kept):
                    yield f"({_joined(source, kept, product=ast.Mult in group)})"


def _operands(
    node: ast.expr, group: tuple[type[ast.operator], ...], inverse: type[ast.operator], inverted: bool
) -> Iterator[tuple[ast.expr, bool]]:
    """The factors of a product, or the terms of a sum, and whether each divides or is subtracted."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, group):
        yield from _operands(node.left, group, inverse, inverted)
        yield from _operands(node.right, group, inverse, inverted != isinstance(node.op, inverse))
    else:
        yield node, inverted


def _joined(source: Source, operands: list[tuple[ast.expr, bool]], *, product: bool) -> str:
    sign, inverse = ("*", "/") if product else ("+", "-")
    first, *rest = sorted(operands, key=lambda operand: operand[1])
    return " ".join(
        [source.of(first[0]), *(f"{inverse if inverted else sign} {source.of(each)}" for each, inverted in rest)]
    )


def _written_down(text: str) -> set[str]:
    """Names that stand for a number that was written down."""
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant)]
    return {target.id for node in nodes for target in node.targets if isinstance(target, ast.Name)}


def _instead(source: str, edit: Edit) -> list[tuple[Edit, bool]]:
    """What is tried in the place of an edit, and whether that should be right."""
    old = source[edit.start : edit.stop]
    if condition := _condition(source, edit):
        return [(Edit("comparison", *condition, constant), False) for constant in ("False", "True")]
    if edit.kind == "indentation" and (statement := _starting(source, edit.start if edit.place < 0 else edit.place)):
        return [(Edit("statement", *statement, "pass"), False)]
    if edit.kind == "operator" and (written := _number_in(edit.new)) is not None:  # a number that may be any
        return [(replace(edit, new=edit.new[: written[0]] + "7.5" + edit.new[written[1] :]), False)]
    if edit.kind == "axis" and edit.new.endswith(("[None]", "[None, :]")):  # an axis that is summed over again
        return [(replace(edit, new=f"np.stack([{old}, 0 * ({old})])"), False)]
    if (
        edit.kind == "name"
        and not edit.unlikely
        and not edit.rule
        and _DOTTED.fullmatch(edit.new)
        and _DOTTED.fullmatch(old)
    ):
        return [(replace(edit, new=f"_like_({edit.new}, {old})"), True)]
    return []


def _number_in(text: str) -> tuple[int, int] | None:
    """From where to where the number goes that is a term or a factor of what is inside."""
    source = Source(text)
    sums = (
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))
    )
    numbers = (side for node in sums for side in (node.left, node.right) if isinstance(side, ast.Constant))
    return next(map(source.span, numbers), None)


def _condition(text: str, edit: Edit) -> tuple[int, int] | None:
    """From where to where the condition goes in which something is changed, or the comparison that is."""
    source = Source(text)
    tests = [n.test for n in ast.walk(source.tree) if isinstance(n, (ast.If, ast.IfExp, ast.While))]
    around = (span for span in map(source.span, tests) if span[0] <= edit.start and edit.stop <= span[1])
    return next(around, (edit.start, edit.stop) if edit.kind == "comparison" else None)


def _starting(text: str, place: int) -> tuple[int, int] | None:
    """From where to where the statement goes that starts at a place."""
    source = Source(text)
    spans = (source.span(node) for node in ast.walk(source.tree) if isinstance(node, ast.stmt))
    return next((span for span in spans if span[0] == place), None)
