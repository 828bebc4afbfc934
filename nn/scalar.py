"""Networks of single neurons over scalar `Value`s: slow, and every number can be looked at.

The habits are micrograd's: ``MLP(2, [16, 16, 1])`` has two inputs, two hidden layers of 16 and one output, and weights are
drawn neuron by neuron from Python's `random`, so that ``random.seed(1337)`` begins its demonstration with its own numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value

from .init import Seed
from .module import Module, Parameter

Activation = Callable[[Any], Any]


def _uniform(generator: Seed, n: int) -> list[float]:
    """`n` numbers, uniform on [−1, 1): of Python's global generator, if none is given."""
    if generator is None:
        return [random.uniform(-1, 1) for _ in range(n)]  # noqa: S311 - micrograd's weights, number by number
    return list(np.random.default_rng(generator).uniform(-1, 1, n))


def _shared(generator: Seed) -> Seed:
    """One generator for all neurons of a network, made of what its caller gave."""
    return None if generator is None else np.random.default_rng(generator)


class Neuron(Module):
    """f(w·x + b) of a list of numbers x; f is ReLU unless `activation` is another, and nothing without `nonlin`.

    Weights begin uniform on [−1, 1), the bias at 0.
    """

    def __init__(
        self, nin: int, nonlin: bool = True, *, activation: Activation = Value.relu, generator: Seed = None
    ) -> None:
        self.w = [Parameter(weight) for weight in _uniform(generator, nin)]
        self.b = Parameter(0.0)
        self.nonlin = nonlin
        self.activation = activation

    def forward(self, x: Sequence[Any]) -> Any:
        total: Any = self.b
        for weight, number in zip(self.w, x, strict=True):
            total = total + weight * number
        return self.activation(total) if self.nonlin else total

    def __repr__(self) -> str:
        name = getattr(self.activation, "__name__", "activation") if self.nonlin else "linear"
        return f"Neuron({len(self.w)}, {name})"


class Layer(Module):
    """`nout` neurons side by side; a single one gives a number instead of a list."""

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: Activation = Value.relu,
        generator: Seed = None,
    ) -> None:
        rng = _shared(generator)
        self.neurons = [Neuron(nin, nonlin, activation=activation, generator=rng) for _ in range(nout)]

    def forward(self, x: Sequence[Any]) -> Any:
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out


class MLP(Module):
    """Layers of neurons one after the other; the last is linear, as in micrograd."""

    def __init__(
        self, nin: int, nouts: Sequence[int], *, activation: Activation = Value.relu, generator: Seed = None
    ) -> None:
        rng = _shared(generator)
        sizes = [nin, *nouts]
        self.layers = [
            Layer(a, b, nonlin=i + 1 < len(nouts), activation=activation, generator=rng)
            for i, (a, b) in enumerate(zip(sizes, nouts, strict=False))
        ]

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x
