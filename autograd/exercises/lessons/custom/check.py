"""The check of `custom`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from autograd.check import gradgradcheck
from autograd.engine.value import Value
from autograd.exercises.differences import unwatched
from autograd.exercises.exercise import Answer, Finding, Mistake, derivative, finding, returned, value

ALSO = tuple((np.array(x),) for x in ([1.5, 0.2, -0.7, -3.0], [[300.0, -40.0]], [0.01]))


def check(answer: Answer) -> Iterator[Finding]:
    x = np.array([-1.5, -0.2, 0.7, 3.0])
    yield value("the function itself", answer.softsign(Value(x)), x / (1 + np.abs(x)))
    form = returned(
        "what softsign_rule(g, out, x) returns", answer.softsign_rule(x * 0 + 1, x / (1 + np.abs(x)), x), x.shape
    )
    if not form.passed:
        yield form
        return
    yield derivative(answer.softsign, answer.softsign_rule, (x,), ("x",), title="its derivative", also=ALSO,
                     exact=lambda x: x / (1 + abs(x)), mistakes=(
        Mistake("inner", lambda g, out, x: g * (1 + abs(x) - x) / (1 + abs(x)) ** 2,
                "In the quotient rule |x| was differentiated as if it were x: its slope is 1 for x > 0, and −1 for x < 0."),
        Mistake("slope", lambda g, out, x: g * (1 - out**2),
                "This comes to (1 + 2|x|)/(1 + |x|)², which is 1 − out²: in the quotient rule the products are subtracted "
                "(and 1 − out² is the slope of tanh: this curve has another)."),
        Mistake("slope", lambda g, out, x: g * out * (1 - out),
                "out · (1 − out) is the slope of the sigmoid: this curve has another."),
    ))  # fmt: skip
    with unwatched():
        second = gradgradcheck(answer.softsign, (x,), seed=0, progress=False, names=("x",))
    found = finding("its second derivative", second)
    if not found.passed:
        found = replace(found, message="The first derivative is right, but it does not follow x, so that it cannot be "
                        "differentiated again: use g, out and x as they come, with operators and NumPy's functions, "
                        "not their numbers (x.data, float(x), np.array([…]), math.…).")  # fmt: skip
    yield found
