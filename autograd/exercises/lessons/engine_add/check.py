"""The check of `engine_add`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, forward
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import program
from autograd.exercises.usual import Slip

STEP = Step(
    __file__,
    Slip("operation", "self.data + other.data", "self.data - other.data", "The numbers are subtracted."),
    Slip("operand", "self.data + other.data", "self.data + self.data",
         "`self` is added to itself: the other summand is other.data."),
    Slip("operand", "self.data + other.data", "self.data", "This is the number on the left of the + alone."),
    Slip("operand", "self.data + other.data", "other.data", "This is the number on the right of the + alone."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    works = (program("c = a + b", a=2.0, b=-3.5), program("c = a + b; d = c + a; e = d + d", a=1e6, b=-0.25))
    yield from STEP.findings(answer, [forward(work) for work in works])
