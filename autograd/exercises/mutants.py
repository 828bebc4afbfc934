"""Wrong answers from a right one: its syntax tree with one thing changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

_OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
_EXCHANGED = {"sum": "mean", "mean": "sum", "sin": "cos", "cos": "sin", "max": "min", "min": "max"}
_TRANSPOSED = ("T", "mT")


@dataclass(frozen=True)
class Mutant:
    """A changed source, and what was changed."""

    label: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of the functions in a source, each once: a factor, term, sign, power, transpose, axis, name …"""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda)]:
        arguments = [a.arg for a in function.args.args if a.arg != "self"]
        for node in _inside(function):
            for new in _changes(node, arguments):
                changed = ast.unparse(_with(tree, node, new))
                if changed not in seen:
                    seen.add(changed)
                    yield Mutant(f"line {node.lineno}: {ast.unparse(node)} → {ast.unparse(new)}", changed)


def _inside(function: ast.FunctionDef | ast.Lambda) -> Iterator[ast.expr | ast.stmt]:
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    for part in body:
        yield from (n for n in ast.walk(part) if isinstance(n, ast.expr | ast.AugAssign | ast.Return))


def _with(tree: ast.Module, node: ast.AST, new: ast.AST) -> ast.Module:
    """The tree with `node` exchanged for `new`."""

    class Exchange(ast.NodeTransformer):
        def visit(self, other: ast.AST) -> ast.AST:
            return new if other is node else super().visit(other)

    copy = deepcopy(tree, {id(node): node})  # the very node stays, so that it can be found
    Exchange().visit(copy)
    return ast.fix_missing_locations(copy)


def _changes(node: ast.expr | ast.stmt, arguments: list[str]) -> Iterator[ast.expr | ast.stmt]:
    if isinstance(node, ast.BinOp):
        yield from _of_operation(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _OPPOSITE:
        yield ast.Compare(node.left, [_OPPOSITE[type(node.ops[0])](), *node.ops[1:]], node.comparators)  # type: ignore[list-item]
    elif isinstance(node, ast.Attribute) and node.attr in _TRANSPOSED:
        yield node.value
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in arguments:
        yield from (ast.Name(other, ast.Load()) for other in arguments if other != node.id)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)
        if type(node.op) in _OPPOSITE:
            yield ast.AugAssign(node.target, _OPPOSITE[type(node.op)](), node.value)  # type: ignore[arg-type]
    elif isinstance(node, ast.Return) and node.value is not None:
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for i, part in enumerate(parts):
            signed = [*parts[:i], ast.UnaryOp(ast.USub(), part), *parts[i + 1 :]]
            yield ast.Return(ast.Tuple(signed, ast.Load()) if isinstance(node.value, ast.Tuple) else signed[0])


def _of_operation(node: ast.BinOp) -> Iterator[ast.expr]:
    """A term or factor left out, the operation turned round, a power forgotten, the order of a product."""
    if isinstance(node.op, ast.Pow):
        yield node.left
        return
    yield node.left
    yield node.right
    if isinstance(node.op, ast.MatMult):
        yield ast.BinOp(node.right, ast.MatMult(), node.left)
        yield ast.BinOp(ast.Attribute(node.left, "T", ast.Load()), ast.MatMult(), node.right)
        yield ast.BinOp(node.left, ast.MatMult(), ast.Attribute(node.right, "T", ast.Load()))
    if type(node.op) in _OPPOSITE:
        yield ast.BinOp(node.left, _OPPOSITE[type(node.op)](), node.right)  # type: ignore[arg-type]


def _of_call(node: ast.Call) -> Iterator[ast.expr]:
    """Another axis or none, a mean for a sum, a method left out."""
    for i, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:i], *node.keywords[i + 1 :]]
        if keyword.arg in ("axis", "keepdims"):
            yield ast.Call(node.func, node.args, rest)
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, int):
            other = ast.keyword("axis", ast.Constant(0 if keyword.value.value else 1))
            yield ast.Call(node.func, node.args, [*rest, other])
    if isinstance(node.func, ast.Attribute) and node.func.attr in _EXCHANGED:
        method = ast.Attribute(node.func.value, _EXCHANGED[node.func.attr], ast.Load())
        yield ast.Call(method, node.args, node.keywords)
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy", "math")):
            yield node.func.value
