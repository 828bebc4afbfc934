"""The track "Build your own engine": what a student's classes compute beside what the real engine does, number by number.

The first number that differs is shown, in the line of a small program in which it comes about. What is wrong is found in two
ways: a gradient is compared with what the usual mistakes make of the right ones around it, and all numbers with those of the
solution after a usual `Slip`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from ..value import Value
from .exercise import Answer, Finding
from .form import load

Numbers = Mapping[str, Any]  # in the order in which they are looked at
_METHODS: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow",
}  # fmt: skip


@dataclass(frozen=True)
class Program:
    """Lines that make Values from Values, each with a name; the last one is the result."""

    leaves: Mapping[str, float]
    lines: Mapping[str, str]

    def __str__(self) -> str:
        given = [f"{name} = Value({number:g})" for name, number in self.leaves.items()]
        return "; ".join([*given, *(f"{name} = {line}" for name, line in self.lines.items())])

    @property
    def result(self) -> str:
        return [*self.leaves, *self.lines][-1]

    def run(self, make: Callable[[float], Any]) -> Iterator[dict[str, Any]]:
        """The Values by name, after each line."""
        nodes = {name: make(number) for name, number in self.leaves.items()}
        yield nodes
        for name, line in self.lines.items():
            nodes[name] = eval(compile(line, __file__, "eval"), {"__builtins__": {}}, nodes)  # noqa: S307 - ours
            yield nodes

    def right(self) -> dict[str, Value]:
        """The real engine's Values, with the gradients of the result."""
        *_, nodes = self.run(Value)
        nodes[self.result].backward()
        return nodes


def program(text: str, **leaves: float) -> Program:
    """``program("c = a * b; d = c + a", a=2.0, b=-3.0)``."""
    pairs = (line.split(" = ") for line in text.split(";"))
    return Program(leaves, {name.strip(): line.strip() for name, line in pairs})


@dataclass(frozen=True)
class Slip:
    """A usual mistake: the edit of the solution that makes it, by whose numbers it is known, and what is to be said of it."""

    kind: str
    old: str
    new: str
    sentence: str


class Step:
    """One step of the track.

    Args:
        check: the file of the check, beside which the solution lies.
        slips: what is recognised, the likeliest first.
    """

    def __init__(self, check: str, *slips: Slip) -> None:
        self._exercise, self.slips = load(Path(check).parent), slips

    def slipped(self, slip: Slip) -> Answer:
        """The solution with a mistake in it."""
        source = self._exercise.solution.replace(slip.old, slip.new)
        if source == self._exercise.solution:
            raise ValueError(f"{self._exercise.name}: its solution has no {slip.old!r}")
        names: dict[str, Any] = {"__name__": "slipped"}
        exec(compile(f"{self._exercise.given}\n\n\n{source}", "<slipped>", "exec"), names)  # noqa: S102 - ours
        return Answer(names)

    def compared(
        self,
        title: str,
        answer: Answer,
        ask: Callable[[Answer], Numbers],
        right: Numbers,
        *,
        where: str = "",
        kind: str = "value",
        explain: Callable[[str, float], Sequence[tuple[str, str]]] = lambda _label, _number: (),
    ) -> Finding:
        """What `ask` gets from an answer beside what is right; the first number that differs is looked into."""
        given = ask(answer)
        for label, number in right.items():
            got = _number(given.get(label))
            if got is None:
                return Finding(False, title, _no_number(where, label, given.get(label)), ("type",))
            if not _close(got, number):
                found = self._recognised(ask, given, right) or explain(label, got) or [(kind, "")]
                mine, its = _apart(got, number)
                lines = [*(words for _, words in found if words), *([where] if where else [])]
                lines.append(f"   {label}: you give {mine}, right is {its}")
                return Finding(False, title, "\n".join(lines), tuple(dict.fromkeys(k for k, _ in found)))
        return Finding(True, title)

    def _recognised(self, ask: Callable[[Answer], Numbers], given: Numbers, right: Numbers) -> list[tuple[str, str]]:
        """The first slip after which the solution gives all the same numbers."""
        for slip in self.slips:
            names, wrong = self.slipped(slip), {}
            with suppress(Exception):  # after some slips this does not run
                wrong = dict(ask(names))
            pairs = [(_number(given.get(label)), _number(wrong.get(label))) for label in right]
            if all(a is not None and b is not None and _close(a, b) for a, b in pairs):
                return [(slip.kind, slip.sentence)]
        return []

    def forward(self, answer: Answer, work: Program) -> Finding:
        """The number of each Value, line by line; no line changes what was there before it."""
        title = str(list(work.lines.values())[-1])
        right = {f"{name}.data": float(node.data) for name, node in work.right().items()}
        fault = _strange(title, answer, work)
        return fault or self.compared(
            title, answer, lambda names: _numbers(_finished(names, work), "data"), right, where=f"   {work}"
        )

    def backward(
        self, answer: Answer, work: Program, *, title: str = "", g: float = 1.0, call: str = "backward"
    ) -> Finding:
        """The gradient of each Value, the last one first.

        With ``call="_backward"`` the result's gradient is set to `g`, and it hands that on by its own rule.
        """
        title = title or f"the gradients of {list(work.lines.values())[-1]}"
        fault = _strange(title, answer, work)
        if fault:
            return fault
        nodes = work.right()
        right = {
            f"{name}.grad": g * float(node.grad) for name, node in reversed(nodes.items()) if node.grad is not None
        }
        start = f"{work.result}.grad = {g:g}; " if call == "_backward" else ""
        where = f"   {work}; {start}{work.result}.{call}()"

        def ask(names: Answer) -> Numbers:
            mine = _finished(names, work)
            if call == "_backward":
                mine[work.result].grad = g
            getattr(mine[work.result], call)()
            after = _numbers(mine, "data")
            return {**dict(reversed(_numbers(mine, "grad").items())), **after}

        def explain(label: str, got: float) -> list[tuple[str, str]]:
            return list(_explained(work, label.removesuffix(".grad"), got, right))

        data = {f"{name}.data": float(node.data) for name, node in nodes.items()}
        return self.compared(title, answer, ask, {**right, **data}, where=where, kind="gradient", explain=explain)


def _finished(answer: Answer, work: Program) -> dict[str, Any]:
    *_, nodes = work.run(answer.Value)
    return nodes


def _numbers(nodes: Mapping[str, Any], what: str) -> dict[str, Any]:
    return {f"{name}.{what}": getattr(node, what, None) for name, node in nodes.items()}


def _strange(title: str, answer: Answer, work: Program) -> Finding | None:
    """What is wrong with the Values themselves: a line that cannot be computed, is no Value, or changes another one."""
    seen: dict[str, Any] = {}
    lines = iter(work.run(answer.Value))
    for name in ["", *work.lines]:
        line = f"{name} = {work.lines.get(name, '')}"
        try:
            nodes = next(lines)
        except (TypeError, AttributeError) as error:
            if _innermost(error) != __file__:
                raise
            remedy = _missing(work.lines[name]) if isinstance(error, TypeError) else "Does the method have this name?"
            return Finding(False, title, f"{line} cannot be computed: {error}. {remedy}\n   {work}", ("operator",))
        for each, node in nodes.items():
            if not isinstance(node, answer.Value):
                words = "is None: does a method lack its `return`?" if node is None else f"is a {type(node).__name__}."
                return Finding(False, title, f"{each} should be a Value, and {words}\n   {work}", ("type",))
            data = getattr(node, "data", None)
            if data != seen.setdefault(each, data):
                words = f"{line} changed {each}.data from {seen[each]} to {data}: an operation makes a new Value"
                return Finding(
                    False, title, f"{words}, and each Value has a number of its own.\n   {work}", ("mutated",)
                )
    return None


def _innermost(error: BaseException) -> str:
    """The file that an error was raised in."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename if trace is not None else ""


def _missing(line: str) -> str:
    """The method that an operation asks for."""
    node = ast.parse(line, mode="eval").body
    if isinstance(node, ast.UnaryOp):
        return "A Value with a minus before it is what __neg__ returns."
    if not isinstance(node, ast.BinOp):
        return ""
    name = _METHODS[type(node.op)]
    if isinstance(node.left, ast.Constant):
        return f"With a number on the left Python asks the Value on the right: its __r{name}__ is what is missing."
    return f"Python asks the Value on the left: its __{name}__ does not take this, or is missing."


def _uses(work: Program, name: str, grads: Numbers) -> list[tuple[str, float, float]]:
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
        eval(compile(tree, __file__, "eval"), {"__builtins__": {}}, local).backward()  # noqa: S307 - ours
        slopes = [float(value.grad) for each, value in operands.values() if each == name]
        found += [
            (f"{result} = {line}", slope, grads[f"{result}.grad"]) for slope in slopes if f"{result}.grad" in grads
        ]
    return found


def _explained(work: Program, name: str, got: float, grads: Numbers) -> Iterator[tuple[str, str]]:
    """What makes this number of the right ones around it, all that does."""
    if f"{name}.grad" not in grads:
        yield (
            "mutated",
            f"Going backwards changed {name}.data: the numbers stay as they are, and only gradients come to be.",
        )
        return
    right, uses = grads[f"{name}.grad"], _uses(work, name, grads)
    own = float(work.right()[name].data)
    parts = [slope * g for _, slope, g in uses]
    if not uses:
        yield "start", f"The result's own gradient is 1, the derivative of {name} with respect to itself."
        return
    several = ", ".join(f"{part:.6g} through {line}" for part, (line, _, _) in zip(parts, uses, strict=True))
    reasons = {
        "zero": (0.0, f"No gradient arrives at {name}."),
        "sign": (-right, f"The sign of {name}'s gradient is wrong."),
        "chain": (sum(slope for _, slope, _ in uses), "This is the local derivative alone: it is to be multiplied by the "
                  "gradient of the result, out.grad."),
        "slope": (sum(g for _, _, g in uses), "The gradient of the result is handed on as it is: it is to be multiplied by "
                  f"the local derivative, that of the result with respect to {name}."),
        "operand": (sum(own * g for *_, g in uses), f"The gradient of the result was multiplied by {name}'s own number: "
                    f"the local derivative with respect to {name} is another."),
    }  # fmt: skip
    if len(uses) > 1 and any(_close(got, part) for part in parts):
        yield "overwritten", f"Only one of {name}'s contributions is left, and they add up: {several}. Is it = for +=?"
    for kind, (number, words) in reasons.items():
        if _close(got, number):
            yield kind, words
    times = round(got / right) if right else 0
    if times > 1 and _close(got, times * right) and not _close(got, sum(g for _, _, g in uses)):
        yield (
            "twice",
            f"{name}'s gradient is {times} times what it should be: its contribution is counted {times} times.",
        )


def _number(x: Any) -> float | None:
    """A plain number as such; None for whatever is none."""
    return float(x) if isinstance(x, int | float | np.floating | np.integer) else None


def _no_number(where: str, label: str, got: Any) -> str:
    kind = "None: is something not set, or a `return` missing?" if got is None else f"a {type(got).__name__}."
    return f"{label} should be a number, and is {kind}" + (f"\n{where}" if where else "")


def _close(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=1e-9, atol=1e-14))


def _apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers, with as many digits as it takes to tell them apart."""
    pairs = ((f"{a:.{digits}g}", f"{b:.{digits}g}") for digits in range(6, 18))
    return next((pair for pair in pairs if pair[0] != pair[1]), (repr(a), repr(b)))
