"""Small programs on Values, which the real engine and a student's are both given, and what makes a gradient wrong in one."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count
from types import CodeType
from typing import Any

from ..engine.value import Value

_LEAVES, _LINES, _NEAR = {"a": 1.25, "b": -0.5}, 6, 3  # of a program that is drawn; how many Values were made last
_SMALLEST, _LARGEST, _ANOTHER = 1e-2, 1e3, 1000
SHORT = 60  # characters of a title
LINE = "<a line of a program>"  # the file that an error names, where the line itself cannot be computed
Numbers = Mapping[str, Any]  # in the order in which they are looked at


@dataclass(frozen=True, eq=False)
class Program:
    """Lines that make Values from Values, each with a name; the last one is the result."""

    leaves: Mapping[str, float]
    lines: Mapping[str, str]

    def __str__(self) -> str:
        given = [f"{name} = Value({number:g})" for name, number in self.leaves.items()]
        return "; ".join([*given, *(f"{name} = {line}" for name, line in self.lines.items())])

    @property
    def title(self) -> str:
        """Its lines; of many the first and the last."""
        lines = [f"{name} = {line}" for name, line in self.lines.items()]
        return "; ".join(lines if len("; ".join(lines)) < SHORT else [lines[0], "…", lines[-1]])

    @property
    def result(self) -> str:
        return [*self.leaves, *self.lines][-1]

    def run(self, make: Callable[[float], Any]) -> Iterator[dict[str, Any]]:
        """The Values by name, after each line."""
        nodes = {name: make(number) for name, number in self.leaves.items()}
        yield nodes
        for name, line in self.lines.items():
            nodes[name] = eval(_compiled(line), {"__builtins__": {}}, nodes)  # noqa: S307 - ours
            yield nodes

    def right(self) -> dict[str, Value]:
        """The real engine's Values, with the gradients of the result."""
        return self._nodes

    @cached_property
    def _nodes(self) -> dict[str, Value]:
        *_, nodes = self.run(Value)
        nodes[self.result].backward()
        return nodes


@cache
def _compiled(line: str) -> CodeType:
    return compile(line, LINE, "eval")


@cache
def drawn(seed: int, *forms: str) -> Program:
    """A program of lines such as ``"{} + {}"``, with Values drawn at random in the gaps; whatever is left over is added up.

    So a Value comes upon itself, in one line and in several, as in no program that somebody thought of.
    """
    choice = random.Random(seed)  # noqa: S311 - reproducible, and nothing secret
    made: dict[str, str] = {}
    used: set[str] = set()
    left = [*_LEAVES]
    while len(left) > 1 or len(made) < _LINES:
        known, name = [*_LEAVES, *made], f"x{len(made) + 1}"
        form, pair = (
            choice.choice(forms),
            [choice.choice(known[-choice.choice((_NEAR, len(known))) :]) for _ in range(2)],
        )
        if len(made) >= _LINES:
            form, pair = "{} + {}", left[:2]
        line = form.format(*pair)
        *_, nodes = Program(_LEAVES, {**made, name: line}).run(Value)
        if _SMALLEST < abs(float(nodes[name].data)) < _LARGEST:
            made[name] = line
            used |= set(pair[: form.count("{}")])
            left = [each for each in [*_LEAVES, *made] if each not in used]
        elif len(made) >= _LINES:
            return drawn(seed + _ANOTHER, *forms)  # what is left over adds up to nothing
    return Program(_LEAVES, made)


@cache  # a check is asked hundreds of times while the change is sought that makes an answer right
def program(text: str, **leaves: float) -> Program:
    """``program("c = a * b; d = c + a", a=2.0, b=-3.0)``."""
    pairs = (line.split(" = ") for line in text.split(";"))
    return Program(leaves, {name.strip(): line.strip() for name, line in pairs})


def uses_of(work: Program, name: str, grads: Numbers) -> list[tuple[str, float, float]]:
    """Each line that `name` goes into, as often as it does; the derivative of the line, and the gradient of its result."""
    data = {each: float(node.data) for each, node in work.right().items()}
    found = []
    for result, line in work.lines.items():
        tree, places = ast.parse(line, mode="eval"), count()
        operands = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                each, node.id = node.id, f"_{next(places)}"
                operands[node.id] = (each, Value(data[each]))
        local = {place: value for place, (_, value) in operands.items()}
        eval(compile(tree, LINE, "eval"), {"__builtins__": {}}, local).backward()  # noqa: S307 - ours
        slopes = [float(value.grad) for each, value in operands.values() if each == name]
        found += [
            (f"{result} = {line}", slope, grads[f"{result}.grad"]) for slope in slopes if f"{result}.grad" in grads
        ]
    return found


def explained(work: Program, name: str, got: float, grads: Numbers) -> Iterator[tuple[str, str]]:
    """What makes this number of the right ones around it, all that does."""
    if f"{name}.grad" not in grads:
        yield (
            "mutated",
            f"Going backwards changed {name}.data: the numbers stay as they are, and only gradients come to be.",
        )
        return
    right, uses = grads[f"{name}.grad"], uses_of(work, name, grads)
    own = float(work.right()[name].data)
    if not uses:
        yield "start", f"The result's own gradient is 1, the derivative of {name} with respect to itself."
        return
    parts = [slope * g for _, slope, g in uses]
    if len({line for line, _, _ in uses}) == 1 < len(uses) and any(close(got, part) for part in parts):
        yield (
            "overwritten",
            f"In {uses[0][0]} the two operands are one Value, whose shares add up: only one of the two is left here. Add both, "
            f"one after the other, so that the second finds what the first has left.",
        )
        return
    of_lines = [sum(part for part, use in zip(parts, uses, strict=True) if use[0] == line) for line, *_ in uses]
    if len(uses) > 1 and any(close(got, part) and not close(part, right) for part in (*parts, *of_lines)):
        several = ", ".join(f"{part:.6g} through {line}" for part, (line, _, _) in zip(parts, uses, strict=True))
        left = f"Only one of {name}'s contributions is left, and they add up: {several}."
        yield "overwritten", f"{left} Is it = for +=, or does one take the other's place where they are kept?"
        return
    whole = [_variants(slope, g, own) for _, slope, g in uses]
    for kind, words in SENTENCES.items():
        if close(got, sum(each[kind] for each in whole)):
            yield kind, words.format(name)
        elif len(uses) > 1:
            for (line, _, _), part, each in zip(uses, parts, whole, strict=True):
                if close(got, right - part + each[kind]):
                    yield kind, f"{words.format(name)} {GUESSED} {line}."


def _variants(slope: float, g: float, own: float) -> dict[str, float]:
    """What the usual mistakes make of one contribution."""
    return {"zero": 0.0, "sign": -slope * g, "chain": slope, "slope": g, "operand": own * g, "twice": 2 * slope * g}


GUESSED = "So it is in"  # one number out of several contributions may be met by accident
SENTENCES = {
    "zero": "No gradient arrives at {}.",
    "sign": "The sign of {}'s gradient is wrong.",
    "chain": "This is the local derivative alone: it is to be multiplied by the gradient of the result, out.grad.",
    "slope": "The gradient of the result is handed on as it is: it is to be multiplied by the local derivative, that of the "
    "result with respect to {}.",
    "operand": "The gradient of the result was multiplied by {0}'s own number: the local derivative with respect to {0} is "
    "another.",
    "twice": "What {}'s gradient should be is counted twice.",
}


def close(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= 1e-12 + 1e-9 * abs(b) < math.inf
