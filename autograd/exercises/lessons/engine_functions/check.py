"""The check of `engine_functions`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, both, remembers
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import drawn, program
from autograd.exercises.usual import Slip

EXP, SIGMOID = "self.grad += out.data * out.grad", "self.grad += out.data * (1 - out.data) * out.grad"
STEP = Step(
    __file__,
    Slip("at-input", SIGMOID, "self.grad += self.data * (1 - self.data) * out.grad",
         "s·(1 − s) was taken at the input: s is the output, out.data."),
    Slip("at-input", EXP, "self.grad += self.data * out.grad",
         "The slope of exp is its output, out.data; here it is the input."),
    Slip("chain", SIGMOID, "self.grad += out.data * (1 - out.data)",
         "The slope of the sigmoid is right; it is to be multiplied by out.grad."),
    Slip("chain", EXP, "self.grad += out.data", "The slope of exp is right; it is to be multiplied by out.grad."),
    Slip("zero", EXP, "pass", "No gradient arrives at the input of exp: its _backward hands nothing on."),
    Slip("zero", SIGMOID, "pass", "No gradient arrives at the input of the sigmoid: its _backward hands nothing on."),
    Slip("power", EXP, "self.grad += self.data * math.exp(self.data - 1) * out.grad",
         "eˣ is no power of x: the rule n·xⁿ⁻¹ is for a fixed exponent. The slope of eˣ is eˣ."),
    Slip("incomplete", SIGMOID, "self.grad += out.data * out.grad",
         "The slope of the sigmoid is s·(1 − s): the second factor is missing."),
    Slip("incomplete", SIGMOID, "self.grad += (1 - out.data) * out.grad",
         "The slope of the sigmoid is s·(1 − s): the first factor is missing."),
    Slip("tanh", SIGMOID, "self.grad += (1 - out.data**2) * out.grad",
         "1 − t² is the slope of tanh; the sigmoid's is s·(1 − s)."),
    Slip("sign", SIGMOID, "self.grad += out.data * (out.data - 1) * out.grad",
         "The sigmoid rises, and its slope s·(1 − s) is positive."),
    Slip("overwritten", EXP, "self.grad = out.data * out.grad",
         "In exp the gradient is set (=), and what other uses contributed is lost: +=."),
    Slip("overwritten", SIGMOID, "self.grad = out.data * (1 - out.data) * out.grad",
         "In sigmoid the gradient is set (=), and what other uses contributed is lost: +=."),
    Slip("overwritten", "+=", "=", "The gradients are set (=), and what other uses contributed is lost: +=."),
    Slip("sign", "math.exp(-self.data)", "math.exp(self.data)",
         "This is 1/(1 + eˣ), which falls: the sign before x is missing."),
    Slip("zero", "out._backward = _backward", "pass",
         "No gradient arrives at the input: does the result get its function (out._backward = _backward), and is "
         "out.grad read when that is called, not before?"),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    works = [
        program(f"c = a * b; d = {line}; e = d * c", a=a, b=3.5)
        for line in ("a.exp()", "a.sigmoid()")
        for a in (0.7, -2.5, 20.0, -20.0, 0.0, 300.0, -300.0)
    ]
    steps = "c = a.exp() + a.sigmoid(); d = c.sigmoid() / b.exp(); e = d * d.exp() + c.sigmoid() + b"
    works.append(program(steps, a=-1.2, b=0.3))
    works += [drawn(seed, "{} + {}", "{} * {}", "{}.sigmoid()", "{}.exp()", "{} ** 2") for seed in range(8)]
    yield from STEP.findings(answer, both(*works), beside=_remembers)
    yield _remembers(answer)


def _remembers(answer: Answer) -> Finding:
    exp, sigmoid = (remembers(answer, op, f"a.{op}()") for op in ("exp", "sigmoid"))
    return sigmoid if exp.passed else exp.beside(lambda: sigmoid)
