"""The check of `convolution`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(1)
SIGNAL, KERNEL = _R.normal(size=7), _R.normal(size=3)


def convolve(x: Any, w: Any) -> Any:
    return np.stack([(x[i : i + len(w)] * w).sum() for i in range(len(x) - len(w) + 1)])


def check(answer: Answer) -> Iterator[Finding]:
    m, n = len(KERNEL), len(SIGNAL) - len(KERNEL) + 1

    def of_x(at: Callable[[int, int], int], which: Callable[[int], int]) -> Callable[..., Any]:
        def vjp(g: Any, _out: Any, x: Any, w: Any) -> tuple[Any, None]:
            total = np.zeros_like(x)
            for i in range(n):
                for k in range(m):
                    total[at(i, k)] += g[i] * w[which(k)]
            return total, None

        return vjp

    def of_w(at: Callable[[int, int], int]) -> Callable[..., Any]:
        return lambda g, _out, x, w: (None, np.array([sum(g[i] * x[at(i, k)] for i in range(n)) for k in range(m)]))

    index = "out[i] used x[i + k] with w[k], so that x[i + k] gets a share: here {}."
    yield derivative(convolve, answer.convolve_vjp, (SIGNAL, KERNEL), ("x", "w"), mistakes=(
        Mistake("places", of_x(lambda i, k: i + k, lambda k: m - 1 - k),
                "w is read backwards in the gradient of x: out[i] used x[i + k] with w[k]."),
        Mistake("index", of_x(lambda i, k: i, lambda k: k), index.format("x[i] gets all of it")),
        Mistake("index", of_x(lambda i, k: k, lambda k: k), index.format("x[k] gets it")),
        Mistake("index", of_w(lambda i, k: i), "In the gradient of w, w[k] met x[i + k] in out[i]: here it meets x[i]."),
        Mistake("index", of_w(lambda i, k: k), "In the gradient of w, w[k] met x[i + k] in out[i]: here it meets x[k]."),
        Mistake("places", of_w(lambda i, k: i + m - 1 - k), "The gradient of w is in reverse order."),
    ))  # fmt: skip
