"""Arrays that are changed between the forward and the backward pass: the right derivative, or an error; never a wrong one."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import ChangedDataError, Value, grad, jacobian, strict, vjp
from autograd.engine.witness import FULLY

SMALL, LARGE = (3,), (FULLY // 8 + 1000,)


def test_a_work_array_in_a_loop():
    def f(x):
        k, total = np.zeros(3), 0.0
        for _ in range(3):
            k += 1.0
            total = total + np.sum(k * x**2)
        return total

    np.testing.assert_array_equal(grad(f)(np.ones(3)), [12.0, 12.0, 12.0])


OPERATIONS = {
    "multiply": lambda v, c: v * c,
    "divide": lambda v, c: v / c,
    "power": lambda v, c: c**v,
    "matmul": lambda v, c: np.stack([c, c]) @ v,
    "dot": lambda v, c: np.dot(c, v),
    "where": lambda v, c: np.where(c > 2, v * c, -v),
    "maximum": lambda v, c: np.maximum(v, c) * c,
    "einsum": lambda v, c: np.einsum("i,i->", v, c),
    "a mask": lambda v, c: v[c > 2] * 2,
    "places": lambda v, c: v[np.argsort(-c)] * np.arange(len(c)),
    "arctan2": lambda v, c: np.arctan2(v, c),
    "clip": lambda v, c: np.clip(v * v, -c, c),
}
CHANGES = {
    "in place": lambda c: c.__imul__(3.0),
    "filled": lambda c: c.fill(7.0),
    "sliced": lambda c: c.__setitem__(slice(None), 7.0),
    "by a view": lambda c: c[::-1].__iadd__(5.0),
    "as out": lambda c: np.add(c, 5.0, out=c),
    "copied to": lambda c: np.copyto(c, 7.0),
    "sorted": lambda c: c[::-1].sort(),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_small_constant_is_as_it_was(operation, change):
    x, constant = np.array([1.5, 0.5, 2.5]), np.array([3.0, 1.0, 2.0])
    right = grad(lambda v: np.sum(operation(v, constant.copy())))(x)
    v = Value(x)
    loss = np.sum(operation(v, constant))
    change(constant)
    loss.backward()
    np.testing.assert_array_equal(v.grad, right)


@pytest.mark.parametrize("order", [1, 2])
def test_also_through_functions_with_keywords_and_of_second_order(order):
    def f(x):
        weights = np.array([1.0, 2.0, 3.0])
        out = np.sum(np.average(x**3, weights=weights) * np.average(x, weights=weights))
        weights[:] = 0
        return out

    plain = lambda x: (x**3 @ [1, 2, 3]) * (x @ [1, 2, 3]) / 36
    take = grad if order == 1 else lambda f: grad(lambda x: np.sum(grad(f)(x)))
    np.testing.assert_allclose(take(f)(np.ones(3)), take(plain)(np.ones(3)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("transposed", [False, True], ids=["contiguous", "not contiguous"])
def test_a_change_of_most_of_a_large_constant_is_noticed(change, transposed):
    block = np.random.default_rng(0).uniform(1, 2, (4, LARGE[0]))
    constant = block.T[:, 1] if transposed else block[1]
    v = Value(np.ones(LARGE))
    loss = np.sum(v * constant)
    change(constant)
    with pytest.raises(ChangedDataError, match=r"constant array.*multiply.*test_witness\.py"):
        loss.backward()
    assert v.grad is None


def test_every_second_element_is_most_of_it_too():
    constant = np.ones(LARGE)
    for step in range(1, 8):
        v = Value(np.ones(LARGE))
        loss = np.sum(v * constant)
        constant[step % 3 :: step] += 1.0
        with pytest.raises(ChangedDataError):
            loss.backward()


def test_in_the_strict_mode_any_change_is_noticed():
    constant, v = np.ones(LARGE), Value(np.ones(LARGE))
    with strict():
        loss = np.sum(v * constant)
        constant[17] = 2.0
        loss.backward()
    assert v.grad[17] == 1.0


def test_what_nobody_can_change_costs_nothing():
    constant = np.random.default_rng(0).uniform(1, 2, LARGE)
    constant.flags.writeable = False
    node = Value(np.ones(LARGE)) * constant
    assert node.in1 is constant
    view = np.ones(LARGE).view()
    view.flags.writeable = False  # the array behind it may still be changed
    assert (Value(np.ones(LARGE)) * view).in1 is not view


# -- the array of a leaf, once it was handed out -----------------------------------------------------------------


@pytest.mark.parametrize("shape", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("needed", [True, False], ids=["", "requires_grad=False"])
def test_a_leaf_changed_in_place_between_the_passes(shape, change, needed):
    w, v = Value(np.linspace(1, 2, *shape), requires_grad=needed), Value(np.ones(shape))
    loss = np.sum(w * v * w)
    change(w.data)
    with pytest.raises(ChangedDataError, match=r"test_witness\.py"):
        loss.backward()
    assert (w.grad, v.grad) == (None, None)
    loss = np.sum(w * v * w)  # of the new numbers it is right
    loss.backward()
    np.testing.assert_allclose(v.grad, w.data**2)


@pytest.mark.parametrize("shape", [SMALL, LARGE], ids=["small", "large"])
def test_a_leaf_changed_by_an_array_that_was_kept(shape):
    w = Value(np.ones(shape))
    kept = w.data
    for factor in (2.0, 3.0):
        kept[:] = factor
        w.grad = None
        np.sum(w * w).backward()
        np.testing.assert_array_equal(w.grad, np.full(shape, 2 * factor))
    loss = np.sum(np.exp(np.reshape(w, (-1,))) * w)
    kept[:] = 0.5
    with pytest.raises(ChangedDataError):
        loss.backward()


def test_a_parameter_is_moved_in_place():
    w = Value(np.ones(3))
    for _ in range(3):
        w.grad = None
        np.sum(w**2).backward()
        w.data -= 0.25 * w.grad
    np.testing.assert_array_equal(w.data, np.full(3, 0.125))


def test_the_data_of_a_computed_value_can_only_be_read():
    y = Value([1.0, 2.0]) * 2
    with pytest.raises(ValueError, match="read-only"):
        y.data[:] *= 0
    assert Value(2.0).data.__class__ is np.float64


# -- the caller's array, under differentiation -------------------------------------------------------------------


@pytest.mark.parametrize("shape", [SMALL, LARGE], ids=["small", "large"])
def test_the_argument_is_changed_while_the_function_runs_or_before_the_pull(shape):
    x = np.linspace(1, 2, *shape)
    right = 2 * x

    def f(v):
        out = np.sum(v * v)
        x[:] = 0
        return out

    try:
        np.testing.assert_array_equal(grad(f)(x), right)
    except ChangedDataError:
        assert shape == LARGE
    x = np.linspace(1, 2, *shape)
    _, pull = vjp(lambda v: v * v, x)
    x[:] = 0
    try:
        np.testing.assert_array_equal(pull(np.ones(shape)), right)
    except ChangedDataError:
        assert shape == LARGE


def test_a_constant_changed_between_two_pulls():
    constant = np.array([1.0, 2.0])
    _, pull = vjp(lambda v: v * constant, np.ones(2))
    first = pull(np.ones(2))
    constant[:] = 9
    np.testing.assert_array_equal(pull(np.ones(2)), first)
    np.testing.assert_array_equal(jacobian(lambda v: v * constant)(np.ones(2)), np.diag([9.0, 9.0]))


def test_gradients_are_independent_of_what_one_does_with_them():
    v = Value([1.0, 2.0])
    y = v + 0.0
    cotangent = np.ones(2)
    y.backward(cotangent)
    v.grad[:] = 7
    np.testing.assert_array_equal(cotangent, np.ones(2))
