"""Slips with arrays as such: a letter of `einsum`, an index that picks whole columns, a second name where a copy was meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .source import Edit, Source, inside

_MOST_LETTERS = 12  # of the subscripts of an einsum


def of_arrays(source: Source, function: ast.AST, _names: list[str]) -> Iterator[Edit]:
    for node in inside(function):
        if isinstance(node, ast.Call) and _called(node) == "einsum" and node.args:
            yield from _letters(source, node.args[0])
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            yield from _paired(source, node, node.slice)
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Slice)
            and (node.slice.lower or node.slice.upper)
        ):
            yield Edit("index", *source.span(node.slice), ":")
        elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Attribute)):
            yield Edit("copy", *source.span(node.value), f"{source.of(node.value)}.copy()")
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_int(node.operand):
            yield Edit("number", *source.span(node), "0", "start")  # of axes and of indices: -1 for 0


def _called(node: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _is_int(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _letters(source: Source, node: ast.expr) -> Iterator[Edit]:
    """The subscripts of an einsum with one letter for another, or those of the result in the other order."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    text, letters = node.value, sorted({c for c in node.value if c.isalpha()})[:_MOST_LETTERS]
    for i, old in enumerate(text):
        if old.isalpha():
            yield from (
                Edit("index", *source.span(node), f'"{text[:i]}{new}{text[i + 1 :]}"') for new in letters if new != old
            )
    head, arrow, result = text.partition("->")
    if arrow and result[::-1] != result:
        yield Edit("transpose", *source.span(node), f'"{head}->{result[::-1]}"')
    operands = head.split(",")
    for i, operand in enumerate(operands):
        turned = ",".join([*operands[:i], operand[::-1], *operands[i + 1 :]])
        if turned != head:
            yield Edit("transpose", *source.span(node), f'"{turned}{arrow}{result}"')


def _paired(source: Source, node: ast.Subscript, index: ast.Tuple) -> Iterator[Edit]:
    """x[:, j] → x[np.arange(len(x)), j], where j holds an index for each row."""
    value = source.of(node.value)
    for part, other in zip(index.elts, index.elts[1:], strict=False):
        whole = isinstance(part, ast.Slice) and part.lower is part.upper is part.step is None
        if whole and isinstance(other, (ast.Name, ast.Call, ast.Subscript)):
            start, stop = source.span(part)
            yield Edit("index", start, stop, f"np.arange(len({value}))", "paired")
