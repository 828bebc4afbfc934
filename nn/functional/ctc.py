"""Connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.functions import concatenate, logsumexp, stack, take_along_axis, where

_NEVER = -1e30  # the logarithm of a probability of 0 that can still be added to, and has a derivative


def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:  # fmt: skip
    """−log of the probability that a sequence of labels is read off: repetitions count once, then blanks are left out.

    Args:
        log_probs: of shape (T, N, classes), or (T, classes): of each class at each time, for example by `log_softmax`.
        targets: class numbers of shape (N, S), or all sequences one after the other, of shape (Σ target_lengths,).
        input_lengths: how many times of each sequence count, of shape (N,).
        target_lengths: how many labels each has, of shape (N,).
        blank: the class that stands for no label.
        reduction: "mean" is that of the losses each divided by its target's length.
        zero_infinity: whether a target that is too long for its input counts as 0 rather than infinite.

    A. Graves et al., "Connectionist temporal classification", 2006, eq. 6 to 8.

    Raises:
        ValueError: there is no such `reduction`.
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r}: it is 'mean', 'sum' or 'none'")
    single = log_probs.ndim == 2
    probs = log_probs[:, None] if single else log_probs
    times, lengths = (np.atleast_1d(np.asarray(a)) for a in (input_lengths, target_lengths))
    labels = _padded(np.asarray(targets), lengths, probs.shape, times, blank)
    each = _losses(probs, labels, times, lengths, blank)
    each = where(each > -_NEVER / 2, 0.0 if zero_infinity else np.inf, each).astype(log_probs.dtype)
    if reduction == "mean":
        return (each / np.maximum(lengths, 1)).astype(log_probs.dtype).mean()
    return each.sum() if reduction == "sum" else each[0] if single else each


def _losses(probs: Any, labels: Any, times: Any, lengths: Any, blank: int) -> Any:
    """−log of the probability of each sequence: the forward variables α of all paths through blank, label, blank, … at once."""
    n, places = len(labels), 2 * labels.shape[1] + 1
    path = np.full((n, places), blank)
    path[:, 1::2] = labels
    emitted = take_along_axis(probs, np.broadcast_to(path, (len(probs), n, places)), 2)
    skips = np.zeros((n, places), bool)
    skips[:, 2:] = (path[:, 2:] != blank) & (path[:, 2:] != path[:, :-2])
    never = np.full((n, 2), _NEVER, probs.dtype)
    alpha = where(np.arange(places) < 2, emitted[0], _NEVER)
    alphas = [alpha]
    for t in range(1, len(probs)):
        before = concatenate([never, alpha], axis=1)
        ways = stack([alpha, before[:, 1:-1], where(skips, before[:, :-2], _NEVER)])
        alpha = logsumexp(ways, axis=0) + emitted[t]
        alphas.append(alpha)
    last = stack(alphas)[times - 1, np.arange(n)]
    ends = take_along_axis(last, np.stack([2 * lengths, np.maximum(2 * lengths - 1, 0)], axis=1), 1)
    return -logsumexp(where(np.stack([lengths >= 0, lengths > 0], axis=1), ends, _NEVER), axis=1)


def _padded(targets: Any, lengths: Any, shape: tuple[int, ...], times: Any, blank: int) -> Any:
    """The labels, of shape (N, S), after a look at all shapes."""
    n = shape[1]
    if lengths.shape != (n,) or times.shape != (n,) or not (times.min() >= 1 and times.max() <= shape[0]):
        raise ShapeError(
            f"ctc_loss: log_probs of shape {shape} need {n} target_lengths and {n} input_lengths from 1 to {shape[0]}; they are "
            f"{lengths.tolist()} and {times.tolist()}"
        )
    longest = int(lengths.max())
    if targets.ndim == 1 and len(targets) == lengths.sum():
        rows = np.full((n, longest), (blank + 1) % shape[2])
        rows[np.arange(longest) < lengths[:, None]] = targets
        targets = rows
    if targets.shape[:1] != (n,) or targets.ndim != 2 or longest > targets.shape[1]:
        raise ShapeError(
            f"ctc_loss: targets of shape {targets.shape} do not hold sequences of lengths {lengths.tolist()}"
        )
    used = targets[np.arange(targets.shape[1]) < lengths[:, None]]
    if used.size and (used.min() < 0 or used.max() >= shape[2] or (used == blank).any()):
        raise ShapeError(f"ctc_loss: labels must be classes from 0 to {shape[2] - 1} other than the blank, {blank}")
    return np.where(np.arange(targets.shape[1]) < lengths[:, None], targets, (blank + 1) % shape[2])
