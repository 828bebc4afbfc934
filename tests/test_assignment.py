"""``value.at[index].set(new)`` at indices of every kind, as NumPy assigns, and what it costs."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from autograd import Value, grad
from autograd import functions as F
from tests.oracle import projections

close = np.testing.assert_allclose


def assigned(x, index, v):
    if isinstance(x, Value):
        return x.at[index].set(v)
    x = x.copy()
    x[index] = v
    return x


def agrees(f, *args):
    numeric, analytic = projections(f, grad(f, tuple(range(len(args)))), args, 0)
    close(analytic, numeric, rtol=1e-7, atol=1e-8)


def draw(seed):
    """An array, an index into it, and numbers that can be assigned there: of the full shape, or broadcast to it."""
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 5, rng.integers(1, 4)))
    several = rng.integers(1, 4)
    kinds = [
        lambda n: slice(*sorted(rng.integers(0, n + 1, 2)), rng.integers(1, 3)), lambda n: slice(None, None, -1),
        lambda n: int(rng.integers(-n, n)), lambda n: rng.integers(-n, n, several), lambda n: rng.integers(-n, n, several),
    ]  # fmt: skip
    index = tuple(kinds[rng.integers(len(kinds))](n) for n in shape[: rng.integers(0, len(shape) + 1)])
    index = [index, (*index, Ellipsis, None), rng.random(shape) < 0.5][rng.integers(3)]
    x = rng.normal(size=shape)
    target = np.shape(x[index])
    longer = (
        target if index.__class__ is np.ndarray else (1, *target)
    )  # NumPy drops no axis where a mask is assigned to
    return x, index, rng.normal(size=[target, longer, target[1:], ()][rng.integers(4)])


@pytest.mark.parametrize("seed", range(60))
def test_any_index_any_order(seed):
    """Slices, numbers, masks and arrays of numbers, places named twice among them."""
    x, index, v = draw(seed)
    w = np.cos(np.arange(x.size)).reshape(x.shape)

    def f(x, v):
        return np.sum(w * assigned(x, index, v) ** 3)

    np.testing.assert_array_equal(assigned(Value(x), index, v).data, assigned(x, index, v))
    agrees(f, x, v)
    slopes = grad(f, (0, 1))
    agrees(lambda x, v: sum(np.sum(np.sin(g) * g) for g in slopes(x, v)), x, v)


def test_of_a_place_named_twice_the_last_number_stays_in_whatever_order_the_memory_lies():
    x, v = np.zeros((3, 4)), np.asfortranarray(np.arange(1.0, 7).reshape(2, 3)).T
    index = ([0, 0, 0], slice(None, 2))
    close(Value(x).at[index].set(v).data[0, :2], v[-1])
    close(grad(lambda v: np.sum(Value(x).at[index].set(v)))(v), [[0, 0], [0, 0], [1, 1]])
    close(grad(lambda v: np.sum(1 / Value(x + 1).at[index].set(v)))(np.array([[0.0, 0], [0, 0], [1, 1]]))[:2], 0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.complex64, np.complex128])
def test_the_dtype_of_the_array_stays_unless_a_complex_number_comes_in(dtype):
    x = np.ones(4, dtype)
    assert Value(x).at[1].set(2.5).dtype == dtype
    y = Value(x).at[[1, 1]].set(Value([2.5j, 1j]))
    assert y.dtype == np.result_type(dtype, np.complex128)
    assert np.iscomplexobj(grad(lambda v: np.real(np.sum(Value(x).at[1].set(v) * 1j)))(np.complex128(1j)))


@pytest.mark.parametrize("index", [3, slice(2, 9), [5, 6]], ids=str)
def test_one_copy_for_each(index):
    """No array of the numbers of all places, no choice between two arrays: a loop would hold them all."""
    n, rounds = 20_000, 20
    y = Value(np.ones(n))
    values = [Value(float(i)) for i in range(rounds)]
    gc.collect()
    tracemalloc.start()
    try:
        for v in values:
            y = y.at[index].set(v)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * n * (rounds + 1)
    np.sum(y).backward()
    assert [v.grad for v in values] == [0.0] * (rounds - 1) + [len(np.zeros(n)[np.r_[index]])]


@pytest.mark.parametrize(
    "index", [1, slice(0, 2), (slice(None), 1), [0, 2], ([0, 1], [1, 2]), np.eye(4, 3) > 0, ...], ids=str
)
def test_arrays_of_another_library(index):
    """They take fewer indices in an assignment, or none."""
    da = pytest.importorskip("dask.array")
    x = np.arange(12.0).reshape(4, 3)
    v = Value(da.from_array(x, chunks=2))
    out = v.at[index].set(2.0)
    np.sum(out * out).backward()
    close(out.data.compute(), assigned(x, index, 2.0))
    close(v.grad.compute(), assigned(2 * x, index, 0.0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5,), (5, 3), (5, 2, 3), (5, 0)])
@pytest.mark.parametrize("numbers", [[0, 3, 0, -2, -5, 0], [[1, 1], [4, -1]], []])
def test_rows_picked_twice_receive_both(numbers, shape, dtype):
    """One after the other: the same bits."""
    rng = np.random.default_rng(0)
    places = np.array(numbers, np.int64)
    x = Value(rng.normal(size=shape).astype(dtype))
    g = rng.normal(size=(*places.shape, *shape[1:])).astype(dtype)
    expected = np.zeros(shape, dtype)
    for place, row in zip(places.ravel(), g.reshape((places.size, *shape[1:])), strict=True):
        expected[place] += row
    (x[places] * g).sum().backward()
    np.testing.assert_array_equal(x.grad, expected)
    assert x.grad.dtype == dtype
    x.grad = None
    (x[places].astype(np.float64) * g).sum().backward()
    np.testing.assert_array_equal(x.grad, expected)


def test_a_row_that_is_not_there_receives_nothing():
    for place in (3, -4):
        with pytest.raises(IndexError, match="out of bounds"):
            F.scatter(np.ones((1, 2)), np.array([place]), shape=(3, 2), index=("array",))
