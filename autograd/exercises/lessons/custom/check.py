"""The check of `custom`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from autograd.check import gradcheck, gradgradcheck
from autograd.engine.value import Value
from autograd.exercises.exercise import Answer, Finding, finding, returned, value


def check(answer: Answer) -> Iterator[Finding]:
    x = np.array([-1.5, -0.2, 0.7, 3.0])
    yield value("the function itself", answer.softsign(Value(x)), x / (1 + np.abs(x)))
    form = returned(
        "what softsign_rule(g, out, x) returns", answer.softsign_rule(x * 0 + 1, x / (1 + np.abs(x)), x), x.shape
    )
    if not form.passed:
        yield form
        return
    first = gradcheck(answer.softsign, (x,), seed=0, progress=False, names=("x",))
    yield finding("its derivative", first, {"x": x})
    second = gradgradcheck(answer.softsign, (x,), seed=0, progress=False, names=("x",))
    found = finding("its second derivative", second)
    if not found.passed:
        found = replace(found, message="The first derivative is right, but it does not follow x, so that it cannot be "
                        "differentiated again: use g, out and x as they come, with operators and NumPy's functions, "
                        "not their numbers (x.data, float(x), np.array([…]), math.…).")  # fmt: skip
    yield found
