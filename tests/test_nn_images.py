"""Convolution, pooling, normalisation and resampling: what tests/test_nn_parity.py does not ask of PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd import ShapeError, Value
from nn import functional as F

X = np.random.default_rng(0).normal(size=(2, 4, 5, 6))
LINE = X[:, :, 0]


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (lambda **how: nn.Conv2d(4, 2, 3, padding="same", padding_mode="reflect", **how), X),
        (lambda **how: nn.Conv1d(4, 2, 3, **how), LINE),
        (lambda **how: nn.ConvTranspose2d(4, 2, 3, **how), X),
        (lambda **how: nn.BatchNorm2d(4, **how), X),
        (lambda **how: nn.InstanceNorm2d(4, affine=True, track_running_stats=True, **how), X),
        (lambda **how: nn.GroupNorm(2, 4, **how), X),
        (lambda **how: nn.RMSNorm(6, **how), X),
        (lambda **how: nn.AvgPool2d(3, padding=1, count_include_pad=False), X),
        (lambda **how: nn.AdaptiveAvgPool2d((3, 4)), X),
        (lambda **how: nn.Upsample(size=(3, 9), mode="bilinear"), X),
    ],
)  # fmt: skip
@pytest.mark.parametrize("training", [True, False], ids=["training", "use"])
def test_float32_stays(make, x, training):
    layer = make(dtype=np.float32).train(training)
    value = Value(x.astype(np.float32))
    y = layer(value)
    (y * y).sum().backward()
    found = [y, value.grad, *(p.grad for p in layer.parameters()), *(b for b in layer.buffers() if b.dtype.kind == "f")]
    assert {a.dtype for a in found} == {np.dtype(np.float32)}


def test_the_same_seed_gives_the_same_weights_and_each_layer_its_own():
    def parameters(generator):
        return np.concatenate([p.data.ravel() for p in nn.Conv2d(3, 4, 3, generator=generator).parameters()])

    np.testing.assert_array_equal(parameters(0), parameters(0))
    rng = np.random.default_rng(0)
    assert (parameters(rng) != parameters(rng)).all()
    assert np.abs(parameters(0)).max() == pytest.approx(27**-0.5, rel=0.05)
    assert nn.ConvTranspose2d(3, 4, 3).weight.shape == (3, 4, 3, 3)
    assert nn.Conv2d(0, 2, 3).weight.shape == (2, 0, 3, 3)


def test_running_statistics_of_several_batches():
    """With momentum the weighted, with None the plain mean of the batches' statistics; use leaves them alone."""
    layers = nn.BatchNorm1d(4, momentum=0.25), nn.BatchNorm1d(4, momentum=None)
    batches = np.random.default_rng(1).normal(3, 2, (3, 10, 4))
    for layer in layers:
        for batch in batches:
            layer(batch)
        assert layer.num_batches_tracked == 3
        before = [b.copy() for b in layer.buffers()]
        layer.eval()(batches[0])
        for old, new in zip(before, layer.buffers(), strict=True):
            np.testing.assert_array_equal(old, new)
    means, variances = batches.mean(axis=1), batches.var(axis=1, ddof=1)
    weights = np.array([0.75**2 * 0.25, 0.75 * 0.25, 0.25])
    np.testing.assert_allclose(layers[0].running_mean, weights @ means)
    np.testing.assert_allclose(layers[0].running_var, 0.75**3 + weights @ variances)
    np.testing.assert_allclose(layers[1].running_mean, means.mean(axis=0))
    np.testing.assert_allclose(layers[1].running_var, variances.mean(axis=0))
    layers[0].reset_running_stats()
    assert [b.tolist() for b in layers[0].buffers()] == [[0] * 4, [1] * 4, 0]
    without = nn.BatchNorm1d(4, track_running_stats=False)
    without.reset_running_stats()
    assert without.buffers() == []


def test_a_batch_that_is_refused_leaves_the_statistics_alone():
    layer = nn.BatchNorm1d(4)
    with pytest.raises(ShapeError, match="1 numbers for each channel"):
        layer(X[:1, :, 0, 0])
    assert [b.tolist() for b in layer.buffers()] == [[0] * 4, [1] * 4, 0]


def test_a_wanted_output_size():
    layer = nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1, generator=0)
    assert layer(X).shape == (2, 2, 9, 11)
    assert layer(X, output_size=(10, 11)).shape == (2, 2, 10, 11)
    assert layer(X, output_size=[2, 2, 10, 12]).shape == (2, 2, 10, 12)
    with pytest.raises(ValueError, match=r"it can be from \[9, 11\] to \[10, 12\]"):
        layer(X, output_size=(11, 11))


def test_a_summary_counts_what_convolution_keeps_and_computes():
    net = nn.Sequential(nn.Conv2d(4, 2, 3), nn.ConvTranspose2d(2, 4, 3, bias=False), nn.MaxPool2d(2), nn.Flatten())
    _, first, second, pool, flat = nn.summary(net, X.shape).lines
    assert (first.multiply_adds, first.bytes) == (2 * 2 * 3 * 4 * 4 * 9, 2 * 2 * 3 * 4 * 8)
    assert (second.multiply_adds, second.bytes) == (2 * 2 * 3 * 4 * 4 * 9, X.nbytes)
    assert (pool.bytes, flat.bytes) == (2 * 4 * 2 * 3 * 8, 0)


def test_modules_take_what_their_names_say():
    assert [type(net).__name__ for net in (nn.MaxPool1d(2), nn.Conv1d(1, 1, 1))] == ["MaxPool1d", "Conv1d"]
    assert repr(nn.Conv2d(1, 8, 3, padding="same", bias=False)) == (
        "Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding='same', bias=False)"
    )


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: nn.Conv2d(4, 2, 3)(X[:, :3]), ShapeError, "with groups=1 x must have 4 channels"),
        (lambda: nn.Conv2d(4, 2, 3)(LINE[0]), ShapeError, r"conv2d: the input must have the shape \(N, C, H, W\)"),
        (lambda: nn.Conv1d(4, 2, 3)(X), ShapeError, r"\(N, C, L\) or \(C, L\), and it has \(2, 4, 5, 6\)"),
        (lambda: nn.Conv2d(4, 2, 3, groups=3), ValueError, "groups=3 must divide in_channels=4"),
        (lambda: nn.Conv2d(4, 2, 3, padding_mode="mirror"), ValueError, "padding_mode='mirror'"),
        (lambda: nn.ConvTranspose2d(4, 2, 3, padding_mode="reflect"), ValueError, "a transposed one has zeros"),
        (lambda: nn.Conv2d(4, 2, 3, stride=2, padding="same"), ValueError, "the stride must be 1"),
        (lambda: nn.Conv2d(4, 2, 3, padding="full"), ValueError, "'same', 'valid' or numbers"),
        (lambda: nn.Conv2d(4, 2, (3, 3, 3)), ValueError, "kernel_size=.*one for each of 2 axes"),
        (lambda: nn.Conv2d(4, 2, 3, stride=0), ValueError, "stride=0: a number of at least 1"),
        (lambda: nn.Conv2d(4, 2, 3, padding=-1), ValueError, "padding=-1: a number of at least 0"),
        (lambda: nn.ConvTranspose2d(3, 2, 3)(X), ShapeError, "has 4 channels, and the weight of shape .* takes 3"),
        (lambda: nn.ConvTranspose2d(4, 2, 3, output_padding=1)(X), ValueError, "output_padding=.* must be smaller"),
        (lambda: F.max_pool2d(X, 3, padding=2), ValueError, "is more than half of kernel_size"),
        (lambda: F.max_pool2d(X, 7), ShapeError, r"a window of \(7, 7\) is larger than x"),
        (lambda: F.avg_pool2d(X, 2, divisor_override=0), ValueError, "divisor_override=0"),
        (lambda: F.adaptive_avg_pool2d(X, (1, 2, 3)), ShapeError, "positive numbers are needed for 2 axes"),
        (lambda: F.adaptive_max_pool2d(X, 0), ShapeError, "output_size=0"),
        (lambda: F.batch_norm(X), ValueError, "needs a running_mean and a running_var"),
        (lambda: F.batch_norm(X, weight=np.ones(3), training=True), ShapeError, r"weight has shape \(3,\), and the input"),
        (lambda: nn.BatchNorm1d(4)(X), ShapeError, "BatchNorm1d: the input must have 2 or 3 axes"),
        (lambda: F.batch_norm(X[:0], training=True), ShapeError, "0 numbers for each channel"),
        (lambda: F.instance_norm(X[:, :, :1, :1]), ShapeError, "1 numbers for each channel"),
        (lambda: F.group_norm(X, 3), ShapeError, "4 channels cannot be divided into 3 groups"),
        (lambda: F.group_norm(X[0, 0, 0], 1), ShapeError, r"shape \(N, C, …\)"),
        (lambda: nn.GroupNorm(3, 4), ValueError, "num_groups=3 must divide num_channels=4"),
        (lambda: F.rms_norm(X, 5), ShapeError, r"rms_norm over \(5,\): the input ends in \(6,\)"),
        (lambda: F.rms_norm(X, 6, np.ones(5)), ShapeError, r"the weight ends in \(5,\)"),
        (lambda: F.pad(X, (1, 2, 3)), ShapeError, "a pair of numbers for each axis"),
        (lambda: F.pad(X, (1, 2), mode="mirror"), ValueError, "mode='mirror' is none of constant, reflect"),
        (lambda: F.pad(X, (6, 0), mode="reflect"), ShapeError, "with 6 and 0 at an axis of length 6: from 0 to 5"),
        (lambda: F.pad(X, (0, -1), mode="replicate"), ShapeError, "with 0 and -1"),
        (lambda: F.pad(X, (7, 0), mode="circular"), ShapeError, "from 0 to 6"),
        (lambda: F.interpolate(X, 3, mode="linear"), ValueError, "mode='linear' of an input of shape"),
        (lambda: F.interpolate(X), ValueError, "one of them must be given"),
        (lambda: F.interpolate(X, 3, 2), ValueError, "one of them must be given"),
        (lambda: F.interpolate(X, (3, 3, 3)), ValueError, "has not a number for each axis"),
        (lambda: F.interpolate(X, scale_factor=0.1), ShapeError, r"would have the size \(0, 0\)"),
        (lambda: F.interpolate(X, 3, align_corners=True), ValueError, "align_corners is a question of"),
        (lambda: F.pixel_shuffle(X, 3), ShapeError, "4 channels cannot be divided into 3 × 3 places"),
        (lambda: F.pixel_unshuffle(X, 2), ShapeError, "5 × 6 places cannot be divided"),
        (lambda: F.flatten(X, 2, 1), ShapeError, "axis 2 comes after axis 1"),
        (lambda: F.flatten(X, 4), ShapeError, "has no axis 4"),
        (lambda: F.unflatten(X, 1, (3, -1)), ShapeError, r"cannot be taken apart into \(3, -1\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(call, error, match):
    with pytest.raises(error, match=match):
        call()
