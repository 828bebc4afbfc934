"""Figures of merit are scikit-learn's numbers."""

import numpy as np
import pytest

from autograd import ShapeError
from nn.training import metrics

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(60, 4)).round(1)  # with ties
LABELS = RNG.integers(0, 4, 60)
TWO, ONE = RNG.normal(size=(60, 2)), RNG.normal(size=60).round(1)
YES = RNG.integers(0, 2, 60)
WANTED, FOUND = RNG.normal(size=(60, 3)), RNG.normal(size=(60, 3))
SHARES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)

# Ours, and theirs.
PAIRS = {
    "accuracy": (lambda: metrics.accuracy(LOGITS, LABELS), lambda m: m.accuracy_score(LABELS, LOGITS.argmax(1))),
    "top 2": (lambda: metrics.top_k_accuracy_score(LOGITS, LABELS), lambda m: m.top_k_accuracy_score(LABELS, LOGITS)),
    "top 3": (
        lambda: metrics.top_k_accuracy_score(LOGITS, LABELS, 3),
        lambda m: m.top_k_accuracy_score(LABELS, LOGITS, k=3),
    ),
    "table": (lambda: metrics.confusion_matrix(LOGITS, LABELS), lambda m: m.confusion_matrix(LABELS, LOGITS.argmax(1))),
    "table of two": (lambda: metrics.confusion_matrix(ONE, YES), lambda m: m.confusion_matrix(YES, ONE > 0)),
    **{
        f"f1 {average}": (
            lambda average=average: metrics.f1_score(LOGITS, LABELS, average),
            lambda m, average=average: m.f1_score(LABELS, LOGITS.argmax(1), average=average),
        )
        for average in ("macro", "weighted", "micro")
    },
    "f1 binary": (lambda: metrics.f1_score(ONE[:, None], YES, "binary"), lambda m: m.f1_score(YES, ONE > 0)),
    "f1 of two": (
        lambda: metrics.f1_score(LOGITS[:, [0, 3]], YES),
        lambda m: m.f1_score(YES, LOGITS[:, [0, 3]].argmax(1), average="macro"),
    ),
    "auc of one": (lambda: metrics.roc_auc_score(ONE, YES), lambda m: m.roc_auc_score(YES, ONE)),
    "auc of two": (lambda: metrics.roc_auc_score(TWO, YES), lambda m: m.roc_auc_score(YES, TWO[:, 1] - TWO[:, 0])),
    "auc": (
        lambda: metrics.roc_auc_score(LOGITS, LABELS),
        lambda m: m.roc_auc_score(LABELS, SHARES, multi_class="ovr"),
    ),
    "r2": (lambda: metrics.r2_score(FOUND, WANTED), lambda m: m.r2_score(WANTED, FOUND)),
    "r2 of a vector": (
        lambda: metrics.r2_score(FOUND[:, :1], WANTED[:, 0]),
        lambda m: m.r2_score(WANTED[:, 0], FOUND[:, 0]),
    ),
    "r2 of a constant": (lambda: metrics.r2_score([1.0, 1], [2.0, 2]), lambda m: m.r2_score([2.0, 2], [1.0, 1])),
    "r2 of a constant that is hit": (
        lambda: metrics.r2_score([2.0, 2], [2.0, 2]),
        lambda m: m.r2_score([2.0, 2], [2.0, 2]),
    ),
    "perplexity": (lambda: metrics.perplexity(LOGITS, LABELS), lambda m: np.exp(m.log_loss(LABELS, SHARES))),
}


@pytest.mark.parametrize(("ours", "theirs"), PAIRS.values(), ids=list(PAIRS))
def test_figures_are_scikit_learns(ours, theirs):
    np.testing.assert_allclose(ours(), theirs(pytest.importorskip("sklearn.metrics")), rtol=1e-12)


def test_figures_of_hand():
    logits, labels = np.array([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0]]), np.array([0, 1, 1])
    assert metrics.confusion_matrix(logits, labels).tolist() == [[1, 0], [1, 1]]
    assert metrics.f1_score(logits, labels, "binary") == pytest.approx(2 / 3)
    assert metrics.f1_score(logits[:1], labels[:1], "binary") == 0.0
    assert metrics.roc_auc_score(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])) == 0.75


def test_wrong_calls():
    with pytest.raises(ValueError, match="average='x'"):
        metrics.f1_score(LOGITS, LABELS, "x")
    with pytest.raises(ValueError, match="both classes"):
        metrics.roc_auc_score(ONE, np.zeros(60, int))
    with pytest.raises(ShapeError, match=r"\(60, 3\) for targets of shape \(60,\)"):
        metrics.r2_score(FOUND, WANTED[:, 0])
