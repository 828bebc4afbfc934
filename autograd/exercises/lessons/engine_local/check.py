"""The check of `engine_local`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.engines import Step, backward, forward, remembers
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import Numbers, program
from autograd.exercises.usual import Case, Slip

STEP = Step(
    __file__,
    Slip("chain", "= out.grad", "= 1.0",
         "Both local derivatives are 1, that is right; each is to be multiplied by out.grad."),
    Slip("data", "= out.grad", "= out.data",
         "out.data was handed on, the number: it is the gradient, out.grad, that goes backwards."),
    Slip("operand", "other.grad = out.grad", "other.grad = 0.0",
         "No gradient arrives at the Value on the right of the +."),
    Slip("operand", "self.grad = out.grad", "self.grad = 0.0",
         "No gradient arrives at the Value on the left of the +."),
    Slip("slope", "= out.grad", "*= out.grad",
         "The gradients stay 0: they are to be set (=, not *=) to what out.grad is when _backward is called; when the sum is "
         "made it is still 0."),
    Slip("operand", "self.grad = out.grad\n            other.grad = out.grad",
         "self.grad = other.data * out.grad\n            other.grad = self.data * out.grad",
         "These are the local derivatives of a product: those of a sum are 1."),
)  # fmt: skip


def check(answer: Answer) -> Iterator[Finding]:
    works = {
        -0.7: program("c = a + b", a=2.0, b=-3.5),
        1.0: program("c = a + b", a=-4.0, b=0.3),
        1e5: program("c = a + b", a=0.0, b=7.0),
    }
    cases = [forward(works[-0.7])]
    cases += [
        Case("gradients, before anybody knows better", _beginning, {"a.grad": 0.0, "c.grad": 0.0}, "   c = a + b")
    ]
    for g, work in works.items():
        cases.append(backward(work, title=f"c = a + b, and c.grad is {g:g}", g=g, call="_backward"))
    yield from STEP.findings(answer, cases, beside=lambda answer: remembers(answer, "+", "a + b"))
    yield remembers(answer, "+", "a + b")


def _beginning(answer: Answer) -> Numbers:
    a = answer.Value(2.0)
    return {"a.grad": getattr(a, "grad", None), "c.grad": getattr(a + answer.Value(-3.5), "grad", None)}
