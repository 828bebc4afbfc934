"""Bugs for the rules table: every mutant of every derivative rule.

A mutant is a rule with one change: a term or a factor left out, a sign flipped, * for /, one input for another or for
the result, a comparison turned round, one branch for both, a number or a truth value changed, a conjugate, a `chain`
or a broadcast forgotten. Besides the rules themselves, the functions that they call are changed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "autograd" / "rules"

_OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Gt: ast.LtE, ast.Lt: ast.GtE,
    ast.GtE: ast.Lt, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
_FORGOTTEN_METHODS = ("conj", "transpose", "sum", "reshape")  # x.f(…) → x
_FORGOTTEN_CALLS = ("spread", "sign", "flip", "swapaxes", "tril", "conjugate", "_h", "finite")  # f(x, …) → x
_UNPROTECTED = {"chain": ast.Mult, "over": ast.Div}  # chain(g, d) → g * d


@dataclass(frozen=True)
class Mutant:
    """One change of a rule: the file, the row or function it belongs to, what it was and what it became."""

    file: str
    row: str
    rows: tuple[str, ...]  # the rows whose derivative it changes
    before: str
    after: str
    source: str
    occurrence: int = 1  # of several equal changes in a row, which
    tests: tuple[str, ...] = ()  # of other code: the tests that concern it

    @property
    def label(self) -> str:
        again = f" ({self.occurrence})" if self.occurrence > 1 else ""
        return f"{self.row}: {self.before}  →  {self.after}{again}"


Function = ast.FunctionDef | ast.Lambda


class Module:
    """A file of the table: its rows, its functions, and what each of them uses."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = path.read_text()
        self.tree = ast.parse(self.source)
        self.functions = {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}
        self.ops = dict(self._ops())

    def _ops(self) -> Iterator[tuple[str, tuple[str, ast.Call]]]:
        """Of every ``variable = Op(…)`` the variable, the row's name and the call."""
        for node in self.tree.body:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if getattr(node.value.func, "id", "") == "Op" and isinstance(target, ast.Name):
                    given = [k.value.value for k in node.value.keywords if k.arg == "name"]
                    row = given[0] if given else ast.unparse(node.value.args[0]).rpartition(".")[2]
                    yield target.id, (row, node.value)

    @cached_property
    def imports(self) -> dict[str, Path]:
        """Names from other files of the table, with the file."""
        found = {}
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.level and node.module:
                path = self.path.parents[node.level - 1].joinpath(*node.module.split(".")).with_suffix(".py")
                found |= {alias.name: path for alias in node.names if path.is_relative_to(RULES) and path.exists()}
        return found


class Table:
    """All files of the table, and for each function the rows that use it."""

    def __init__(self) -> None:
        self.modules = {path: Module(path) for path in sorted(RULES.rglob("*.py"))}
        self.users: dict[tuple[Path, ast.AST], set[str]] = {}
        for module in self.modules.values():
            for row, call in module.ops.values():
                for rule in call.args[1:]:
                    self._visit(module, rule, row)

    def _visit(self, module: Module, node: ast.AST, row: str) -> None:
        """Note that `row` uses `node` and every function that it calls, and the functions that those call."""
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            rows = self.users.setdefault((module.path, node), set())
            if row in rows:
                return
            rows.add(row)
        for name in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}:
            home = self.modules[module.imports[name]] if name in module.imports else module
            if name in home.functions:
                self._visit(home, home.functions[name], row)
            elif name in home.ops and home.ops[name][0] != row:  # what another row computes is part of the rule too
                self._visit(home, home.ops[name][1].args[0], row)

    def mutants(self) -> Iterator[Mutant]:
        """All of them, equal changes of a row numbered."""
        seen: Counter[str] = Counter()
        for mutant in self._mutants():
            seen[mutant.label] += 1
            yield replace(mutant, occurrence=seen[mutant.label])

    def _mutants(self) -> Iterator[Mutant]:
        """Every mutant of every function that a rule uses, and of `fit`, which undoes broadcasting for all of them."""
        shapes = Module(ROOT / "autograd" / "engine" / "shapes.py")
        yield from mutants_of(
            shapes, shapes.functions["fit"], "fit", ("add", "where", "matmul", "astype", "angle", "fft")
        )
        for module in self.modules.values():
            names = {id(n): row for row, call in module.ops.values() for n in call.args}
            for function in ast.walk(module.tree):
                rows = self.users.get((module.path, function))
                if rows and isinstance(function, ast.FunctionDef | ast.Lambda):
                    own = names.get(
                        id(function)
                    )  # a forward that other rows use too: its own samples look at it as well
                    row = own or getattr(function, "name", "")
                    yield from mutants_of(module, function, row, tuple(sorted({*rows, own} - {None})))


def mutants_of(module: Module, function: Function, row: str, rows: tuple[str, ...]) -> Iterator[Mutant]:
    """Every change of one function."""
    arguments = [a.arg for a in function.args.args]
    arrays = arguments[: len(arguments) - len(function.args.defaults)]
    inputs = [name for name in arrays if name not in ("g", "h", "i", "wanted")]
    file = str(module.path.relative_to(ROOT))
    for node in _expressions(function):
        for new in changes(node, inputs):
            if ast.dump(new) != ast.dump(node):
                yield Mutant(file, row, rows, ast.unparse(node), ast.unparse(new), _with(module.source, node, new))
    results = [function.body] if isinstance(function, ast.Lambda) else _returned(function)
    for result in results:
        if _is_zero(result) or _is_truth(result):
            continue
        new = ast.UnaryOp(ast.USub(), result)
        yield Mutant(file, row, rows, ast.unparse(result), ast.unparse(new), _with(module.source, result, new))


def _expressions(function: Function) -> Iterator[ast.expr]:
    """The expressions in its body, leaving out the docstring and the annotations."""
    for statement in [function.body] if isinstance(function, ast.Lambda) else function.body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield from (node for node in _outside_strings(statement) if isinstance(node, ast.expr))


def _outside_strings(node: ast.AST) -> Iterator[ast.AST]:
    """As `ast.walk`, without what stands in an f-string, the text of an error, and without ``zeros_like(…)``."""
    if isinstance(node, ast.expr) and _is_zero(node):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.JoinedStr):
            yield from _outside_strings(child)


def _is_truth(node: ast.expr) -> bool:
    """Whether it is true or false, so that its sign says nothing: a comparison, ``not x``, ``bool(…)``, ``isinstance(…)``."""
    match node:
        case ast.Compare() | ast.UnaryOp(ast.Not()) | ast.Constant(bool()):
            return True
        case ast.Call(ast.Name("bool" | "isinstance" | "any" | "all")):
            return True
    return False


def _returned(function: ast.FunctionDef) -> list[ast.expr]:
    return [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]


def changes(node: ast.expr, inputs: list[str]) -> Iterator[ast.expr]:
    """What can stand in the place of one expression."""
    match node:
        case ast.BinOp(left, op, right):
            yield from (left, right)
            if type(op) in _OPPOSITE:
                yield ast.BinOp(left, _OPPOSITE[type(op)](), right)  # type: ignore[arg-type]
        case ast.UnaryOp(ast.USub() | ast.Not() | ast.Invert(), operand):
            yield operand
        case ast.Compare(left, [op, *more], comparators) if type(op) in _OPPOSITE:
            yield ast.Compare(left, [_OPPOSITE[type(op)](), *more], comparators)  # type: ignore[list-item]
        case ast.IfExp(_, body, otherwise):
            yield from (body, otherwise)
        case ast.Name(name, ast.Load()) if name in inputs:
            yield from (ast.Name(other, ast.Load()) for other in inputs if other != name)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Call(ast.Attribute(value, attr)) if attr in _FORGOTTEN_METHODS and _is_array(value):
            yield value
        case ast.Call(func, [first, *rest]):
            name = getattr(func, "attr", getattr(func, "id", ""))
            if name in _FORGOTTEN_CALLS:
                yield first
            elif name in _UNPROTECTED:
                yield ast.BinOp(first, _UNPROTECTED[name](), rest[0])


def _is_zero(node: ast.expr) -> bool:
    return ast.unparse(node).startswith("np.zeros_like(")


def _is_array(node: ast.expr) -> bool:
    """Whether ``node.f(…)`` is a method of an array, not a function of a module."""
    return not (isinstance(node, ast.Name) and node.id in ("np", "sc", "math", "_la", "reductions"))


def _with(source: str, old: ast.expr, new: ast.expr) -> str:
    """The source with one expression replaced."""
    lines = source.encode().splitlines(keepends=True)  # the places of expressions are counted in bytes
    start = sum(map(len, lines[: old.lineno - 1])) + old.col_offset
    stop = sum(map(len, lines[: (old.end_lineno or 0) - 1])) + (old.end_col_offset or 0)
    text = b"".join(lines)
    return (text[:start] + f"({ast.unparse(new)})".encode() + text[stop:]).decode()
