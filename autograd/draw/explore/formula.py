"""The formula of a derivative rule, read from the rule's own source: the table is the only place where it is written.

A rule is one Python expression in `g`, `out` and the inputs. Where it works number by number, setting `g` to 1 gives
the local derivative ∂out/∂x, since every rule is linear in `g`.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import re
import types
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...rules import activations, arithmetic, guards
from ...rules.op import Op
from . import mathml
from .phrases import PHRASES, RULES

_RULES = arithmetic.__name__.rpartition(".")[0]


@dataclass(frozen=True)
class Formula:
    """A rule for reading: as MathML and as text, or, where a rule is a function of several lines, by its docstring.

    `local` says whether it is the local derivative, to be multiplied by the incoming gradient; otherwise it is the
    whole contribution. `variable` is the rule's name for the input that it is about.
    """

    math: str = ""
    text: str = ""
    about: str = ""
    local: bool = False
    variable: str = "x"


def formula(op: Op, index: int) -> Formula:
    """The formula of the rule for the input at `index`."""
    rule = op.rules[0] if op.variadic else op.rules[index]
    assert rule is not None
    found = _formula(rule, index)
    words = RULES.get(op.name) if str(inspect.unwrap(rule).__module__).startswith(_RULES) else None
    return Formula(about=words) if words else found


def _is_program(expression: ast.expr) -> bool:
    """Whether it has parts that no formula has."""
    programs = (ast.ListComp, ast.GeneratorExp, ast.IfExp, ast.Tuple, ast.List)
    return isinstance(expression, (ast.Tuple, ast.List)) or any(isinstance(n, programs) for n in ast.walk(expression))


@lru_cache(maxsize=1024)
def _formula(rule: Callable[..., Any], index: int) -> Formula:
    function = inspect.unwrap(rule)
    about = _about(function)
    expression = _expression(function)
    if expression is None:
        return Formula(about=about or f"the rule {getattr(function, '__name__', 'of this operation')}")
    names = _names(function)
    lookup = _lookup(function)
    if about and _is_program(expression):
        return Formula(about=about)
    local = _number_by_number(expression, names, lookup)
    if local:
        expression = simplified(_WithoutG().visit(expression))
    helpers = [_helper(node, lookup) for node in ast.walk(expression)]  # chain and over are gone by now
    about = " ".join(dict.fromkeys(text for text in (about, *helpers) if text))
    variable = next((name for name, place in names.items() if place == f"i{index}"), "x")
    return Formula(mathml.write(expression, names, lookup), ast.unparse(expression), about, local, variable)


def _expression(function: Any) -> ast.expr | None:
    """The expression that a lambda, or a function of a single line, returns. None where there is no such thing."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        return None
    source = "".join(linecache.getlines(code.co_filename))
    positions = [
        (line, column) for line, _, column, end in code.co_positions() if line and column and end and end > column
    ]
    try:
        module = ast.parse(source)
    except SyntaxError:
        return None
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            body = node.body
            start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
            if all(start <= place <= end for place in positions):
                found.append(body)
        elif isinstance(node, ast.FunctionDef) and (node.name, node.lineno) == (code.co_name, code.co_firstlineno):
            returned = [s for s in node.body if not _is_docstring(s)]
            if len(returned) == 1 and isinstance(returned[0], ast.Return) and returned[0].value is not None:
                found.append(returned[0].value)
    return found[0] if len(found) == 1 else None


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _names(function: Any) -> mathml.Names:
    """The rule's parameters: `g`, `out` and the inputs, the latter known to the page by their place."""
    positional = [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    if positional[:1] != ["g"]:  # the rule of an operation on any number of arrays is told which one is meant
        return {}
    places = {name: f"i{i}" for i, name in enumerate(positional[2:])}
    return {"g": "g", positional[1]: "out"} | places


def _lookup(function: Any) -> mathml.Lookup:
    """What a name, or a name with a dot, stands for where the rule was written. None for what is not known there."""
    known = {**vars(builtins), **function.__globals__}

    def lookup(node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return known.get(node.id)
        if isinstance(node, ast.Attribute):
            return getattr(lookup(node.value), node.attr, None)
        return None

    return lookup


def _number_by_number(node: ast.expr, names: Collection[str], lookup: mathml.Lookup) -> bool:
    """Whether each number of the result depends on the numbers at the same place alone."""

    def inside(*parts: ast.expr) -> bool:
        return all(_number_by_number(part, names, lookup) for part in parts)

    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name in names or isinstance(lookup(node), (int, float))
        case ast.Attribute():
            return isinstance(lookup(node), float)
        case ast.UnaryOp(operand=operand):
            return inside(operand)
        case ast.BinOp(left=left, right=right, op=op):
            return not isinstance(op, ast.MatMult) and inside(left, right)
        case ast.Compare(left=left, comparators=others):
            return inside(left, *others)
        case ast.Call(func=ast.Attribute(value=value, attr="conj"), args=[], keywords=[]):
            return inside(value)
        case ast.Call(func=func, args=arguments, keywords=[]):
            return _acts_on_numbers(lookup(func)) and inside(*arguments)
    return False


def _acts_on_numbers(function: Any) -> bool:
    """Whether a function works number by number: a ufunc, a row of the table for one, or a line of such."""
    if isinstance(function, np.ufunc):
        return function.signature is None
    if isinstance(function, Op):
        return function in (*vars(activations).values(), guards.chain_product) or _acts_on_numbers(function.function)
    if function in (np.where, np.zeros_like, abs, float, guards.chain, guards.over):
        return True
    expression = _expression(function)
    return expression is not None and _number_by_number(
        expression, inspect.signature(function).parameters, _lookup(function)
    )


def _helper(node: ast.AST, lookup: mathml.Lookup) -> str:
    """``name: what it is``, for a function that the rule calls and that is not NumPy's."""
    function = lookup(node.func) if isinstance(node, ast.Call) else None
    if not isinstance(function, types.FunctionType) or not function.__module__.startswith(_RULES):
        return ""
    if function.__name__ in PHRASES:
        return ""
    about = _about(function).partition("\n\n")[0]
    return f"{function.__name__.strip('_').replace('_', ' ')}: {about}" if about else ""


def _about(function: Any) -> str:
    """A function's docstring, without its marks for code, and names in it as words."""
    return re.sub(r"(?<=\w)_(?=\w)", " ", (inspect.getdoc(function) or "").replace("`", ""))


class _WithoutG(ast.NodeTransformer):
    """A rule with its `g` set to 1."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(1) if node.id == "g" else node


def simplified(node: ast.expr) -> ast.expr:
    """The expression without its factors of 1: what is left of ``g * (1 - out * out)`` is ``1 - out ** 2``."""
    return _Simplifier().visit(node)


class _Simplifier(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="chain"), args=[left, right]):
                return self.visit_BinOp(ast.BinOp(left, ast.Mult(), right))
            case ast.Call(func=ast.Name(id="over"), args=[left, right]):
                return self.visit_BinOp(ast.BinOp(left, ast.Div(), right))
            case ast.Call(func=ast.Attribute(value=ast.Constant() as value, attr="conj")):
                return value
            case ast.Call(func=ast.Attribute(attr="zeros_like")):
                return ast.Constant(0)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Constant(value=1), op=ast.Mult(), right=other):
                return other
            case ast.BinOp(left=other, op=ast.Mult() | ast.Div(), right=ast.Constant(value=1)):
                return other
            case ast.BinOp(left=ast.UnaryOp(op=ast.USub(), operand=left), op=ast.Mult() | ast.Div() as op, right=right):
                return ast.UnaryOp(ast.USub(), self.visit_BinOp(ast.BinOp(left, op, right)))
            case ast.BinOp(
                left=left, op=ast.Mult(), right=ast.BinOp(left=ast.Constant(value=1), op=ast.Div(), right=d)
            ):
                return ast.BinOp(left, ast.Div(), d)
            case ast.BinOp(left=ast.Name(id=a), op=ast.Mult(), right=ast.Name(id=b)) if a == b:
                return ast.BinOp(node.left, ast.Pow(), ast.Constant(2))
        return node
