"""The 2-2-1 network in the student's classes and by the real engine, for the last steps of "Build your own engine"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from ..functions import sigmoid
from ..transforms import grad
from .exercise import Answer
from .programs import Numbers

START = (0.5, -0.3, 0.1, 0.8, -0.2, 0.05, 0.9, -0.7, 0.2)  # neuron by neuron, its two weights and its bias
NAMES = tuple(f"{of}, {what}" for of in ("hidden 1", "hidden 2", "output") for what in ("weight 1", "weight 2", "bias"))


def network(answer: Answer) -> list[Any]:
    """Two layers of the classes that the answer has."""
    neurons = [answer.Neuron(list(START[i : i + 2]), START[i + 2]) for i in (0, 3, 6)]
    return [answer.Layer(neurons[:2]), answer.Layer(neurons[2:])]


def numbered(layers: Sequence[Any], what: str) -> Numbers:
    """The data or the gradients of all parameters."""
    parameters = [p for layer in layers for p in layer.parameters()]
    return {f"{name}.{what}": getattr(p, what) for name, p in zip(NAMES, parameters, strict=True)}


def _forward(p: Any, samples: Any) -> Any:
    p = p.reshape(3, 3)
    hidden = sigmoid(samples @ p[:2, :2].T + p[:2, 2])
    return sigmoid(hidden @ p[2, :2] + p[2, 2])


def real_answer(parameters: Sequence[float], sample: Sequence[float]) -> float:
    """The network's answer to one sample."""
    return float(_forward(np.array(parameters), np.array(sample)))


def _loss(p: Any, samples: Any, targets: Any) -> Any:
    return ((targets - _forward(p, samples)) ** 2).mean()


def real_loss(parameters: Sequence[float], samples: Sequence[Any], targets: Sequence[float]) -> float:
    """The mean square of the errors."""
    return float(_loss(np.array(parameters), np.array(samples), np.array(targets)))


def slopes(parameters: Sequence[float], samples: Sequence[Any], targets: Sequence[float]) -> Numbers:
    """Its gradients, by the real engine, under the parameters' names."""
    given = _slopes(tuple(parameters), tuple(map(tuple, samples)), tuple(targets))
    return {f"{name}.grad": g for name, g in zip(NAMES, given, strict=True)}


@cache
def _slopes(parameters: tuple[float, ...], samples: tuple[Any, ...], targets: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(float, grad(_loss)(np.array(parameters), np.array(samples), np.array(targets))))
