"""What may be missing in a wrong answer: a factor, a term, a sign, a power, a transpose, a sum, an axis, around a part of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from .source import MOST_NAMES, Edit, Source, inside

_ARGUMENTS = 5  # of a function, whose lengths may be divided by
OF_LISTS = ("append", "pop", "extend", "insert", "reverse")
_MAKE_LISTS = ("list", "set", "sorted", "reversed", "zip", "enumerate")
_MORE = ("", " * 2", " * g", " * 2 * g")  # beside a product


def adding(source: Source, function: ast.AST, names: list[str]) -> Iterator[Edit]:
    """Around whole terms and factors only: what is returned or assigned, the operands of an operator, the arguments of a call.

    A factor of one operand of a product is one of the product, and a term beside one of a sum is one beside the sum: there is one
    edit of both, around the whole.
    """
    numbers = _numbers_in(source, function, names)
    plain = [name for name in numbers if name in names]
    shapes = ("{}.size", "len({})", "{}.shape[-1]", "np.sqrt({}.shape[-1])")
    lengths = [shape.format(name) for name in plain[:_ARGUMENTS] for shape in shapes]
    factors = [f"{sign} {n}" for sign in "*/" for n in ("2", *numbers)]
    terms = [f"{sign} {term}" for sign in "+-" for term in ("1", *plain)]
    things, arrays = containers(function), not _of_values(source)
    for node in inside(function):
        operator = node.op if isinstance(node, ast.BinOp) else None
        for part in parts_of(node):
            if _is_container(node, part, things):
                continue
            place, x = source.span(part), source.of(part)
            of_product = isinstance(operator, (ast.Mult, ast.Div))
            number = isinstance(part, ast.Constant) and not isinstance(node, ast.Assign)
            if not number and not _is_length(node):
                yield from _around(source, part, signed=not of_product)
                if arrays:
                    yield from _around_array(source, part, summed=not isinstance(node, ast.Attribute))
            if not of_product:
                others = (factor for factor in factors if factor != f"/ {x}" and not _is_size(part))
                yield from (
                    Edit("factor", *place, f"({x} {factor})", "twice" if factor == "* 2" else "", number)
                    for factor in others
                )
                yield from (
                    Edit("factor", *place, f"({x} / {n})", "root" if "sqrt" in n else "length", number)
                    for n in lengths
                    if arrays
                )
            if not isinstance(operator, (ast.Add, ast.Sub)):
                yield from (
                    Edit(
                        "term",
                        *place,
                        f"({x} {term})",
                        "one" if term[2:] == "1" else "",
                        unlikely=(number and term[2:] != "1") or _names_size(node, part),
                    )
                    for term in terms
                    if term != f"- {x}"
                )


def attributes_in(source: Source, function: ast.AST) -> list[str]:
    """Names with a dot that a function uses and that stand for numbers, as far as one can see, and not for functions."""
    found = [node for node in inside(function) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    dotted = dict.fromkeys(source.of(node) for node in found if node.attr not in ("T", *OF_LISTS))
    return [text for text in dotted if not text.startswith(("np.", "math."))][:MOST_NAMES]


def _numbers_in(source: Source, function: ast.AST, names: list[str]) -> list[str]:
    """Names and names with a dot that stand for numbers or arrays: of a Value `v` with `v.data` not `v` itself."""
    found = [
        node for node in ast.walk(function) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    objects = {source.of(node.value) for node in found if node.attr == "data" or not hasattr(np.ndarray, node.attr)}
    called = {source.of(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    handed = {source.of(node) for node in found if node.attr == "_backward"}
    dotted = [text for text in attributes_in(source, function) if text not in called | handed]
    return [*(name for name in names if name not in objects), *dotted]


def _is_size(part: ast.expr) -> bool:
    """Whether this is the length of something, which is no place for a factor."""
    inner = part.value if isinstance(part, ast.Subscript) else part
    return _is_length(part) or (isinstance(inner, ast.Attribute) and inner.attr in ("shape", "size"))


def _names_size(node: ast.AST, part: ast.expr) -> bool:
    """Whether a length only gets a name here: that is what it says, and wrong is what is done with it."""
    return isinstance(node, ast.Assign) and _is_size(part)


def _is_length(node: ast.AST) -> bool:
    """Whether this is ``len(…)``, of whose argument only the length counts."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def containers(function: ast.AST) -> set[str]:
    """Names that stand for lists, as far as one can see."""
    methods = (n for n in ast.walk(function) if isinstance(n, ast.Attribute) and n.attr in OF_LISTS)
    return {method.value.id for method in methods if isinstance(method.value, ast.Name)}


def _is_container(node: ast.AST, part: ast.expr, things: set[str]) -> bool:
    """Whether a part is a list or goes into one, so that nothing is computed with it."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in _MAKE_LISTS or getattr(node.func, "attr", "") == "add"
    targets = node.targets if isinstance(node, ast.Assign) else []
    named = [part, *targets]
    return any(isinstance(each, ast.Name) and each.id in things for each in named) or (
        isinstance(part, ast.Call) and getattr(part.func, "id", "") in _MAKE_LISTS
    )


def _of_values(source: Source) -> bool:
    """Whether this is a class of Values, of single numbers, and nothing in it is an array."""
    nodes = list(ast.walk(source.tree))
    named = any(isinstance(node, ast.Name) and node.id in ("np", "numpy") for node in nodes)
    return not named and any(isinstance(node, ast.ClassDef) for node in nodes)


def _around(source: Source, part: ast.expr, *, signed: bool) -> Iterator[Edit]:
    """What is done with an expression that is not a number: a sign, a power, an order, a complement, a mask's negation."""
    place, x = source.span(part), source.of(part)
    if signed:
        yield Edit("sign", *place, f"(-{x})")
    yield Edit("function", *place, f"np.abs({x})")
    if isinstance(part, ast.Name):
        yield Edit("function", *place, f"np.argsort({x})")  # the order that undoes an order
    for new in (f"{x}**2", f"{x}**3", f"np.sqrt({x})", f"1 / {x}"):
        yield Edit("power", *place, f"({new})", "squared" if new.endswith("**2") else "")
    yield Edit("term", *place, f"(1 - {x})")
    if isinstance(part, ast.Compare):
        yield Edit("comparison", *place, f"(~{x})")


def _around_array(source: Source, part: ast.expr, *, summed: bool) -> Iterator[Edit]:
    """What is done with an array: a transpose, a sum, an axis."""
    place, x = source.span(part), source.of(part)
    yield Edit("transpose", *place, f"{x}.T")
    for axis in ("", "axis=0", "axis=1", "axis=-1", "axis=0, keepdims=True", "axis=1, keepdims=True") if summed else ():
        yield Edit("sum", *place, f"{x}.sum({axis})")
    if isinstance(part, ast.Name):
        for axis in ("axis=0", "axis=-1, keepdims=True"):
            yield Edit("term", *place, f"({x} - {x}.mean({axis}))", "centred")
    for index in ("[:, None]", "[None, :]", "[None]", "[..., None]"):
        yield Edit("axis", *place, f"{x}{index}")


def completing(source: Source, function: ast.AST, names: list[str]) -> Iterator[Edit]:
    """What is returned, with a factor or a term more that is a product itself: steps of a chain rule that were forgotten."""
    targets = [each for loop in ast.walk(function) if isinstance(loop, ast.For) for each in ast.walk(loop.target)]
    counters = {each.id for each in targets if isinstance(each, ast.Name)}
    names = [name for name in names if name not in counters]
    slopes = [text for a in names for text in (f"(1 - {a})", f"{a} * (1 - {a})", f"(1 - {a}**2)", f"{a}**2")]
    products = [f"{a} * {b}" for i, a in enumerate(names) for b in names[i:]]
    for node in inside(function):
        for part in parts_of(node) if isinstance(node, (ast.Return, ast.Lambda)) else []:
            place, x = source.span(part), source.of(part)
            for slope in slopes:
                for new in (f"{x} * {slope}", f"{x} * 2 * {slope}", f"-{x} * {slope}", f"{x} * -2 * {slope}"):
                    yield Edit("factor", *place, f"({new})", "forgotten")
                yield from (Edit("factor", *place, f"({sign}{x} / ({slope}))", "forgotten") for sign in ("", "-"))
            for term in products:
                yield from (Edit("term", *place, f"({x} {sign} {term}{more})") for sign in "+-" for more in _MORE)


def parts_of(node: ast.AST) -> list[ast.expr]:
    """What stands whole inside of a node: operands, what is returned or assigned, arguments."""
    parts: list[ast.expr | None] = []
    if isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Lambda):
        parts = list(node.body.elts) if isinstance(node.body, ast.Tuple) else [node.body]
    elif isinstance(node, (ast.Return, ast.Assign, ast.AugAssign)):
        parts = list(node.value.elts) if isinstance(node.value, ast.Tuple) else [node.value]
    elif isinstance(node, ast.Call):
        parts = list(node.args)
    elif isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.SetComp)):
        parts = [node.elt]
    elif isinstance(node, ast.List):
        parts = list(node.elts)
    elif isinstance(node, (ast.Attribute, ast.Subscript)):  # (a * b).sum(), (a * b)[0]
        parts = [node.value if isinstance(node.value, ast.BinOp) else None]
    elif isinstance(node, ast.UnaryOp):
        parts = [node.operand if isinstance(node.operand, ast.BinOp) else None]
    return [
        part
        for part in parts
        if part is not None and not isinstance(part, (ast.Starred, ast.Lambda, ast.Tuple, ast.List))
    ]
