"""The track "Build your own engine": what a student's classes compute beside what the real engine does, number by number.

The first number that differs is shown, in the line of a small program in which it comes about. What is wrong is found in two
ways: a gradient is compared with what the usual mistakes make of the right ones around it, and all numbers with those of the
solution after a usual `Slip`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from .differences import differs
from .exercise import Answer, Finding, apart
from .form import load
from .given import collecting, note, note_mistakes
from .programs import LINE, Numbers, Program, explained, program
from .truth import ALONE
from .usual import Case, Slip, Usual, listed, numbers_of, plain_number, same

_SEVERAL = 3  # cases in which a number is wrong too
_METHODS: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow",
}  # fmt: skip


_DIRECTION = (
    "_backward changed {0}.grad, the gradient that it was given: that stays as it is, and is handed on to {0}'s parents, whose "
    "gradients are set."
)


class Step:
    """One step of the track.

    Args:
        check: the file of the check, beside which the solution lies.
        slips: what is recognised.
    """

    def __init__(self, check: str, *slips: Slip) -> None:
        self.usual = Usual(load(Path(check).parent), *slips)

    def findings(
        self, answer: Answer, cases: Sequence[Case], beside: Callable[[Answer], Finding] | None = None
    ) -> Iterator[Finding]:
        """What each case finds, up to the first one that is wrong, with which it is told what is wrong `beside`."""
        if collecting():
            for case in cases:
                after = ((s.kind, s.sentence, partial(self._given_after, s, case)) for s in self.usual.slips)
                note_mistakes(after)
                note(case.title, listed(numbers_of(case, answer)))
            return
        for case in cases:
            fault = case.fault(answer)
            given = {} if fault else case.ask(answer)
            wrong = next((label for label in case.right if not same(given.get(label), case.right[label])), None)
            if ALONE.get() and (fault or wrong is not None):
                parts = [same(given.get(label), case.right[label]) for label in case.right]
                yield Finding(False, case.title, parts=tuple(parts))
                return
            if words := differs():
                yield Finding(False, case.title, words, ("difference",))
                return
            if fault or wrong is not None:
                found = fault or self._looked_into(answer, cases, case, given, str(wrong))
                got = None if found.known or wrong is None else given.get(wrong)
                if plain_number(got) is None and plain_number(_inner(got)) is not None:
                    found = found.beside(lambda: self._first(answer, [replace(c, ask=_unpacked(c.ask)) for c in cases]))
                yield found if fault or beside is None else found.beside(partial(beside, answer))
                return
            yield Finding(True, case.title, parts=(True,) * len(case.right))

    def _first(self, answer: Answer, cases: Sequence[Case]) -> Finding:
        """The last finding: the first that is wrong, if any is."""
        return [*self.findings(answer, cases)][-1]

    def _given_after(self, slip: Slip, case: Case) -> list[float] | None:
        return listed(numbers_of(case, self.usual.slipped(slip)))

    def _looked_into(self, answer: Answer, cases: Sequence[Case], case: Case, given: Numbers, label: str) -> Finding:
        """The first number that is wrong, and why it may be."""
        slips, known = self.usual.recognised(answer, cases, case)
        found = [(slip.kind, slip.sentence) for slip in slips]
        got = plain_number(given.get(label))
        if got is None:
            found = found or [("type", "")]
            last = _no_number(label, given.get(label))
        else:
            found = found or _explained(answer, cases, case, label, got)
            found = found or [(case.kind, _beside(cases[: cases.index(case)], case))]
            idle = [name for name, count in given.items() if "." not in name and count == 0]
            if idle and not slips and found[0][0] == "zero":
                found = [
                    ("zero", f"{found[0][1]} {' and '.join(idle)} did not hand on what came: _backward was not called.")
                ]
            mine, its = apart(got, case.right[label])
            last = f"   {label}: you give {mine}, right is {its}"
        lines = [*(words for _, words in found if words), *([case.where] if case.where else []), last]
        return Finding(
            False, case.title, "\n".join(lines), tuple(dict.fromkeys(kind for kind, _ in found)), known=known
        )


def _explained(answer: Answer, cases: Sequence[Case], case: Case, label: str, got: float) -> list[tuple[str, str]]:
    """What makes a wrong number of the right ones around it; not if it does so in none of several more that are wrong."""
    found = list(case.explain(label, got))
    others: list[set[str]] = []
    for each in cases[cases.index(case) + 1 :] if found else ():
        numbers = numbers_of(each, answer) or {}
        wrong = next((name for name in each.right if not same(numbers.get(name), each.right[name])), None)
        number = plain_number(numbers.get(wrong)) if wrong else None
        if wrong and number is not None:
            others.append({kind for kind, _ in each.explain(wrong, number)})
    return [(kind, words) for kind, words in found if len(others) < _SEVERAL or any(kind in each for each in others)]


def _unpacked(ask: Callable[[Answer], Numbers]) -> Callable[[Answer], Numbers]:
    """What is asked for, with the number in the place of what it is in."""
    return lambda answer: {label: _inner(number) for label, number in ask(answer).items()}


def _inner(x: Any) -> Any:
    """The number of a Value, also of one alone in a list; whatever else it is as it is."""
    return number_of(x[0] if isinstance(x, list | tuple) and len(x) == 1 else x)


def _beside(before: Sequence[Case], case: Case) -> str:
    """The last case that differs in one line and came out right, beside this one; empty if there is none."""
    lines = case.where.split("; ")
    for other in reversed(before):
        theirs = other.where.split("; ")
        apart = [pair for pair in zip(theirs, lines, strict=False) if pair[0] != pair[1]]
        if len(theirs) == len(lines) and len(apart) == 1 and all(" = " in line for line in apart[0]):
            right, wrong = (line.strip() for line in apart[0])
            return f"With {right} it is right, and with {wrong} it is not: what is different there?"
    return ""


def remembers(answer: Answer, op: str, line: str) -> Finding:
    """Whether the result of an operation, such as ``"a * b"`` or ``"a.exp()"``, knows its parents and its sign."""
    work = program(f"c = {line}", a=2.0, b=-3.5)
    nodes, title = _finished(answer, work), f"parents and sign of {line}"
    c, a = nodes.pop("c"), nodes["a"]
    expected = tuple(node for name, node in nodes.items() if re.search(rf"\b{name}\b", line))
    given, sign = getattr(c, "parents", None), getattr(c, "op", None)
    wrong = []
    if given != expected:
        right = f"({', '.join(name for name, node in nodes.items() if node in expected)}{',' * (len(expected) == 1)})"
        lost = f"c.parents is {_tuple(nodes, given)}, and nobody finds the way back unless it is the tuple {right}"
        made = isinstance(given, tuple) and len(given) > 0 and not {*map(id, given)} <= {*map(id, nodes.values())}
        wrong.append(
            f"c was made of other operations, and is to be one of its own, with the parents {right}" if made else lost
        )
    if sign != op:
        wrong.append(f"c.op is {sign!r}, and should be {op!r}")
    if a.parents != () or a.op != "":
        wrong.append("a.parents should be () and a.op '', since nothing was computed")
    return Finding(not wrong, title, f"c = {line}: {'; '.join(wrong)}." if wrong else "", ("graph",) if wrong else ())


def _tuple(nodes: Mapping[str, Any], given: Any) -> str:
    """Some parents by their names."""
    if not isinstance(given, tuple):
        return "None" if given is None else f"a {type(given).__name__}"
    names = {id(node): name for name, node in nodes.items()}
    return f"({', '.join(names.get(id(each), 'something else') for each in given)})"


@cache
def forward(work: Program) -> Case:
    """The number of each Value, line by line; no line changes what was there before it."""
    right = {f"{name}.data": float(node.data) for name, node in work.right().items()}
    return Case(
        work.title, lambda names: _numbers(_finished(names, work), "data"), right, f"   {work}",
        fault=lambda names: _strange(work.title, names, work),
    )  # fmt: skip


@cache  # a check is asked hundreds of times
def backward(work: Program, *, title: str = "", g: float = 1.0, call: str = "backward") -> Case:
    """The gradient of each Value, the last one first.

    With ``call="_backward"`` the result's gradient is set to `g`, and it hands that on by its own rule.
    """
    title = title or f"{work.title}: the gradients"
    nodes = work.right()
    right = {f"{name}.grad": g * float(node.grad) for name, node in reversed(nodes.items()) if node.grad is not None}
    start = f"{work.result}.grad = {g:g}; " if call == "_backward" else ""

    def ask(names: Answer) -> Numbers:
        mine, times = _finished(names, work), Counter(dict.fromkeys(work.lines, 0))
        if call == "_backward":
            mine[work.result].grad = g
        else:
            _count(mine, times)
        getattr(mine[work.result], call)()
        return {**_numbers(mine, "grad"), **_numbers(mine, "data"), **times}

    def explain(label: str, got: float) -> Iterable[tuple[str, str]]:
        if call == "_backward" and label == f"{work.result}.grad":
            return [("direction", _DIRECTION.format(work.result))]
        return explained(work, label.removesuffix(".grad"), got, right)

    return Case(
        title,
        ask,
        {**right, **{f"{name}.data": float(node.data) for name, node in nodes.items()}},
        f"   {work}; {start}{work.result}.{call}()",
        "gradient",
        lambda names: _strange(title, names, work),
        explain,
    )


def both(*works: Program) -> list[Case]:
    """The numbers and the gradients of each program."""
    return [case for work in works for case in (forward(work), backward(work))]


def _finished(answer: Answer, work: Program) -> dict[str, Any]:
    *_, nodes = work.run(answer.Value)
    return nodes


def _numbers(nodes: Mapping[str, Any], what: str) -> dict[str, Any]:
    return {f"{name}.{what}": getattr(node, what, None) for name, node in nodes.items()}


def _count(nodes: Mapping[str, Any], times: Counter[str]) -> None:
    """Have the nodes count how often each hands its gradient on."""

    def counted(name: str, hand_on: Callable[[], None]) -> Callable[[], None]:
        def counting() -> None:
            times[name] += 1
            hand_on()

        return counting

    for name, node in nodes.items():
        node._backward = counted(name, node._backward)


def _strange(title: str, answer: Answer, work: Program) -> Finding | None:
    """What is wrong with the Values themselves: a line that cannot be computed, is no Value, or changes another one."""
    seen: dict[str, Any] = {}
    lines = iter(work.run(answer.Value))
    for name in ["", *work.lines]:
        line = f"{name} = {work.lines.get(name, '')}"
        try:
            nodes = next(lines)
        except (TypeError, AttributeError) as error:
            if _innermost(error) != LINE:
                raise
            remedy = _missing(work.lines[name]) if isinstance(error, TypeError) else "Does the method have this name?"
            return Finding(False, title, f"{line} cannot be computed: {error}. {remedy}\n   {work}", ("operator",))
        if not name and (lost := _shared(work, nodes)):
            return Finding(False, title, f"{lost}\n   {work}", ("shared",))
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


def _shared(work: Program, nodes: Mapping[str, Any]) -> str:
    """Whether all Values have the number of the last one made."""
    given = [getattr(node, "data", None) for node in nodes.values()]
    if len(set(work.leaves.values())) == 1 or any(x != list(work.leaves.values())[-1] for x in given):
        return ""
    return (
        f"As soon as a second Value is made, the first one has its number, {given[0]}: all Values share it. Keep it in "
        "the object (self.data), not in the class or in a variable outside."
    )


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


def number_of(node: Any) -> Any:
    """The number of a Value; what is none as it is."""
    return getattr(node, "data", node)


def _no_number(label: str, got: Any) -> str:
    if isinstance(got, list | tuple) and len(got) == 1:
        return f"{label} should be what is in it, and is a {type(got).__name__}."
    kind = "None: is something not set, or a `return` missing?" if got is None else f"a {type(got).__name__}."
    return f"{label} should be a number, and is {kind}"
