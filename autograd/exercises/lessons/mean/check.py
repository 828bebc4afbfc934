"""The check of `mean`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

_R = np.random.default_rng(0)
X = _R.normal(size=(3, 4))
ALSO = ((-X,), (1e3 * _R.normal(size=(5, 2)),), (_R.normal(size=(3, 7)),))


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: x.mean(axis=1), answer.mean_vjp, (X,), ("x",), also=ALSO, mistakes=(
        Mistake("share", lambda g, out, x: g[:, None] * x / x.sum(axis=1, keepdims=True),
                "Each element of a row has the same share in its mean, 1/m: here shares are in proportion to the elements."),
        Mistake("places", lambda g, out, x: np.full_like(x, g.sum() / x.size),
                "Every element gets the same, a share of all of g: one of row i goes into out[i] alone, and gets g[i] / m."),
        Mistake("share", lambda g, out, x: g[:, None] * x / x.shape[1],
                "The slope of a mean is 1/m for each element, whatever the element is: x stands here once more."),
    ))  # fmt: skip
