"""Small networks in the student's classes and by the real engine, for the last steps of "Build your own engine"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from ..functions import sigmoid
from ..transforms import grad
from .exercise import Answer
from .programs import Numbers

Sizes = tuple[int, ...]  # how many inputs, and neurons in each layer
FIRST: Sizes = (2, 2, 1)
OTHERS: tuple[Sizes, ...] = ((3, 1), (2, 3, 2, 1))
START = (
    0.5,
    -0.3,
    0.1,
    0.8,
    -0.2,
    0.05,
    0.9,
    -0.7,
    0.2,
)  # of the first: neuron by neuron, its two weights and its bias
NAMES = tuple(f"{of}, {what}" for of in ("hidden 1", "hidden 2", "output") for what in ("weight 1", "weight 2", "bias"))


@cache
def start(sizes: Sizes) -> tuple[float, ...]:
    """The parameters to begin with, neuron by neuron."""
    if sizes == FIRST:
        return START
    count = sum((inputs + 1) * neurons for inputs, neurons in pairwise(sizes))
    return tuple(np.round(np.random.default_rng(count).normal(size=count), 2).tolist())


@cache
def names(sizes: Sizes) -> tuple[str, ...]:
    """What the parameters are called."""
    if sizes == FIRST:
        return NAMES
    return tuple(
        f"layer {layer}, neuron {neuron + 1}, {what}"
        for layer, (inputs, neurons) in enumerate(pairwise(sizes), 1)
        for neuron in range(neurons)
        for what in (*(f"weight {i + 1}" for i in range(inputs)), "bias")
    )


def network(answer: Answer, sizes: Sizes = FIRST) -> list[Any]:
    """The layers, of the classes that the answer has."""
    layers, left = [], list(start(sizes))
    for inputs, neurons in pairwise(sizes):
        made = []
        for _ in range(neurons):
            (*weights, bias), left = left[: inputs + 1], left[inputs + 1 :]
            made.append(answer.Neuron(weights, bias))
        layers.append(answer.Layer(made))
    return layers


def numbered(layers: Sequence[Any], what: str, sizes: Sizes = FIRST) -> Numbers:
    """The data or the gradients of all parameters."""
    parameters = [p for layer in layers for p in layer.parameters()]
    return {f"{name}.{what}": getattr(p, what) for name, p in zip(names(sizes), parameters, strict=True)}


def _forward(p: Any, samples: Any, sizes: Sizes) -> Any:
    begin = 0
    for inputs, neurons in pairwise(sizes):
        end = begin + neurons * (inputs + 1)
        layer, begin = p[begin:end].reshape(neurons, inputs + 1), end
        samples = sigmoid(samples @ layer[:, :inputs].T + layer[:, inputs])
    return samples[..., 0]


def real_answer(parameters: Sequence[float], sample: Sequence[float], sizes: Sizes = FIRST) -> float:
    """The network's answer to one sample."""
    return float(_forward(np.array(parameters), np.array(sample), sizes))


def _loss(p: Any, samples: Any, targets: Any, sizes: Sizes) -> Any:
    return ((targets - _forward(p, samples, sizes)) ** 2).mean()


def real_loss(
    parameters: Sequence[float], samples: Sequence[Any], targets: Sequence[float], sizes: Sizes = FIRST
) -> float:
    """The mean square of the errors."""
    return float(_loss(np.array(parameters), np.array(samples), np.array(targets), sizes))


def slopes(
    parameters: Sequence[float], samples: Sequence[Any], targets: Sequence[float], sizes: Sizes = FIRST
) -> Numbers:
    """Its gradients, by the real engine, under the parameters' names."""
    given = _slopes(tuple(parameters), tuple(map(tuple, samples)), tuple(targets), sizes)
    return {f"{name}.grad": g for name, g in zip(names(sizes), given, strict=True)}


@cache
def _slopes(
    parameters: tuple[float, ...], samples: tuple[Any, ...], targets: tuple[float, ...], sizes: Sizes
) -> tuple[float, ...]:
    gradient = grad(lambda p: _loss(p, np.array(samples), np.array(targets), sizes))
    return tuple(map(float, gradient(np.array(parameters))))
