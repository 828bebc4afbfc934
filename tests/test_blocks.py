"""Blocked functions: the value and all derivatives of the same function in one piece."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import ShapeError, Value, blocked

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=50), RNG.uniform(0.5, 2, 50)
W = np.linspace(1, 2, 50)

ALIKE = {
    "sum": (lambda x: (np.tanh(x) * np.exp(-x * x) + x * np.sin(x)).sum(), (X,)),
    "mean": (lambda x: np.mean(np.sin(x) * x), (X,)),
    "two": (lambda x, y: np.sum(x * y**2), (X, Y)),
    "number": (lambda x, a, y: np.mean(a * x / (a + y)), (X, 1.3, Y)),
    "numbers alone in the slope": (lambda x, a: np.sum(np.where(x > 0, a * x, a**2)), (X, 0.7)),
    "affine mean": (lambda x: np.mean(x**2) * 3 + 2, (X,)),
    "matrix": (lambda x, y: np.sum(x * y), (X.reshape(5, 10), Y.reshape(5, 10))),
    "columns first": (lambda x, y: np.sum(x * y), (X.reshape(5, 10).T, Y.reshape(10, 5))),
    "every other": (lambda x, y: np.mean(x * y), (np.repeat(X, 2)[::2], Y[::-1])),
    "float32": (lambda x: np.sum(np.exp(x)), (X.astype(np.float32),)),
    "complex": (lambda z: np.sum(abs(z) ** 3), (X + 1j * Y,)),
    "odd": (lambda x: np.sum(x**3), (np.linspace(-1, 1, 50),)),
    "zeros first": (lambda x: np.sum(np.maximum(x, 0)), (np.concatenate([-Y, Y]),)),
    "all zero": (lambda x: np.sum(np.maximum(x, 0)), (-Y,)),
    "cancels": (lambda x: np.sum(x - float(np.mean(X))), (X,)),
    "equal numbers": (lambda x: np.mean(x**2), (np.ones(50),)),
    "integers": (lambda x, n: np.sum(x**n), (Y, np.arange(50) % 3)),
    "truth values": (lambda x, m: np.sum(np.where(m, x, x**2)), (Y, X > 0)),
    "float64 of float32": (lambda x, y: np.sum(x * y), (X.astype(np.float32), Y)),
}  # fmt: skip


def places(args):
    return tuple(i for i, x in enumerate(args) if np.asarray(x).dtype.kind in "fc")


@pytest.mark.parametrize("size", [7, 50, 10])
@pytest.mark.parametrize(("f", "args"), ALIKE.values(), ids=ALIKE)
def test_value_and_derivatives_are_those_of_one_piece(f, args, size):
    tolerance = {"rtol": 1e-5 if args[0].dtype == np.float32 else 1e-12, "atol": 1e-13}
    which = places(args)
    value, gradients = ag.value_and_grad(blocked(f, size), which)(*args)
    expected, slopes = ag.value_and_grad(f, which)(*args)
    assert value.dtype == expected.dtype
    np.testing.assert_allclose(value, expected, **tolerance)
    np.testing.assert_allclose(blocked(f, size)(*args), expected, **tolerance)
    for got, wanted in zip(gradients, slopes, strict=True):
        assert (got.shape, got.dtype) == (wanted.shape, wanted.dtype)
        np.testing.assert_allclose(got, wanted, **tolerance)
    if args[0].dtype == np.float64:
        np.testing.assert_allclose(ag.hessian(blocked(f, size))(*args), ag.hessian(f)(*args), **tolerance)


@given(st.integers(1, 60), st.integers(1, 70), st.booleans())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_any_number_of_elements(n, size, mean):
    x = np.random.default_rng(n).uniform(0.5, 1.5, n)
    f = blocked(lambda x, a: (np.mean if mean else np.sum)(np.exp(a * x)), size)
    value, (dx, da) = ag.value_and_grad(f, (0, 1))(x, 0.5)
    scale = 1 / n if mean else 1
    np.testing.assert_allclose(value, np.exp(x / 2).sum() * scale, rtol=1e-12)
    np.testing.assert_allclose(dx, np.exp(x / 2) / 2 * scale, rtol=1e-12)
    np.testing.assert_allclose(da, (x * np.exp(x / 2)).sum() * scale, rtol=1e-12)


@pytest.mark.parametrize("f", [
    lambda x: np.sum(np.cumsum(x)), lambda x: np.sum((x - np.mean(x)) ** 2), lambda x: np.sqrt(np.sum(x**2)),
    lambda x: np.sum(x) + 3, lambda x: np.sum(np.diff(x) ** 2), lambda x: np.sum(x[:3]), lambda x: np.sum(x) * x.size,
    lambda x: np.max(x), lambda x: x[0], lambda x: np.log(np.sum(np.exp(x))), lambda x: np.sum(np.sort(x) * x),
    lambda x: np.sum(x[1:] * x[:-1]), lambda x: np.prod(x), lambda x: np.std(x), lambda x: np.median(x),
    lambda x: np.sum(x * np.arange(x.size)), lambda x: np.sum(x[::-1] * x), lambda x: np.sum(x) ** 2,
    lambda x: np.sum(x) if x.size < 3 else np.mean(x), lambda x: x * 2, lambda x: (np.sum(x), 1), lambda x: None,
])  # fmt: skip
def test_what_is_no_sum_over_elements_is_an_error(f):
    with pytest.raises(ShapeError, match="blocked"):
        ag.grad(blocked(f, 7))(Y)


def test_arguments_that_do_not_belong_together():
    with pytest.raises(ShapeError, match=r"\(3,\), \(50,\)"):
        blocked(lambda x, y: np.sum(x) + np.sum(y), 7)(X, X[:3])
    with pytest.raises(ShapeError, match="one is dict"):
        blocked(lambda x: np.sum(x["a"]), 7)({"a": X})
    with pytest.raises(ValueError, match="broadcast") as error:
        blocked(lambda x: np.sum(x * W), 7)(X)
    assert "give it as an argument" in "".join(error.value.__notes__)
    with pytest.raises(ValueError, match="at least one element"):
        blocked(np.sum, 0)


def test_blocks_are_flat_and_no_longer_than_asked_for():
    seen = []

    def wavy(x, a):
        seen.append(np.shape(x))
        return np.sum(np.sin(a * x))

    x = X.reshape(5, 10)
    for size, longest in ((8, 8), (50, 50), (99, 50)):
        seen.clear()
        np.testing.assert_allclose(ag.grad(blocked(wavy, size))(x, 2.0), 2 * np.cos(2 * x))
        assert all(len(shape) == 1 for shape in seen)
        assert max(seen[-3:]) == (longest,)
    assert blocked(wavy)(0.5, 2.0) == np.sin(1.0)
    assert blocked(wavy).__name__ == "wavy"
    with pytest.raises(ShapeError, match=r"blocked\(wavy\)"):
        blocked(wavy)(x, X)


def test_what_is_closed_over_has_its_derivative():
    a, b = Value(0.7), Value(np.array([1.0, 2.0]))
    f = lambda x: np.sum(np.sin(a * x) * b[0] + b.sum() * x)
    g = lambda x: blocked(f, 7)(x) * a
    g(X).backward()
    found = a.grad, b.grad
    a.grad = b.grad = None
    (f(X) * a).backward()
    np.testing.assert_allclose(found[0], a.grad)
    np.testing.assert_allclose(found[1], b.grad)
    outer = lambda f: ag.grad(lambda a: ag.grad(lambda x: f(lambda x: np.mean(np.exp(a * x)))(x))(X)[0] * a)(0.3)
    np.testing.assert_allclose(outer(lambda f: blocked(f, 7)), outer(lambda f: f))
    inner = lambda f: ag.grad(lambda s: ag.value_and_grad(lambda x: f(lambda x: np.sum(s * x**2))(x * s))(X)[0])(1.7)
    np.testing.assert_allclose(inner(lambda f: blocked(f, 7)), inner(lambda f: f))


def test_inside_larger_programs():
    f = blocked(lambda x, y: np.sum(x**2 * y), 7)
    program = lambda f: lambda x: np.log(f(np.exp(x), x[::-1] ** 2)) * f(x, Y)
    plain = lambda x, y: np.sum(x**2 * y)
    np.testing.assert_allclose(ag.grad(program(f))(X), ag.grad(program(plain))(X))
    np.testing.assert_allclose(ag.hvp(program(f))(X, Y), ag.hvp(program(plain))(X, Y))
    both = lambda f: lambda x: np.stack([f(x, Y), 3 * f(Y, x), f(x, x)])
    np.testing.assert_allclose(ag.jacobian(both(f))(X), ag.jacobian(both(plain))(X))
    third = lambda f: ag.grad(lambda x: np.sum(ag.grad(lambda x: np.sum(ag.grad(program(f))(x) ** 2))(x)))(X)
    np.testing.assert_allclose(third(f), third(plain), rtol=1e-9)
    complex_sum = lambda x: np.sum(np.exp(1j * x))
    np.testing.assert_allclose(ag.jacobian(blocked(complex_sum, 7))(X), 1j * np.exp(1j * X))
    keyword = blocked(lambda x, *, power: np.sum(x**power), 7)
    np.testing.assert_allclose(ag.grad(lambda x: keyword(x, power=3))(X), 3 * X**2)
    with ag.strict():
        np.testing.assert_allclose(ag.grad(f)(X, Y), 2 * X * Y)


def test_a_gradient_is_handed_over_once():
    x = Value(X)
    total = blocked(lambda x: np.sum(x**2), 7)(x)
    total.backward()
    x.grad[:] = 0
    total.backward()
    np.testing.assert_allclose(x.grad, 2 * X)
    (first,) = ag.grad(total, [x], 3.0)
    (second,) = ag.grad(total, [x], 5.0)
    np.testing.assert_allclose([first, second], [6 * X, 10 * X])


def test_a_large_array_in_another_order_of_memory():
    x, y = RNG.normal(size=(120, 100)).T, RNG.normal(size=(100, 120))
    slopes = ag.grad(blocked(lambda x, y: np.sum(x**2 * y), 1000), (0, 1))(x, y)
    np.testing.assert_allclose(slopes[0], 2 * x * y)
    np.testing.assert_allclose(slopes[1], x**2)


def test_threads_with_one_graph():
    x = Value(np.linspace(0, 1, 1000))
    total = blocked(lambda x: np.sum(x**2), 100)(x)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda g: ag.grad(total, x, g), [1.0, 2.0, 3.0, 4.0] * 5))
    for i, g in enumerate(found):
        np.testing.assert_allclose(g, 2 * x.data * (i % 4 + 1))


def test_constants_and_no_grad():
    f = blocked(lambda x, y: np.sum(x * y), 7)
    assert isinstance(f(X, Y), np.float64)
    with ag.no_grad():
        assert not f(Value(X), Y).requires_grad
    assert not f(Value(X, requires_grad=False), Y).requires_grad
    y, x = Y.copy(), Value(X)
    total = f(x, y)
    y *= 0
    np.testing.assert_allclose(ag.grad(total, x), Y)
    np.testing.assert_allclose(ag.grad(ag.grad(total, x, create_graph=True).sum() * total, x), Y.sum() * Y)


def test_the_graph_of_one_block_is_alive_at_a_time():
    x = np.linspace(-1, 1, 200_000)
    f = lambda x: (np.tanh(x) * np.exp(-x * x) + x * np.sin(x)).sum()

    def peak(f):
        ag.grad(f)(x)
        tracemalloc.start()
        ag.grad(f)(x)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used / x.nbytes

    assert peak(blocked(f, 4096)) < 1.5
    assert peak(f) > 5
