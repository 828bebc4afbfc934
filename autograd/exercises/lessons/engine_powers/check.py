"""The check of `engine_powers`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, both, remembers
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import drawn, program
from autograd.exercises.usual import Slip

SLOPE = "exponent * self.data ** (exponent - 1) * out.grad"
DIVISION, REFLECTED = "return self * self.lift(other) ** -1", "return self**-1 * other"
POWER = """out = Value(self.data**exponent, (self,), "**")

        def _backward():
            self.grad += exponent * self.data ** (exponent - 1) * out.grad

        out._backward = _backward
        return out"""
PRODUCTS = (
    "A power made of products knows whole exponents from 1 on, and a ** −1 is a power too: one operation, with the slope "
    "n·aⁿ⁻¹, is right for all."
)
STEP = Step(
    __file__,
    Slip("power", SLOPE, "exponent * self.data**exponent * out.grad", "The power has to go down by one: n·aⁿ⁻¹."),
    Slip("power", SLOPE, "(exponent - 1) * self.data**exponent * out.grad",
         "n·aⁿ⁻¹ has the factor n, and the power goes down by one: here the factor went down, and the power stayed."),
    Slip("products", POWER, "result = Value(1.0)\n        for _ in range(int(exponent)):\n            result = result * self\n"
         "        return result", PRODUCTS),
    Slip("products", POWER, "result = self\n        for _ in range(int(exponent) - 1):\n            result = result * self\n"
         "        return result",
         PRODUCTS),
    Slip("products", SLOPE, "exponent * self.data ** max(exponent - 1, 0) * out.grad",
         "The slope is made of products here, n − 1 of them: that knows whole exponents from 1 on, and a ** −1 and a ** 0.5 are "
         "powers too. n·aⁿ⁻¹ is right for all."),
    Slip("factor", SLOPE, "self.data ** (exponent - 1) * out.grad", "The factor n of n·aⁿ⁻¹ is missing."),
    Slip("chain", SLOPE, "exponent * self.data ** (exponent - 1)",
         "The local derivative is right; it is to be multiplied by out.grad."),
    Slip("at-output", SLOPE, "exponent * out.data ** (exponent - 1) * out.grad",
         "The slope was taken at the output, out.data: it is n·aⁿ⁻¹ at the input, self.data."),
    Slip("factor", SLOPE, "(exponent - 1) * self.data ** (exponent - 1) * out.grad",
         "The factor is n, the exponent as it was before it went down."),
    Slip("overwritten", f"+= {SLOPE}", f"= {SLOPE}",
         "The gradient is set (=), and what other uses contributed is lost: +=."),
    Slip("sign", f"+= {SLOPE}", f"-= {SLOPE}", "The sign is wrong: contributions are added."),
    Slip("order", REFLECTED, "return self * self.lift(other) ** -1",
         "2 / a was computed as a / 2: in __rtruediv__ `self` stands below the line."),
    Slip("order", DIVISION, "return self**-1 * other", "a / b was computed as b / a."),
    Slip("detached", DIVISION, "return Value(self.data / self.lift(other).data)",
         "a / b is a new Value that does not know what it was made from: no gradient finds its way. Make it of "
         "operations on Values."),
    Slip("detached", DIVISION, "return self * (1 / self.lift(other).data)",
         "No gradient reaches the Value below the line: the power -1 has to be one of the Value, not of its number."),
    Slip("detached", REFLECTED, "return Value(other / self.data)",
         "2 / a is a new Value that does not know what it was made from: no gradient finds its way. Make it of "
         "operations on Values."),
    Slip("inverse", DIVISION, "return self * self.lift(other)",
         "a / b was computed as a · b: the power -1 is missing."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    lines = ("a ** 3", "a ** 2 + a", "a ** -2", "b ** 0.5", "a / b", "a / 4", "4 / a", "a ** 1")
    works = [program(f"c = a * b; d = {line}; e = d * c", a=-2.5, b=3.5) for line in lines]
    works.append(program("c = 1 / a; d = c ** 2 / b; e = d / c + c; f = e ** 3 - 2 / d", a=-1e2, b=0.3))
    far = ("a ** 3", "a ** 2 + a", "a ** 1", "a / b", "b / 4 + a")  # at 0 aⁿ/a is no way to write aⁿ⁻¹
    works += [program(f"d = {line}; e = d * a + b", a=a, b=3.5) for line in far for a in (0.0, 1e60)]
    works += [
        drawn(seed, "{} + {}", "{} * {}", "{} / {}", "{} ** 2", "{} ** -1", "3 / {}", "{} / 2") for seed in range(8)
    ]
    yield from STEP.findings(answer, both(*works), beside=lambda answer: remembers(answer, "**", "a ** 3"))
    yield remembers(answer, "**", "a ** 3")
