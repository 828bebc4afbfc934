"""The check of `attention`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative
from autograd.functions import softmax

_R = np.random.default_rng(1)
Q, K, V = _R.normal(size=(3, 5)), _R.normal(size=(4, 5)), _R.normal(size=(4, 2))  # of no two equal lengths
ALSO = (
    (-Q, K, V),
    (_R.normal(size=(2, 5)), _R.normal(size=(6, 5)), _R.normal(size=(6, 1))),
    (np.diag([1500.0, -1600.0]), _R.uniform(1, 1.01, size=(3, 2)), V[:3]),  # the softmax of ±1000
)


def attention(q: Any, k: Any, v: Any) -> Any:
    return softmax(q @ k.T / np.sqrt(q.shape[-1])) @ v


def check(answer: Answer) -> Iterator[Finding]:
    def through(softmax_vjp: Callable[[Any, Any], Any]) -> Callable[..., Any]:
        """The gradients of q and k for some gradient of the softmax."""

        def vjp(g: Any, _out: Any, q: Any, k: Any, v: Any) -> tuple[Any, Any, None]:
            gs = softmax_vjp(softmax(q @ k.T / np.sqrt(q.shape[-1])), g @ v.T) / np.sqrt(q.shape[-1])
            return gs @ k, gs.T @ q, None

        return vjp

    yield derivative(attention, answer.attention_vjp, (Q, K, V), ("q", "k", "v"), also=ALSO, mistakes=(
        Mistake("incomplete", through(lambda p, g: g), "The softmax was skipped: g @ v.T is the gradient of p, not of s."),
        Mistake("incomplete", through(lambda p, g: p * g), "In the gradient of the softmax Σⱼ gⱼ pⱼ is missing."),
        Mistake("slope", through(lambda p, g: g * p * (1 - p)), "p·(1 − p) is only what each element of the softmax does "
                "to itself: raising one lowers the others, which Σⱼ gⱼ pⱼ accounts for."),
        Mistake("axis", through(lambda p, g: p * (g - (g * p).sum(axis=0, keepdims=True))),
                "In the gradient of the softmax the sum over j goes along the rows of p: axis=-1, not axis=0."),
        Mistake("axis", through(lambda p, g: p * (g - (g * p).sum())),
                "In the gradient of the softmax the sum over j is one for each row: axis=-1 and keepdims=True."),
        Mistake("sign", through(lambda p, g: p * (g + (g * p).sum(axis=-1, keepdims=True))),
                "In the gradient of the softmax Σⱼ gⱼ pⱼ is to be subtracted."),
        Mistake("mean", through(lambda p, g: p * (g - (g * p).mean(axis=-1, keepdims=True))),
                "In the gradient of the softmax stands a sum over j, not a mean."),
        Mistake("incomplete", through(lambda p, g: p * (g - g.sum(axis=-1, keepdims=True))),
                "In the gradient of the softmax the factor pⱼ is missing inside of the sum."),
        Mistake("incomplete", through(lambda p, g: g - (g * p).sum(axis=-1, keepdims=True)),
                "In the gradient of the softmax the factor p in front is missing."),
    ))  # fmt: skip
