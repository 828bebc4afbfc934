"""The check of `transpose`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative
from autograd.exercises.truth import ALONE

_R = np.random.default_rng(0)
# Each with the order of its axes, by its shape.
AXES = {
    (2, 3, 4): (2, 0, 1), (4, 3, 2): (1, 2, 0), (3, 2, 4): (1, 0, 2), (3, 3, 3): (2, 1, 0), (2, 1, 3, 2): (3, 0, 1, 2),
    (2, 2, 2, 2): (1, 3, 0, 2), (3, 2): (1, 0), (2, 5): (0, 1), (3,): (0,),
}  # fmt: skip
FIRST, *ALSO = ((_R.normal(size=shape),) for shape in AXES)


FIXED = (
    "The axes are moved in one and the same way whatever `axes` is: the order that undoes it has to be made of `axes` "
    "(np.argsort(axes))."
)
ORDER = (
    "The axes of g are put into the order {}: needed is the one that undoes `axes`, in which axis axes[i] comes from axis i "
    "(np.argsort(axes))."
)
MISTAKES = (
    Mistake("order", lambda g, out, x, axes: g.transpose(axes[::-1]), ORDER.format("of `axes` from the end")),
    Mistake("order", lambda g, out, x, axes: g.transpose([axes[i] for i in axes]), ORDER.format("`axes` taken twice")),
    Mistake("order", lambda g, out, x, axes: np.moveaxis(g, 0, axes[0]), ORDER.format("that puts back the first one alone")),
    Mistake("order", lambda g, out, x, axes: _swapped(g, axes), "Two axes are interchanged at a time, and a later exchange moves "
            "what an earlier one has put into its place: all go at once, axis i of g to axis axes[i] (np.argsort(axes))."),
    Mistake("places", lambda g, out, x, axes: g.reshape(x.shape), "reshape gives the right shape, and reads the numbers one "
            "after the other as they stand in g: the axes are to be moved, g.transpose(…)."),
)  # fmt: skip


def _swapped(g: Any, axes: Any) -> Any:
    for i, axis in enumerate(axes):
        g = np.swapaxes(g, i, axis)
    return g


def transposed(x: Any) -> Any:
    return x.transpose(AXES[x.shape])


def check(answer: Answer) -> Iterator[Finding]:
    def vjp(g: Any, out: Any, x: Any) -> Any:
        return answer.transpose_vjp(g, out, x, AXES[x.shape])

    def of_shape(answer: Any) -> Any:
        return lambda g, out, x: answer(g, out, x, AXES[x.shape])

    mistakes = [Mistake(each.kind, of_shape(each.answer), each.sentence) for each in MISTAKES]
    found = derivative(transposed, vjp, FIRST, ("x",), title="axes (2, 0, 1)", also=ALSO, mistakes=mistakes,
                       about=lambda x: f"axes {AXES[x.shape]}")  # fmt: skip
    fixed = found.kinds == ("places",) and not (found.known or ALONE.get()) and _does_not_read_the_axes(answer)
    yield found.said_to_be("order", FIXED) if fixed else found


def _does_not_read_the_axes(answer: Answer) -> bool:
    """Whether the same is done to three axes of one length, in whatever order they were."""
    g = np.arange(27.0).reshape(3, 3, 3)
    try:
        given = [answer.transpose_vjp(g.copy(), g.transpose(o), g.copy(), o) for o in itertools.permutations(range(3))]
    except Exception:  # the student's
        return False
    return all(np.array_equal(given[0], other) for other in given)
