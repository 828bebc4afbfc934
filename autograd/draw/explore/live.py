"""The operations of a page in JavaScript, so that the page computes as the engine does.

There is no second list of derivatives: each row of the table, its function and its rules, is run once on symbols, which
write down what is done to them. What is listed here is how JavaScript spells the functions of a number that NumPy has.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...rules.op import Op
from ..collect import Graph, Node
from .arrays import Json

_BETWEEN = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.fmod: "%", np.greater: ">", np.less: "<",
    np.greater_equal: ">=", np.less_equal: "<=", np.equal: "===", np.not_equal: "!==", np.bitwise_and: "&",
    np.bitwise_or: "|", np.logical_and: "&&", np.logical_or: "||",
}  # fmt: skip
_CALLED = {
    np.absolute: "abs", np.fabs: "abs", np.sqrt: "sqrt", np.cbrt: "cbrt", np.hypot: "hypot", np.exp: "exp",
    np.expm1: "expm1", np.log: "log", np.log2: "log2", np.log10: "log10", np.log1p: "log1p", np.sin: "sin",
    np.cos: "cos", np.tan: "tan", np.arcsin: "asin", np.arccos: "acos", np.arctan: "atan", np.arctan2: "atan2",
    np.sinh: "sinh", np.cosh: "cosh", np.tanh: "tanh", np.arcsinh: "asinh", np.arccosh: "acosh", np.arctanh: "atanh",
    np.sign: "sign", np.floor: "floor", np.ceil: "ceil", np.trunc: "trunc", np.fix: "trunc", np.maximum: "max",
    np.minimum: "min",
}  # fmt: skip
_OWN = {  # the functions of engine.mjs
    np.power: "power", np.remainder: "remainder", np.rint: "rint", np.copysign: "copysign", np.logaddexp: "logaddexp",
    np.logaddexp2: "logaddexp2", np.sinc: "sinc", np.fmax: "fmax", np.fmin: "fmin", np.heaviside: "heaviside",
    np.round: "rint",
}  # fmt: skip
_FORMS: dict[Any, str] = {
    **{ufunc: f"({{0}} {sign} {{1}})" for ufunc, sign in _BETWEEN.items()},
    **{function: f"Math.{name}" for function, name in _CALLED.items()},
    **_OWN,
    np.negative: "(-{0})", np.positive: "{0}", np.conjugate: "{0}", np.real: "{0}", np.reciprocal: "(1 / {0})",
    np.square: "({0} * {0})", np.exp2: "(2 ** {0})", np.floor_divide: "Math.floor({0} / {1})",
    np.degrees: "({0} * (180 / Math.PI))", np.rad2deg: "({0} * (180 / Math.PI))",
    np.radians: "({0} * (Math.PI / 180))", np.deg2rad: "({0} * (Math.PI / 180))",
    np.where: "({0} ? {1} : {2})", np.clip: "Math.min(Math.max({0}, {1}), {2})",
    np.isnan: "Number.isNaN({0})", np.isinf: "(Math.abs({0}) === Infinity)", np.logical_not: "(!{0})",
}  # fmt: skip
_KNOWN = {np.iscomplexobj: False, np.zeros_like: 0}  # of any real number


class _Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """An expression in JavaScript, which a rule takes for a real number: what is done to it makes another."""

    shape = ()
    ndim = 0
    dtype = np.dtype(float)

    def __init__(self, form: str, *parts: Any) -> None:
        self.form = form if "{" in form or not parts else f"{form}({', '.join(f'{{{i}}}' for i in range(len(parts)))})"
        self.parts = parts

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return NotImplemented if method != "__call__" else _made(ufunc, inputs, kwargs)

    def __array_function__(self, function: Any, _: Any, inputs: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        return _KNOWN[function] if function in _KNOWN else _made(function, inputs, kwargs)

    def __record__(self, op: Op, inputs: Sequence[Any], static: dict[str, Any]) -> Any:
        return op.forward(*inputs, **static)

    def __bool__(self) -> bool:
        raise TypeError("which way it goes depends on the numbers")

    def conj(self) -> _Symbol:
        return self

    def astype(self, dtype: Any) -> _Symbol:
        return self if np.dtype(dtype) == self.dtype else NotImplemented


def _made(function: Callable[..., Any], inputs: Sequence[Any], kwargs: dict[str, Any]) -> _Symbol:
    if function not in _FORMS or kwargs:
        raise TypeError(f"{function} has no counterpart in JavaScript")
    return _Symbol(_FORMS[function], *inputs)


def script(graph: Graph) -> tuple[str, dict[str, Json]]:
    """The rules of a graph, a line of JavaScript each, and what the page's data say of them.

    ``live`` has for each node the number of its line, None for a leaf; ``still`` why the page cannot compute, if so.
    """
    lines: dict[str, int] = {}
    numbers: list[int | None] = []
    for node in graph.nodes.values():
        obstacle = _obstacle(node)
        line = "" if obstacle or node.kind != "operation" else _operation(node)
        if obstacle or line is None:
            return "const RULES = [];", {
                "still": obstacle or f"“{node.op}” has no translation to JavaScript",
                "live": [],
            }
        numbers.append(lines.setdefault(line, len(lines)) if line else None)
    return "\n".join(["const RULES = [", *(f"  {line}," for line in lines), "];"]), {"still": "", "live": numbers}


def module(rules: str) -> str:
    """The rules as a module of the page, with the functions of `engine.mjs` that they may call."""
    return f'import {{ {", ".join(sorted({*_OWN.values()}))} }} from "./engine.mjs";\nexport {rules}\n'


def _obstacle(node: Node) -> str:
    """Why no page can compute this node; nothing if one can."""
    name = node.name or node.op or "an input"
    if node.kind not in ("parameter", "input", "constant", "operation"):
        return "a part of the graph is left out"
    if np.shape(node.data):
        return "it computes with arrays, not with single numbers"
    kind = np.asarray(node.data).dtype
    if kind.kind == "b":
        return "a condition was decided when the program ran"
    if kind != np.float64 and (node.kind == "operation" or kind.kind not in "iu"):
        return f"“{name}” is of the kind {kind}"
    if node.value is not None and node.value.op is not None and node.value.op.opaque:
        return f"“{name}” is not looked into"
    return "an input was changed since it was used" if node.note else ""


def _operation(node: Node) -> str | None:
    """An operation and its rules: ``{ forward: (a) => …, rules: [(g, out, a) => …] }``. None if it cannot be written."""
    assert node.value is not None
    op, static = node.value.op, node.value.static
    assert op is not None
    g, out, *inputs = (_Symbol(name) for name in ("g", "out", *(f"x{i}" for i in range(len(node.inputs)))))
    names = ", ".join(x.form for x in inputs)
    function = op.function if op.function in _FORMS else op.forward
    try:
        forward = _written(names, function(*inputs, **static))
        rules = [op.rule(i) for i in range(len(node.inputs))]
        written = [
            "null" if rule is None else _written(f"g, out, {names}", rule(g, out, *inputs, **static)) for rule in rules
        ]
    except Exception:  # any function of any user is run here on what is no number
        return None
    return f"{{ name: {_text(op.name)}, forward: {forward}, rules: [{', '.join(written)}] }}"


def _text(words: str) -> str:
    return json.dumps(words).replace("<", "\\u003c")


def _written(names: str, result: Any) -> str:
    """An arrow function of `names`: what is used more than once is computed once."""
    uses = Counter[int]()
    _count(result, uses)
    shared: dict[int, str] = {}
    before: list[str] = []

    def write(x: Any) -> str:
        if not isinstance(x, _Symbol):
            return _number(x)
        if id(x) in shared:
            return shared[id(x)]
        parts = [write(part) for part in x.parts]
        if not parts:
            return x.form
        text = x.form.format(*parts)
        if uses[id(x)] == 1:
            return text
        shared[id(x)] = f"t{len(shared)}"
        before.append(f"const {shared[id(x)]} = {text};")
        return shared[id(x)]

    last = write(result)
    return f"({names}) => {{ {' '.join(before)} return {last}; }}" if before else f"({names}) => {last}"


def _count(x: Any, uses: Counter[int]) -> None:
    if isinstance(x, _Symbol):
        uses[id(x)] += 1
        if uses[id(x)] == 1:
            for n, part in enumerate(x.parts):
                for _ in range(x.form.count(f"{{{n}}}")):
                    _count(part, uses)


def _number(x: Any) -> str:
    number = float(x)
    if not np.isfinite(number):
        return "NaN" if np.isnan(number) else f"({'-' if number < 0 else ''}Infinity)"
    text = repr(number).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text
