"""The check of `network`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative, returned, value
from autograd.functions import sigmoid


def slope(x: Any) -> Any:
    return sigmoid(x) * (1 - sigmoid(x))


class Network:
    """The 2-2-1 network for one sample with y_true = 1: its values and the slopes along the way from w1 to the loss."""

    def __init__(self, w1: Any, rest: Any, x: Any) -> None:
        w2, w3, w4, w5, w6, b1, b2, b3 = rest
        self.x, self.w5, self.w6 = x, w5, w6
        self.h1, self.h2 = sigmoid(w1 * x[0] + w2 * x[1] + b1), sigmoid(w3 * x[0] + w4 * x[1] + b2)
        self.y = sigmoid(w5 * self.h1 + w6 * self.h2 + b3)
        self.loss = (1 - self.y) ** 2
        self.dl, self.dy = -2 * (1 - self.y), self.y * (1 - self.y)
        self.dh1, self.dh2 = self.h1 * (1 - self.h1), self.h2 * (1 - self.h2)


def check(answer: Answer) -> Iterator[Finding]:
    alice = (1.0, np.array([1.0] * 5 + [0.0] * 3), np.array([-2.0, -1.0]))
    first = returned("dL_dw1 for Alice", answer.dL_dw1(*alice), ())
    if not first.passed:
        yield first
        return
    r = np.random.default_rng(4)
    samples = [alice, *((w, r.normal(size=8), r.normal(size=2)) for w in r.normal(size=4))]

    def each(slope: Callable[..., Any]) -> Callable[..., Any]:
        """`slope` of every sample, where the weight w1 is element i of an array."""

        def vjp(g: Any, _out: Any, w1: Any) -> Any:
            slopes = [slope(w, rest.copy(), x.copy()) for w, (_, rest, x) in zip(w1, samples, strict=True)]
            return g * np.array(slopes)

        return vjp

    def mistake(kind: str, slope: Callable[[Network], Any], sentence: str) -> Mistake:
        return Mistake(kind, each(lambda *sample: slope(Network(*sample))), sentence)

    weights = np.array([w for w, _, _ in samples])
    yield derivative(
        lambda w1: np.stack([Network(w, *rest).loss for w, (_, *rest) in zip(w1, samples, strict=True)]),
        each(answer.dL_dw1),
        (weights,),
        ("w1",),
        also=((-weights,), (10 * weights,)),
        title="five samples, Alice the first",
        mistakes=(
            mistake("incomplete", lambda n: n.dy * n.w5 * n.dh1 * n.x[0], "The factor ∂L/∂y is missing."),
            mistake("incomplete", lambda n: n.dl * n.w5 * n.dh1 * n.x[0],
                    "In ∂y/∂h1 the slope of the output's sigmoid is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.dh1 * n.x[0], "In ∂y/∂h1 the weight of h1 is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.w5 * n.x[0],
                    "In ∂h1/∂w1 the slope of the hidden neuron's sigmoid is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.w5 * n.dh1,
                    "In ∂h1/∂w1 the input that w1 is multiplied by is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.w5, "The factor ∂h1/∂w1 is missing: this is ∂L/∂h1."),
            mistake("incomplete", lambda n: n.dl, "This is ∂L/∂y alone."),
            mistake("variable", lambda n: n.dl * n.dy * n.h1, "This is ∂L/∂w5: w1 goes into h1, and through it into y."),
            mistake("variable", lambda n: n.dl * n.dy * n.h2, "This is ∂L/∂w6: w1 goes into h1, and through it into y."),
            mistake("variable", lambda n: n.dl * n.dy, "This is ∂L/∂b3: w1 goes into h1, and through it into y."),
            mistake("path", lambda n: n.dl * n.dy * n.w5 * n.dh1 * n.x[1], "w1 is multiplied by x[0], not by x[1]."),
            mistake("path", lambda n: n.dl * n.dy * n.w6 * n.dh2 * n.x[0],
                    "This goes through h2: w1 goes into h1, and h1 into y with the weight w5."),
            mistake("path", lambda n: n.dl * n.dy * (n.w5 * n.dh1 + n.w6 * n.dh2) * n.x[0],
                    "The path through h2 was added: w1 goes into h1 alone."),
            mistake("path", lambda n: n.dl * n.dy * n.w6 * n.dh1 * n.x[0], "h1 goes into y with the weight w5, not w6."),
            mistake("at-output", lambda n: n.dl * slope(n.y) * n.w5 * n.dh1 * n.x[0],
                    "The slope of the output's sigmoid was taken at its output y: in terms of y it is y·(1 − y)."),
            mistake("at-output", lambda n: n.dl * n.dy * n.w5 * slope(n.h1) * n.x[0],
                    "The slope of the hidden sigmoid was taken at its output h1: in terms of h1 it is h1·(1 − h1)."),
            mistake("at-output", lambda n: n.dl * slope(n.y) * n.w5 * slope(n.h1) * n.x[0], "The slopes of the "
                    "sigmoids were taken at their outputs y and h1: in terms of y the slope is y·(1 − y)."),
        ),
    )  # fmt: skip
    yield value("∂L/∂w1 for Alice", answer.dL_dw1(*alice), 0.02146953526581111)
