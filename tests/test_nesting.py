"""Transformations inside and outside of each other: what counts is which Values are being differentiated now."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import (
    Value,
    fixed_point,
    grad,
    hessian,
    implicit,
    jacobian,
    jvp,
    linearize,
    make_vjp,
    no_grad,
    value_and_grad,
    vjp,
)

X = np.array([1.0, 2.0, 3.0])


def cube(x):
    return np.sum(x**3)


UNDER_NO_GRAD = {
    "grad": lambda: grad(cube)(X),
    "value_and_grad": lambda: value_and_grad(cube)(X)[1],
    "elementwise_grad": lambda: ag.elementwise_grad(np.tanh)(X),
    "jacobian": lambda: jacobian(np.tanh)(X),
    "tall jacobian": lambda: jacobian(lambda x: np.outer(np.tanh(x), np.ones(9)))(X),
    "hessian": lambda: hessian(cube)(X),
    "hvp": lambda: ag.hvp(cube)(X, X),
    "vjp": lambda: vjp(np.tanh, X)[1](X),
    "jvp": lambda: jvp(np.tanh, [X], [X])[1],
    "ggnvp": lambda: ag.ggnvp(np.tanh)(X, X),
    "checkpoint": lambda: grad(ag.checkpoint(cube))(X),
    "custom_vjp": lambda: grad(ag.custom_vjp(cube, lambda g, out, x: g * 3 * x**2))(X),
    "implicit": lambda: grad(implicit(np.sqrt, lambda x, a: x * x - a))(4.0),
    "third order": lambda: jacobian(hessian(cube))(X),
    "deriv": lambda: ag.deriv(np.sin)(1.0),
    "multigrad": lambda: ag.multigrad_dict(lambda a, b: a * b)(2.0, 3.0)["a"],
}


@pytest.mark.parametrize("take", UNDER_NO_GRAD.values(), ids=UNDER_NO_GRAD)
def test_under_no_grad(take):
    right = take()
    with no_grad():
        found = take()
    assert np.any(right)
    np.testing.assert_array_equal(found, right)


def test_a_pull_back_that_meets_itself():
    def h(x):
        pull, _ = make_vjp(lambda z: z**2)(x)
        return pull(pull(1.0))

    assert value_and_grad(h)(3.0) == (36.0, 24.0)
    assert grad(grad(h))(3.0) == 8.0


def test_a_pull_back_and_a_push_forward_outside_of_the_trace_that_made_them():
    pull, _ = make_vjp(lambda x: np.sin(x) * x[0])(X)
    found = grad(lambda u: np.sum(pull(u) ** 2))(np.ones(3))
    np.testing.assert_allclose(found, [6.72147236, 4.76952592, 2.64663184])
    _, push = linearize(lambda x: np.sin(x) * x[0], X)
    j = jacobian(lambda x: np.sin(x) * x[0])(X)
    np.testing.assert_allclose(grad(lambda t: np.sum(push(t) ** 2))(np.ones(3)), 2 * j.T @ j @ np.ones(3))


def test_a_pull_back_that_outlives_the_derivative_it_was_made_in():
    kept = []

    def f(x):
        y = x * x  # the pull-back is of a function of something computed from x
        out, pull = vjp(lambda z: np.sin(z) * y, x)
        kept.append(pull)
        return out

    grad(f)(2.0)
    assert type(kept[0](1.0)) is np.float64
    assert kept[0](1.0) == pytest.approx(np.cos(2.0) * 4)
    assert grad(lambda u: kept[0](u) ** 2)(3.0) == pytest.approx(2 * 3 * (np.cos(2.0) * 4) ** 2)


def test_what_is_differentiated_outside_is_remembered():
    w = Value(2.0)
    _, pull = vjp(lambda x: w * x**2, 3.0)
    for g in (pull(1.0), grad(lambda x: w * x**2)(3.0), jvp(lambda x: w * x**2, [3.0], [1.0])[1]):
        w.grad = None
        g.backward()
        assert (g.item(), w.grad) == (12.0, 6.0)


def test_nests_in_matrices_of_derivatives():
    f = lambda d: d["a"] ** 2 * np.sum(d["b"] ** 3)
    blocks = hessian(f)({"a": 2.0, "b": X})
    assert blocks["a"]["a"] == 2 * np.sum(X**3)
    np.testing.assert_allclose(blocks["a"]["b"], 4 * 3 * X**2)
    np.testing.assert_allclose(blocks["b"]["a"], 4 * 3 * X**2)
    np.testing.assert_allclose(blocks["b"]["b"], 4 * np.diag(6 * X))
    j = jacobian(lambda d: {"y": (d["a"] * d["b"], d["a"])})({"a": 2.0, "b": X})
    np.testing.assert_array_equal(j["y"][0]["a"], X)
    np.testing.assert_array_equal(j["y"][0]["b"], 2 * np.eye(3))
    assert (j["y"][1]["a"], j["y"][1]["b"].tolist()) == (1.0, [0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    "f",
    [np.fft.fft, np.fft.rfft, lambda x: np.exp(1j * x), lambda x: (x + 1j) ** 2 * x[0]],
    ids=["fft", "rfft", "exp(ix)", "polynomial"],
)
def test_a_real_argument_and_a_complex_result(f):
    h = 1e-6
    right = np.stack([(f(X + h * e) - f(X - h * e)) / (2 * h) for e in np.eye(3)], axis=-1)
    np.testing.assert_allclose(jacobian(f)(X), right, atol=1e-8)
    np.testing.assert_allclose(jvp(f, [X], [X])[1], right @ X, atol=1e-7)
    if right.shape == (3, 3) and not np.any(right - np.diag(np.diag(right))):
        np.testing.assert_allclose(ag.elementwise_grad(f)(X), np.diag(right), atol=1e-8)


def test_fixed_points_to_third_order_and_of_what_they_close_over():
    distance = lambda x, y: abs(x - y)
    for step in (lambda a: lambda x: x + 0.25 * (a - x * x), lambda a: lambda x: 0.5 * (x + a / x)):
        root = lambda a, step=step: fixed_point(step, a, 1.0, distance, 1e-13)
        closed = lambda a, step=step: fixed_point(lambda _: step(a), None, 1.0, distance, 1e-13)
        for f in (root, closed):
            assert grad(f)(2.0) == pytest.approx(0.5 * 2**-0.5)
            assert grad(grad(f))(2.0) == pytest.approx(-0.25 * 2**-1.5)
            assert grad(grad(grad(f)))(2.0) == pytest.approx(0.375 * 2**-2.5)
    with pytest.raises(ag.GraphError, match="contraction"):
        fixed_point(lambda a: lambda x: x + 1.0, 1.0, 0.0, distance, 1e-6, max_iterations=50)


def test_a_result_of_one_element():
    np.testing.assert_array_equal(grad(lambda a: np.dot(a[None], a))(X), 2 * X)
    value, gradient = value_and_grad(lambda x: np.reshape(x**2, (1, 1)))(3.0)
    assert (value.shape, gradient) == ((1, 1), 6.0)


def test_leaves_that_are_no_numbers_pass_through():
    f = lambda d: np.sum(d["w"][: d["n"]]) * d["n"] if d["flag"] and d["name"] == "net" and d["none"] is None else 0.0
    found = grad(f)({"w": X, "n": 2, "name": "net", "none": None, "flag": True})
    np.testing.assert_array_equal(found["w"], [2.0, 2.0, 0.0])
    assert (found["n"], found["name"], found["none"], found["flag"]) == (3.0, None, None, None)


def square(x):
    return np.sum(x**2)


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, ag.elementwise_grad, ag.hvp, ag.grad_and_aux])
def test_what_is_made_of_a_function_can_be_pickled_and_is_a_method(transform):
    again = pickle.loads(pickle.dumps(transform(square)))
    assert again.__name__ == "square"
    if transform is grad:
        np.testing.assert_array_equal(again(X), 2 * X)
        holder = type("Holder", (), {"slope": grad(lambda self, x: square(x), 1)})
        np.testing.assert_array_equal(holder().slope(X), 2 * X)


def test_a_leaf_takes_its_gradient_along():
    import copy

    v = Value([1.0, 2.0], name="v")
    v.grad = np.array([3.0, 4.0])
    for other in (pickle.loads(pickle.dumps(v)), copy.deepcopy(v)):
        np.testing.assert_array_equal(other.grad, v.grad)
        assert other.grad is not v.grad
        assert other.name == "v"


def test_pickles_of_earlier_versions_load():
    class Old:
        """A leaf as 0.1.0 pickled it."""

        def __reduce__(self):
            from autograd.value import Value, wrap

            return wrap, (np.array([1.0, 2.0]), True, "w", Value), None

    data = pickle.dumps(Old(), protocol=2).replace(b"autograd.engine.value", b"autograd.value")
    v = pickle.loads(data)
    assert (type(v), v.name, v.requires_grad) == (Value, "w", True)
