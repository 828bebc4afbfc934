"""The check of `unbroadcast`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative
from autograd.exercises.summed import wrong_axes
from autograd.exercises.truth import ALONE

_R = np.random.default_rng(0)
PAIRS = (
    ((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (4,)), ((2, 3, 4), (3, 1)), ((4,), ()), ((2, 3, 4), (1, 1, 1)),
    ((2, 3, 4), (4,)), ((2, 3, 4), ()), ((2, 1, 4), (3, 1)), ((1, 3), (2, 1)), ((2, 2, 2, 2), (2, 1, 2)),
)  # fmt: skip
CASES = tuple((np.broadcast_shapes(*pair), shape) for pair in PAIRS for shape in pair)
ARRAYS = tuple((_R.normal(size=a), _R.normal(size=b)) for a, b in PAIRS)


def check(answer: Answer) -> Iterator[Finding]:
    def undo(g: Any, shape: tuple[int, ...]) -> Any:
        try:
            return answer.unbroadcast(g, shape)
        except Exception as error:
            if not ALONE.get() and (words := wrong_axes(answer.unbroadcast, CASES)):
                error.add_note(words)
            raise

    def multiply_vjp(g: Any, _out: Any, a: Any, b: Any) -> Any:
        return undo(g * b, a.shape), undo(g * a, b.shape)

    def undone(by: Callable[[Any, tuple[int, ...]], Any]) -> Callable[..., Any]:
        return lambda g, _out, a, b: (by(g * b, a.shape), by(g * a, b.shape))

    order = "reshape keeps the numbers in their order, in which those that belong together do not stand where they are added up: "
    mistakes = (
        Mistake("places", undone(lambda g, shape: g.reshape((*shape, -1)).sum(axis=-1)),
                order + "axes are added on the left, and stretched where they stand. Sum over these axes."),
        Mistake("places", undone(lambda g, shape: g.reshape((-1, *shape)).sum(axis=0)),
                order + "an axis of length 1 is stretched where it stands. Sum over it there."),
        Mistake("incomplete", undone(_either), "Here axes were added on the left, and others of length 1 were stretched, both at "
                "once: both sums are needed, one after the other."),
    )  # fmt: skip
    first, *others = ARRAYS
    found = derivative(
        lambda a, b: a * b, multiply_vjp, first, ("a", "b"), title="out = a * b", also=others, mistakes=mistakes
    )
    told = found.passed or found.known or {"broadcast", "axis"} & {*found.kinds}
    words = "" if told or ALONE.get() else wrong_axes(answer.unbroadcast, CASES)
    yield found.said_to_be("axis", words) if words else found


def _either(g: Any, shape: tuple[int, ...]) -> Any:
    """The sum over axes that were added, or else over those that were stretched."""
    extra = g.ndim - len(shape)
    if extra:
        return g.sum(axis=tuple(range(extra)))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
