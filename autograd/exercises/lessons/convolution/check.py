"""The check of `convolution`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(1)
SIGNAL, KERNEL = _R.normal(size=7), _R.normal(size=3)
ALSO = (
    (-SIGNAL, KERNEL),
    (_R.normal(size=9), _R.normal(size=4)),
    (_R.normal(size=4), _R.normal(size=1)),
    (SIGNAL, _R.normal(size=7)),
)


def convolve(x: Any, w: Any) -> Any:
    return np.stack([(x[i : i + len(w)] * w).sum() for i in range(len(x) - len(w) + 1)])


def check(answer: Answer) -> Iterator[Finding]:
    def of_x(at: Callable[[int, int], int], which: Callable[[int], int]) -> Callable[..., Any]:
        def vjp(g: Any, _out: Any, x: Any, w: Any) -> tuple[Any, None]:
            total = np.zeros_like(x)
            for i in range(len(g)):
                for k in range(len(w)):
                    total[at(i, k)] += g[i] * w[which(k - len(w))]
            return total, None

        return vjp

    def of_w(at: Callable[[int, int], int]) -> Callable[..., Any]:
        return lambda g, _out, x, w: (None, g @ np.stack([x[[at(i, k) for k in range(len(w))]] for i in range(len(g))]))

    index = "out[i] used x[i + k] with w[k], so that x[i + k] gets a share: here {}."
    yield derivative(convolve, answer.convolve_vjp, (SIGNAL, KERNEL), ("x", "w"), also=ALSO, single=True, mistakes=(
        Mistake("places", of_x(lambda i, k: i + k, lambda k: -1 - k),
                "w is read backwards in the gradient of x: out[i] used x[i + k] with w[k]."),
        Mistake("index", of_x(lambda i, k: i, lambda k: k), index.format("x[i] gets all of it")),
        Mistake("index", of_x(lambda i, k: k, lambda k: k), index.format("x[k] gets it")),
        Mistake("index", of_w(lambda i, k: i), "In the gradient of w, w[k] met x[i + k] in out[i]: here it meets x[i]."),
        Mistake("index", of_w(lambda i, k: k), "In the gradient of w, w[k] met x[i + k] in out[i]: here it meets x[k]."),
        Mistake("places", lambda g, _out, x, w: (None, np.convolve(x, g, "valid")),
                "np.convolve reads one of its arguments backwards: w[k] met x[i + k] in out[i], which is np.correlate(x, g, …)."),
        Mistake("places", lambda g, _out, x, w: (None, np.correlate(x, g, "valid")[::-1]),
                "The gradient of w is in reverse order."),
    ))  # fmt: skip
