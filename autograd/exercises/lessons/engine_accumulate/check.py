"""The check of `engine_accumulate`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, both
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import drawn, program
from autograd.exercises.usual import Slip

ADD, MULTIPLY = "grad += out.grad", ".data * out.grad"
STEP = Step(
    __file__,
    Slip("overwritten", "+=", "=",
         "The gradients are still set (=), in both rules: a Value that is used twice keeps the last contribution "
         "only."),
    Slip("overwritten", "            self.grad += out.grad\n            other.grad += out.grad\n",
         "            if self is other:\n                self.grad = 2 * out.grad\n            else:\n"
         "                self.grad += out.grad\n                other.grad += out.grad\n",
         "In the sum of a Value with itself the gradient is set (=), and what other uses contributed is lost: += there too."),
    Slip("overwritten", "            self.grad += other.data * out.grad\n            other.grad += self.data * out.grad\n",
         "            if self is other:\n                self.grad = 2 * self.data * out.grad\n            else:\n"
         "                self.grad += other.data * out.grad\n                other.grad += self.data * out.grad\n",
         "In the product of a Value with itself the gradient is set (=), and what other uses contributed is lost: += there too."),
    Slip("chain", ADD, "grad += 1.0", "In the sum the local derivatives, 1, are to be multiplied by out.grad."),
    Slip("chain", MULTIPLY, ".data", "In the product the local derivatives are to be multiplied by out.grad."),
    Slip("operand", "self.grad += other.data * out.grad\n            other.grad += self.data",
         "self.grad += self.data * out.grad\n            other.grad += other.data",
         "In the product the two local derivatives are interchanged."),
    Slip("sign", "+=", "-=", "The contributions are subtracted: they add up, +=."),
    Slip("twice", "out.grad", "2 * out.grad", "Every contribution is counted twice."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    works = [
        program("c = a * b", a=2.0, b=-3.5),
        program("c = a * b; d = c + b; e = d * c", a=2.0, b=-3.5),
        program("c = a + a", a=-3.5),
        program("c = a * a", a=-3.5),
        program("p = a + b; q = p * b; r = p + q; s = r * q; t = s + a", a=1e3, b=-0.7),
        *(drawn(seed, "{} + {}", "{} * {}") for seed in range(8)),
    ]
    yield from STEP.findings(answer, both(*works))
