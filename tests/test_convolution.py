"""Convolution, pooling and batch normalisation beside their definitions, whichever way they are computed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from autograd import ShapeError, Value, grad
from autograd import functions as F
from autograd.rules import convolution, normalization
from tests.samples_convolution import windows

PLAIN = {**windows(), "groups": 1}


def by_definition(x, w, stride, padding, dilation, groups):
    """The sum over channels and taps, one place after the other."""
    axes = x.ndim - 2
    x = np.pad(x, ((0, 0), (0, 0), *padding))
    size = convolution.lengths(x.shape[2:], w.shape[2:], stride, ((0, 0),) * axes, dilation)
    y = np.zeros((len(x), len(w), *size), np.result_type(x, w))
    for o, place in itertools.product(range(len(w)), itertools.product(*map(range, size))):
        c = o // (len(w) // groups) * w.shape[1]
        seen = tuple(
            slice(m * s, m * s + d * (k - 1) + 1, d)
            for m, s, d, k in zip(place, stride, dilation, w.shape[2:], strict=True)
        )
        patch = x[(slice(None), slice(c, c + w.shape[1]), *seen)]
        y[(slice(None), o, *place)] = (patch * w[o]).sum(axis=tuple(range(1, patch.ndim)))
    return y


TWO_AXES = itertools.product(
    [(1, 1), (2, 1), (3, 2)], [(1, 1), (2, 1), (1, 3)], [((0, 0), (0, 0)), ((0, 3), (4, 1))], [1, 2],
    [(1, 1), (3, 2)],
)  # fmt: skip
CASES = [((2, 4, 8, 7), *case) for case in TWO_AXES]
CASES += [
    ((2, 4, 9), (2,), (2,), ((1, 3),), 2, (3,)),
    ((2, 2, 3, 4), (1, 1), (1, 1), ((0, 0), (0, 0)), 1, (3, 4)),  # one place
    ((2, 2, 4, 3, 5), (1, 2, 1), (1, 1, 2), ((1, 0),) * 3, 1, (2, 2, 2)),
]


@pytest.fixture(params=[0, 2**9], ids=["rows", "one row"])
def _narrow(request, monkeypatch):
    """Both ways: row by row, which else large images take, and a small image as one row."""
    monkeypatch.setattr(convolution, "_NARROW", request.param)
    convolution.planned.cache_clear()
    yield
    convolution.planned.cache_clear()


@pytest.mark.usefixtures("_narrow")
def test_the_three_products():
    rng = np.random.default_rng(0)
    for shape, stride, dilation, padding, groups, k in CASES:
        x, w = rng.normal(size=shape), rng.normal(size=(4, shape[1] // groups, *k))
        how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        y = F.convolution(x, w, **how)
        np.testing.assert_allclose(y, by_definition(x, w, **how), atol=1e-12)
        g, dx, dw = rng.normal(size=y.shape), rng.normal(size=shape), rng.normal(size=w.shape)
        back = F.convolution_transpose(g, w, size=x.shape[2:], **how)
        weight = F.convolution_weight(x, g, size=k, **how)
        np.testing.assert_allclose((back * dx).sum(), (F.convolution(dx, w, **how) * g).sum())
        np.testing.assert_allclose((weight * dw).sum(), (F.convolution(x, dw, **how) * g).sum())


@pytest.mark.parametrize("narrow", [0, 1], ids=["image", "weight"])
def test_of_two_dtypes_the_wider_stays(narrow):
    shapes = [(2, 3, 4, 4), (2, 3, 2, 2)]
    x, w = (np.ones(shape, np.float32 if i == narrow else np.float64) for i, shape in enumerate(shapes))
    y = F.convolution(x, w, **PLAIN)
    found = y, F.convolution_transpose(y.astype(x.dtype), w, size=(4, 4), **PLAIN)
    found += (F.convolution_weight(x, y.astype(w.dtype), size=(2, 2), **PLAIN),)
    assert [a.dtype for a in found] == [np.float64] * 3


@pytest.mark.usefixtures("_narrow")
def test_a_batch_of_none():
    x, w = Value(np.zeros((0, 2, 4, 5))), Value(np.ones((3, 2, 2, 2)))
    y = F.convolution(x, w, np.ones(3), **PLAIN)
    assert y.shape == (0, 3, 3, 4)
    dx, dw, db = grad(lambda *xs: np.sum(F.convolution(*xs, **PLAIN)), (0, 1, 2))(x.data, w.data, np.ones(3))
    assert dx.shape == x.shape
    np.testing.assert_array_equal(dw, np.zeros(w.shape))
    np.testing.assert_array_equal(db, np.zeros(3))


def test_results_lie_with_the_batch_innermost_and_nobody_sees_it():
    x, w = np.random.default_rng(0).normal(size=(64, 3, 9, 9)), np.ones((2, 3, 3, 3))
    y = F.convolution(x, w, **PLAIN)
    assert y.strides[0] == y.itemsize
    pooled = F.max_pool(np.maximum(y, 0), kernel=(2, 2), **windows((2, 2)))
    assert pooled.strides[0] == y.itemsize
    turned = np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)
    np.testing.assert_array_equal(F.convolution(turned, w, **PLAIN), y)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: F.convolution(np.ones((2, 3)), np.ones((2, 3)), **PLAIN), r"x has shape \(2, 3\) and the weight \(2, 3\)"),
        (lambda: F.convolution(np.ones((2, 3, 4, 4)), np.ones((2, 3)), **PLAIN), r"the weight \(2, 3\); they must be"),
        (lambda: F.convolution(np.ones((2, 3)), np.ones((2, 3, 1, 1)), **PLAIN), r"the weight \(2, 3, 1, 1\); they must be"),
        (lambda: F.convolution(np.ones((2, 3, 4, 4)), np.ones((2, 3, 1)), **PLAIN), r"the weight \(2, 3, 1\); they must be"),
        (lambda: F.convolution(np.ones((2, 3, 4, 4)), np.ones((2, 2, 3, 3)), **PLAIN), "must have 2 channels"),
        (lambda: F.convolution(np.ones((2, 4, 4, 4)), np.ones((3, 2, 3, 3)), **{**PLAIN, "groups": 2}), "and 2 divide 3"),
        (lambda: F.convolution(np.ones((2, 3, 2, 4)), np.ones((2, 3, 3, 3)), **PLAIN), "is longer than x with its padding"),
        (lambda: F.convolution(np.ones((2, 3, 4, 4)), np.ones((2, 3, 3, 3)), np.ones(3), **PLAIN), r"must have \(2,\)"),
        (
            lambda: F.convolution_weight(np.ones((2, 3, 4, 4)), np.ones((2, 3, 4, 4)), size=(3, 3), **PLAIN),
            r"then has shape \(2, 3, 2, 2\), and not \(2, 3, 4, 4\)",
        ),
        (lambda: F.max_pool(np.ones(3), kernel=(2, 2), **windows()), "windows over 2 axes"),
        (lambda: F.sum_pool(np.ones((3, 3)), kernel=(2, 4), **windows()), r"a window of \(2, 4\) is larger"),
        (lambda: F.moments(np.ones(3)), r"shape \(N, C, …\)"),
        (lambda: F.batch_norm(np.ones((3, 2)), np.ones(3), np.ones(2), eps=0.1), r"\(3, 2\), \(3,\) and \(2,\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(call, match):
    with pytest.raises(ShapeError, match=match):
        call()


def test_of_equal_numbers_the_first_has_the_derivative():
    how = {**windows((1, 2)), "kernel": (2, 2)}
    x = np.array([[1.0, 1, 0, 3], [0, 1, 3, 3]])
    np.testing.assert_array_equal(grad(lambda x: np.sum(F.max_pool(x, **how)))(x), [[1, 0, 0, 1], [0, 0, 0, 0]])


@pytest.mark.parametrize(("taps", "dilation"), [(2, 2), (3, 1)])
def test_a_number_that_is_the_largest_of_two_windows_has_the_sum(taps, dilation):
    """Dilated windows lie in one another, though they are not longer than their stride."""
    how = {**windows((2,), ((0, 0),), (dilation,)), "kernel": (taps,)}
    x = np.array([0.0, 1, 5, 2, 3])
    np.testing.assert_array_equal(grad(lambda x: F.max_pool(x, **how) @ np.array([1.0, 10]))(x), [0, 0, 11, 0, 0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_number_that_is_none_is_the_largest():
    x = np.array([[1.0, np.nan, 2, 3]])
    np.testing.assert_array_equal(F.max_pool(x, kernel=(2,), **windows((2,), ((0, 0),), (1,))), [[np.nan, 3]])


@pytest.mark.parametrize("order", ["NCHW", "HCWN", "CHWN", "NHWC"])
@pytest.mark.parametrize("slab", [20, 80])
def test_batch_normalisation_in_any_order_of_memory_and_in_several_slabs(order, slab, monkeypatch):
    monkeypatch.setattr(normalization, "_SLAB", slab)
    rng = np.random.default_rng(0)
    x = rng.normal(3, 2, [{"N": 4, "C": 3, "H": 2, "W": 5}[axis] for axis in order]).transpose(
        [order.index(a) for a in "NCHW"]
    )
    mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    np.testing.assert_allclose(F.moments(x), [mean, var])
    np.testing.assert_allclose(F.channel_sums(x), x.sum(axis=(0, 2, 3)))
    w, b, g = rng.normal(size=3), rng.normal(size=3), rng.normal(size=x.shape)
    y = lambda a: (a - mean[:, None, None]) / np.sqrt(var[:, None, None] + 0.1)
    np.testing.assert_allclose(F.batch_norm(x, w, b, eps=0.1), y(x) * w[:, None, None] + b[:, None, None])
    np.testing.assert_allclose(F.channel_dots(g, x, eps=0.1), (y(x) * g).sum((0, 2, 3)))
    values = Value(x), Value(w), Value(b)
    F.batch_norm(*values, eps=0.1).backward(g)
    whole = lambda x: (x - x.mean((0, 2, 3), keepdims=True)) / np.sqrt(x.var((0, 2, 3), keepdims=True) + 0.1)
    np.testing.assert_allclose(values[0].grad, grad(lambda x: np.sum(whole(x) * w[:, None, None] * g))(x), atol=1e-12)
    np.testing.assert_allclose(values[1].grad, (y(x) * g).sum((0, 2, 3)))
