"""Every row of the table, by its samples: value, first and second derivative, dtype, ways of calling."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

from autograd import Value, grad
from autograd import functions as F
from autograd.rules import COMPOSED, OPS
from autograd.rules.arithmetic import chain
from autograd.rules.op import Op
from tests.campaigns import draws
from tests.oracle import projections, weighted, weights
from tests.samples import CONSTANT, EXACT, INNER, SINGULAR, Sample, draw
from tests.samples import SAMPLES as FIRST_SAMPLES
from tests.samples_convolution import SAMPLES as WINDOW_SAMPLES
from tests.samples_counts import SAMPLES as COUNT_SAMPLES
from tests.samples_numpy import SAMPLES as MORE_SAMPLES

SAMPLES = FIRST_SAMPLES + MORE_SAMPLES + COUNT_SAMPLES + WINDOW_SAMPLES
SEEDS = st.integers(0, 2**32 - 1)
CHECKS = settings(max_examples=draws(3, 5), deadline=None, derandomize=True)
ids = {"ids": str}


def shapes_for(sample: Sample, data: st.DataObject) -> tuple[tuple[int, ...], ...]:
    """The sample's shapes; for elementwise functions any that broadcast, scalars included."""
    if sample.shapes is not None:
        return sample.shapes
    n = len(sample.domains)
    if n == 1:
        return (data.draw(st.one_of(st.just(()), array_shapes(max_dims=3, max_side=3))),)
    return data.draw(mutually_broadcastable_shapes(num_shapes=n, max_dims=3, max_side=3)).input_shapes


def gradients(f, n):
    """All `n` gradients of f, as a function."""
    return grad(f, tuple(range(n)))


def backpropagated(call, seed):
    """The gradients of `weighted`, from the weights as cotangent: no sum or product of the table stands in between."""

    def gradients_of(*args):
        inputs = [Value(x) for x in args]
        out = call(*inputs)
        out.backward(weights(out, seed))
        return [x.grad for x in inputs]

    return gradients_of


@pytest.mark.parametrize("sample", SAMPLES, **ids)
@given(data=st.data(), seed=SEEDS)
@CHECKS
def test_value_is_numpys(sample, data, seed):
    args = draw(sample, shapes_for(sample, data), seed)
    expected = sample.call(*args)
    result = sample.call(*map(Value, args))
    assert isinstance(result, Value)
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result.data, expected, rtol=1e-12)


@pytest.mark.parametrize("sample", SAMPLES, **ids)
@given(data=st.data(), seed=SEEDS)
@CHECKS
def test_first_derivative(sample, data, seed):
    args = draw(sample, shapes_for(sample, data), seed)
    numeric, analytic = projections(weighted(sample.call, seed), backpropagated(sample.call, seed), args, seed)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-7, atol=1e-8)


@pytest.mark.unmeasured
@pytest.mark.parametrize("sample", SAMPLES, **ids)
@given(data=st.data(), seed=SEEDS)
@CHECKS
def test_second_derivative(sample, data, seed):
    args = draw(sample, shapes_for(sample, data), seed)
    first = gradients(weighted(sample.call, seed), len(args))
    f = weighted(
        lambda *xs: sum(weighted(lambda _, g=g: g, seed + i)(None) for i, g in enumerate(first(*xs))), seed + 1
    )
    numeric, analytic = projections(f, gradients(f, len(args)), args, seed)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.complex], **ids)
@given(data=st.data(), seed=SEEDS)
@CHECKS
def test_complex_derivative(sample, data, seed):
    args = draw(sample, shapes_for(sample, data), seed, np.complex128)
    numeric, analytic = projections(weighted(sample.call, seed), backpropagated(sample.call, seed), args, seed)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("sample", SAMPLES, **ids)
def test_a_narrow_dtype_stays(sample, dtype):
    shapes = sample.shapes or ((2, 3), (3,), (2, 1))[: len(sample.domains)]
    raw = draw(sample, shapes, 0, dtype)
    if dtype == np.float16 and not takes_float16(sample, raw):
        return
    args = [Value(x) for x in raw]
    out = sample.call(*args)
    assert out.dtype in (dtype, sample.call(*raw).dtype)  # as narrow as NumPy's, or narrower
    out.sum().real.backward()
    assert [x.grad.dtype for x in args] == [dtype] * len(args)


def takes_float16(sample, raw):
    """NumPy's linear algebra refuses float16."""
    try:
        sample.call(*raw)
    except TypeError as error:
        return "float16" not in str(error)
    return True


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.shapes is None], **ids)
def test_scalar_0d_and_array_agree(sample):
    args = draw(sample, ((),) * len(sample.domains), 1)
    results = []
    for convert in (float, np.asarray, lambda x: np.full((1,), x)):
        values = [Value(convert(x)) for x in args]
        out = sample.call(*values)
        out.sum().backward()
        results.append([float(np.sum(v)) for v in (out.data, *(x.grad for x in values))])
    np.testing.assert_allclose(results[1], results[0], rtol=1e-14)
    np.testing.assert_allclose(results[2], results[0], rtol=1e-14)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("call", "point"), SINGULAR)
def test_a_zero_cotangent_wins_over_an_infinite_derivative(call, point):
    """As scalars and as arrays, first and second order: 0 · ∞ would be NaN."""
    for convert in (lambda x: x, lambda x: np.array([x, x])):
        points = [np.asarray(convert(x))[()] for x in point]
        for i, x in enumerate(points):

            def first(v, before=points[:i], after=points[i + 1 :]):
                return grad(lambda v: np.sum(np.real(0.0 * call(*before, v, *after))))(v)

            np.testing.assert_array_equal(first(x), np.zeros_like(x))
            second = grad(lambda v: np.sum(np.real(first(v))))(x)
            np.testing.assert_array_equal(second, np.zeros_like(x))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("call", "x"),
    [(f, x) for f in (np.arctan, np.arcsinh) for x in (np.inf, np.nan)] + [(np.linalg.norm, 0.0), (np.std, 0.0)],
)
def test_a_zero_cotangent_wins_over_the_derivative_of_a_derivative_too(call, x):
    unused = grad(lambda v: np.sum(0.0 * grad(lambda v: np.sum(call(v)))(v)))
    np.testing.assert_array_equal(unused(np.array([x, x])), [0, 0])


@pytest.mark.parametrize(("call", "point", "expected"), EXACT)
def test_a_derivative_to_the_last_digits(call, point, expected):
    with np.errstate(all="ignore"):
        found = grad(lambda x: np.sum(call(x)))(point)
    np.testing.assert_allclose(found, np.broadcast_to(expected, point.shape), rtol=4e-16, atol=0)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_infinite_cotangent_does_not_revive_a_factor_of_zero():
    np.testing.assert_array_equal(grad(lambda d: np.sum(np.sqrt(chain(np.zeros(2), d))))(np.ones(2)), [0, 0])


@pytest.mark.parametrize("name", sorted(CONSTANT))
def test_a_constant_is_a_plain_array(name):
    op = OPS[name]
    args = [np.array([1.0, -2.0]), np.array([1.0, 3.0])][: CONSTANT[name]]
    for call in (op, op.function):
        result = call(*map(Value, args))
        assert not isinstance(result, Value)
        np.testing.assert_array_equal(result, op.function(*args))


def test_every_row_has_a_sample():
    sampled = {sample.name for sample in SAMPLES} | CONSTANT.keys() | INNER
    rows = set(OPS) | {name.rpartition(".")[2] for name in COMPOSED}
    assert rows == sampled, f"rows without a sample in tests/samples.py: {sorted(rows ^ sampled)}"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda op: pickle.loads(pickle.dumps(op))])
def test_a_row_is_copied_and_pickled_as_itself(copied):
    assert copied(F.relu) is F.relu
    own = Op(math.floor, None, name="relu")
    assert copied(own) is not F.relu
    assert copied(own).function is math.floor
