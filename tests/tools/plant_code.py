"""Bugs for the code around the rules: transformations, the engine, solvers, the checker.

A mutant is a function with one change: a condition negated, a comparison turned round or off by one, a statement or an error left
out, ``and`` for ``or``, a truth value, a number, a sign, an argument dropped, a context not entered, one branch for both.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .plant import ROOT, Mutant

_TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.LtE, ast.GtE), ast.Lt: (ast.GtE, ast.LtE), ast.GtE: (ast.Lt, ast.Gt), ast.LtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_HARMLESS = ("strict", "stacklevel")  # of zip the lengths are equal; a warning's place
_NOTHING = ast.parse("__import__('contextlib').nullcontext()", mode="eval").body

# The files, and the tests that concern each, the quickest to notice first.
_TRANSFORMS = ("transforms", "compositions", "leaving", "witness", "edge_cases", "faces", "batched")
_ENGINE = ("backward", "transforms", "compositions", "witness", "leaving", "value", "batched")
_SOLVERS = ("solver_doors", "solvers", "integrals")
_CHECK = ("check_face", "check_wrong", "check_right", "check_honest")
CONCERNED: dict[str, tuple[str, ...]] = {
    "transforms.py": _TRANSFORMS, "tracing.py": _TRANSFORMS, "custom.py": _TRANSFORMS,
    "opaque.py": _TRANSFORMS, "blocks.py": ("blocks",),
    "engine/backward.py": _ENGINE, "engine/graph.py": _ENGINE, "engine/witness.py": ("witness", *_ENGINE),
    "rules/batched.py": ("batched",), "solvers": _SOLVERS, "check": _CHECK,
}  # fmt: skip


def files() -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Each file with the tests that concern it."""
    for name, tests in CONCERNED.items():
        path = ROOT / "autograd" / name
        yield from ((file, tests) for file in (sorted(path.glob("[!_]*.py")) if path.is_dir() else [path]))


def code_mutants() -> Iterator[Mutant]:
    """All of them, equal changes of a function numbered."""
    seen: Counter[str] = Counter()
    for path, tests in files():
        for mutant in _of_file(path, tests):
            seen[mutant.label] += 1
            yield replace(mutant, occurrence=seen[mutant.label])


def _of_file(path: Path, tests: tuple[str, ...]) -> Iterator[Mutant]:
    source = path.read_text()
    for name, node, new in _changes_in(ast.parse(source), path.stem):
        changed = _replaced(source, node, new)
        yield Mutant(
            str(path.relative_to(ROOT)), name, (), _shown(ast.unparse(node)), _shown(new), changed, tests=tests
        )


def _shown(code: str) -> str:
    line, *more = code.splitlines()
    return line + (" …" if more else "")


def _changes_in(node: ast.AST, name: str, inside: bool = False) -> Iterator[tuple[str, ast.AST, str]]:
    """For every change the qualified name of its function, the node and the code in its place."""
    for child in ast.iter_child_nodes(node):
        if _left_alone(child, node):
            continue
        own = f"{name}.{child.name}" if isinstance(child, ast.FunctionDef | ast.ClassDef) else name
        within = inside or isinstance(child, ast.FunctionDef | ast.Lambda)
        if within:
            for new in _changes(child):
                if ast.dump(ast.parse(new)) != ast.dump(ast.parse(ast.unparse(child))):
                    yield own, child, new
        if not isinstance(child, ast.Raise):
            yield from _changes_in(child, own, within)


def _left_alone(child: ast.AST, parent: ast.AST) -> bool:
    """Texts, annotations, representations, overloads and defaults of parameters."""
    if isinstance(child, ast.JoinedStr | ast.arguments | ast.Assert | ast.ImportFrom | ast.Import):
        return True
    if isinstance(parent, ast.FunctionDef):
        return child is parent.returns or child in parent.decorator_list
    if isinstance(parent, ast.keyword) and parent.arg in _HARMLESS:
        return True
    if isinstance(parent, ast.AnnAssign) and child is parent.annotation:
        return True
    if isinstance(child, ast.FunctionDef):
        return child.name == "__repr__" or any(ast.unparse(d) == "overload" for d in child.decorator_list)
    return False


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Raise() | ast.AugAssign() | ast.Delete() | ast.Continue() | ast.Break():
            yield "pass"
        case ast.Expr(ast.Call()):
            yield "pass"
        case ast.Assign([ast.Attribute() | ast.Subscript() | ast.Tuple([ast.Attribute(), *_])]):
            yield "pass"
        case ast.withitem(_, None):
            yield ast.unparse(_NOTHING)
        case ast.BoolOp(op, values):
            yield ast.unparse(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))
            for i in range(len(values)):
                kept = values[:i] + values[i + 1 :]
                yield ast.unparse(kept[0] if len(kept) == 1 else ast.BoolOp(op, kept))
        case ast.Compare(left, [op], right) if type(op) in _TURNED:
            yield from (ast.unparse(ast.Compare(left, [other()], right)) for other in _TURNED[type(op)])
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield ast.unparse(operand)
        case ast.BinOp(left, op, right) if type(op) in _OTHER:
            yield ast.unparse(ast.BinOp(left, _OTHER[type(op)](), right))
        case ast.IfExp(_, body, otherwise):
            yield from (ast.unparse(body), ast.unparse(otherwise))
        case ast.Constant(bool() as value):
            yield str(not value)
        case ast.Constant(int() | float() as value):
            yield repr(value + 1)
        case ast.Call(func, arguments, keywords):
            if len(arguments) > 1 and not any(isinstance(a, ast.Starred) for a in arguments):
                yield ast.unparse(ast.Call(func, arguments[:-1], keywords))
            for i, keyword in enumerate(keywords):
                if keyword.arg is not None and keyword.arg not in _HARMLESS:
                    yield ast.unparse(ast.Call(func, arguments, keywords[:i] + keywords[i + 1 :]))
    test = getattr(node, "test", None)
    if isinstance(node, ast.If | ast.While) and not isinstance(test, ast.Compare | ast.UnaryOp):
        head = "while" if isinstance(node, ast.While) else "if"
        yield f"{head} not ({ast.unparse(test)}):\n    ..."


def _replaced(source: str, node: ast.AST, new: str) -> str:
    """The source with a node replaced; of an ``if`` only the condition."""
    place: ast.AST = node
    if isinstance(node, ast.If | ast.While):
        place, new = node.test, f"not ({ast.unparse(node.test)})"
    if isinstance(node, ast.withitem):
        place = node.context_expr
    text = source.encode()  # the places are counted in bytes
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: place.lineno - 1])) + place.col_offset
    stop = sum(map(len, lines[: place.end_lineno - 1])) + place.end_col_offset
    code = new if isinstance(node, ast.stmt) else f"({new})"
    return (text[:start] + code.encode() + text[stop:]).decode()
