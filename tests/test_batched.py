"""Many cotangents in one sweep: every row beside one cotangent after the other, and linear functions beside themselves."""

from __future__ import annotations

import itertools
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, basic_indices, integer_array_indices, mutually_broadcastable_shapes

import autograd as ag
from autograd import Value, tracing
from autograd.engine import backward
from autograd.rules import OPS, batched
from autograd.rules.indexing import put
from tests.oracle import directional
from tests.samples import draw
from tests.samples_scipy import SAMPLES as SCIPY_SAMPLES
from tests.test_table import SAMPLES

CHECKS = settings(max_examples=60, deadline=None, derandomize=True)
X = np.array([0.3, -0.4, 0.9])

# Rows, or ways of calling them, whose rules are asked for one cotangent after the other.
ONE_BY_ONE = {
    "convolve", "cumsum", "concatenate", "roll", "getitem", "scatter", "assign", "others", "linear", "layer_norm",
    "rnn", "lstm", "gru",
    "solve_triangular", "solve_banded", "solve_sylvester", "sqrtm", "expm", "logm", "sinm", "cosm", "sinhm", "coshm",
    "sparse_product", "spsolve", "correlate_all", "lfilter", "spline_at",
    "convolution", "convolution_transpose", "convolution_weight", "max_pool", "to_largest", "at_largest", "sum_pool", "to_all",
    "batch_norm", "batch_norm_back", "channel_dots", "channel_sums",
}  # fmt: skip


@pytest.fixture
def fallbacks(monkeypatch):
    """The names of the operations that were asked for one cotangent after the other."""
    names = set()
    plain = batched.one_by_one

    def noted(op, *args):
        names.add(op.name)
        return plain(op, *args)

    monkeypatch.setattr(batched, "one_by_one", noted)
    return names


@pytest.fixture
def sweeps(monkeypatch):
    """How many cotangents each sweep carried; 0 is one, without an axis for it."""
    found = []
    plain = backward.sweep

    def noted(*args, n=0, **how):
        found.append(n)
        return plain(*args, n=n, **how)

    monkeypatch.setattr(backward, "sweep", noted)
    return found


def few(f, seed):
    """Three combinations of the numbers that f returns, with random weights: their Jacobian takes three generic cotangents."""

    def combined(*args):
        flat = np.reshape(f(*args), (-1,))
        rng = np.random.default_rng(seed)
        w = rng.normal(size=(3, flat.shape[0])) + (
            1j * rng.normal(size=(3, flat.shape[0])) if np.iscomplexobj(flat) else 0
        )
        return w.astype(flat.dtype) @ flat

    return combined


def derivatives(f, args, order):
    """Those of first and of second order; what has no second derivative says so."""
    f, places = few(f, 1), tuple(range(len(args)))
    found = [*ag.jacobian(f, places)(*args)]
    if order == 2:
        first = lambda *xs: [few(lambda j=j: j, 2)() for j in ag.jacobian(f, places)(*xs)]
        try:
            found += itertools.chain(*ag.jacobian(first, places)(*args))
        except ag.UnsupportedError as error:
            found.append(np.array(len(str(error)), float))
    return found


ROWS = [(sample, np.float64) for sample in SAMPLES + SCIPY_SAMPLES]
ROWS += [(sample, np.complex128) for sample in SAMPLES if sample.complex]
ROWS += [(sample, np.float32) for sample in {sample.name: sample for sample in SAMPLES}.values()]


@pytest.mark.parametrize(("sample", "dtype"), ROWS, ids=lambda x: getattr(x, "__name__", str(x)))
def test_every_row_beside_one_cotangent_after_the_other(sample, dtype, monkeypatch, fallbacks):
    args = draw(sample, sample.shapes or ((2, 3), (3,), (2, 1))[: len(sample.domains)], 3, dtype)
    order = 1 if dtype == np.float32 else 2
    together = derivatives(sample.call, args, order)
    assert fallbacks <= ONE_BY_ONE
    fallbacks.clear()
    monkeypatch.setattr(tracing, "AT_ONCE", 0)
    apart = derivatives(sample.call, args, order)
    assert not fallbacks
    tolerance = 1e-4 if dtype == np.float32 else 1e-9
    scale = max(np.max(abs(b), initial=0) for b in apart)
    for a, b in zip(together, apart, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("name", ["mean", "max", "transpose", "stack", "pad", "einsum"])
def test_a_rule_that_minds_an_axis_in_front_is_noticed(name, monkeypatch):
    """What the comparison above says if a row is listed where it does not belong."""
    sample = next(sample for sample in SAMPLES if sample.name == name)
    args = draw(sample, sample.shapes, 3)
    right = derivatives(sample.call, args, 1)
    monkeypatch.setattr(batched, "AS_THEY_ARE", batched.AS_THEY_ARE | {OPS[name]})
    with pytest.raises((AssertionError, ValueError, IndexError)):
        np.testing.assert_allclose(derivatives(sample.call, args, 1)[0], right[0])


def columns(f, x):
    """The matrix of a linear function: its values for the unit arrays."""
    units = np.eye(x.size).reshape((x.size, *x.shape))
    return np.stack([f(unit) for unit in units], axis=-1).reshape(np.shape(f(x)) + x.shape)


def agree(f, x):
    np.testing.assert_allclose(ag.jacobian(f)(x), columns(f, x), atol=1e-12)
    g = lambda x: np.sum(f(x) ** 3)
    j = columns(f, x).reshape(-1, x.size)
    np.testing.assert_allclose(
        ag.hessian(g)(x).reshape(x.size, x.size), j.T @ (6 * f(x).reshape(-1)[:, None] * j), atol=1e-9
    )


@given(st.data())
@CHECKS
def test_picks_of_every_kind(data):
    x = np.random.default_rng(0).normal(size=data.draw(array_shapes(min_dims=1, max_dims=4, max_side=3)))
    index = data.draw(st.one_of(basic_indices(x.shape, allow_newaxis=True), integer_array_indices(x.shape)))
    agree(lambda x: x[index] * 2, x)


def test_picks_whose_arrays_stand_apart():
    x = np.random.default_rng(0).normal(size=(2, 3, 2, 3))
    i, mask = np.array([1, 0, 1]), np.array([True, False, True])
    apart = [(i, slice(None), i), (0, slice(None), i), (i, None, i), (i, ..., i), (0, mask, slice(None), i[:2])]
    for index in [*apart, (slice(None), i, i), (..., mask), (i, 0), (True, i), np.array(1), x > 0]:
        agree(lambda x, index=index: x[index] * 2, x)
        agree(lambda x, index=index: put(x, index, -3 * x[index]), x)


@given(st.data())
@CHECKS
def test_shapes_and_axes_of_every_kind(data):
    shape = data.draw(array_shapes(min_dims=1, max_dims=4, max_side=3))
    ndim, x = len(shape), np.random.default_rng(0).normal(size=shape)
    axis = data.draw(st.integers(-ndim, ndim - 1))
    other = data.draw(st.integers(-ndim, ndim - 1))
    keep = data.draw(st.booleans())
    some = data.draw(st.one_of(st.none(), st.just(axis), st.just(tuple({axis % ndim, other % ndim}))))
    order = data.draw(st.permutations(range(ndim)))
    widths = [(i, 2) for i in range(ndim)]
    linear = [
        lambda x: np.sum(x, axis=some, keepdims=keep), lambda x: np.mean(x, axis=some, keepdims=keep),
        lambda x: np.transpose(x, order), lambda x: x.T, lambda x: np.swapaxes(x, axis, other),
        lambda x: np.moveaxis(x, axis, other), lambda x: np.flip(x, some), lambda x: np.roll(x, 1, some),
        lambda x: np.expand_dims(x, axis), lambda x: np.squeeze(x), lambda x: x.reshape(-1), lambda x: x.ravel("F"),
        lambda x: np.broadcast_to(x, (2, *shape)), lambda x: np.pad(x, widths), lambda x: np.cumsum(x, axis),
        lambda x: np.concatenate([x, 2 * x], axis), lambda x: np.stack([x, 3 * x], axis), lambda x: np.tile(x, 2),
        lambda x: np.cumsum(x), lambda x: np.einsum("...i,...i->...", x, np.ones(shape)), lambda x: np.diff(x, axis=axis),
        lambda x: np.fft.irfft(x, 4, axis).real,
    ]  # fmt: skip
    agree(data.draw(st.sampled_from(linear)), x)


@given(mutually_broadcastable_shapes(num_shapes=3, max_dims=3, max_side=3), st.integers(0, 2))
@CHECKS
def test_elementwise_programs_of_any_shapes(shapes, argnum):
    rng = np.random.default_rng(1)
    args = [rng.uniform(0.5, 1.5, shape)[()] for shape in shapes.input_shapes]
    f = lambda x, y, z: np.where(x > 1, np.sqrt(x * y), np.maximum(y, z)) ** z / (1 + np.exp(-x))
    found = ag.jacobian(f, argnum)(*args)
    units = np.eye(np.size(args[argnum])).reshape((-1, *np.shape(args[argnum])))
    others = [np.zeros(np.shape(x)) for x in args]
    columns = [directional(f, args, [*others[:argnum], unit, *others[argnum + 1 :]]) for unit in units]
    expected = np.stack(columns, axis=-1).reshape(found.shape) if columns else np.zeros(found.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9)


# -- how many sweeps there are -------------------------------------------------------------------------------------


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_a_hessian_is_two_sweeps(sweeps, fallbacks):
    x = np.linspace(-1, 1, 30)
    found = ag.hessian(rosenbrock)(x)
    assert sweeps == [0, 30]
    assert not fallbacks
    main = np.append(1200 * x[:-1] ** 2 - 400 * x[1:] + 2, 0) + np.append(0, np.full(29, 200))
    beside = np.diag(-400 * x[:-1], 1)
    np.testing.assert_allclose(found, np.diag(main) + beside + beside.T, atol=1e-11)


def test_a_network_in_one_sweep_by_rows_and_by_columns(sweeps, fallbacks):
    rng = np.random.default_rng(0)
    v, w, b = rng.normal(size=(4, 6)), rng.normal(size=(6, 5)), rng.normal(size=6)
    layer = lambda x: 1 - np.tanh(w @ x + b) ** 2
    x = rng.normal(size=5)
    np.testing.assert_allclose(ag.jacobian(lambda x: v @ np.tanh(w @ x + b))(x), v @ (layer(x)[:, None] * w))
    assert sweeps == [4]
    tall = lambda x: np.kron(np.tanh(w @ x + b), np.arange(1.0, 4))
    expected = np.kron(layer(x)[:, None] * w, np.arange(1.0, 4)[:, None])
    sweeps.clear()
    np.testing.assert_allclose(ag.jacobian(tall)(x), expected)
    assert sweeps == [0, 5]
    assert not fallbacks


def test_as_many_at_once_as_memory_allows(sweeps, monkeypatch):
    monkeypatch.setattr(tracing, "AT_ONCE", 7 * 8 * 20)
    x = np.linspace(0.1, 1, 20)
    f = lambda x: np.exp(x) * np.cumsum(x)
    j = ag.jacobian(f)(x)
    assert sweeps == [7, 7, 6]
    expected = np.diag(f(x)) + np.exp(x)[:, None] * np.tri(20)
    np.testing.assert_allclose(j, expected)
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(ag.jacobian(f)(x) ** 2))(x), ag.grad(lambda x: (
        np.sum((np.exp(x) * np.cumsum(x)) ** 2) + 2 * np.sum(np.exp(2 * x) * np.cumsum(x))
        + np.sum(np.exp(2 * x) * np.arange(1, 21))))(x))  # fmt: skip


def test_a_large_jacobian_takes_the_memory_of_its_result():
    x = np.linspace(0, 1, 1500)
    f = ag.jacobian(lambda x: np.tanh(x) * np.exp(-x * x) + x * np.sin(x))
    f(x[:10])
    tracemalloc.start()
    j = f(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < j.nbytes + 16 * tracing.AT_ONCE


def test_a_loop_over_rows_is_linear(monkeypatch):
    """The pieces of a large array are added into one, also behind a transpose."""
    made = []
    plain = backward.scatter_all
    monkeypatch.setattr(
        backward, "scatter_all", lambda *parts, **how: made.append(how["shape"]) or plain(*parts, **how)
    )
    x = np.random.default_rng(0).normal(size=(6, 8))
    for rows in (lambda x: x, lambda x: x.T, lambda x: x.T[::-1], lambda x: x.reshape(8, 6)):

        def f(x, rows=rows):
            state = np.zeros(rows(x).shape[1])
            for t in range(rows(x).shape[0]):
                state = np.tanh(rows(x)[t] + 0.5 * state)
            return state

        made.clear()
        j = ag.jacobian(f)(x)
        assert made == [(len(j), *x.shape)]
        units = np.eye(x.size).reshape(-1, *x.shape)
        np.testing.assert_allclose(
            j, np.stack([directional(f, [x], [u]) for u in units], -1).reshape(j.shape), atol=1e-9
        )


# -- what is not looked into, and who looks on ---------------------------------------------------------------------


def test_rules_of_users_are_asked_one_by_one():
    asked = []
    f = ag.custom_vjp(lambda x: np.sin(x), lambda g, out, x: asked.append(g.shape) or g * np.cos(x))
    np.testing.assert_allclose(ag.jacobian(lambda x: 2 * f(x))(X), np.diag(2 * np.cos(X)))
    assert asked == [(3,)] * 3
    np.testing.assert_allclose(ag.hessian(lambda x: np.sum(f(x) ** 2))(X), np.diag(2 * np.cos(2 * X)), atol=1e-14)
    shaped = ag.primitive(lambda x: x**2)
    ag.defvjp(shaped, lambda out, x: lambda g: 2 * x * g.reshape(3))
    np.testing.assert_allclose(ag.jacobian(shaped)(X), np.diag(2 * X))
    np.testing.assert_allclose(
        ag.jacobian(ag.checkpoint(lambda x: np.sin(x) * x[0]))(X), ag.jacobian(lambda x: np.sin(x) * x[0])(X)
    )


def test_strict_sees_one_cotangent_after_the_other(sweeps):
    with ag.strict():
        np.testing.assert_allclose(ag.jacobian(np.sin)(X), np.diag(np.cos(X)))
        with pytest.raises(ag.NonFiniteError, match="sqrt"):
            ag.jacobian(np.sqrt)(np.array([1.0, 0.0]))
    assert set(sweeps) == {0}


def test_higher_orders_outer_values_and_nests():
    w = Value(np.array([1.0, 2.0, 3.0]))
    j = ag.jacobian(lambda x: np.sin(w * x))(X)
    np.testing.assert_allclose(
        ag.grad(np.sum(j**2), w),
        2 * w.data * np.cos(w.data * X) * (np.cos(w.data * X) - w.data * X * np.sin(w.data * X)),
    )
    fourth = ag.jacobian(ag.jacobian(ag.hessian(lambda x: np.sum(np.sin(x)))))(X)
    np.testing.assert_allclose(np.einsum("iiii->i", fourth), np.sin(X))
    assert np.count_nonzero(fourth) == 3
    nest = ag.hessian(lambda p: np.sum(p["a"] * p["b"][0] ** 2))({"a": X, "b": [X[:1]]})
    np.testing.assert_allclose(nest["a"]["b"][0], 2 * X[0] * np.ones((3, 1)))
    np.testing.assert_allclose(nest["b"][0]["b"][0], [[2 * np.sum(X)]])
    np.testing.assert_allclose(
        ag.jacobian(lambda x: x[0] * np.exp(1j * x))(X),
        np.diag(1j * X[0] * np.exp(1j * X)) + np.exp(1j * X)[:, None] * [1, 0, 0],
    )
    assert ag.jacobian(np.sin)(X.astype(np.float32)).dtype == np.float32
    assert ag.jacobian(lambda x: np.stack([x, 2 * x, x**2]))(2.0).tolist() == [1, 2, 4]
    for shape in [(0,), (2, 0), (0, 3)]:
        assert ag.jacobian(lambda x: np.sin(x) * 2)(np.zeros(shape)).shape == shape * 2
        assert ag.jacobian(lambda x: x + np.ones((4, 1)).sum())(np.zeros(shape)).shape == shape * 2
        assert ag.jacobian(lambda x: np.sum(x) * X)(np.zeros(shape)).shape == (3, *shape)


def test_a_result_that_depends_on_a_value_outside_alone():
    w = Value(X)
    for size in (3, 9):
        assert not np.any(np.asarray(getattr(j := ag.jacobian(lambda x, s=size: np.kron(w, np.ones(s)))(X), "data", j)))


def test_two_inputs_do_not_share_an_array():
    a, b = ag.jacobian(lambda x, y: x + y, (0, 1))(X, X)
    a[0, 0] = 7.0
    assert b[0, 0] == 1.0
    assert math.isclose(a[1, 1], 1.0)
