"""The check of `cross_entropy`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.elsewhere import constant
from autograd.exercises.exercise import Answer, Finding, Mistake, derivative
from autograd.functions import logsumexp, softmax

_R = np.random.default_rng(1)
LOGITS = _R.normal(size=(4, 3))
# By the number of rows.
LABELS = {len(labels): constant(labels) for labels in ([2, 0, 1, 1], [0, 0, 1, 3, 3, 0, 1], [1])}
ALSO = (
    -LOGITS, 300 * LOGITS, LOGITS - 800, LOGITS + 800, LOGITS + np.array([[-1000], [0], [1000], [3]]), _R.normal(size=(7, 5)),
    _R.normal(size=(4, 6)), np.array([[0.3, -0.2]]), np.array([[900.0, -900.0]]),
)  # fmt: skip


def cross_entropy(logits: Any, labels: Any) -> Any:
    return (logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]).mean()


def check(answer: Answer) -> Iterator[Finding]:
    yield derivative(
        lambda z: cross_entropy(z, LABELS[len(z)]),
        lambda g, out, z: answer.cross_entropy_vjp(g, out, z, LABELS[len(z)]),
        (LOGITS,),
        ("logits",),
        mistakes=_mistakes(),
        also=[(z,) for z in ALSO],
    )


def _mistakes() -> tuple[Mistake, ...]:
    def right_class(z: Any) -> Any:
        """1 at the label of each row."""
        return np.eye(z.shape[1])[LABELS[len(z)]]

    def everywhere(z: Any) -> Any:
        """1 in each column that is the label of some row, as often as it is."""
        return 1.0 * np.isin(np.arange(z.shape[1]), LABELS[len(z)])

    return (
        Mistake("incomplete", lambda g, out, z: g * softmax(z) / len(z),
                "The term −z_t has its own contribution: in each row something is to be subtracted at the right class."),
        Mistake("incomplete", lambda g, out, z: -g * right_class(z) / len(z),
                "This is the contribution of −z_t alone: that of log Σ exp(zⱼ) is missing."),
        Mistake("sign", lambda g, out, z: g * (softmax(z) + right_class(z)) / len(z),
                "The contribution of −z_t has the wrong sign: it is to be subtracted."),
        Mistake("index", lambda g, out, z: g * (softmax(z) - everywhere(z)) / len(z),
                "p[:, labels] takes these columns in every row: row i has one label, p[np.arange(n), labels]."),
        Mistake("index", lambda g, out, z: g * (softmax(z) - LABELS[len(z)][:, None]) / len(z),
                "Labels are numbers of classes, not probabilities: subtract 1 in the column that the label names."),
        Mistake("axis", lambda g, out, z: g * (softmax(z.T).T - right_class(z)) / len(z),
                "The softmax was taken over each column: each row of logits is a sample."),
        Mistake("incomplete", lambda g, out, z: -g * right_class(z) / softmax(z) / len(z),
                "−log p_t was differentiated with respect to p: multiply by ∂p/∂z too, which reaches all classes."),
        Mistake("incomplete", lambda g, out, z: g * right_class(z) * (softmax(z) - 1) / len(z),
                "Only the right class gets a gradient here: its probability depends on the logits of all classes."),
        Mistake("size", lambda g, out, z: g * (softmax(z) - right_class(z)) / z.size,
                "It is a mean over the n rows, not over all elements: divide by len(logits)."),
        Mistake("slope", lambda g, out, z: g * softmax(z) * (1 - softmax(z)) / len(z),
                "p·(1 − p) is the slope of a softmax; the slope of log Σ exp(zⱼ) is something simpler."),
    )  # fmt: skip
