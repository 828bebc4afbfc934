"""Faults that someone found who tried to break the promises: each with its kind."""

from __future__ import annotations

import collections
import copy
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import AutogradError, Value, checkpoint, custom_vjp, defvjp, grad, implicit, jacobian, primitive, strict
from autograd.engine.mode import is_recording, note

X = np.array([0.5, 1.0, 2.0])


# -- copies of what is being differentiated ----------------------------------------------------------------------


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_derivative_goes_through_copies(duplicate):
    assert grad(lambda x: duplicate(x) * x)(0.7) == 1.4
    nest = {"w": X, "b": [2.0]}
    found = grad(lambda p: np.sum(copy.deepcopy(p)["w"] ** 2) * p["b"][0])(nest)
    np.testing.assert_array_equal(found["w"], 4 * X)
    assert grad(grad(lambda x: duplicate(x) ** 3))(2.0) == 12.0


def test_what_is_being_differentiated_cannot_be_pickled():
    with pytest.raises(AutogradError, match="cannot be pickled"):
        grad(lambda x: pickle.loads(pickle.dumps(x)) * x)(0.7)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_of_a_leaf_has_memory_of_its_own(duplicate):
    x = Value([1.0, 2.0])
    y = np.sum(x * x)
    other = duplicate(x)
    other.data[:] = 10
    y.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])


# -- functions of the user's that write into what they are given -------------------------------------------------


def test_a_function_may_write_into_its_arguments():
    double = primitive(lambda x: x.__imul__(2.0))
    defvjp(double, lambda ans, x: lambda g: g * 2)
    np.testing.assert_array_equal(grad(lambda x: np.sum(double(x) * x))(X), 4 * X)
    solve = implicit(lambda a: a.__ipow__(0.5), lambda s, a: s * s - a)
    v = Value(X)
    solve(v).sum().backward()
    np.testing.assert_array_equal(v.data, X)


def test_a_rule_may_write_into_the_result_and_the_inputs():
    f = primitive(np.exp)
    defvjp(f, lambda ans, x: lambda g: g * ans.__imul__(2) / 2)
    v = Value(X)
    y = f(v)
    loss = np.sum(y * y)
    for _ in range(2):
        v.grad = None
        loss.backward()
        np.testing.assert_allclose(v.grad, 2 * np.exp(2 * X))
    large = np.ones(30_000)
    square = primitive(lambda x: np.sum(x**2))
    defvjp(square, lambda ans, x: lambda g: x.__imul__(2) * g)
    np.testing.assert_array_equal(grad(square)(large), 2 * np.ones(30_000))
    assert np.all(large == 1)


def test_a_gradient_is_nobody_elses_array():
    kept = 2 * np.ones(3)
    f = custom_vjp(lambda x: 2 * np.sum(x), lambda g, out, x: kept)
    found = grad(f)(X)
    found *= 5
    np.testing.assert_array_equal(kept, 2 * np.ones(3))
    x = Value(X)
    y = x + 1.0
    np.sum(y * y).backward()
    before = y.grad.copy()
    x.grad *= 0
    np.testing.assert_array_equal(y.grad, before)
    large = np.ones(30_000)
    out, _ = ag.vjp(lambda x: x, large)
    out[:] = 3
    assert np.all(large == 1)


# -- what has no derivative ---------------------------------------------------------------------------------------

NOTHING = [lambda x: None, lambda x: "text", lambda x: {x}, lambda x: (y for y in [x]), lambda x: {"a": None}]


@pytest.mark.parametrize("f", NOTHING, ids=["None", "text", "set", "generator", "nest of nothing"])
@pytest.mark.parametrize("transform", [grad, ag.value_and_grad, jacobian, ag.elementwise_grad, ag.hessian])
def test_a_result_without_a_number_is_an_error(transform, f):
    with pytest.raises((AutogradError, TypeError), match="must return"):
        transform(f)(1.0)


def test_a_gradient_of_the_shape_of_something_else():
    f = primitive(lambda x: x * 1.0)
    defvjp(f, lambda ans, x: lambda g: np.ones(3))
    with pytest.raises(ag.ShapeError, match="the shape of its argument"):
        grad(f)(2.0)


# -- containers and classes --------------------------------------------------------------------------------------


def test_a_counter_counts_what_it_counted():
    assert grad(lambda c: c["a"] ** 2)(collections.Counter(a=3)) == {"a": 6.0}


def test_a_primitive_in_a_class_is_a_method():
    class Model:
        scale = 3.0

        @primitive
        def f(self, x):
            return self.scale * x

    defvjp(Model.f, None, lambda ans, self, x: lambda g: self.scale * g)
    assert grad(Model().f)(2.0) == 3.0


def test_lists_beside_a_value():
    assert grad(lambda x: np.average([1.0, 2.0], weights=Value([x, 1.0])))(1.5) == pytest.approx(-1 / 2.5**2)
    assert grad(lambda x: np.sum(np.gradient([1.0, 2.0, 5.0], x)))(1.5) == pytest.approx(-6 / 1.5**2)


# -- data that is put back ---------------------------------------------------------------------------------------


def test_the_same_data_again_is_no_change():
    for start in (2.0, X):
        w = Value(start)
        loss = np.sum(w * w)
        w.data = w.data
        loss.backward()
        np.testing.assert_array_equal(w.grad, 2 * np.asarray(start))


# -- the strict mode ---------------------------------------------------------------------------------------------


def test_an_array_handed_out_before_the_block_is_guarded_completely():
    w = Value(np.ones(30_000))
    w.data
    with strict():
        y = np.sum(w**2)
        w.data[5] = 3
        with pytest.raises(ag.ChangedDataError):
            y.backward()


@pytest.mark.parametrize("block", [strict, ag.trace_lines, lambda: ag.scope("part")], ids=["strict", "lines", "scope"])
def test_a_block_inside_a_generator_is_refused(block):
    def generator():
        with block():
            yield 1

    with pytest.raises(AutogradError, match="inside a generator"):
        next(generator())
    assert (note.get(), is_recording()) == (None, True)
    with pytest.raises(AutogradError, match="generator or a coroutine"):
        block()(generator)


def test_an_overflow_where_broadcasting_is_summed_up():
    with strict(), pytest.raises(ag.NonFiniteError):
        grad(lambda x: np.sum((x * np.ones(3)) * 1e308))(1e-5)


def test_a_primitive_of_many_arguments():
    f = primitive(lambda *xs: sum(xs))
    defvjp(f, *[lambda ans, *xs: lambda g: g] * 300)
    values = [Value(1.0) for _ in range(300)]
    f(*values).backward()
    assert all(v.grad == 1.0 for v in values)


def test_a_checkpoint_of_a_value_that_it_closes_over_too():
    f = lambda x: checkpoint(lambda y: y**2 * x)(x)
    assert (grad(f)(2.0), grad(grad(f))(2.0), grad(grad(grad(f)))(2.0)) == (12.0, 12.0, 6.0)
