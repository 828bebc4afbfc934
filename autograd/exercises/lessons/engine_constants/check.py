"""The check of `engine_constants`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, both
from autograd.exercises.exercise import Answer, Finding, value
from autograd.exercises.programs import drawn, program
from autograd.exercises.usual import Slip

NEG, SUB, RSUB = "return self * -1.0", "return self + -other", "return -self + other"
LIFT = "return other if isinstance(other, Value) else Value(other)"
STEP = Step(
    __file__,
    Slip("order", RSUB, "return self + -other", "2 - a was computed as a - 2: in __rsub__ `self` stands on the right."),
    Slip("detached", NEG, "return Value(-self.data)",
         "-a is a new Value that does not know what it was made from: no gradient finds its way to a. Make it of "
         "operations on Values, as self * -1."),
    Slip("detached", SUB, "return Value(self.data - self.lift(other).data)",
         "a - b is a new Value that does not know what it was made from: no gradient finds its way to a. Make it of"
         " operations on Values."),
    Slip("detached", RSUB, "return Value(other - self.data)",
         "2 - a is a new Value that does not know what it was made from: no gradient finds its way to a. Make it of"
         " operations on Values."),
    Slip("detached", LIFT, "return Value(other.data if isinstance(other, Value) else other)",
         "A Value was lifted once more: what comes of it is another Value, and no gradient reaches the first. "
         "lift() returns a Value as it is."),
    Slip("sign", SUB, "return self + other", "a - b was computed as a + b."),
    Slip("order", SUB, "return other + -self", "a - b was computed as b - a."),
    Slip("operation", "return self + other\n\n    def __rmul__", "return self * other\n\n    def __rmul__",
         "2 + a was computed as 2 * a."),
    Slip("operation", "return self * other\n\n    def __neg__", "return self + other\n\n    def __neg__",
         "2 * a was computed as 2 + a."),
    Slip("sign", NEG, "return self * 1.0", "-a is a itself: its number is to be multiplied by -1."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    lines = ("a + 3", "a * 3", "3 + a", "3 * a", "-a", "a - b", "a - 3", "3 - a")
    works = [program(f"c = a * b; d = {line}; e = d * c", a=2.5, b=-3.5) for line in lines]
    works.append(program("c = a + 0.5; d = -1.5 + c; e = d * 0.25; f = -4 * e; g = f - 0.1 - a; h = 7.5 - g", a=1.5))
    works.append(program("c = 2 - a; d = c * -3 + a; e = -d - 1e4; f = 0.5 * e - c + e", a=-2.5))
    works += [
        drawn(seed, "{} + {}", "{} - {}", "{} * {}", "-{}", "{} - 3", "2 - {}", "{} * 0.5", "-2 * {}")
        for seed in range(8)
    ]
    yield from STEP.findings(answer, both(*works))
    one, other = answer.Value(1.0), answer.Value(1.0)
    yield value("lift() of a Value is the Value", float(one.lift(other) is other), 1.0, kind="lift",
                advice="one.lift(other) should be `other` itself where that is a Value. (1 stands for yes.)")  # fmt: skip
    yield value("lift() of a number, twice", float(one.lift(3.0) is one.lift(3.0)), 0.0, kind="shared",
                advice="Two constants are one Value here: make a new one each time. (1 stands for yes.)")  # fmt: skip
