"""The check of an exercise that has no check.py: what exercise.toml declares.

function = "np.sqrt(x)"       the answer is its vjp, compared with finite differences of this expression
                              (without it, what the answer returns is compared with what the solution returns)
inputs = { x = [1.0, 4.0] }   values by name, or { x = { shape = [3, 4], low = 0.5, high = 2.0 } } to be drawn;
                              a list of such tables for several cases
[[mistakes]]                  known wrong answers:
answer = "g * out"            an expression in the function's arguments, and
say = "…"                     what to say of it; `kind` is a word for the class's summary
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import numpy as np

from .bugs import CHOICES, repaired
from .exercise import Answer, Finding, Mistake, derivative, diagnosed, value

DECLARED: dict[str, Any] = {"function": str, "inputs": (dict, list), "mistakes": list, "find_the_bug": bool}


def declared(name: str, source: str, declaration: Mapping[str, Any]) -> Callable[[Answer], Iterator[Finding]]:
    """The check: `source` is what is given and the solution, whose last function is the one that is asked for.

    Raises:
        ValueError: the declaration does not fit the solution.
    """
    names: dict[str, Any] = {"np": np, "__name__": name}
    exec(compile(source, f"<solution of {name}>", "exec"), names)  # noqa: S102 - the teacher's own
    asked = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)][-1]
    reference = names[asked]
    arguments = tuple(inspect.signature(reference).parameters)
    expression = declaration.get("function")
    given = arguments if expression is None else arguments[2:]
    tables = declaration["inputs"]
    cases = [_drawn(name, given, table) for table in (tables if isinstance(tables, list) else [tables])]
    mistakes = [_mistake(name, arguments, mistake, names) for mistake in declaration.get("mistakes", ())]
    bug, kind = bool(declaration.get("find_the_bug")), str(names.get("DIAGNOSIS", ""))
    f = _expression(name, expression or "0", given, names)
    if expression is not None:
        _tried(name, f"function = {expression!r}", f, given, cases)

    def found(answer: Answer) -> Iterator[Finding]:
        for case in cases:
            inputs = dict(zip(given, case, strict=True))
            first, last = repaired(kind, f, attrgetter(asked), inputs, tuple(mistakes))(answer)
            yield first
        yield last

    def differentiated(answer: Answer) -> Iterator[Finding]:
        for title, case in zip(_titles("the derivative", cases), cases, strict=True):
            yield derivative(f, getattr(answer, asked), case, given, title=title, mistakes=mistakes)

    def compared(answer: Answer) -> Iterator[Finding]:
        for title, case in zip(_titles(f"what {asked} returns", cases), cases, strict=True):
            wrong = [(m.kind, m.answer(*_copies(case)), m.sentence) for m in mistakes]
            yield value(title, getattr(answer, asked)(*_copies(case)), reference(*_copies(case)), mistakes=wrong)

        if bug:
            yield diagnosed(answer, kind, CHOICES)

    if expression is None:
        return compared
    return found if bug else differentiated


def _titles(what: str, cases: list[tuple[Any, ...]]) -> list[str]:
    return [what] if len(cases) == 1 else [f"{what}, case {i} of {len(cases)}" for i in range(1, len(cases) + 1)]


def _tried(
    name: str, what: str, f: Callable[..., Any], arguments: tuple[str, ...], cases: list[tuple[Any, ...]]
) -> None:
    """See that the teacher's own expression runs, before a student is told that it does not."""
    for case in cases:
        try:
            with np.errstate(all="ignore"):
                f(*_copies(case))
        except Exception as error:
            words = f"{name}: {what}, of {', '.join(arguments)}, stops with {type(error).__name__}: {error}"
            raise ValueError(words) from error


def _copies(case: tuple[Any, ...]) -> list[Any]:
    return [np.array(x)[()] for x in case]


def _drawn(name: str, arguments: tuple[str, ...], table: Mapping[str, Any]) -> tuple[Any, ...]:
    """One case: the value of each argument, in order."""
    if not isinstance(table, dict) or set(table) != set(arguments):
        raise ValueError(f"{name}: `inputs` gives a value to each of {', '.join(arguments)}, and nothing else")
    rng = np.random.default_rng(len(name))
    return tuple(_value(name, argument, table[argument], rng) for argument in arguments)


def _value(name: str, argument: str, written: Any, rng: np.random.Generator) -> Any:
    if isinstance(written, dict):
        if not {"shape"} <= set(written) <= {"shape", "low", "high"}:
            odd = ", ".join(sorted({*written} - {"shape", "low", "high"}))
            fault = f"{odd} is no key of it" if odd else "the shape is missing"
            raise ValueError(f"{name}: {argument} is drawn from {{ shape = […], low = …, high = … }}: {fault}")
        return rng.uniform(written.get("low", -2.0), written.get("high", 2.0), size=written["shape"])
    try:
        return np.array(written, dtype=float)[()]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {argument} = {written!r} is no number and no array of numbers") from error


def _expression(name: str, text: str, arguments: tuple[str, ...], names: dict[str, Any]) -> Callable[..., Any]:
    """A function of the arguments, from an expression."""
    try:
        code = compile(f"lambda {', '.join(arguments)}: ({text})", f"<{name}>", "eval")
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{name}: {text!r} is no expression in {', '.join(arguments)}") from error
    return eval(code, names)  # noqa: S307 - the teacher's own


def _mistake(name: str, arguments: tuple[str, ...], mistake: Mapping[str, Any], names: dict[str, Any]) -> Mistake:
    if not isinstance(mistake, dict) or not {"answer", "say"} <= set(mistake) <= {"answer", "say", "kind"}:
        raise ValueError(f"{name}: a mistake has an `answer`, an expression, and `say`, a sentence (and a `kind`)")
    wrong = _expression(name, mistake["answer"], arguments, names)
    return Mistake(mistake.get("kind", "known"), wrong, mistake["say"])
