"""The check of `engine_add`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Slip, Step, program
from autograd.exercises.exercise import Answer, Finding

STEP = Step(
    __file__,
    Slip("operation", "self.data + other.data", "self.data - other.data", "The numbers are subtracted."),
    Slip("operand", "self.data + other.data", "self.data + self.data",
         "`self` is added to itself: the other summand is other.data."),
    Slip("operand", "self.data + other.data", "self.data", "This is the number on the left of the + alone."),
    Slip("operand", "self.data + other.data", "other.data", "This is the number on the right of the + alone."),
    Slip("shared", "self.data = data", "Value.data = data",
         "All Values share one number, that of the last one made: `data` has to be an attribute of the object "
         "(self.data), not of the class."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    yield STEP.forward(answer, program("c = a + b", a=2.0, b=-3.5))
    yield STEP.forward(answer, program("c = a + b; d = c + a; e = d + d", a=1e6, b=-0.25))
