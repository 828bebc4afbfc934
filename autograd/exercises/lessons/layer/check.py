"""The check of `layer`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.bugs import RELU_MISTAKES, relu, repaired
from autograd.exercises.exercise import Answer, Finding, value

_R = np.random.default_rng(2)
X, W, B = _R.normal(size=(4, 3)), _R.normal(size=3), _R.normal(size=3)


def layer_vjp(answer: Answer) -> Callable[..., Any]:
    """The backward pass of a layer, after another batch has come through."""
    layer = answer.ReLU()

    def vjp(g: Any, _out: Any, x: Any) -> Any:
        layer.forward(x)
        layer.forward(np.abs(x))
        return layer.backward(g, x)

    return vjp


def check(answer: Answer) -> Iterator[Finding]:
    yield from repaired("surplus", relu, layer_vjp, {"x": X}, RELU_MISTAKES)(answer)
    yield value("forward() is still max(x, 0)", answer.ReLU().forward(X.copy()), relu(X))
