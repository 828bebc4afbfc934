"""What stands in the wrong place in a wrong answer.

Two names in each other's places, a factor around another part, two statements in the other order, one in a loop or outside of it.
"""

from __future__ import annotations

import ast
import itertools
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from .additions import parts_of
from .source import MOST_NAMES, Change, Edit, Source, inside

_MOST_PIECES = 24  # of a function that are tried in other places
_METHODS = ("sum", "mean", "cumsum", "prod")


class _Piece(NamedTuple):
    """What an operand has around it, as in ``x * y`` or ``x.sum()``, and how that is written around something else."""

    kind: str
    whole: ast.expr
    operand: ast.expr
    before: str
    after: str

    def around(self, text: str) -> str:
        return f"{self.before}{text}{self.after}"


def moving(source: Source, function: ast.AST, names: list[str]) -> Iterator[Edit]:
    """Edits of one statement, or of two that follow each other."""
    for node in ast.walk(function):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from _reordered(source, block)
    for node in inside(function):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)) and node.value is not None:
            yield from _exchanged(source, node, names)
    if isinstance(function, ast.FunctionDef):
        yield from _used_again(source, function)
        yield from _arguments(source, function)
        yield from _whole(source, function)


def _exchanged(source: Source, node: ast.stmt, names: list[str]) -> Iterator[Edit]:
    """Two names in a statement, or two attributes such as `self.data`, each in all places of the other."""
    start, stop = source.span(node)
    places: dict[str, list[tuple[int, int]]] = {}
    for each in inside(node):
        if isinstance(each, (ast.Name, ast.Attribute)) and isinstance(each.ctx, ast.Load) and _named(each, names):
            places.setdefault(source.of(each), []).append(source.span(each))
    for one, other in itertools.combinations(list(places)[:MOST_NAMES], 2):
        if one.startswith(f"{other}.") or other.startswith(f"{one}."):
            continue
        swaps = [(*place, other) for place in places[one]] + [(*place, one) for place in places[other]]
        said = f"`{one}` and `{other}` are in each other's places"
        yield Edit("exchange", start, stop, _rewritten(source, start, stop, swaps), f"{one} {other}", said=said)


def _named(node: ast.Name | ast.Attribute, names: list[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    return isinstance(node.value, ast.Name) and not _is_module(node.value)


def _rewritten(source: Source, start: int, stop: int, swaps: list[tuple[int, int, str]]) -> str:
    text = source.text[start:stop]
    for a, b, new in sorted(swaps, reverse=True):
        text = text[: a - start] + new + text[b - start :]
    return text


# -- statements -------------------------------------------------------------------------------------------------------


def _reordered(source: Source, block: list[ast.stmt]) -> Iterator[Edit]:
    """Neighbouring statements interchanged; of a loop or a condition, the first or last statement before or after it."""
    for one, other in itertools.pairwise(block):
        if _documents(one):
            continue
        (a, b), (c, d) = source.span(one), source.span(other)
        text = source.text
        simple = not any(isinstance(each, (ast.FunctionDef, ast.ClassDef, ast.Return)) for each in (one, other))
        if simple:
            said = f"`{_head(text[c:d])}` belongs before `{_head(text[a:b])}`"
            yield Edit("sequence", a, d, text[c:d] + text[b:c] + text[a:b], said=said)
        if isinstance(one, ast.Assign) and isinstance(other, ast.FunctionDef):
            said = f"`{_head(text[a:b])}` belongs inside of `{other.name}`: it is computed when that is called"
            first = _indented(source, one, other.body[0])
            new = f"{text[c : source.span(other.body[0])[0]]}{first}\n{' ' * other.body[0].col_offset}"
            yield Edit("sequence", a, source.span(other.body[0])[0], new, said=said)
        if isinstance(other, (ast.For, ast.While)):
            first, header = _indented(source, one, other.body[0]), text[c : source.span(other.body[0])[0]]
            said = f"`{_head(text[a:b])}` belongs inside of the loop that follows"
            new = f"{header}{first}\n{' ' * other.body[0].col_offset}"
            yield Edit("indentation", a, source.span(other.body[0])[0], new, said=said)
        if isinstance(one, (ast.For, ast.While, ast.If)) and not one.orelse:
            inner = _indented(source, other, one.body[0])
            said = f"`{_head(text[c:d])}` belongs inside of the {_called(one)} before it"
            yield Edit("indentation", b, d, f"\n{' ' * one.body[0].col_offset}{inner}", said=said)
    for node in block:
        if isinstance(node, (ast.For, ast.While, ast.If)) and not node.orelse and len(node.body) > 1:
            yield from _taken_out(source, node)


def _taken_out(source: Source, node: ast.For | ast.While | ast.If) -> Iterator[Edit]:
    first, second, before, last = node.body[0], node.body[1], node.body[-2], node.body[-1]
    margin, text = " " * node.col_offset, source.text
    (a, b), (c, d) = source.span(last), source.span(first)
    said = f"`{_head(text[a:b])}` belongs after the {_called(node)}"
    yield Edit(
        "indentation", source.span(before)[1], b, f"\n{margin}{_indented(source, last, node)}", said=said, place=a
    )
    if not isinstance(node, ast.If):
        start = source.span(node)[0]
        said = f"`{_head(text[c:d])}` belongs before the loop"
        new = f"{_indented(source, first, node)}\n{margin}{text[start:c]}"
        yield Edit("indentation", start, source.span(second)[0], new, said=said, place=c)


def _indented(source: Source, node: ast.stmt, like: ast.stmt) -> str:
    """The text of a statement as it is written where another one stands."""
    start, stop = source.span(node)
    text = " " * node.col_offset + source.text[start:stop]
    return textwrap.indent(textwrap.dedent(text), " " * like.col_offset)[like.col_offset :]


def _documents(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _called(node: ast.stmt) -> str:
    return "condition" if isinstance(node, ast.If) else "loop"


def _head(text: str) -> str:
    return text.partition("\n")[0]


def _used_again(source: Source, function: ast.FunctionDef) -> Iterator[Edit]:
    """A name that means something else from a statement on, where further down what it meant before is needed."""
    known = {a.arg for a in function.args.args}
    for i, node in enumerate(function.body):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for name in [base.id for target in targets if isinstance(base := _base(target), ast.Name)]:
            if name in known:
                yield from _before(source, node, name, function.body[i + 1 :])
            known.add(name)


def _arguments(source: Source, function: ast.FunctionDef) -> Iterator[Edit]:
    """After ``y = f(x + 1)``, what f was given, x + 1, where y stands further down."""
    for i, node in enumerate(function.body):
        call = node.value if isinstance(node, ast.Assign) else None
        if isinstance(call, ast.Call) and len(call.args) == 1 and isinstance(call.args[0], ast.BinOp):
            name = getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else ""
            for each in itertools.chain.from_iterable(map(ast.walk, function.body[i + 1 :])):
                if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load):
                    yield Edit("name", *source.span(each), source.of(call.args[0]), "argument")


def _whole(source: Source, function: ast.FunctionDef) -> Iterator[Edit]:
    """For a part of a sum or product that stands elsewhere, the whole of it: w * h, after w * h + b."""
    parts = [node for node in inside(function) if isinstance(node, ast.BinOp)]
    texts: dict[ast.AST, str] = {node: source.of(node) for node in parts}
    for node in parts:
        holding = [other for other in parts if other is not node and texts[node] in map(texts.get, ast.walk(other))]
        around = {texts[other] for other in holding if any(each is node for each in ast.walk(other))}
        wholes = dict.fromkeys(texts[other] for other in holding)
        yield from (Edit("term", *source.span(node), whole, "whole") for whole in wholes if whole not in around)


def _base(target: ast.expr) -> ast.expr:
    """What is changed: x in ``x = …``, ``x += …`` and ``x[i] = …``."""
    while isinstance(target, ast.Subscript):
        target = target.value
    return target


def _before(source: Source, node: ast.stmt, name: str, following: list[ast.stmt]) -> Iterator[Edit]:
    start, text = source.span(node)[0], source.text
    kept = f"{name}_before = 1 * {name}\n{' ' * node.col_offset}"
    said = f"`{_head(text[slice(*source.span(node))])}` makes something else of `{name}`, and what it was before is needed here"
    for later in following:
        for each in ast.walk(later):
            if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load):
                a, b = source.span(each)
                new = f"{kept}{text[start:a]}{name}_before"
                yield Edit("before", start, b, new, "before", said=said, place=a)


# -- pieces of an expression ------------------------------------------------------------------------------------------


def moved(source: Source, function: ast.AST) -> Iterator[Change]:
    """A factor, a power, a sum or a function taken from one part of a function and put around another."""
    parts = [part for node in inside(function) for part in parts_of(node) if not isinstance(part, ast.Constant)]
    for piece in itertools.islice(_pieces(source, function), _MOST_PIECES):
        (a, b), (c, d) = source.span(piece.whole), source.span(piece.operand)
        kept = source.of(piece.operand)
        for part in parts:
            start, stop = source.span(part)
            if part in (piece.whole, piece.operand):
                continue
            if stop <= a or b <= start:
                around = Edit(piece.kind, start, stop, piece.around(source.of(part)))
                yield (Edit(piece.kind, a, b, kept, "moved"), around)
            elif start <= a and b <= stop:
                whole = f"({source.text[start:a]}{kept}{source.text[b:stop]})"
                yield (Edit("brackets", start, stop, piece.around(whole), "across"),)
            elif c <= start and stop <= d:
                text = source.text
                yield (
                    Edit("brackets", a, b, f"({text[c:start]}{piece.around(source.of(part))}{text[stop:d]})", "across"),
                )


def _pieces(source: Source, function: ast.AST) -> Iterator[_Piece]:
    for node in inside(function):
        if isinstance(node, ast.BinOp):
            left, right = source.of(node.left), source.of(node.right)
            if isinstance(node.op, (ast.Mult, ast.Div)):
                sign = "*" if isinstance(node.op, ast.Mult) else "/"
                yield _Piece("factor", node, node.left, "(", f" {sign} {right})")
            if isinstance(node.op, ast.Mult):
                yield _Piece("factor", node, node.right, f"({left} * ", ")")
            if isinstance(node.op, ast.Pow):
                yield _Piece("power", node, node.left, "(", f"**{right})")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _METHODS and not _is_module(node.func.value):
                end = source.text[source.span(node.func.value)[1] : source.span(node)[1]]
                yield _Piece("sum", node, node.func.value, "", end)
            elif len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
                name, end = source.of(node.func), source.text[source.span(node.args[0])[1] : source.span(node)[1]]
                yield _Piece("function", node, node.args[0], f"{name}(", end)


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")
