"""The check of `engine_multiply`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, backward, forward, remembers
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import program
from autograd.exercises.usual import Slip

STEP = Step(
    __file__,
    Slip("operand", "self.grad = other.data * out.grad\n            other.grad = self.data * out.grad",
         "self.grad = self.data * out.grad\n            other.grad = other.data * out.grad",
         "The two local derivatives are interchanged: that of a·b with respect to a is b."),
    Slip("chain", " * out.grad", "", "The local derivatives are right; each is to be multiplied by out.grad."),
    Slip("slope", ".data * out.grad", ".data * out.data",
         "The local derivative was multiplied by out.data, the number: it is the gradient, out.grad, that goes "
         "backwards."),
    Slip("slope", "= other.data * out.grad\n            other.grad = self.data * out.grad",
         "= out.grad\n            other.grad = out.grad",
         "out.grad is handed on as it is: these are the local derivatives of a sum."),
    Slip("slope", "= other.data * out.grad\n            other.grad = self.data * out.grad",
         "= out.data * out.grad\n            other.grad = out.data * out.grad",
         "The product itself was taken for the local derivative: that of a·b with respect to a is b."),
    Slip("slope", "= other.data * out.grad\n            other.grad = self.data * out.grad",
         "= (self.data + other.data) * out.grad\n            other.grad = (self.data + other.data) * out.grad",
         "Both got the sum of the two local derivatives: that of a·b with respect to a is b, and with respect to b it is a."),
    Slip("zero", "out._backward = _backward", "pass",
         "No gradient arrives at the parents: does the result get its function (out._backward = _backward), and is "
         "out.grad read when that is called, not before?"),
    Slip("operand", "other.grad = self.data * out.grad", "pass",
         "No gradient arrives at the Value on the right of the *."),
    Slip("operand", "self.grad = other.data * out.grad", "pass",
         "No gradient arrives at the Value on the left of the *."),
    Slip("operation", "self.data * other.data", "self.data + other.data",
         "The numbers are added in place of multiplied."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    works = {
        -0.7: program("c = a * b", a=2.0, b=-3.5),
        3.0: program("c = a * b", a=0.0, b=5.0),
        1e5: program("c = a * b", a=-2e4, b=0.3),
    }
    cases = [forward(work) for work in works.values()]
    for g, work in works.items():
        title = f"c = a * b with a = {work.leaves['a']:g}, and c.grad is {g:g}"
        cases.append(backward(work, title=title, g=g, call="_backward"))
    yield from STEP.findings(answer, cases, beside=lambda answer: remembers(answer, "*", "a * b"))
    yield remembers(answer, "*", "a * b")
