"""A Python expression as MathML, the way one would write it by hand: fractions, roots, powers, eˣ, |x|."""

from __future__ import annotations

import ast
import html
from collections.abc import Callable
from typing import Any

import numpy as np

from ...rules.op import Op
from .phrases import phrase

Names = dict[str, str]  # a variable of the expression, and what the page knows it as
Lookup = Callable[[ast.expr], Any]

_SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(5)
_GREEK = {"pi": "π", "sigmoid": "σ", "inf": "∞"}
_FUNCTIONS = {"log": "ln", "log2": "log₂", "arcsin": "arcsin", "sign": "sgn"}
_COMPARISONS: dict[type, str] = {
    ast.Gt: ">", ast.GtE: "≥", ast.Lt: "<", ast.LtE: "≤", ast.Eq: "=", ast.NotEq: "≠",
}  # fmt: skip
_OPERATORS: dict[type, tuple[str, int]] = {
    ast.Add: ("+", _SUM), ast.Sub: ("−", _SUM), ast.Mult: ("·", _PRODUCT), ast.MatMult: ("", _PRODUCT),
    ast.BitAnd: ("∧", _SUM), ast.BitOr: ("∨", _SUM), ast.Mod: ("mod", _PRODUCT),
}  # fmt: skip


def write(expression: ast.expr, names: Names, lookup: Lookup) -> str:
    """The expression as the inside of a ``<math>`` element. A variable has its name in ``data-v``."""
    return _Writer(names, lookup).part(expression)[0]


class _Writer:
    """Each part of the expression becomes its MathML and how tightly it binds."""

    def __init__(self, names: Names, lookup: Lookup) -> None:
        self._names = names
        self._lookup = lookup

    def part(self, node: ast.expr) -> tuple[str, int]:
        writer = getattr(self, f"_{type(node).__name__.lower()}", None)
        return writer(node) if writer else (_plain(node), _ATOM)

    def _at(self, node: ast.expr, level: int) -> str:
        """The part, in parentheses if it binds less tightly than `level`."""
        text, own = self.part(node)
        return text if own >= level else f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"

    def _name(self, node: ast.Name) -> tuple[str, int]:
        if node.id in self._names:
            return f'<mi data-v="{self._names[node.id]}">{html.escape(node.id)}</mi>', _ATOM
        return self._known(node) if self._lookup(node) is not None else (f"<mi>{html.escape(node.id)}</mi>", _ATOM)

    def _known(self, node: ast.expr) -> tuple[str, int]:
        """A constant of the module that the rule stands in."""
        value = self._lookup(node)
        name = node.attr if isinstance(node, ast.Attribute) else ""
        if name in _GREEK:
            return f"<mi>{_GREEK[name]}</mi>", _ATOM
        return (f"<mn>{value:.6g}</mn>", _ATOM) if isinstance(value, (int, float)) else (_plain(node), _ATOM)

    def _constant(self, node: ast.Constant) -> tuple[str, int]:
        return f"<mn>{html.escape(str(node.value))}</mn>", _ATOM

    def _unaryop(self, node: ast.UnaryOp) -> tuple[str, int]:
        if isinstance(node.op, ast.USub):
            return f"<mrow><mo>−</mo>{self._at(node.operand, _PRODUCT)}</mrow>", _NEGATIVE - 2
        return _plain(node), _ATOM

    def _binop(self, node: ast.BinOp) -> tuple[str, int]:
        if isinstance(node.op, ast.Div):
            top, bottom = self.part(node.left)[0], self.part(node.right)[0]
            return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>", _NEGATIVE
        if isinstance(node.op, ast.Pow):
            return f"<msup>{_row(self._at(node.left, _ATOM))}{_row(self.part(node.right)[0])}</msup>", _POWER
        if type(node.op) not in _OPERATORS:
            return _plain(node), _ATOM
        symbol, level = _OPERATORS[type(node.op)]
        left, right = self._at(node.left, level), self._at(node.right, level + 1)
        return f"<mrow>{left}<mo>{symbol}</mo>{right}</mrow>", level

    def _compare(self, node: ast.Compare) -> tuple[str, int]:
        """``[x > 0]``: 1 where it holds, 0 elsewhere."""
        text = self._at(node.left, _SUM)
        for op, right in zip(node.ops, node.comparators, strict=True):
            text += f"<mo>{html.escape(_COMPARISONS.get(type(op), '?'))}</mo>{self._at(right, _SUM)}"
        return f"<mrow><mo>[</mo>{text}<mo>]</mo></mrow>", _ATOM

    def _subscript(self, node: ast.Subscript) -> tuple[str, int]:
        """``v[::-1]`` is v in reverse, and new axes are nothing to speak of."""
        inside = ast.unparse(node.slice)
        if inside == "::-1":
            return f"<mrow>{self._at(node.value, _ATOM)}<mtext> in reverse</mtext></mrow>", _ATOM
        if set(inside) <= set("(.,None) :"):
            return self.part(node.value)
        return _plain(node), _ATOM

    def _attribute(self, node: ast.Attribute) -> tuple[str, int]:
        if node.attr in ("mT", "T"):
            return f"<msup>{_row(self._at(node.value, _ATOM))}<mi>ᵀ</mi></msup>", _ATOM
        return self._known(node)

    def _call(self, node: ast.Call) -> tuple[str, int]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if isinstance(node.func, ast.Attribute) and name == "conj":
            return f"<mover>{_row(self.part(node.func.value)[0])}<mo>¯</mo></mover>", _ATOM
        if isinstance(node.func, ast.Attribute) and ast.unparse(node).endswith(".swapaxes(-1, -2)"):
            return f"<msup>{_row(self._at(node.func.value, _ATOM))}<mi>ᵀ</mi></msup>", _ATOM
        function = self._lookup(node.func)
        arguments = [self.part(a)[0] for a in node.args if not isinstance(a, ast.Starred)]
        if isinstance(node.func, ast.Attribute) and function is None:
            arguments.insert(0, self.part(node.func.value)[0])
        first = arguments[0] if arguments else ""
        if function is float:
            return self.part(node.args[0])
        if function in (abs, np.abs):
            return f"<mrow><mo>|</mo>{first}<mo>|</mo></mrow>", _ATOM
        if function is np.sqrt:
            return f"<msqrt>{first}</msqrt>", _ATOM
        if function is np.exp:
            return f"<msup><mi>e</mi>{_row(first)}</msup>", _POWER
        if function is np.exp2:
            return f"<msup><mn>2</mn>{_row(first)}</msup>", _POWER
        if function in (np.floor, np.ceil):
            left, right = "⌊⌋" if function is np.floor else "⌈⌉"
            return f"<mrow><mo>{left}</mo>{first}<mo>{right}</mo></mrow>", _ATOM
        if found := phrase(name.rpartition(".")[2], arguments):
            return found, _ATOM
        name = function.name if isinstance(function, Op) else name.rpartition(".")[2]
        shown = _GREEK.get(name) or _FUNCTIONS.get(name, name.strip("_").replace("_", " "))
        return (
            f"<mrow><mi>{html.escape(shown)}</mi><mo>(</mo>{'<mo>,</mo>'.join(arguments)}<mo>)</mo></mrow>",
            _ATOM,
        )


def _row(text: str) -> str:
    return f"<mrow>{text}</mrow>"


def _plain(node: ast.expr) -> str:
    return f"<mtext>{html.escape(ast.unparse(node))}</mtext>"
