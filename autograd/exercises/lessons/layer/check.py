"""The check of `layer`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.bugs import RELU_ELSEWHERE, RELU_MISTAKES, relu, repaired
from autograd.exercises.exercise import Answer, Finding, value

_R = np.random.default_rng(2)
X = _R.normal(size=(4, 3))


def layer_vjp(answer: Answer) -> Callable[..., Any]:
    """The backward pass of a layer, after another batch has come through."""
    layer = answer.ReLU()

    def vjp(g: Any, _out: Any, x: Any) -> Any:
        layer.forward(x.copy())
        layer.forward(np.abs(x))
        return layer.backward(g, x)

    return vjp


def check(answer: Answer) -> Iterator[Finding]:
    yield from repaired("surplus", relu, layer_vjp, {"x": X}, RELU_MISTAKES, also=((-X,), *RELU_ELSEWHERE))(answer)
    x = X.copy()
    yield value("forward() is still max(x, 0)", answer.ReLU().forward(x), relu(X))
    kept = np.array_equal(x, X)
    yield Finding(kept, "forward() leaves x as it is", "" if kept else "forward() changed x in place: make a new array.",
                  () if kept else ("mutated",))  # fmt: skip
