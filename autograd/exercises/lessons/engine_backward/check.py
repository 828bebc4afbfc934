"""The check of `engine_backward`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, backward
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import program
from autograd.exercises.usual import Slip

STEP = Step(
    __file__,
    Slip("order", "reversed(self.order())", "self.order()",
         "The Values were gone through from the inputs to the result, and handed gradients on before they had any: "
         "go through self.order() from its end."),
    Slip("zero", "self.grad = 1.0", "pass",
         "All gradients are 0: the first one, self.grad, has to be set to 1, and still be 1 when it is handed on."),
    Slip("start", "self.grad = 1.0", "self.grad = self.data",
         "It began with this Value's number: the derivative of a Value with respect to itself is 1."),
    Slip("reset", "node._backward()", "node.grad = 1.0; node._backward()",
         "Every Value's gradient was set to 1: only that of the Value whose backward() it is begins with 1 (and its"
         " parents' backward() would set theirs, too)."),
    Slip("incomplete", "for node in reversed(self.order()):\n            node._backward()", "self._backward()",
         "Only the parents of this Value got a gradient: every Value of self.order() has to hand its own on."),
    Slip("incomplete", "reversed(self.order())", "self.order()[-2::-1]",
         "This Value itself did not hand its gradient on."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    works = (
        program("c = a * b", a=2.0, b=-3.5),
        program("p = a * b; q = p + c; r = q * d", a=2.0, b=-3.5, c=1e4, d=-0.3),
        program("p = a * b; q = c * d; r = p * q; s = r * e", a=2.0, b=-3.5, c=-7.0, d=0.4, e=-1e3),
    )
    yield from STEP.findings(answer, [backward(work) for work in works])
