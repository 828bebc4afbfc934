"""The check of `engine_accumulate`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Slip, Step, both
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import program

ADD, MULTIPLY = "grad += out.grad", ".data * out.grad"
STEP = Step(
    __file__,
    Slip("overwritten", "+=", "=",
         "The gradients are still set (=), in both rules: a Value that is used twice keeps the last contribution "
         "only."),
    Slip("chain", ADD, "grad += 1.0", "In the sum the local derivatives, 1, are to be multiplied by out.grad."),
    Slip("chain", MULTIPLY, ".data", "In the product the local derivatives are to be multiplied by out.grad."),
    Slip("operand", "self.grad += other.data * out.grad\n            other.grad += self.data",
         "self.grad += self.data * out.grad\n            other.grad += other.data",
         "In the product the two local derivatives are interchanged."),
    Slip("sign", "+=", "-=", "The contributions are subtracted: they add up, +=."),
    Slip("twice", "out.grad", "2 * out.grad", "Every contribution is counted twice."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    works = (
        program("c = a * b", a=2.0, b=-3.5),
        program("c = a * b; d = c + b; e = d * c", a=2.0, b=-3.5),
        program("c = a + a", a=-3.5),
        program("c = a * a", a=-3.5),
        program("p = a + b; q = p * b; r = p + q; s = r * q; t = s + a", a=1e3, b=-0.7),
    )
    yield from STEP.findings(answer, both(*works))
