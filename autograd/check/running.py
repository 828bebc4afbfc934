"""Running what was edited: every loop comes to an end, a number may be put off on purpose, and two things compared."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
MOST_TICKS = 30_000  # times that the loops of an edited answer may go round, and its functions be called
_BITS = 10_000  # of an integer, beyond any that an exercise computes with
_OFF = 1.001


class EndlessError(Exception):
    """A loop of an edited answer, or its calling itself, did not come to an end."""


def bounded(source: str) -> ast.Module:
    """The syntax tree of a source that ends, if need be with an `EndlessError`: its loops and functions call what `helpers` has.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = ast.parse(source)
    for node in list(_repeated(tree)):
        if not isinstance(node, ast.FunctionDef) or source.count(f"{node.name}(") > 1:  # a loop, or it may call itself
            _Bounded().visit(node)
        call = ast.copy_location(ast.Expr(ast.Call(ast.Name("_tick_", ast.Load()), [], [])), node.body[0])
        node.body.insert(0, ast.fix_missing_locations(call))
    return tree


class _Bounded(ast.NodeTransformer):
    """Products and powers, of which integers grow beyond all bounds where they are taken again and again."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, (ast.Mult, ast.Pow)):
            return node
        name = "_times_" if isinstance(node.op, ast.Mult) else "_power_"
        call = ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


def _times(a: Any, b: Any) -> Any:
    if type(a) is type(b) is int and a.bit_length() + b.bit_length() > _BITS:
        raise EndlessError
    return a * b


def _power(a: Any, b: Any) -> Any:
    if type(a) is type(b) is int and a.bit_length() * b > _BITS:
        raise EndlessError
    return a**b


def _repeated(node: ast.AST) -> Iterator[ast.While | ast.For | ast.FunctionDef]:
    """All loops and functions in a block of statements and those inside."""
    for name in _BLOCKS:
        for inner in getattr(node, name, ()):
            if isinstance(inner, (ast.While, ast.For, ast.FunctionDef)):
                yield inner
            yield from _repeated(inner)


class Ticks:
    """What each round of a loop and each function calls; made for one run, which it stops when there are too many."""

    def __init__(self, most: int = MOST_TICKS) -> None:
        self.left = most

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise EndlessError


class Held:
    """Computes a value, or NaN where that stops: what does not depend on it can still be looked at. Made for one run."""

    def __init__(self) -> None:
        self.stopped = False

    def __call__(self, compute: Callable[[], Any]) -> Any:
        try:
            return compute()
        except (EndlessError, RecursionError):
            raise
        except Exception:  # the student's
            self.stopped = True
            return math.nan


def held(tree: ast.Module) -> ast.Module:
    """A tree in which what is assigned to a name, and each thing that is returned among others, is computed by `_held_`.

    One that sees to its own errors is left as it is.
    """
    if not any(isinstance(node, ast.Try) for node in ast.walk(tree)):
        for node in [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]:
            _Holding().generic_visit(node)
        ast.fix_missing_locations(tree)
    return tree


class _Holding(ast.NodeTransformer):
    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            node.value = _computed(node.value)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if isinstance(node.value, ast.Tuple):
            node.value.elts = [*map(_computed, node.value.elts)]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node  # has its own turn

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node  # whose names a function inside it does not see


def _computed(value: ast.expr) -> ast.expr:
    """A call of `_held_`, where a value may stop and means the same in a function of its own."""
    plain = isinstance(value, (ast.Name, ast.Constant, ast.Starred, ast.Lambda))
    own = (ast.NamedExpr, ast.Yield, ast.YieldFrom)
    if plain or any(isinstance(n, own) or (isinstance(n, ast.Name) and n.id == "super") for n in ast.walk(value)):
        return value
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.copy_location(ast.Call(ast.Name("_held_", ast.Load()), [ast.Lambda(nothing, value)], []), value)


def off(x: Any) -> Any:
    """Floating-point numbers a little larger, one or an array of them; whatever else it is as it is."""
    if isinstance(x, float | np.floating):
        return x * type(x)(_OFF)
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return x * x.dtype.type(_OFF)
    return x


def like(new: Any, old: Any) -> Any:
    """`new`, if it is of the same sort as `old`: both numbers or arrays, both lists, both of one type, or one of them None.

    Raises:
        TypeError: it is not.
    """
    if _sort(new) is not _sort(old) and new is not None and old is not None:
        raise TypeError
    return new


def _sort(x: Any) -> type:
    if isinstance(x, int | float) or hasattr(x, "shape"):
        return float
    return list if isinstance(x, tuple) else type(x)


def helpers(ticks: int = MOST_TICKS) -> dict[str, Any]:
    """The names that an edited source finds, once made for one run of so many rounds and calls at most."""
    return {"_tick_": Ticks(ticks), "_off_": off, "_like_": like, "_times_": _times, "_power_": _power}
