"""Losses: their values against formulas in plain NumPy and SciPy, their gradients against formulas and differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

import nn
from autograd import DtypeError, ShapeError, Value, grad
from nn import functional

RNG = np.random.default_rng(0)
Y, T = RNG.standard_normal((2, 5, 3))
SIGNS = np.sign(T)
CLASSES = np.array([0, 2, 1, 1, 0])
ONE_HOT = np.eye(3)[CLASSES]
SPREAD = softmax(T, axis=-1)


def cross(z, t):
    return -(t * log_softmax(z, axis=-1)).sum(-1)


# Loss, target, the elements it reduces, their derivative.
LOSSES = {
    "mse": (nn.MSELoss, T, (Y - T) ** 2, 2 * (Y - T)),
    "perceptron": (nn.PerceptronLoss, SIGNS, np.maximum(0, -SIGNS * Y), np.where(SIGNS * Y < 0, -SIGNS, 0)),
    "classes": (nn.CrossEntropyLoss, CLASSES, cross(Y, ONE_HOT), softmax(Y, axis=-1) - ONE_HOT),
    "one-hot": (nn.CrossEntropyLoss, ONE_HOT, cross(Y, ONE_HOT), softmax(Y, axis=-1) - ONE_HOT),
    "one-hot ints": (nn.CrossEntropyLoss, ONE_HOT.astype(int), cross(Y, ONE_HOT), softmax(Y, axis=-1) - ONE_HOT),
    "distribution": (nn.CrossEntropyLoss, SPREAD, cross(Y, SPREAD), softmax(Y, axis=-1) - SPREAD),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_values_and_gradients(name, reduction):
    loss, target, each, slope = LOSSES[name]
    output = Value(Y)
    result = loss(reduction=reduction)(output, target)
    np.testing.assert_allclose(result.data, {"mean": np.mean, "sum": np.sum, "none": np.array}[reduction](each))
    result.sum().backward()
    np.testing.assert_allclose(output.grad, slope / (each.size if reduction == "mean" else 1), atol=1e-15)


def test_sum_of_squares():
    np.testing.assert_allclose(nn.SSELoss()(Value(Y), T).data, ((Y - T) ** 2).sum())
    assert repr(nn.SSELoss()) == "SSELoss()"
    assert repr(nn.MSELoss("sum")) == "MSELoss(reduction='sum')"


@given(
    shape=st.lists(st.integers(1, 4), max_size=3),
    classes=st.integers(1, 5),
    seed=st.integers(0, 1000),
    scale=st.sampled_from([1e-3, 1.0, 1e4]),
)
def test_cross_entropy_of_any_shape_agrees_with_one_hot_targets(shape, classes, seed, scale):
    rng = np.random.default_rng(seed)
    z, t = rng.standard_normal((*shape, classes)) * scale, rng.integers(0, classes, shape)
    axis = min(1, len(shape))  # of the classes
    turned, hot = np.moveaxis(z, -1, axis), np.moveaxis(np.eye(classes)[t], -1, axis)
    numbers, one_hot = Value(turned), Value(turned)
    a, b = functional.cross_entropy(numbers, t), functional.cross_entropy(one_hot, hot)
    np.testing.assert_allclose(a.data, b.data, rtol=1e-12)
    np.testing.assert_allclose(a.data, cross(z, np.eye(classes)[t]).mean(), rtol=1e-9, atol=1e-12)
    assert functional.accuracy(turned, hot) == functional.accuracy(turned, t) == (z.argmax(-1) == t).mean()
    a.backward()
    b.backward()
    np.testing.assert_allclose(numbers.grad, one_hot.grad, atol=1e-15)


def test_cross_entropy_neither_overflows_nor_takes_the_log_of_zero():
    z = Value([[1000.0, -1000.0], [-1000.0, 1000.0]])
    loss = functional.cross_entropy(z, np.array([0, 0]), reduction="none")
    np.testing.assert_array_equal(loss.data, [0, 2000])
    loss.sum().backward()
    np.testing.assert_array_equal(z.grad, [[0, 0], [-1, 1]])


def test_a_class_that_is_masked_out_by_minus_infinity():
    z = Value([[1.0, 2.0, -np.inf]])
    functional.cross_entropy(z, np.array([1])).backward()
    np.testing.assert_allclose(z.grad, [[softmax([1, 2])[0], softmax([1, 2])[1] - 1, 0]])


def test_float32_stays():
    z = Value(Y.astype(np.float32))
    loss = functional.cross_entropy(z, CLASSES)
    loss.backward()
    assert loss.dtype == z.grad.dtype == np.float32


def test_second_derivative_of_cross_entropy():
    probe = RNG.standard_normal(Y.shape)
    hvp = grad(lambda z: (grad(lambda v: functional.cross_entropy(v, CLASSES, reduction="sum"))(z) * probe).sum())(Y)
    p = softmax(Y, axis=-1)
    np.testing.assert_allclose(hvp, p * (probe - (p * probe).sum(-1, keepdims=True)), atol=1e-14)


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        (np.array([0, 1]), ShapeError, r"\(5, 3\).*\(5,\).*\(2,\)"),
        (np.array([0.0, 1, 2, 1, 0]), DtypeError, "float64"),
        (np.array([0, 1, 3, 1, 0]), ShapeError, "0 to 2.*0 to 3"),
        (np.array([0, 1, -1, 1, 0]), ShapeError, "0 to 2.*-1 to 1"),
    ],
)
def test_wrong_targets(target, error, words):
    with pytest.raises(error, match=words):
        functional.cross_entropy(Value(Y), target)


@pytest.mark.parametrize("loss", [functional.mse_loss, functional.sse_loss, functional.perceptron_loss])
def test_targets_are_not_broadcast(loss):
    with pytest.raises(ShapeError, match=rf"{loss.__name__.replace('sse', 'mse')}.*\(5, 1\).*\(5,\)"):
        loss(Value(np.ones((5, 1))), np.ones(5))


@pytest.mark.parametrize("loss", [nn.MSELoss, nn.CrossEntropyLoss])
def test_unknown_reductions(loss):
    with pytest.raises(ValueError, match="reduction='average'"):
        loss(reduction="average")(Value(Y), T)


@pytest.mark.parametrize("target", [CLASSES, ONE_HOT])
def test_accuracy(target):
    assert functional.accuracy(Value(ONE_HOT), target) == 1
    assert functional.accuracy(-ONE_HOT, target) == 0
    assert functional.accuracy(np.tile([1.0, 0, 0], (5, 1)), target) == 0.4


# -- class weights, ignored rows, smoothing: by their definitions ------------------------------------------------------

WEIGHT = np.array([0.5, 2.0, 1.5])
IGNORED = np.array([0, 2, -100, 1, 2])


def smoothed(one_hot, share):
    return (1 - share) * one_hot + share / 3


@pytest.mark.parametrize("share", [0.0, 0.3])
@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("target", [CLASSES, IGNORED])
def test_cross_entropy_of_weighted_smoothed_and_ignored_classes(share, weight, target):
    w = np.ones(3) if weight is None else weight
    counts = target >= 0
    one_hot = np.eye(3)[np.where(counts, target, 0)] * counts[:, None]
    # of smoothed classes each term has the weight of its own class, and the target's share that of the target
    each = -(((1 - share) * one_hot + share / 3 * counts[:, None]) * w * log_softmax(Y, axis=-1)).sum(-1)
    options = {"weight": weight, "label_smoothing": share}
    total = functional.cross_entropy(Value(Y), target, reduction="sum", **options)
    np.testing.assert_allclose(
        functional.cross_entropy(Value(Y), target, reduction="none", **options).data, each, atol=1e-15
    )
    np.testing.assert_allclose(total.data, each.sum())
    mean = nn.CrossEntropyLoss(**options)(Value(Y), target)
    np.testing.assert_allclose(mean.data, each.sum() / (one_hot * w).sum())


@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_cross_entropy_of_weighted_and_smoothed_distributions(weight):
    w = np.ones(3) if weight is None else weight
    each = -(smoothed(SPREAD, 0.2) * w * log_softmax(Y, axis=-1)).sum(-1)
    found = functional.cross_entropy(Value(Y), SPREAD, reduction="none", weight=weight, label_smoothing=0.2)
    np.testing.assert_allclose(found.data, each)


def test_a_distribution_may_be_learnt():
    t = Value(SPREAD)
    functional.cross_entropy(Y, t, reduction="sum").backward()
    np.testing.assert_allclose(t.grad, -log_softmax(Y, axis=-1))


# -- what is refused ---------------------------------------------------------------------------------------------------

PAIRS = np.ones((2, 3))
CTC = (np.ones((4, 2, 3)), np.array([[1, 2], [2, 1]]), [4, 3], [2, 1])


def ctc(*changes):
    arguments = list(CTC)
    for place, new in changes:
        arguments[place] = new
    return functional.ctc_loss(*arguments)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: nn.CrossEntropyLoss("sum"), TypeError, "CrossEntropyLoss: reduction='sum' is given by name"),
        (
            lambda: functional.cross_entropy(Y, CLASSES, np.ones(2)),
            ShapeError,
            r"3 classes need weights of shape \(3,\).*\(2,\)",
        ),
        (lambda: functional.nll_loss(Y, CLASSES[:2]), ShapeError, r"nll_loss.*\(5,\).*\(2,\)"),
        (lambda: functional.nll_loss(Y, CLASSES + 1), ShapeError, "0 to 2, and the target has 1 to 3"),
        (lambda: functional.nll_loss(Y, CLASSES * 1.0), DtypeError, "nll_loss.*float64"),
        (lambda: functional.smooth_l1_loss(Y, T, beta=-1.0), ValueError, "beta=-1.0"),
        (lambda: functional.huber_loss(Y, T, delta=0.0), ValueError, "delta=0.0"),
        (lambda: functional.gaussian_nll_loss(Y, T, np.ones(2)), ShapeError, r"\(5, 3\), and the variances \(2,\)"),
        (lambda: functional.gaussian_nll_loss(Y, T, -Y * Y), ValueError, "a variance is negative"),
        (
            lambda: functional.binary_cross_entropy(Y, T),
            ValueError,
            "probabilities, from 0 to 1, and they are -2.*with_logits",
        ),
        (lambda: functional.multi_margin_loss(Y, CLASSES, p=3), ValueError, "p=3 is neither 1 nor 2"),
        (lambda: functional.multi_margin_loss(Y, ONE_HOT), ShapeError, r"integers of shape \(5,\).*\(5, 3\) float64"),
        (lambda: functional.multilabel_margin_loss(Y, CLASSES), ShapeError, r"\(5, 3\) need integers of that shape"),
        (lambda: functional.hinge_embedding_loss(Y, T), ValueError, "the targets are 1 and −1"),
        (lambda: functional.cosine_embedding_loss(PAIRS, PAIRS, np.zeros(2)), ValueError, "the targets are 1 and −1"),
        (
            lambda: functional.cosine_embedding_loss(PAIRS, PAIRS, np.ones(3)),
            ShapeError,
            r"\(2,\) and the target \(3,\)",
        ),
        (lambda: functional.margin_ranking_loss(PAIRS, PAIRS[0], PAIRS), ShapeError, "margin_ranking_loss"),
        (lambda: functional.kl_div(PAIRS, PAIRS, "all"), ValueError, "reduction='all'"),
        (lambda: functional.ctc_loss(*CTC, reduction="all"), ValueError, "reduction='all'"),
        (lambda: ctc((2, [5, 3])), ShapeError, r"input_lengths from 1 to 4; they are \[2, 1\] and \[5, 3\]"),
        (lambda: ctc((3, [2])), ShapeError, "2 target_lengths"),
        (lambda: ctc((3, [3, 1])), ShapeError, r"targets of shape \(2, 2\) do not hold sequences of lengths \[3, 1\]"),
        (lambda: ctc((1, np.array([1, 2]))), ShapeError, r"targets of shape \(2,\)"),
        (lambda: ctc((1, np.array([[1, 3], [2, 1]]))), ShapeError, "classes from 0 to 2 other than the blank, 0"),
        (lambda: ctc((1, np.array([[1, 0], [2, 1]]))), ShapeError, "other than the blank, 0"),
    ],
)
def test_what_is_refused_is_said(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_probabilities_of_zero_and_one_are_finite():
    p = Value([0.0, 1.0, 0.0, 1.0])
    loss = functional.binary_cross_entropy(p, np.array([0.0, 1.0, 1.0, 0.0]), reduction="none")
    np.testing.assert_array_equal(loss.data, [0, 0, 100, 100])
    loss.sum().backward()
    assert np.isfinite(p.grad).all()


def test_a_mean_of_no_rows_is_nan():
    assert np.isnan(functional.cross_entropy(Value(Y), np.full(5, -100)).data)


def test_labels_of_one_sequence():
    z = np.random.default_rng(1).standard_normal((4, 3))
    alone = functional.ctc_loss(Value(z), np.array([1, 2]), 4, 2, reduction="none")
    both = functional.ctc_loss(Value(z[:, None]), np.array([[1, 2]]), [4], [2], reduction="none")
    assert (alone.shape, both.shape) == ((), (1,))
    assert alone.item() == both.data[0]


def test_ctc_is_the_sum_over_all_alignments():
    log_p = log_softmax(np.random.default_rng(2).standard_normal((5, 1, 3)), axis=-1)
    total = 0.0
    for path in np.ndindex(*(3,) * 5):
        merged = [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]
        total += np.exp(log_p[range(5), 0, path].sum()) if merged == [1, 1] else 0
    found = functional.ctc_loss(Value(log_p), np.array([[1, 1]]), [5], [2], reduction="sum")
    np.testing.assert_allclose(found.data, -np.log(total))


@pytest.mark.parametrize("targets", [T, T.tolist()])
def test_a_float32_output_has_a_float32_loss(targets):
    y = Value(Y.astype(np.float32))
    for loss in (nn.MSELoss(), nn.L1Loss(), nn.HuberLoss(), nn.SmoothL1Loss()):
        assert loss(y, targets).dtype == np.float32
