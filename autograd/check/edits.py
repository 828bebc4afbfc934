"""One thing changed in a wrong answer: every small edit of a piece of Python that a slip of the pen may have undone.

An edit replaces one expression, operator or statement by another text: it drops or adds a factor, a term, a sign, a power, a
transpose or a sum, it changes an axis, a number, a name, a comparison, a function or where the brackets stand. The rest of the
source keeps every character, so that an edit can be shown in the line where it belongs.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator

from .additions import adding, attributes_in, completing, containers
from .arrays import of_arrays
from .moves import moved, moving
from .source import MOST_NAMES, Change, Edit, Source, inside, names_in, scopes

_OPERATORS: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-", "*"), ast.Sub: ("+",), ast.Mult: ("/", "@", "+", "**"), ast.Div: ("*",), ast.MatMult: ("*",),
    ast.FloorDiv: ("/",), ast.Mod: ("//",), ast.Pow: ("*",),
}  # fmt: skip
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="
}  # fmt: skip
_MIXED_UP = (
    ("sin", "cos", "tan"), ("sinh", "cosh", "tanh"), ("sin", "sinh"), ("cos", "cosh"), ("tan", "tanh"), ("log", "log1p"),
    ("exp", "expm1"), ("exp", "log"), ("maximum", "minimum"), ("sum", "mean", "max", "min"),
    ("argmax", "argmin"), ("var", "std"), ("sqrt", "square"), ("zeros_like", "ones_like"), ("zeros", "ones"),
    ("append", "extend"), ("stack", "concatenate"),
)  # fmt: skip
_RELATED = {
    name: [other for names in _MIXED_UP if name in names for other in names if other != name]
    for name in itertools.chain(*_MIXED_UP)
}
_RELATED |= {"average": ["sum"], "median": ["mean"], "cumsum": ["sum"], "prod": ["sum"], "nansum": ["sum"]}
_REDUCTIONS = ("sum", "mean", "max", "min", "argmax", "argmin", "var", "std", "prod")
_SIZES = (".size", ".shape[0]", ".shape[-1]")
_AXES = ("None", "0", "1", "-1")


def edits(text: str) -> tuple[list[Edit], list[Edit], list[Edit]]:
    """All edits of a source: those that replace or drop something, those that add, and those that add more to what is returned.

    Raises:
        SyntaxError: it is not Python.
    """
    source = Source(text)
    functions = _functions(source)

    def made(make: Callable[[Source, ast.AST, list[str]], Iterator[Edit]]) -> list[Edit]:
        each = dict.fromkeys(edit for function, names in functions for edit in make(source, function, names))
        return [edit for edit in each if text[edit.start : edit.stop] != edit.new]

    return [*made(_replacing), *made(of_arrays), *made(moving)], made(adding), made(completing)


def moves(text: str) -> list[Change]:
    """What may have to go to another part of a function: each time one edit, or two at once."""
    source = Source(text)
    return [change for function, _ in _functions(source) for change in moved(source, function)]


def _functions(source: Source) -> list[tuple[ast.AST, list[str]]]:
    return list(scopes(source.tree, [])) or [(source.tree, names_in(source.tree))]


# -- what is there, replaced or dropped -----------------------------------------------------------------------------


def _replacing(source: Source, function: ast.AST, names: list[str]) -> Iterator[Edit]:
    attributes = sorted({n.attr for n in ast.walk(source.tree) if isinstance(n, ast.Attribute)})
    dotted = attributes_in(source, function)
    lists = containers(function)
    around = _around(function, names)
    owners = [name for name in dict.fromkeys(map(_owner, ast.walk(source.tree))) if name in ("self", *names)]
    negated = {n.operand for n in inside(function) if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.USub)}
    for node in inside(function):
        if isinstance(node, ast.BinOp):
            yield from _operation(source, node)
        elif isinstance(node, ast.UnaryOp):
            yield Edit("sign", *source.span(node), source.of(node.operand))
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield from _comparison(source, node)
        elif isinstance(node, ast.Call):
            yield from _call(source, node)
        elif isinstance(node, ast.Subscript):
            yield from _indexed(source, node, names, around)
            if isinstance(node.ctx, ast.Load):
                yield from _subscript(source, node)
        elif isinstance(node, ast.Constant):
            yield from (edit for edit in _constant(source, node, names) if edit.new != "0" or node not in negated)
        elif isinstance(node, ast.Name) and node.id in names:
            stored = isinstance(node.ctx, ast.Store)
            alike = [n for n in names if n != node.id and (n in lists) == (node.id in lists)]
            yield from (Edit("name", *source.span(node), n, unlikely=stored) for n in alike)
            if isinstance(node.ctx, ast.Load):
                yield from (Edit("name", *source.span(node), text) for text in dotted)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(source, node, attributes)
            if isinstance(node.value, ast.Name) and (base := source.of(node.value)) in owners:  # self.grad → out.grad
                yield from (Edit("name", *source.span(node.value), other) for other in owners if other != base)
            if source.of(node) in dotted and isinstance(node.ctx, ast.Load):
                yield from (Edit("name", *source.span(node), name) for name in [*names, *dotted])
        elif isinstance(node, ast.Tuple) and all(isinstance(n, ast.Constant) for n in node.elts):  # np.zeros((3, 4))
            yield from (Edit("number", *source.span(node), f"{name}.shape") for name in names)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.ctx, ast.Load):
            one, other = (source.text[slice(*source.span(n))] for n in node.elts)
            start, stop = source.span(node.elts[0])[0], source.span(node.elts[1])[1]
            yield Edit("order", start, stop, f"{other}, {one}")
        elif isinstance(node, ast.stmt):
            yield from _statement(source, node)


def _around(function: ast.AST, names: list[str]) -> list[str]:
    """Names from around a function that it measures or looks something up in: ids in len(ids), ids[i]."""
    measured = [n.args[0] for n in ast.walk(function) if isinstance(n, ast.Call) and len(n.args) == 1]
    looked_up = [n.value for n in ast.walk(function) if isinstance(n, ast.Subscript)]
    return list(dict.fromkeys(n.id for n in (*measured, *looked_up) if isinstance(n, ast.Name) and n.id not in names))


def _operation(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    place, left, right = source.span(node), source.of(node.left), source.of(node.right)
    sign, operator = _SIGNS.get(type(node.op)), type(node.op)
    if sign is None:
        return
    kind = {"+": "term", "-": "term", "**": "power"}.get(sign, "factor")
    yield Edit(kind, *place, left, f"drop{'(' * right.startswith('(')} {sign} {right}")  # a bracket is much to drop
    if sign in "*/" and isinstance(inner := node.left, ast.BinOp) and isinstance(inner.op, (ast.Mult, ast.Div)):
        yield Edit(kind, *place, source.of(inner.left), "two")  # a * b * c → a
    if sign in "*/":
        ones = (n for n in (node.left, node.right) if isinstance(n, ast.Name))
        yield from (Edit("factor", *source.span(name), f"np.ones_like({name.id})", "ones") for name in ones)
    yield Edit(kind, *place, f"(-{right})" if sign == "-" else f"(1 / {right})" if sign == "/" else right)
    for other in _OPERATORS[operator]:
        yield Edit("operator", *place, f"({left} {other} {right})", "product" if {sign, other} == {"*", "@"} else "")
    if operator in (ast.Sub, ast.Div, ast.MatMult, ast.Pow) or (operator is ast.Add and _of_lists(node)):
        yield Edit("order", *place, f"({right} {sign} {left})")
    if isinstance(node.left, ast.Call) and len(node.left.args) == 1 and not node.left.keywords:  # cos(x)**2 → cos(x**2)
        yield Edit("brackets", *place, f"{source.of(node.left.func)}({source.of(node.left.args[0])} {sign} {right})")
    if isinstance(node.left, ast.BinOp) and (before := _SIGNS.get(type(node.left.op))) in (
        "*",
        "@",
    ):  # a·b·c → a·(b + c)
        a, b = source.of(node.left.left), source.of(node.left.right)
        yield from (Edit("operator", *place, f"({a} {before} ({b} {other} {right}))") for other in _OPERATORS[operator])
    if sign == "*":
        yield from _two_sums(source, node)
    for inner, outer_first in ((node.left, False), (node.right, True)):
        if isinstance(inner, ast.BinOp) and (other_sign := _SIGNS.get(type(inner.op))):
            a, b = source.of(inner.left), source.of(inner.right)
            new = (
                f"(({left} {sign} {a}) {other_sign} {b})" if outer_first else f"({a} {other_sign} ({b} {sign} {right}))"
            )
            yield Edit("brackets", *place, new)
    last = node.left.right if isinstance(node.left, ast.BinOp) else None
    while isinstance(last, ast.BinOp):  # a * b ** c - 1 → a * b ** (c - 1)
        last = last.right
        before = source.text[place[0] : source.span(last)[0]]
        if before.count("(") == before.count(")"):
            yield Edit("brackets", *place, f"{before}({source.of(last)} {sign} {right})")
    if isinstance(inner := node.left, ast.BinOp) and type(inner.op) in _SIGNS:  # (a / b)**2 → a**2 / b
        a, b = source.of(inner.left), source.of(inner.right)
        yield Edit("brackets", *place, f"(({a} {sign} {right}) {_SIGNS[type(inner.op)]} {b})", "across")
    yield from _around_call(source, node, sign)
    match node:  # a / b + c**n → a / (b + c)**n
        case ast.BinOp(ast.BinOp(top, ast.Div(), low), ast.Add() | ast.Sub(), ast.BinOp(base, ast.Pow(), n)):
            bracket = f"({source.of(low)} {sign} {source.of(base)})"
            yield Edit("brackets", *place, f"({source.of(top)} / {bracket} ** {source.of(n)})")


def _around_call(source: Source, node: ast.BinOp, sign: str) -> Iterator[Edit]:
    """a.sum(…) * b → (a * b).sum(…), and the other way round."""
    place, left, right = source.span(node), source.of(node.left), source.of(node.right)
    for call, other, first in ((node.right, left, True), (node.left, right, False)):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and not source.of(call.func).startswith("np.")
        ):
            inner, end = source.of(call.func.value), source.text[source.span(call.func.value)[1] : source.span(call)[1]]
            both = f"{other} {sign} {inner}" if first else f"{inner} {sign} {other}"
            yield Edit("brackets", *place, f"({both}){end}")


def _of_lists(node: ast.expr) -> bool:
    """Whether lists or tuples are joined here, as far as one can see."""
    if isinstance(node, ast.BinOp):
        return _of_lists(node.left) or _of_lists(node.right)
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tuple", "list")
    return made or isinstance(node, (ast.Tuple, ast.List))


def _two_sums(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    """Σa·Σb → Σab, also beside another factor before them; of means a mean."""
    before = node.left.left if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Mult) else None
    first = node.left if before is None or not isinstance(node.left, ast.BinOp) else node.left.right
    one, two = _summed(first), _summed(node.right)
    if isinstance(first, ast.Call) and isinstance(node.right, ast.Call) and isinstance(first.func, ast.Name):
        same = ast.dump(first.func) == ast.dump(node.right.func) and len(first.args) == len(node.right.args) == 1
        one, two = (first.args[0], node.right.args[0]) if same else (None, None)
    if one is None or two is None:
        return
    place, x, y = source.span(node), source.of(one), source.of(two)
    if isinstance(first, ast.Call) and isinstance(first.func, ast.Name):  # a mean of the answer's own
        product = f"{first.func.id}({x} * {y})"
        yield Edit("sum", *place, f"({source.of(before)} * {product})" if before is not None else product, "sums")
        return
    end = source.text[source.span(one)[1] : source.span(first)[1]]
    if before is not None:
        yield Edit("sum", *place, f"({source.of(before)} * ({x} * {y}){end})", "sums")
        return
    yield from (Edit("sum", *place, text) for text in (f"({x} @ {y})", f"({x} @ {y}.T)", f"({x}.T @ {y})"))
    yield from (Edit("sum", *place, f"({x} * {y}).sum({axis})") for axis in ("", *(f"axis={n}" for n in (0, 1, -1))))
    yield Edit("sum", *place, f"({x} * {y}){end}", "sums")


def _summed(node: ast.expr) -> ast.expr | None:
    """What is summed (or averaged) in ``x.sum(…)``, also where it is indexed afterwards."""
    call = node.value if isinstance(node, ast.Subscript) else node
    summed = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("sum", "mean")
    return call.func.value if summed and isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None


def _owner(node: ast.AST) -> str:
    """The name whose attribute this is."""
    return node.value.id if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""


def _comparison(source: Source, node: ast.Compare) -> Iterator[Edit]:
    left, right = source.of(node.left), source.of(node.comparators[0])
    for operator, sign in _COMPARISONS.items():
        if not isinstance(node.ops[0], operator) and type(node.ops[0]) in _COMPARISONS:
            point = sign in ("==", "!=") and not isinstance(node.ops[0], (ast.Eq, ast.NotEq))
            yield Edit("comparison", *source.span(node), f"({left} {sign} {right})", "point" if point else "")
    if isinstance(node.ops[0], (ast.Lt, ast.LtE)) and isinstance(
        node.left, (ast.Name, ast.BinOp)
    ):  # i < n → 0 <= i < n
        yield Edit("comparison", *source.span(node), f"(0 <= {source.text[slice(*source.span(node))]})", "bounds")


def _call(source: Source, node: ast.Call) -> Iterator[Edit]:
    name = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    stop = source.span(node.func)[1]
    if name == "len" and isinstance(node.func, ast.Name) and len(node.args) == 1:
        yield from (Edit("number", *source.span(node), f"{source.of(node.args[0])}{size}") for size in _SIZES)
    if name[:1].isupper():  # (self) → (self,)
        ones = (a for a in node.args if isinstance(a, ast.Name))
        yield from (Edit("brackets", *source.span(a), f"({source.of(a)},)", "one of it") for a in ones)
    if not node.args and not node.keywords:  # _backward() → _backward
        yield Edit("call", *source.span(node), source.of(node.func))
    for other in _RELATED.get(name, ()):
        yield Edit("function", stop - len(name), stop, other, "extreme" if other in ("max", "min") else "")
    if name == "outer" and len(node.args) == 2:  # the slopes of what goes element by element
        yield Edit("function", *source.span(node), f"np.diag({source.of(node.args[0])} * {source.of(node.args[1])})")
    if name == "outer" and len(node.args) == 2 and None not in (pair := [_summed(n) for n in node.args]):
        a, b = (source.of(n) for n in pair if n is not None)
        yield from (Edit("sum", *source.span(node), text) for text in (f"({a}.T @ {b})", f"({a} @ {b}.T)"))
    if name == "ones_like" and node.args:  # the slope of |x| for that of x
        yield Edit("function", *source.span(node), f"np.sign({source.of(node.args[0])})")
    if name in ("isclose", "allclose") and len(node.args) > 1:
        a, b = map(source.of, node.args[:2])
        yield Edit("comparison", *source.span(node), f"({a} == {b})")
    of_numpy = name in ("copy", "array", "asarray") and len(node.args) == 1
    if of_numpy or (name == "copy" and isinstance(node.func, ast.Attribute) and not node.args):
        copied = source.of(node.args[0] if of_numpy or not isinstance(node.func, ast.Attribute) else node.func.value)
        yield from (Edit("function", *source.span(node), f"np.{new}_like({copied})") for new in ("zeros", "ones"))
    if isinstance(node.func, ast.Attribute):  # x.sum(…) → x
        yield Edit("function", *source.span(node), source.of(node.func.value))
        if (
            isinstance(inner := node.func.value, ast.BinOp)
            and (sign := _SIGNS.get(type(inner.op)))
            and not isinstance(inner.right, ast.Constant)
        ):  # (a * b).sum() → a * b.sum()
            rest = source.text[source.span(node.func)[1] - len(name) - 1 : source.span(node)[1]]
            yield Edit(
                "brackets", *source.span(node), f"({source.of(inner.left)} {sign} {source.of(inner.right)}{rest})"
            )
    if name in ("reshape", "inv", "pinv") and isinstance(node.func, ast.Attribute):  # a.reshape(m, n) → a.T
        turned = node.args[0] if source.of(node.func.value).startswith("np") else node.func.value
        yield Edit("transpose", *source.span(node), f"{source.of(turned)}.T", "turned")
    if len(node.args) > 1:  # np.clip(g, -1, 1) → g
        yield from (
            Edit("function", *source.span(node), source.of(a)) for a in node.args if not isinstance(a, ast.Starred)
        )
    if len(node.args) == 1:  # np.log(x) → x, grad(f) → grad(grad(f))
        yield Edit("function", *source.span(node), source.of(node.args[0]))
        again = (
            f"{source.of(node.func)}({source.of(node)})"  # a derivative may be taken twice, and hardly anything else
        )
        yield Edit("function", *source.span(node), again, unlikely=name != "grad")
    if len(node.args) == 1 and isinstance(inner := node.args[0], ast.BinOp) and (sign := _SIGNS.get(type(inner.op))):
        within = f"{source.of(node.func)}({source.of(inner.left)})"  # cos(x**2) → cos(x)**2
        yield Edit("brackets", *source.span(node), f"({within} {sign} {source.of(inner.right)})")
    for one, two in zip(node.args, node.args[1:], strict=False):
        start, stop = source.span(one)[0], source.span(two)[1]
        texts = [source.text[slice(*source.span(n))] for n in (two, one)]
        yield Edit("order", start, stop, ", ".join(texts))
    for keyword in node.keywords:
        if keyword.arg in ("axis", "ddof", "keepdims"):
            values = {"axis": _AXES, "ddof": ("0", "1"), "keepdims": ("True", "False")}[keyword.arg]
            yield from (Edit(keyword.arg, *source.span(keyword.value), value) for value in values)
    along = next((keyword.value for keyword in node.keywords if keyword.arg == "axis"), None)
    if along is not None and all(keyword.arg != "keepdims" for keyword in node.keywords):
        yield from (Edit("axis", *source.span(along), f"{value}, keepdims=True", "kept") for value in _AXES[1:])
    if name in _REDUCTIONS and all(keyword.arg != "axis" for keyword in node.keywords):
        end, comma = source.span(node)[1] - 1, ", " if node.args or node.keywords else ""
        for axis in _AXES[1:]:
            yield from (
                Edit("axis", end, end, f"{comma}axis={axis}{kept}", "along") for kept in ("", ", keepdims=True")
            )


def _subscript(source: Source, node: ast.Subscript) -> Iterator[Edit]:
    value = source.of(node.value)
    yield Edit("index", *source.span(node), value)
    if isinstance(node.slice, ast.Tuple):
        parts = [source.text[slice(*source.span(n))] if hasattr(n, "lineno") else ":" for n in node.slice.elts]
        yield Edit("index", *source.span(node), f"{value}[{', '.join(parts[::-1])}]")
    elif isinstance(node.slice, ast.Slice) and node.slice.step is None:
        yield Edit("index", *source.span(node), f"{value}[::-1]")
    elif not isinstance(node.slice, (ast.Slice, ast.Constant)):
        index = source.of(node.slice)
        yield from (Edit("index", *source.span(node), f"{value}[{index} {shift}]") for shift in ("- 1", "+ 1"))


def _indexed(source: Source, node: ast.Subscript, names: list[str], around: list[str]) -> Iterator[Edit]:
    """An index that is looked up, one more beside a single one, p[i] → p[labels[i]], p[i, j]; a plain one for a computed one."""
    value = source.of(node.value)
    if isinstance(node.slice, ast.Name):
        i = node.slice.id
        yield Edit("index", *source.span(node), f"{value}[np.arange(len({i})), {i}]", "rows")
        others = (name for name in (*names, *around) if name not in (i, value))
        yield from (Edit("index", *source.span(node), f"{value}[{j}[{i}]]", "rows") for j in others)
        for j in (name for name in names if name not in (i, value)):
            yield from (
                Edit("index", *source.span(node), f"{value}[{index}]") for index in (f"{i}, {j}", f"{i}, {j}[{i}]")
            )
    elif isinstance(node.slice, ast.Constant) and type(node.slice.value) is int:  # w[0] → w[i]
        yield from (Edit("index", *source.span(node), f"{value}[{name}]") for name in names)
    elif isinstance(node.slice, ast.BinOp):
        used = {n.id for n in ast.walk(node.slice) if isinstance(n, ast.Name)}
        yield from (Edit("index", *source.span(node), f"{value}[{name}]") for name in names if name in used)


def _exchanged(source: Source, node: ast.Assign | ast.AugAssign) -> Iterator[Edit]:
    """The indices on both sides of an assignment in each other's places: x[i] += g[j[i]] → x[j[i]] += g[i]."""
    left = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    if isinstance(left, ast.Subscript) and isinstance(left.slice, ast.expr):
        (a, b), (start, stop) = source.span(left.slice), source.span(node)
        for right in ast.walk(node.value):
            if isinstance(right, ast.Subscript) and hasattr(right.slice, "lineno"):
                c, d = source.span(right.slice)
                one, other = source.text[a:b], source.text[c:d]
                yield Edit(
                    "index", start, stop, source.text[start:a] + other + source.text[b:c] + one + source.text[d:stop]
                )


def _constant(source: Source, node: ast.Constant, names: list[str]) -> Iterator[Edit]:
    c, text = node.value, source.text[slice(*source.span(node))]
    if isinstance(c, bool):
        yield Edit("number", *source.span(node), str(not c))
    elif c in _SIGNS.values():  # the name of an operation
        yield from (Edit("operator", *source.span(node), f'"{other}"') for other in _SIGNS.values() if other != c)
    elif isinstance(c, (int, float)):
        near = (f"{c + 1}", f"{c - 1}") if c == 0 or abs(c) >= 1 else ()  # of 1e-5 neither is a slip of the pen
        for new in (
            *near,
            f"-{text}",
            f"{2 * c}",
            f"{c / 2}",
            f"(1 / {text})",
            *(("-np.inf", "np.inf") if c == 0 else ()),
        ):
            far = (isinstance(c, float) and new != "-np.inf") or new == "np.inf"
            yield Edit("number", *source.span(node), f"({new})" if new.startswith("-") else new, unlikely=far)
    if isinstance(c, float) and c % 1:  # 1e-3 for 1e-5
        yield from (Edit("number", *source.span(node), f"{c * 10.0**k:.6g}", unlikely=True) for k in (-2, -1, 1, 2))
    if c == 1 and type(c) is int:  # of matrices
        yield from (Edit("number", *source.span(node), f"np.eye(len({name}))", "eye") for name in names)
    if type(c) is int and c > 1:  # a size that was written down
        yield from (Edit("number", *source.span(node), f"{name}{size}", "size") for name in names for size in _SIZES)


def _attribute(source: Source, node: ast.Attribute, attributes: list[str]) -> Iterator[Edit]:
    stop = source.span(node)[1]
    if node.attr == "size":
        yield from (Edit("number", *source.span(node), f"{source.of(node.value)}.shape[{i}]") for i in (0, 1, -1))
    if node.attr == "T":
        yield Edit("transpose", *source.span(node), source.of(node.value))
    elif node.attr not in _RELATED:
        others = [name for name in attributes if name not in (node.attr, "T") and name not in _RELATED][:MOST_NAMES]
        yield from (Edit("name", stop - len(node.attr), stop, name, "attribute") for name in others)


def _statement(source: Source, node: ast.stmt) -> Iterator[Edit]:
    start, stop = source.span(node)
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        yield from _exchanged(source, node)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript) and isinstance(node.op, ast.Add):
        array, index = source.of(node.target.value), source.text[slice(*source.span(node.target.slice))]
        if not isinstance(node.target.slice, (ast.Slice, ast.Tuple)):  # which adds once to each element
            added = source.text[slice(*source.span(node.value))]
            yield Edit("assignment", start, stop, f"np.add.at({array}, {index}, {added})", "buffered")
    if isinstance(node, ast.AugAssign):
        target, value = source.of(node.target), source.text[slice(*source.span(node.value))]
        sign = _SIGNS.get(type(node.op))
        if sign and isinstance(node.target, ast.Name):  # x *= y → x = x * y, of an array that belongs to somebody else
            yield Edit("assignment", start, stop, f"{target} = {target} {sign} {source.of(node.value)}", "rebound")
        for other in ("=", "+=", "-=", "*="):
            if other != f"{sign}=":
                yield Edit("assignment", start, stop, f"{target} {other} {value}", other, other == "*=")
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = source.text[slice(*source.span(node.targets[0]))], source.text[slice(*source.span(node.value))]
        if not isinstance(node.targets[0], (ast.Tuple, ast.List)):
            yield from (
                Edit("assignment", start, stop, f"{target} {sign} {value}", sign) for sign in ("+=", "-=", "*=")
            )
            if isinstance(node.targets[0], ast.Attribute) and isinstance(node.value, ast.Attribute):
                yield Edit("sides", start, stop, f"{value} = {target}", "sides")
    if isinstance(node, (ast.If, ast.For)) and not node.orelse:
        said = f"`{source.text[start:stop].partition(chr(10))[0]}` and what stands in it is one too many"
        yield Edit("statement", start, stop, "pass", "block", said=said)
    if isinstance(node, (ast.If, ast.While)):
        word = "if" if isinstance(node, ast.If) else "while"
        yield Edit("statement", start, start + len(word), "while" if word == "if" else "if")
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Break, ast.Continue)) and not text:
        said = f"`{source.text[start:stop].partition(chr(10))[0]}` is one too many"
        changes = isinstance(node, ast.AugAssign)
        yield Edit("statement", start, stop, "pass", "surplus" if changes else "", said=said)
