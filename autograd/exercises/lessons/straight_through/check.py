"""The check of `straight_through`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.engine.value import Value
from autograd.exercises.exercise import Answer, Finding, returned, value

CASES = (
    (np.array([-1.7, -0.4, 0.2, 2.6]), np.array([0.3, -1.2, 0.8, 2.5])),
    (np.array([[-37.8, 1e3 + 0.2, 0.3]]), np.array([[-40.0, 25.0, 30.0]])),
)


def check(answer: Answer) -> Iterator[Finding]:
    for x, g in CASES:
        yield from _at(answer, x, g)


def _at(answer: Answer, x: Any, g: Any) -> Iterator[Finding]:
    yield value("the value is rounded", answer.ste_round(Value(x)), np.round(x))
    form = returned("what ste_rule(g, out, x) returns", answer.ste_rule(g.copy(), np.round(x), x.copy()), x.shape)
    if not form.passed:
        yield form
        return
    leaf = Value(x)
    out = answer.ste_round(leaf)
    if not isinstance(out, Value):
        yield Finding(False, "the gradient", "The result is a plain array: its history is lost.", ("detached",))
        return
    (out * g).sum().backward()
    yield value(
        f"the gradient for g = {g}, x = {x}",
        np.zeros_like(x) if leaf.grad is None else leaf.grad,
        g,
        advice="On the way back the rounding is treated as if it had not happened.",
        kind="gradient",
        mistakes=(
            ("zero", 0 * g, "This is the true derivative of rounding, zero: the rule is to pretend another."),
            ("product", g * x, "g is multiplied by x: the pretended function is not x²/2 but x itself."),
            ("product", g * np.round(x), "g is multiplied by `out`: pretend that out were x, whose slope is a constant."),
            ("value", np.round(x), "This is `out`, the value: the rule returns the gradient, which is g as it comes."),
            ("value", x, "This is x, the input: the rule returns the gradient, which is g as it comes."),
            ("nonlinear", np.ones_like(g), "The incoming gradient g is lost: this is 1 everywhere."),
            ("nonlinear", np.round(g), "The gradient was rounded as well: only the value is rounded."),
            ("mask", g * (abs(x) < 10), "The gradient is held back where |x| is large: let it pass everywhere."),
            ("nonlinear", np.clip(g, -1, 1), "The gradient was cut off: only the value is changed."),
            ("mask", g * (abs(x) < 1), "The gradient is held back where |x| is larger than 1: let it pass everywhere."),
            ("mask", g * (abs(x) <= 0.5), "The gradient is held back in places: let it pass everywhere."),
        ),
    )  # fmt: skip
