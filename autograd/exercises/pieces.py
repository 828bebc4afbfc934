"""Parts of the solution in the names of an answer: what may stand in the place of a part that is wrong.

Both are run, and what each of their expressions comes to is noted. What comes to the same is the same thing, whatever it is
called there: so a part of the solution is put into the answer's own names, and may be tried in the place of another part.
"""

from __future__ import annotations

import ast
import copy
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..check.changes import deed
from ..check.running import MOST_TICKS
from ..check.source import ATOMS, Change, Edit, Source, words
from .form import Exercise
from .given import collected, digits
from .numbers import asked, names_of

_TIMES = 20  # that what an expression comes to is noted
_MOST, _MOST_WORDS = 400, 12  # parts that are tried, and words in one
_FEW = 2  # places in which a part differs, which are shown in its place
_SECONDS = 0.6  # of computing
_SEE = "_see_"
Value = tuple[tuple[Any, ...], ...]  # what something came to, each time
Key = tuple[str, str]  # a function's name with that of its class, and the name of a variable


class _Traced(NamedTuple):
    """A source that has been run: its functions, and what expressions and variables came to."""

    source: Source
    functions: dict[str, ast.FunctionDef]
    values: dict[ast.AST, Value]
    variables: dict[Key, Value]  # of those that stand for one thing only


class Pieces:
    """Parts of an exercise's solution for one answer after the other.

    Args:
        exercise: as `numbers.asked` wants it.
        above: what stands above the answers.
        ticks: rounds and calls after which an answer counts as endless.
    """

    def __init__(self, exercise: Exercise, above: str, *, ticks: int = MOST_TICKS) -> None:
        self._exercise, self._ticks, self._spent = exercise, ticks, 0.0
        self._head = compile(above, "<given>", "exec")
        given = compile(exercise.given, "<given>", "exec")
        self._solution = self._traced(given, exercise.solution)

    def __call__(self, text: str) -> list[Change]:
        """The changes that put a part of the solution in the place of a part of an answer, the smallest first.

        None once so much time has been spent on it that other changes go without.
        """
        if self._spent > _SECONDS:
            return []
        begun = time.process_time()
        answer = self._traced(self._head, text)
        changes = dict.fromkeys(
            change
            for name in answer.functions
            if name in self._solution.functions
            for change in _changes(answer, self._solution, name)
        )
        self._spent += time.process_time() - begun
        return sorted(changes, key=lambda change: _size(text, change))[:_MOST]

    def _traced(self, head: Any, text: str) -> _Traced:
        source, seen = Source(text), _Seen()
        noting = _Noting(text)
        with collected():
            asked(self._exercise, names_of(head, ast.unparse(noting.tree), self._ticks, **{_SEE: seen}))
        functions = dict(_functions(source.tree))
        counts = Counter((name, each) for name, function in functions.items() for each in _set_in(function))
        noted = {key: tuple(value) for key, value in seen.values.items()}
        values = {node: noted[i] for i, node in enumerate(ast.walk(source.tree)) if i in noted}
        once = {key: noted[key] for key, count in counts.items() if count == 1 and key in noted}
        return _Traced(source, functions, values, once)


def _size(text: str, change: Change) -> float:
    """The words that are written, and half of those that are struck out."""
    written, struck = deed(text, change)
    return written.total() + struck.total() / 2


class _Seen:
    """Notes what something comes to."""

    def __init__(self) -> None:
        self.values: dict[int | Key, list[tuple[Any, ...]]] = {}

    def __call__(self, key: int | Key, x: Any) -> Any:
        if len(self.values.get(key, ())) < _TIMES:
            self.values.setdefault(key, []).append(_mark(x))
        return x


def _mark(x: Any) -> tuple[Any, ...]:
    """What tells a thing from others: of numbers their shape and their digits."""
    array = x if isinstance(x, np.ndarray) else np.asarray(x) if isinstance(x, int | float | np.generic) else None
    if array is None or array.dtype.kind not in "fiub":
        return (type(x).__name__,)
    with np.errstate(all="ignore"):
        return (array.shape, digits(array) or np.nan_to_num(array.astype(float)).tobytes())


# -- running a source with notes taken ----------------------------------------------------------------------------------


class _Noting(ast.NodeTransformer):
    """The tree of a source in which each expression, by its place among all nodes, and each variable when it is set, is noted."""

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        self._numbers = {id(node): i for i, node in enumerate(ast.walk(tree))}
        self._function = ""
        self._owner = {id(node): name for name, node in _functions(tree)}
        self.tree = ast.fix_missing_locations(self.visit(tree))

    def visit(self, node: ast.AST) -> Any:
        number = self._numbers.get(id(node))
        if id(node) in self._owner:
            self._function = self._owner[id(node)]
        made = super().visit(node)
        noted = isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if not noted or isinstance(node, (ast.Slice, ast.Starred, ast.JoinedStr, ast.FormattedValue)):
            return made
        return _noted(ast.Constant(number), made)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        body = [made for each in node.body for made in _listed(self.visit(each))]
        arguments = [*node.args.args, *node.args.kwonlyargs] if id(node) in self._owner else []
        node.body = [*(self._variable(each.arg) for each in arguments), *body]
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        node.value = self.visit(node.value)
        names = [each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)]
        plain = all(isinstance(target, (ast.Name, ast.Tuple, ast.List)) for target in node.targets)
        return [node, *(self._variable(name) for name in names)] if plain else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.value = self.visit(node.value) if node.value else None
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(each) for each in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        if not any(isinstance(each, (ast.Slice, ast.Starred)) for each in ast.walk(node.slice)):
            node.slice = self.visit(node.slice)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def _variable(self, name: str) -> ast.Expr:
        key = ast.Tuple([ast.Constant(self._function), ast.Constant(name)], ast.Load())
        return ast.Expr(_noted(key, ast.Name(name, ast.Load())))


def _noted(key: ast.expr, value: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(_SEE, ast.Load()), [key, value], [])


def _listed(made: Any) -> list[Any]:
    return made if isinstance(made, list) else [made]


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions and methods of a source, by name."""
    for node in tree.body:
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, ast.FunctionDef):
                yield f"{node.name}.{each.name}" if isinstance(node, ast.ClassDef) else each.name, each


def _set_in(function: ast.FunctionDef) -> Iterator[str]:
    """The variables of a function, as often as they are set or changed."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)):
            yield node.arg if isinstance(node, ast.arg) else node.id
        changed = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        if changed and isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            yield node.value.id


# -- from the solution to the answer ------------------------------------------------------------------------------------


def _changes(answer: _Traced, solution: _Traced, name: str) -> Iterator[Change]:
    """Each part of the solution's function in the place of each part of the answer's that comes to something else."""
    said = {
        text: (part, value) for text, part, value in _said(answer, solution, name) if words(text).total() <= _MOST_WORDS
    }
    right = {*solution.values.values()}
    own = answer.functions[name]

    def value_of(node: ast.AST) -> Value | None:  # if that is numbers
        value = answer.values.get(node)
        return value if value is not None and len(value[0]) == 2 else None

    assigned = (node.targets[0] for node in ast.walk(own) if isinstance(node, ast.Assign))
    made = {target.id for target in assigned if isinstance(target, ast.Name)}
    for node, value in _open(own, value_of, right):
        for part, its in said.values():
            if its == value or (value[0][0] != its[0][0] and () not in (value[0][0], its[0][0])):
                continue
            pairs = _narrowed(node, part)
            late = (isinstance(mine, ast.Name) and mine.id in made and value_of(mine) not in right for mine, _ in pairs)
            if not any(late):  # what is wrong where it is made is not changed where it is used
                yield tuple(_edit(answer.source, mine, new) for mine, new in pairs)


def _open(
    function: ast.AST, value_of: Callable[[ast.AST], Value | None], right: set[Value]
) -> Iterator[tuple[ast.expr, Value]]:
    """The parts of a function that may be wrong: nothing inside of what comes to something right, and not all of a result."""
    settled = [
        node for node in ast.walk(function) if isinstance(node, (ast.BinOp, ast.Call)) and value_of(node) in right
    ]
    closed = {id(each) for node in settled for each in ast.walk(node) if each is not node}
    closed |= {id(node) for node in _returned(function)}
    closed |= {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    for node in ast.walk(function):
        if isinstance(node, ast.expr) and id(node) not in closed and (value := value_of(node)) is not None:
            yield node, value


def _narrowed(mine: ast.expr, its: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """The few smaller parts in which two are not the same; both as they are if there are more."""
    found = _apart(mine, its) or []
    return found if 0 < len(found) <= _FEW else [(mine, its)]


def _returned(function: ast.AST) -> Iterator[ast.expr]:
    """What a function returns, and each of several results."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
            yield from node.value.elts if isinstance(node.value, ast.Tuple) else ()


def _apart(mine: ast.AST, its: ast.AST) -> list[tuple[ast.expr, ast.expr]] | None:
    """The smallest parts in which two expressions differ; None where that is more than the parts."""
    if ast.dump(mine) == ast.dump(its):
        return []
    found: list[tuple[ast.expr, ast.expr]] = []
    calls = isinstance(mine, ast.Call) and isinstance(its, ast.Call) and ast.dump(mine.func) != ast.dump(its.func)
    if type(mine) is type(its) and not calls:
        for (_, a), (_, b) in zip(ast.iter_fields(mine), ast.iter_fields(its), strict=True):
            one, other = (each if isinstance(each, list) else [each] for each in (a, b))
            pairs = [*zip(one, other, strict=False)] if len(one) == len(other) else [(None, 0)]
            below = [
                _apart(c, d) if isinstance(c, ast.AST) and isinstance(d, ast.AST) else None for c, d in pairs if c != d
            ]
            if None in below:
                break
            found += [pair for each in below for pair in each or ()]
        else:
            return found
    return [(mine, its)] if isinstance(mine, ast.expr) and isinstance(its, ast.expr) else None


def _edit(source: Source, mine: ast.expr, its: ast.expr) -> Edit:
    kinds = {ast.Name: "name", ast.Attribute: "name", ast.Constant: "number"}
    kind = kinds.get(type(its), "part") if type(mine) in kinds else "part"
    text = ast.unparse(its)
    return Edit(kind, *source.span(mine), text if isinstance(its, ATOMS) else f"({text})", "part")


def _said(answer: _Traced, solution: _Traced, name: str) -> Iterator[tuple[str, ast.expr, Value]]:
    """The parts of the solution's function in the answer's names, and what they come to; not the whole of what it returns."""
    own = solution.functions[name]
    whole = set(map(id, _returned(own)))
    speaking = _Speaking(answer, solution, name)
    for node in ast.walk(own):
        value = solution.values.get(node)
        if value is None or len(value[0]) < 2 or id(node) in whole or isinstance(node, ast.Constant):
            continue
        said = speaking(node)
        if (
            said is not None
            and isinstance(node, ast.expr)
            and not isinstance(said, (ast.Name, ast.Constant, ast.UnaryOp))
        ):
            yield ast.unparse(said), said, value


class _Speaking:
    """Puts expressions of the solution into the answer's names."""

    def __init__(self, answer: _Traced, solution: _Traced, name: str) -> None:
        self._values = solution.values
        self._names: dict[Value, list[str]] = {}
        for (function, each), value in answer.variables.items():
            if function == name:
                self._names.setdefault(value, []).append(each)
        self._mine = {each for function, each in answer.variables if function == name}
        own = solution.functions[name]
        self._local = set(_set_in(own))
        self._made: dict[str, list[ast.expr]] = {}
        for node in ast.walk(own):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self._made.setdefault(node.targets[0].id, []).append(node.value)

    def __call__(self, node: ast.AST, depth: int = 0) -> Any:
        """The same in the answer's names; None where it lacks one."""
        value = self._values.get(node)
        if isinstance(node, ast.expr) and value is not None and len(value[0]) == 2 and value in self._names:
            same = self._names[value]
            called = node.id if isinstance(node, ast.Name) and node.id in same else same[0]
            return ast.Name(called, ast.Load())
        if isinstance(node, ast.Name):
            made = self._made.get(node.id, [])
            if node.id not in self._local or (node.id in self._mine and not (value and len(value[0]) == 2)):
                return node
            return self(made[0], depth + 1) if len(made) == 1 and depth < _TIMES else None
        new = copy.copy(node)
        for field, child in ast.iter_fields(node):
            children = child if isinstance(child, list) else [child]
            said = [self(each, depth) if isinstance(each, ast.AST) else each for each in children]
            if any(each is None is not before for each, before in zip(said, children, strict=True)):
                return None
            setattr(new, field, said if isinstance(child, list) else said[0])
        return new
