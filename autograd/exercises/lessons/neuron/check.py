"""The check of `neuron`."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from autograd.exercises.bugs import repaired
from autograd.exercises.exercise import Mistake
from autograd.functions import sigmoid

_R = np.random.default_rng(2)
X = np.array(
    [
        [0.18905338, -0.52274844, -0.41306354],
        [-2.44146738, 1.79970738, 1.14416587],
        [-0.32542284, 0.77380659, 0.28121067],
        [-0.55382284, 0.97756745, -0.31055655],
    ]
)
W = _R.normal(size=3)
T = np.array([0.0, 1.0, 1.0, 0.0])
ALSO = ((-2 * W,), (np.zeros(3),))


def neuron_loss(w: Any) -> Any:
    return 0.5 * ((sigmoid(w @ X.T) - T) ** 2).sum()


NEURON_MISTAKES = (
    Mistake("incomplete", lambda g, out, w: g * X.T @ ((sigmoid(X @ w) - T) * (1 - sigmoid(X @ w))),
            "The slope of the sigmoid has two factors in terms of the prediction, and one of them is missing."),
    Mistake("incomplete", lambda g, out, w: g * X.T @ ((sigmoid(X @ w) - T) * sigmoid(X @ w)),
            "The slope of the sigmoid has two factors in terms of the prediction, and one of them is missing."),
)  # fmt: skip
check = repaired("at-output", neuron_loss, attrgetter("loss_vjp"), {"w": W}, NEURON_MISTAKES, also=ALSO)
