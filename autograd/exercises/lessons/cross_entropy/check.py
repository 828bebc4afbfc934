"""The check of `cross_entropy`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative
from autograd.functions import logsumexp, softmax

_R = np.random.default_rng(1)
LOGITS, LABELS = _R.normal(size=(4, 3)), np.array([2, 0, 1, 1])


def cross_entropy(logits: Any, labels: Any) -> Any:
    return (logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]).mean()


def check(answer: Answer) -> Iterator[Finding]:
    rows, n = np.arange(len(LABELS)), len(LABELS)

    def off(p: Any, *index: Any) -> Any:
        p[index] -= 1
        return p

    mistakes = (
        Mistake("incomplete", lambda g, out, z: g * softmax(z) / n,
                "The term −z_t has its own contribution: in each row something is to be subtracted at the right class."),
        Mistake("incomplete", lambda g, out, z: g * off(0 * z, rows, LABELS) / n,
                "This is the contribution of −z_t alone: that of log Σ exp(zⱼ) is missing."),
        Mistake("sign", lambda g, out, z: g * (softmax(z) - off(0 * z, rows, LABELS)) / n,
                "The contribution of −z_t has the wrong sign: it is to be subtracted."),
        Mistake("index", lambda g, out, z: g * off(softmax(z), slice(None), LABELS) / n,
                "p[:, labels] takes these columns in every row: row i has one label, p[np.arange(n), labels]."),
        Mistake("index", lambda g, out, z: g * (softmax(z) - LABELS[:, None]) / n,
                "Labels are numbers of classes, not probabilities: subtract 1 in the column that the label names."),
        Mistake("axis", lambda g, out, z: g * off(softmax(z.T).T, rows, LABELS) / n,
                "The softmax was taken over each column: each row of logits is a sample."),
        Mistake("incomplete", lambda g, out, z: g * off(0 * z, rows, LABELS) / softmax(z) / n,
                "−log p_t was differentiated with respect to p: multiply by ∂p/∂z too, which reaches all classes."),
        Mistake("slope", lambda g, out, z: g * softmax(z) * (1 - softmax(z)) / n,
                "p·(1 − p) is the slope of a softmax; the slope of log Σ exp(zⱼ) is something simpler."),
    )  # fmt: skip
    for title, logits in (("ordinary logits", LOGITS), ("large logits", 300 * LOGITS)):
        yield derivative(
            lambda z: cross_entropy(z, LABELS),
            lambda g, out, z: answer.cross_entropy_vjp(g, out, z, LABELS.copy()),
            (logits,),
            ("logits",),
            title=title,
            mistakes=mistakes,
        )
