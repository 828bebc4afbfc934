"""HIPS autograd's `check_grads`, `flatten` and transformations, in the cases where they had been wrong."""

from __future__ import annotations

import numpy as onp
import pytest

import autograd
import autograd.numpy as np
from autograd import grad
from autograd.extend import defvjp, primitive
from autograd.misc import flatten
from autograd.misc.optimizers import adam, rmsprop, sgd, unflatten_optimizer
from autograd.test_util import check_grads, check_vjp, make_numerical_jvp

X = onp.array([0.3, -0.8])
Z = onp.array([0.5 + 1j, -0.2 + 0.3j])
close = onp.testing.assert_allclose


@pytest.mark.parametrize("f", [
    lambda x, z: x * z, lambda x, z: np.real(z) * x, lambda x, z: np.abs(z) ** 2 + x, lambda x, z: np.exp(x * z) * np.conj(z),
])  # fmt: skip
def test_real_and_complex_arguments_together(f):
    check_grads(f, (0, 1), order=2)(X, Z)
    check_grads(f, (1, 0), order=1)(X, Z)
    check_grads(lambda d: f(d["x"], d["z"]), order=1)({"x": X, "z": Z})


def test_the_first_argument_is_checked_unless_told_otherwise():
    @primitive
    def half_wrong(x, y):
        return x * y

    defvjp(half_wrong, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: 2 * g * x)
    check_grads(half_wrong, order=1)(X, X)
    check_grads(lambda x, n: x**n, order=1)(X, 2)  # an integer beside it is nobody's concern
    check_grads(half_wrong, 0, order=1)(X, X)
    for argnum in (1, (0, 1)):
        with pytest.raises(AssertionError, match="half_wrong failed"):
            check_grads(half_wrong, argnum, order=1)(X, X)


def test_the_second_order_is_checked_in_the_cotangent_too():
    f = primitive(lambda x: x**2)
    inner = primitive(lambda g, x: 2 * x * g)
    defvjp(
        inner, lambda ans, g, x: lambda c: 5 * c * x, lambda ans, g, x: lambda c: 2 * c * g
    )  # the first should be 2 c x
    defvjp(f, lambda ans, x: lambda g: inner(g, x))
    check_grads(f, modes=["rev"], order=1)(X)
    with pytest.raises(AssertionError, match="vjp_"):
        check_grads(f, modes=["rev"], order=2)(X)


def test_a_rule_that_forgot_to_transpose_is_noticed():
    a = onp.array([[1.0, 2.0], [-1.0, 0.5]])
    f = primitive(lambda x: a @ x)
    defvjp(f, lambda ans, x: lambda g: a @ g)
    with pytest.raises(AssertionError, match="VJP"):
        check_vjp(f, X)


def test_the_numerical_derivative():
    close(make_numerical_jvp(lambda d: {"y": d["a"] ** 2}, {"a": X})({"a": X})["y"], 2 * X**2, rtol=1e-8)
    close(make_numerical_jvp(np.exp, Z)(1j * Z), 1j * Z * onp.exp(Z), rtol=1e-8)


@pytest.mark.parametrize("dtype", [onp.float16, onp.float32, onp.longdouble, onp.complex64])
def test_flatten_keeps_precision(dtype):
    nest = {"w": onp.ones((2, 2), dtype), "b": [onp.zeros(3, dtype), 2.0], "d": (onp.ones(1, dtype),)}
    vector, unflatten = flatten(nest)
    assert vector.dtype == dtype  # a Python number has no precision of its own
    mixed, apart = flatten({"w": onp.ones(2, dtype), "x": onp.ones(2)})
    assert mixed.dtype == onp.result_type(dtype, onp.float64)
    again = unflatten(vector.astype(onp.result_type(dtype, float)))
    assert [again["w"].dtype, again["b"][0].dtype, again["d"][0].dtype] == [dtype] * 3
    assert apart(mixed)["w"].dtype == dtype
    gradient = grad(lambda v: np.sum(np.real(unflatten(v)["w"])))(vector)
    assert gradient.dtype == dtype
    assert onp.count_nonzero(gradient) == 4


@pytest.mark.parametrize("optimizer", [sgd, rmsprop, adam])
def test_optimizers_keep_precision(optimizer):
    start = {"w": onp.ones(2, onp.float32), "b": [onp.float32(1)]}
    end = optimizer(grad(lambda p, i: np.sum(p["w"] ** 2) + p["b"][0] ** 2), start, num_iters=5)
    assert end["w"].dtype == end["b"][0].dtype == onp.float32
    assert onp.all(end["w"] < 1)
    assert optimizer.__name__ in ("sgd", "rmsprop", "adam")


def test_unflatten_optimizer():
    seen = []

    @unflatten_optimizer
    def newton(grad, x, callback=None, steps=1, size=1.0):
        for i in range(steps):
            g = grad(x, i)
            if callback:
                callback(x, i, g)
            x = x - size * g / 2
        return x

    end = newton(
        lambda p, i: {"a": 2 * p["a"]}, {"a": X}, lambda p, i, g: seen.append((p["a"], i, g["a"])), 2, size=0.5
    )
    close(end["a"], X / 4)
    assert [i for _, i, _ in seen] == [0, 1]
    close(seen[0][2], 2 * X)


@pytest.mark.parametrize("shape", [(), (2,), (2, 3), (2, 3, 4)])
def test_tensor_jacobian_product_contracts_the_first_axes(shape):
    rng = onp.random.default_rng(0)
    a, tensor = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=shape)
    f = lambda x: np.sin(np.dot(a, x))
    x = rng.normal(size=5)
    expected = onp.tensordot(tensor, autograd.jacobian(f)(x), len(shape))
    close(autograd.tensor_jacobian_product(f)(x, tensor), expected)
    close(autograd.vector_jacobian_product(lambda k, x: f(x), 1)(0, x, tensor), expected)


def test_gradients_by_name():
    f = lambda a, *, b: a * b
    assert autograd.grad_named(lambda a, b: a * b**2, "b")(2.0, 3.0) == 12.0
    with pytest.raises(ValueError, match="'c'"):
        autograd.grad_named(f, "c")
