"""A hand-written derivative as its author wrote it: where its source stands, and the same function from an edited source."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from .hygiene import Answers
from .nearby import at, differences, nearby
from .problem import Problem
from .repair import repairs
from .report import Diagnosis, Verdict
from .running import bounded, helpers

_LARGEST = 1_000  # inputs of a function whose derivative is edited
_OUTSIDE = frozenset(
    {"open", "os", "sys", "shutil", "subprocess", "Path", "exec", "eval", "input", "write", "unlink", "remove"}
)


class Exchangeable:
    """A function that another can be put in the place of."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.now = function

    def __call__(self, *args: Any) -> Any:
        return self.now(*args)


@dataclass(frozen=True)
class _Written:
    """The text of a function, the number of its first line, the function, and the names that it finds outside of itself."""

    text: str
    number: int
    function: FunctionType
    names: Mapping[str, Any]

    def rewritten(self, text: str) -> Callable[..., Any]:
        """The function that another text defines in this one's place, with its defaults."""
        tree, names = bounded(text), {**self.names, **helpers()}
        new: FunctionType
        match tree.body:
            case [ast.Expr(ast.Lambda(args=args) as function)]:
                _without_defaults(args)
                whole = ast.fix_missing_locations(ast.Expression(function))
                new = eval(compile(whole, "<edited>", "eval"), names)  # noqa: S307 - the user's own
            case [ast.FunctionDef(name=name, args=args) as function]:
                _without_defaults(args)
                function.decorator_list = []
                exec(compile(ast.fix_missing_locations(tree), "<edited>", "exec"), names)  # noqa: S102 - the user's own function, with one thing changed
                new = names[name]
            case _:
                raise SyntaxError("an edit has made something else of a function")
        new.__defaults__, new.__kwdefaults__ = self.function.__defaults__, self.function.__kwdefaults__
        return new


def _without_defaults(arguments: ast.arguments) -> None:
    """Defaults are those of the function; the names that they were made of may be gone."""
    arguments.defaults = [ast.Constant(None) for _ in arguments.defaults]
    arguments.kw_defaults = [default and ast.Constant(None) for default in arguments.kw_defaults]


def _written(function: Any) -> _Written | None:
    """The source of a function; None where there is none, it is not certain which it is, or it does more than compute."""
    if not isinstance(function, FunctionType) or _OUTSIDE & {*function.__code__.co_names}:
        return None
    try:
        lines, nodes = _parsed(function)
    except (OSError, SyntaxError, IndexError):
        return None
    texts = {
        (_text(node, lines), node.lineno)
        for node in nodes
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) and _is_of(node, function)
    }
    if len(texts) != 1:
        return None
    ((text, number),) = texts
    return _Written(text, number, function, {**function.__globals__, **inspect.getclosurevars(function).nonlocals})


def _parsed(function: FunctionType) -> tuple[list[str], list[ast.AST]]:
    """The lines of the function's file, and the nodes of its syntax tree: of the function alone if the rest is no Python.

    Raises:
        OSError, SyntaxError, IndexError: there is no such file, or nothing in it that can be read.
    """
    lines, first = inspect.findsource(function)
    try:
        return lines, list(ast.walk(ast.parse("".join(lines))))
    except SyntaxError:  # a page with programs in it
        block = textwrap.dedent("".join(inspect.getblock(lines[first:])))
        return lines, list(ast.walk(ast.increment_lineno(ast.parse(block), first)))


def _is_of(node: ast.FunctionDef | ast.Lambda, function: FunctionType) -> bool:
    code, arguments = function.__code__, node.args
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    names = [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    return (
        getattr(node, "name", "<lambda>") == function.__name__
        and first == code.co_firstlineno
        and tuple(names) == code.co_varnames[: len(names)]
        and {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} >= {*code.co_freevars}
    )


def _text(node: ast.FunctionDef | ast.Lambda, lines: Sequence[str]) -> str:
    if isinstance(node, ast.Lambda):
        return ast.get_source_segment("".join(lines), node) or ""
    return textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno]))


def edits_of(problem: Problem, derivative: Exchangeable, confirm: Callable[[], Verdict]) -> list[Diagnosis]:
    """What to change in the source of a hand-written derivative so that it is right, each way as lines to be read.

    It has to be right beside the point as well: numbers whose sum is 0, say, would excuse a sum too many.

    Args:
        problem: whose `pull` calls the derivative.
        derivative: the wrong one; others are put in its place.
        confirm: the whole check of the one that is there.
    """
    wrong = derivative.now
    answer = _written(wrong)
    if answer is None or problem.size_in > _LARGEST:
        return []
    beside = nearby(problem)
    looks = _looks(problem)
    with at(problem, beside):
        looks_nearby = _looks(problem)

    def put(text: str) -> bool:
        try:
            derivative.now = answer.rewritten(text)
        except Exception:
            return False
        return True

    def judged(text: str) -> list[bool] | None:
        flags = looks() if put(text) else None
        if not flags or not all(flags):
            return flags
        with at(problem, beside):
            return looks_nearby()

    def confirmed(text: str) -> bool:
        if not put(text):
            return False
        verdict = confirm()
        if verdict == "inconclusive":
            with at(problem, beside):
                verdict = confirm()
        return verdict == "pass"

    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            ways = repairs(answer.text, judged, confirmed, number=answer.number)
    finally:
        derivative.now = wrong
    return [Diagnosis(way[0].kind, "\n".join(map(str, way))) for way in ways]


def _looks(problem: Problem) -> Callable[[], list[bool] | None]:
    """A quick look at the derivative that is there: for each input, two directional derivatives against differences."""
    rng = np.random.default_rng(0)
    close = problem.epsilon ** (1 / 4)
    trials = []
    for _ in range(2):
        g, v = rng.normal(size=problem.size_out), rng.normal(size=problem.size_in)
        right = []
        for part in problem.inputs:
            along = np.zeros(problem.size_in)
            along[part.start : part.stop] = v[part.start : part.stop]
            right.append(g @ differences(problem, along))
        trials.append((g, problem.scale * v, right))

    def look() -> list[bool] | None:
        found = [True] * len(problem.inputs)
        for g, v, right in trials:
            answers = Answers(problem)
            try:
                given = answers.vector(g)
            except Exception:
                return None
            for i, (part, number) in enumerate(zip(problem.inputs, right, strict=True)):
                mine = given[part.start : part.stop] @ v[part.start : part.stop]
                size = np.abs(given[part.start : part.stop] * v[part.start : part.stop]).sum()
                found[i] &= bool(abs(mine - number) <= close * max(size, abs(number)))
        return found

    return look
