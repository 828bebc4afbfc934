"""The check of `value`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative, value
from autograd.functions import sigmoid


def slope(x: Any) -> Any:
    return sigmoid(x) * (1 - sigmoid(x))


def check(answer: Answer) -> Iterator[Finding]:
    value_class = answer.Value

    def vjp(f: Callable[..., Any], backward: Callable[[Any], Any]) -> Callable[..., Any]:
        """The gradients that `backward` leaves behind, for each pair of numbers."""

        def both(a: Any, b: Any) -> tuple[float, float]:
            x, y = value_class(float(a)), value_class(float(b))
            backward(f(x, y))
            return x.grad, y.grad

        return lambda g, _out, a, b: tuple(g * np.array([both(*pair) for pair in zip(a, b, strict=True)]).T)

    for f, title in (
        (lambda a, b: a * b, "a * b"),
        (lambda a, b: a + b, "a + b"),
        (lambda a, b: a * a + b, "a * a + b: one Value used twice"),
        (lambda a, b: (a * b + a) * (a * b + b), "(ab + a)(ab + b)"),
    ):
        mistakes = [Mistake(kind, vjp(f, wrong), sentence) for kind, wrong, sentence in BACKWARDS]
        inputs = (np.array([1.3, -0.4]), np.array([-0.7, 2.1]))
        yield derivative(f, vjp(f, lambda out: out.backward()), inputs, ("a", "b"), title=title, mistakes=mistakes)
    x = value_class(2.0)
    y = x * x
    for _ in range(3):
        y = y * y
    y.backward()
    yield value("x¹⁶ by squaring four times, each result used twice", x.grad, 16 * 2.0**15, kind="order",
                advice="A Value that is used twice handed its gradient on twice, or before both uses had reported to it: go "
                "through self.everything_before(), in which each Value comes once.")  # fmt: skip


def _local_slopes_only(out: Any) -> None:
    for node in out.everything_before():
        for parent, slope in node.parents:
            parent.grad += slope


def _parents_only(out: Any) -> None:
    for parent, slope in out.parents:
        parent.grad += slope


def _one_anew_everywhere(out: Any) -> None:
    out.grad = 1.0
    for parent, slope in out.parents:
        parent.grad += out.grad * slope
        _one_anew_everywhere(parent)


def _data_for_slopes(out: Any) -> None:
    out.grad = 1.0
    for node in out.everything_before():
        for parent, _ in node.parents:
            parent.grad += node.grad * parent.data


def _sum_for_product(out: Any) -> None:
    out.grad = 1.0
    for node in out.everything_before():
        for parent, slope in node.parents:
            parent.grad += node.grad + slope


def _in_place_product(out: Any) -> None:
    for node in out.everything_before():
        node.grad = 1.0
    for node in out.everything_before():
        for parent, slope in node.parents:
            parent.grad *= node.grad * slope


def _one_share_each(out: Any) -> None:
    out.grad = 1.0
    for node in out.everything_before():
        for parent, slope in dict(node.parents).items():
            parent.grad += node.grad * slope


def _by_number(out: Any) -> None:
    nodes = list(out.everything_before())
    of = dict.fromkeys((node.data for node in nodes), 0.0) | {out.data: 1.0}
    for node in nodes:
        for parent, slope in node.parents:
            of[parent.data] += of[node.data] * slope
    for node in nodes:
        node.grad = of[node.data]


BACKWARDS = (
    ("overwritten", _one_share_each,
     "A Value that stands twice among the parents of another (a * a) gets two shares, which add up: only one arrives here."),
    ("shared", _by_number,
     "Two Values that have the same number, as ab and ab, share one gradient here: it belongs to the Value, not to its number "
     "(as the key of a table, a Value or its id)."),
    ("operator", _sum_for_product,
     "node.grad and the local derivative are added here: by the chain rule they are multiplied, and the products are added."),
    ("product", _in_place_product, "The contributions of several uses are multiplied here: they are to be added (+=, from 0)."),
    ("zero", lambda _: None,
     "No gradient arrives anywhere: backward() starts with self.grad = 1.0 and hands it on to the parents."),
    ("chain", _local_slopes_only, "Each parent gets node.grad · slope: the gradient of the node that hands it on is "
     "missing (and it is that node's, not self's)."),
    ("incomplete", _parents_only, "Only the parents of the last Value get a gradient: go through all of "
     "self.everything_before(), in its order, in which the last Value comes first."),
    ("reset", _one_anew_everywhere, "Calling backward() of a parent sets its gradient to 1 again and loses what it had: "
     "set it once, and go through self.everything_before()."),
    ("slope", _data_for_slopes, "The gradient is multiplied by the parent's number: it should be the local derivative "
     "that is stored next to the parent."),
)  # fmt: skip
