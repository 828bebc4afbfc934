"""A training run that ends in NaN, and the line that it comes from: ``python examples/finding_a_nan.py``.

The network's last step takes the logarithm of a softmax that was written down as the formula says. After a few steps of
training an exponential overflows, and the loss is NaN for ever. `autograd.strict` names the place; the same loss by
`log_softmax` trains on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import NonFiniteError, Value, strict
from autograd.functions import log_softmax

RATE, STEPS = 5000.0, 20


def naive(scores: Any) -> Any:
    """log softmax, as the formula says."""
    e = np.exp(scores)
    return np.log(e / np.sum(e, axis=1, keepdims=True))


def train(log_probabilities: Callable[[Any], Any], steps: int = STEPS) -> float:
    """The cross-entropy of a linear classifier after some steps of descent."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(30, 4)), rng.integers(3, size=30)
    w = Value(np.zeros((4, 3)), name="w")
    for _ in range(steps):
        loss = -np.mean(log_probabilities(x @ w)[np.arange(30), labels])
        w.grad = None
        loss.backward()
        w.data -= RATE * w.grad
    return float(loss.item())


def main() -> None:
    with np.errstate(all="ignore"):
        print(f"the loss after {STEPS} steps: {train(naive)}")
        try:
            with strict():
                train(naive)
        except NonFiniteError as error:
            print(f"strict(): {error}")
    print(f"the same with log_softmax: {train(log_softmax):.4f}")


if __name__ == "__main__":
    main()
