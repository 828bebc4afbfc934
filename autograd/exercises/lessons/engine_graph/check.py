"""The check of `engine_graph`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd.exercises.engines import Step, forward
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import program

STEP = Step(__file__)
TITLE = "the parents of a + b, a + a and sums of sums"
PROGRAM = "   c = a + b; d = a + a; e = c + b; f = b + e; h = c + d"


def check(answer: Answer) -> Iterator[Finding]:
    yield from STEP.findings(answer, [forward(program("c = a + b; d = c + c", a=2.0, b=-3.5))])
    a, b = answer.Value(2.0), answer.Value(-3.5)
    results = {"a": a, "b": b, "c": (c := a + b), "d": (d := a + a), "e": (e := c + b), "f": b + e, "h": c + d}
    made = {"a": (), "b": (), "c": ("a", "b"), "d": ("a", "a"), "e": ("c", "b"), "f": ("b", "e"), "h": ("c", "d")}
    for name, expected in made.items():
        kind, words = _parents(results, name, expected)
        if kind:
            sign = _operation(results, made)
            yield Finding(
                False, TITLE, "\n".join(filter(None, [words, sign, PROGRAM])), (kind, *(["op"] if sign else []))
            )
            return
    yield Finding(True, TITLE)
    sign = _operation(results, made)
    yield Finding(not sign, "the operations", sign, ("op",) if sign else ())


def _operation(results: dict[str, Any], made: dict[str, tuple[str, ...]]) -> str:
    """What is wrong with the sign of a Value; empty if nothing is."""
    for name, expected in made.items():
        op = getattr(results[name], "op", None)
        if op != ("+" if expected else ""):
            right = "'+', since it is a sum" if expected else "'', since nothing was computed"
            whose = " The sign belongs to the new Value, the sum, and not to an operand." if op and not expected else ""
            return f"{name}.op is {op!r}: it should be {right}.{whose}"
    return ""


def _parents(results: dict[str, Any], name: str, expected: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with the parents of a Value, and in words; nothing if they are right."""
    given, right = getattr(results[name], "parents", None), [results[each] for each in expected]
    if not isinstance(given, tuple):
        if isinstance(given, list) and not expected and given:
            return "shared", (
                f"{name} was made from nothing and has {len(given)} parents: a default argument such as parents=[] is made "
                "once, and all Values share it."
            )
        if isinstance(given, set | frozenset):
            return (
                "type",
                f"{name}.parents is a set, which has no order, and in which a + a has one parent: use a tuple.",
            )
        kind = "None" if given is None else f"a {type(given).__name__}"
        return "type", f"{name}.parents is {kind}, and should be the tuple {_tuple(expected)}."
    if [id(each) for each in given] == [id(each) for each in right]:
        return "", ""
    if not expected and any(each is results[name] for each in given):
        return "direction", (
            f"The parents were written to {name}, which is an operand and was made from nothing: they belong to the new Value, "
            "the sum."
        )
    if any(isinstance(each, int | float) for each in given):
        return (
            "numbers",
            f"{name}.parents holds numbers: the gradient is to go to the Values, so keep {_tuple(expected)}.",
        )
    if {id(each) for each in given} & {id(each) for one in right for each in one.parents} - {
        id(each) for each in right
    }:
        return "further", (
            f"{name}.parents has parents of {_tuple(expected)}, which are further back: its parents are the two operands of this "
            "very +, and those know their own."
        )
    if len(given) == len(right) and [id(each) for each in given[::-1]] == [id(each) for each in right]:
        return "order", f"{name}.parents has the two in the other order: on the left of the + stands {expected[0]}."
    if len(given) != len(right):
        words = f"{name}.parents has {len(given)} Value{'s' * (len(given) != 1)} and should be {_tuple(expected)}"
        return "count", f"{words}: each operand once for each time it stands there, and nothing else."
    return (
        "other",
        f"{name}.parents should be {_tuple(expected)}, these very objects: here are other Values, or copies.",
    )


def _tuple(names: tuple[str, ...]) -> str:
    return f"({', '.join(names)})"
