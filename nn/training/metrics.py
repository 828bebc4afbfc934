"""Figures of merit of all outputs of a pass: what scikit-learn computes, from what a network puts out.

Each takes ``(output, target)``: the outputs as they are (logits, or predicted numbers), and the class numbers or numbers that
were wanted. `functools.partial` sets options.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError

from ..functional import accuracy, cross_entropy

__all__ = [
    "accuracy",
    "confusion_matrix",
    "f1_score",
    "perplexity",
    "r2_score",
    "roc_auc_score",
    "top_k_accuracy_score",
]


def predicted(output: Any) -> Any:
    """The class numbers that outputs stand for: the largest of each row; of a single logit whether it is positive."""
    output = np.asarray(output)
    if output.ndim == 1 or output.shape[1] == 1:
        return (output.reshape(len(output)) > 0).astype(np.int64)
    return output.argmax(axis=1)


def top_k_accuracy_score(output: Any, target: Any, k: int = 2) -> float:
    """The share of rows whose target is among the k largest outputs; of equal outputs the later class counts as larger."""
    best = np.argsort(np.asarray(output), axis=1, kind="stable")[:, -k:]
    return float((best == np.asarray(target)[:, None]).any(axis=1).mean())


def confusion_matrix(output: Any, target: Any) -> Any:
    """How many rows of class i (the row of the matrix) are taken for class j."""
    found, target = predicted(output), np.asarray(target)
    classes = int(max(found.max(), target.max())) + 1
    return np.bincount(target * classes + found, minlength=classes**2).reshape(classes, classes)


def f1_score(output: Any, target: Any, average: str = "macro") -> float:
    """2 · precision · recall / (precision + recall): of class 1 ("binary"), or the mean over classes.

    The mean is of the classes that occur ("macro"), with the weight of their rows ("weighted"), or over rows ("micro").

    Raises:
        ValueError: there is no such `average`.
    """
    table = confusion_matrix(output, target)
    hits, wanted, found = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    if average == "micro":
        return float(hits.sum() / table.sum())
    occurring = (wanted + found) > 0
    scores = np.where(occurring, 2 * hits / np.maximum(wanted + found, 1), 0.0)
    if average == "binary":
        return float(scores[1]) if len(scores) > 1 else 0.0
    if average == "weighted":
        return float((scores * wanted).sum() / wanted.sum())
    if average == "macro":
        return float(scores[occurring].mean())
    raise ValueError(f"f1_score: average={average!r} is neither 'binary', 'macro', 'weighted' nor 'micro'")


def roc_auc_score(output: Any, target: Any) -> float:
    """The probability that a row of class 1 has a larger output than one of class 0; ties count half.

    Of two outputs their difference counts; of more, the mean over classes, each against the rest, of the probabilities.
    """
    output, target = np.asarray(output), np.asarray(target)
    if output.ndim == 1 or output.shape[1] == 1:
        return _auc(output.reshape(len(output)), target == 1)
    if output.shape[1] == 2:
        return _auc(output[:, 1] - output[:, 0], target == 1)
    shares = np.exp(output - output.max(axis=1, keepdims=True))
    shares = shares / shares.sum(axis=1, keepdims=True)
    return float(np.mean([_auc(shares[:, i], target == i) for i in range(output.shape[1])]))


def _auc(scores: Any, positive: Any) -> float:
    """The rank sum statistic of Mann and Whitney, as a share."""
    n, m = int(positive.sum()), int((~positive).sum())
    if not n or not m:
        raise ValueError("roc_auc_score: rows of both classes are needed")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * m))


def r2_score(output: Any, target: Any) -> float:
    """1 − Σ (t − y)² / Σ (t − mean t)²; of several columns their mean.

    Raises:
        ShapeError: outputs and targets have different shapes.
    """
    output, target = np.asarray(output, np.float64), np.asarray(target, np.float64)
    if output.size != target.size or len(output) != len(target):
        raise ShapeError(f"r2_score: outputs of shape {output.shape} for targets of shape {target.shape}")
    target = target.reshape(len(target), -1)
    error = ((target - output.reshape(target.shape)) ** 2).sum(axis=0)
    spread = ((target - target.mean(axis=0)) ** 2).sum(axis=0)
    constant = np.where(error == 0, 1.0, 0.0)  # nothing to explain: as scikit-learn
    return float(np.where(spread > 0, 1 - error / np.where(spread > 0, spread, 1), constant).mean())


def perplexity(output: Any, target: Any) -> float:
    """e to the power of the mean cross-entropy."""
    return float(np.exp(cross_entropy(np.asarray(output), np.asarray(target))))
