"""The accumulator: what lands where, what is refused, and that no memory is kept."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

from autograd import ChangedDataError, GraphError, ShapeError, Value, enable_grad, grad, no_grad, value_and_grad
from autograd.engine.backward import add_to_leaves
from autograd.engine.backward import grad as kernel
from autograd.rules import OPS
from autograd.rules.op import Op
from tests.oracle import projections


def chain(x, n):
    for _ in range(n // 2):
        x = x * 1.0000001
        x = x + 1e-9
    return x


# -- what lands where --------------------------------------------------------------------------------------------


class Interrupted:
    """A gradient that cannot be added to another one."""

    def __radd__(self, other):
        raise KeyboardInterrupt

    __array_ufunc__ = None


def test_gradients_are_added_to_all_leaves_or_to_none_and_the_interrupt_is_heard():
    first, second = Value([1.0, 2.0]), Value([3.0])
    first.grad = kept = np.array([0.5, 0.5])
    second.grad = other = np.array([7.0])
    with pytest.raises(KeyboardInterrupt):
        add_to_leaves([first, second], [np.ones(2), Interrupted()])
    assert first.grad is kept
    assert second.grad is other
    assert (*kept, *other) == (0.5, 0.5, 7.0)
    add_to_leaves([first, second], [np.ones(2), np.ones(1)])
    assert (*first.grad, *second.grad) == (1.5, 1.5, 8.0)


def test_leaves_accumulate_and_inner_nodes_are_set():
    x = Value(3.0)
    y = x * x
    z = y * 2
    z.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (24.0, 2.0, 1.0)


def test_a_node_used_many_times_is_counted_each_time():
    x = Value(2.0)
    y = x + x + x * x
    (y * y).backward()
    assert x.grad == 2 * y.data * (2 + 2 * 2)


def test_a_diamond_is_walked_once_per_node():
    calls = []
    spy = Op(lambda x: x * 1.0, lambda g, out, x: calls.append(1) or g, name="spy")
    x = Value(1.0)
    for _ in range(40):  # 2**40 paths
        x = spy(x)
        x = x + x
    x.backward()
    assert len(calls) == 40


def test_only_what_needs_a_gradient_is_computed():
    def never(*_):
        raise AssertionError("the rule of a constant was called")

    op = Op(np.multiply, lambda g, out, x, y: g * y, never, name="half")
    w, x = Value([1.0, 2.0]), Value([3.0, 4.0], requires_grad=False)
    op(w, x).sum().backward()
    np.testing.assert_array_equal(w.grad, [3, 4])
    assert x.grad is None


def test_siblings_do_not_share_a_gradient():
    a, b = Value(np.ones(3)), Value(np.ones(3))
    seed = np.ones(3)
    (a + b).backward(seed)
    a.grad *= 5
    np.testing.assert_array_equal(b.grad, 1)
    np.testing.assert_array_equal(seed, 1)


def test_gradients_are_writable_arrays():
    x = Value(np.ones((2, 3)))
    x.sum().backward()
    x.grad[0, 0] = 7
    assert grad(np.sum)(np.ones(3)).flags.writeable


def test_a_seed_weighs_the_outputs():
    x = Value([1.0, 2.0])
    (x * x).backward([1.0, 10.0])
    np.testing.assert_array_equal(x.grad, [2, 40])


def test_leaves_only_keeps_nothing_between_and_gives_the_graph_up():
    x = Value(np.ones(3))
    y = np.exp(x)
    z = (y * y).sum()
    z.backward(leaves_only=True)
    np.testing.assert_allclose(x.grad, 2 * np.exp(2))
    assert y.grad is None
    for again in (z.backward, (y * 2).sum().backward):
        with pytest.raises(GraphError, match="given up"):
            again()


# -- the kernel --------------------------------------------------------------------------------------------------


def test_the_kernel_touches_nothing():
    x, w = Value([1.0, 2.0]), Value(3.0)
    y = x * w
    gx, gy = kernel(y.sum(), [x, y])
    np.testing.assert_array_equal(gx, [3, 3])
    np.testing.assert_array_equal(gy, [1, 1])
    assert (x.grad, w.grad, y.grad) == (None, None, None)
    assert grad((x * 2).sum(), x).tolist() == [2, 2]


def test_the_kernel_computes_only_the_way_to_its_inputs():
    def never(*_):
        raise AssertionError("this branch leads to no input")

    side = Op(np.negative, never, name="side")
    x, y = Value(2.0), Value(3.0)
    assert kernel(x * x + side(y), x) == 4.0


def test_the_kernel_can_be_differentiated():
    x = Value(2.0)
    (g,) = kernel(x**3, [x], create_graph=True)
    assert kernel(g, x) == 12.0
    g.backward()
    assert x.grad == 12.0


def test_an_input_that_is_an_ancestor_of_another():
    x = Value(2.0)
    y = x * 3
    assert kernel(y * y, [x, y]) == [36.0, 12.0]


@pytest.mark.parametrize(
    "stranger", [Value(1.0), Value(1.0, requires_grad=False), Value(2.0) * 2], ids=["leaf", "constant", "computed"]
)
def test_an_input_outside_the_graph(stranger):
    x = Value(2.0)
    with pytest.raises(GraphError, match="does not depend on the input.*allow_unused"):
        kernel(x * x, [x, stranger])
    assert kernel(x * x, [x, stranger], allow_unused=True) == [4.0, 0.0]


# -- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "seed", "error", "words"),
    [
        (lambda x: x * 2, None, ShapeError, r"shape \(2,\).*np\.ones"),
        (lambda x: x * 2, np.ones(3), ShapeError, r"\(3,\).*\(2,\)"),
        (lambda x: x.sum(), np.ones(2), ShapeError, r"\(2,\).*\(\)"),
        (lambda x: Value(1.0, requires_grad=False) * 2, None, GraphError, "needs none"),
        (lambda x: x.detach(), None, GraphError, "needs none"),
    ],
)
def test_a_bad_start(make, seed, error, words):
    x = Value([1.0, 2.0])
    with pytest.raises(error, match=f"(?s)(?=.*test_backward.py).*{words}"):
        make(x).backward(seed)
    assert x.grad is None


def test_only_a_value_has_a_history():
    with pytest.raises(GraphError, match="only a Value"):
        kernel(np.float64(1.0), [Value(1.0)])


CHANGES = {
    "assigned": lambda v: setattr(v, "data", v.data * 2),
    "in place": lambda v: exec("v.data -= 0.5"),
    "optimiser": lambda v: setattr(v, "data", v.data - 0.1 * np.ones(2)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("requires_grad", [True, False])
@pytest.mark.parametrize(
    "f", [lambda v, w: v * w, lambda v, w: np.where([True, False], v, w) * v], ids=["two", "three"]
)
def test_data_changed_after_it_was_saved(change, requires_grad, f):
    v, w = Value([1.0, 2.0], name="v", requires_grad=requires_grad), Value([3.0, 4.0])
    loss = np.exp(f(v, w)).sum()
    change(v)
    for attempt in (loss.backward, lambda: kernel(loss, w)):
        with pytest.raises(ChangedDataError, match="named 'v'.*changed after (multiply|where)"):
            attempt()
    assert (v.grad, w.grad) == (None, None)
    f(v, w).sum().backward()
    assert w.grad is not None


@pytest.mark.parametrize("view", [lambda c: c.reshape(3, 1), lambda c: c[:], lambda c: c.T, lambda c: c.real])
def test_a_constant_made_from_a_constant_does_not_change_with_it(view):
    c, w = Value(np.ones(3), requires_grad=False), Value(2.0)
    loss = (view(c) * w).sum()
    c.data -= 1
    loss.backward()
    assert w.grad == 3
    x = Value(np.ones(3))
    with no_grad():
        part = view(x)
    loss = (part * w).sum()
    x.data -= 1
    assert kernel(loss, w) == 3


def test_a_change_behind_two_views_is_noticed():
    x = Value(np.ones(4))
    view = x.reshape(2, 2).reshape(4, 1)
    loss = (view * view).sum()
    x.data -= 0.5
    with pytest.raises(ChangedDataError):
        kernel(loss, view)


def test_a_change_is_noticed_when_the_value_was_used_again_since():
    w = Value(2.0)
    old = w * w
    w.data = 3.0
    with pytest.raises(ChangedDataError):
        (old + w * w).backward()


def test_a_change_before_the_first_use_or_after_the_pass_is_fine():
    w = Value(2.0)
    w.data = 3.0
    loss = w * w
    loss.backward()
    w.data -= 0.1 * w.grad
    assert w.data == 2.4


def test_computed_data_is_not_replaced():
    y = Value(2.0) * 3
    with pytest.raises(GraphError, match="multiply.*detach"):
        y.data = 1.0


# -- grad mode ---------------------------------------------------------------------------------------------------


def test_no_grad_and_enable_grad():
    x = Value(2.0)
    with no_grad():
        y = x * x
        with enable_grad():
            z = x * x
    assert (y.requires_grad, z.requires_grad) == (False, True)
    assert (x * x).requires_grad

    @no_grad()
    def f():
        return (x * x).requires_grad, (f() if next(again, False) else None)

    again = iter([True])
    assert f() == (False, (False, None))
    assert (x * x).requires_grad


def test_no_grad_ends_when_an_error_passes():
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0
    assert (Value(1.0) * 1).requires_grad


def test_the_mode_is_each_threads_own():
    x, seen = Value(2.0), []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append((x * x).requires_grad))
        thread.start()
        thread.join()
    assert seen == [True]


def test_two_threads_get_what_one_gets():
    def train(seed, results):
        rng = np.random.default_rng(seed)
        w = Value(rng.normal(size=(3, 2)))
        for _ in range(200):
            x = rng.normal(size=(5, 3))
            loss = (np.tanh(x @ w) ** 2).mean()
            w.grad = None
            loss.backward()
            with no_grad():
                w.data -= 0.1 * w.grad
        results[seed] = w.data

    alone: dict = {}
    together: dict = {}
    for seed in (1, 2):
        train(seed, alone)
    threads = [threading.Thread(target=train, args=(seed, together)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in (1, 2):
        np.testing.assert_array_equal(together[seed], alone[seed])


# -- functional faces --------------------------------------------------------------------------------------------


def test_grad_of_any_order():
    f = lambda x: x**5
    orders = [f]
    for _ in range(4):
        orders.append(grad(orders[-1]))
    assert [g(2.0) for g in orders] == [32, 80, 160, 240, 240]


def test_grad_gives_plain_arrays_and_takes_argnum_and_keywords():
    def f(x, y, *, power=1):
        """Doc."""
        return (x**power * y).sum()

    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert type(grad(f)(x, y)) is np.ndarray
    np.testing.assert_array_equal(grad(f, 1)(x, y), x)
    np.testing.assert_array_equal(grad(f, -1)(x, y, power=2), x**2)
    gx, gy = grad(f, (0, 1))(x, y, power=2)
    np.testing.assert_array_equal((gx, gy), (2 * x * y, x**2))
    value, (gy,) = value_and_grad(f, [1])(x, y)
    assert (type(value), value) == (np.float64, 11)
    np.testing.assert_array_equal(gy, x)
    assert grad(f).__doc__ == "Doc."


def test_one_variable_is_not_confused_with_another():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(3.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * x * y)(2.0))(3.0) == 6.0


def test_the_gradient_remembers_a_parameter_from_outside():
    w = Value(3.0)
    g = grad(lambda x: w * x**2)(2.0)
    assert isinstance(g, Value)
    (g * g).backward()  # g = 2 w x, g² = 16 w²
    assert w.grad == 96.0
    with no_grad():
        assert type(grad(lambda x: w * x**2)(2.0)) is np.float64


def test_inside_no_grad_a_derivative_is_still_a_derivative():
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert grad(grad(lambda x: x**3))(2.0) == 12.0


def test_a_function_that_does_not_depend_on_its_argument():
    assert grad(lambda x: 3.0)(2.0) == 0.0
    assert grad(lambda x: Value(3.0) * 2)(2.0) == 0.0
    np.testing.assert_array_equal(grad(lambda x, y: (y * 2).sum(), (0, 1))(np.ones(2), 1.0)[0], [0, 0])


@pytest.mark.parametrize(
    ("f", "x", "words"),
    [
        (lambda x: x * 2, np.ones(2), r"scalar.*\(2,\).*jacobian"),
        (lambda x: [x], 1.0, "scalar"),
        (lambda x: x * 1j, 1.0, "real number"),
    ],
)
def test_grad_is_of_one_real_number(f, x, words):
    with pytest.raises((ShapeError, TypeError), match=words):
        grad(f)(x)


def test_a_missing_argument_is_named():
    with pytest.raises(ShapeError, match="argnum=3.*1 positional"):
        grad(lambda x: x, 3)(1.0)


def test_plain_numpy_code_is_differentiated():
    def f(x):
        y = np.concatenate([np.sin(x), x[::-1]])
        return np.sqrt(np.sum(y**2)) + np.max(x) * np.mean(np.where(x > 0, x, -x))

    numeric, analytic = projections(f, lambda x: [grad(f)(x)], [np.array([0.5, -1.0, 2.0])], 0)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-8)


# -- tests of the tests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        lambda g, out, x: -g * (1 - out * out),
        lambda g, out, x: g * (1 - x * x),
        lambda g, out, x: g,
        lambda g, out, x: g * 0,
    ],
    ids=["sign", "out for x", "factor lost", "zero"],
)
def test_the_check_notices_a_wrong_rule(wrong):
    op = Op(np.tanh, wrong, name="wrong")
    f = lambda x: np.sum(op(x))
    numeric, analytic = projections(f, lambda x: [grad(f)(x)], [np.array([0.5, -0.8])], 0)
    assert abs(numeric - analytic) > 1e-3


# -- depth and memory --------------------------------------------------------------------------------------------


@pytest.mark.unmeasured
def test_a_million_operations():
    x = Value(1.0)
    y = chain(x, 1_000_000)
    y.backward()
    assert x.grad == pytest.approx(1.0000001**500_000)
    assert len(repr(y)) < 60
    del y


def test_a_node_is_small():
    x = Value(1.0)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    y = chain(x, 10_000)
    per_node = (tracemalloc.get_traced_memory()[0] - before) / 10_000
    tracemalloc.stop()
    assert y.requires_grad
    assert per_node < 300


@pytest.mark.parametrize("retain", [True, False])
def test_nothing_waits_for_the_cyclic_collector(retain):
    gc.collect()
    gc.disable()
    try:
        x = Value(np.ones(3))
        y = x * 2
        parts = [weakref.ref(y)]
        z = np.where(x > 0, np.concatenate([y[:1], y[1:]]), x)
        parts.append(weakref.ref(z))
        loss = (z @ z).sum()
        parts.append(weakref.ref(loss))
        loss.backward(leaves_only=not retain)
        kernel_result = kernel((x * x).sum(), x, create_graph=True)
        parts.append(weakref.ref(kernel_result))
        del y, z, loss, kernel_result
        assert [part() for part in parts] == [None] * 4
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_memory_falls_during_a_pass_over_leaves_only():
    x = Value(np.ones(100_000))

    def peak(leaves_only):
        y = x
        for _ in range(50):
            y = np.sin(y)
        loss = y.sum()
        del y
        tracemalloc.start()
        loss.backward(leaves_only=leaves_only)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(leaves_only=True) < peak(leaves_only=False) / 5


def test_every_rule_is_reached_through_the_table():
    assert all(OPS[name].rules for name in ("add", "matmul", "getitem"))


def test_new_data_of_the_only_input_is_noticed():
    """The walk ends at what is older than the inputs, and a leaf with new data is young."""
    for change in (lambda v: setattr(v, "data", 3.0), lambda v: setattr(v, "data", 4.0) or v * v):
        v = Value(2.0)
        square = v * v
        change(v)
        for out in (square, square * 2.0):
            with pytest.raises(ChangedDataError):
                kernel(out, v)
            with pytest.raises(ChangedDataError):
                kernel(out, v, allow_unused=True)


def test_gradients_are_apart_and_in_the_dtype_of_their_input():
    x, y, g = Value(np.ones(2)), Value(np.ones(2)), np.ones(2)
    first, second = kernel(x + y, [x, y], g)
    first += 1
    np.testing.assert_array_equal([second, g], np.ones((2, 2)))
    narrow = Value(np.float32(2.0))
    assert kernel(Value(3.0) * narrow, narrow).dtype == kernel(narrow * Value(3.0), narrow).dtype == np.float32


def test_a_rule_that_returns_another_shape_is_an_error():
    """No rule of ours does; one that did would give a gradient of a wrong shape without a word."""
    op = Op(lambda x: x.sum(axis=0), lambda g, out, x: np.stack([g, g]), name="wrong")
    v = Value(np.ones((3, 2)))
    with pytest.raises(ShapeError, match=r"returned a gradient of shape \(2, 2\) for an input of shape \(3, 2\)"):
        op(v).sum().backward()
