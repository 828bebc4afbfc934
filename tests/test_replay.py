"""`replay`: a program of single numbers gives what it gives without, and where it cannot, it says so."""

from __future__ import annotations

import contextvars
import functools
import gc
import importlib
import itertools
import math
import random
import threading
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

import autograd
from autograd import GraphError, UnsupportedError, Value, grad, hessian, no_grad, replay, value_and_grad
from autograd import functions as F
from autograd.micrograd import Value as Micrograd

plan = importlib.import_module("autograd.replay.plan")  # the package names its function


@pytest.fixture(params=["arrays", "lines"])
def runner(request, monkeypatch):
    """Both ways of running a plan, whatever its size."""
    monkeypatch.setattr(plan, "NARROW", 0 if request.param == "arrays" else math.inf)


def gradients(f, args, outside=()):
    """The results of a call, and the gradients that a backward pass from each leaves in arguments and Values outside."""
    values = [*args, *outside]
    for v in values:
        v.grad = None
    result = f(*args)
    outs = [x for x in (result if isinstance(result, (list, tuple)) else [result]) if isinstance(x, Value)]
    for out in outs:
        out.backward()
    plain = [x.data if isinstance(x, Value) else x for x in (result if isinstance(result, (list, tuple)) else [result])]
    return [float(x) for x in plain], [None if v.grad is None else float(v.grad) for v in values]


def same(f, fast, calls, outside=()):
    """The two functions agree on each list of numbers, exactly."""
    for numbers in calls:
        expected = gradients(f, [Value(x) for x in numbers], outside)
        found = gradients(fast, [Value(x) for x in numbers], outside)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(
            [0.0 if g is None else g for g in found[1]], [0.0 if g is None else g for g in expected[1]]
        )


# -- programs at random ------------------------------------------------------------------------------------------------

EXACT = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (b * b + 1), lambda a, b: -a,
    lambda a, b: a.relu(), lambda a, b: np.maximum(a, b), lambda a, b: abs(a), lambda a, b: 3 - a, lambda a, b: a * 0.5,
    lambda a, b: np.sqrt(a * a + 1), lambda a, b: np.where(a > b, a, 2 * b), lambda a, b: (a > b.data) * a,
    lambda a, b: a - b.data.item() * True,
    lambda a, b: np.where(np.greater(a, b), a, b) * np.isfinite(a) - np.signbit(b), lambda a, b: np.square(a),
    lambda a, b: sum([a, b, a, 0.5, a * b]),
    lambda a, b: a + sum(x * b for x in (a, 2.0, b, 1.5, -1.0, 0.25, a, b, 3.0, 1.0)),
    lambda a, b: Value(a) * Value(2.0) + Value(b.data),
    lambda a, b: np.minimum(a, 1) + functools.reduce(np.maximum, [a, b, 0]).data,
]  # fmt: skip
CLOSE = [lambda a, b: np.exp(-abs(a)), lambda a, b: a.tanh(), lambda a, b: F.sigmoid(a), lambda a, b: (a * a + 1) ** 1.5,
         lambda a, b: np.log(b * b + 2), lambda a, b: np.sin(a), lambda a, b: a**2, lambda a, b: 2.0 ** a.tanh()]  # fmt: skip


def program(seed, rows, outside, branches=2):
    """A function of three numbers: operations chosen once, some of them behind a branch on the data."""
    rng = random.Random(seed)
    steps = [(rng.choice(rows), rng.random(), rng.random()) for _ in range(25)]
    where = set(rng.sample(range(25), branches))
    other = rng.choice(rows)

    def f(*x):
        values = [*x, *outside]
        for i, (row, p, q) in enumerate(steps):
            a, b = values[int(p * len(values))], values[int(q * len(values))]
            y = row(a, b)
            if i in where:
                y = other(y, b) if a > 0 else y * b
            values.append(y / (1 + abs(y)))
        return values[-1], sum(values), sum(values[3:9]) * 2

    return f


def points(seed, n=12):
    return np.random.default_rng(seed).normal(size=(n, 3)).tolist()


@pytest.mark.parametrize("seed", range(16))
def test_a_program_gives_the_same_bits(runner, seed):
    outside = [Value(0.3), Value(-1.2)]
    f = program(seed, EXACT, outside)
    fast = replay(f, limit=20)
    same(f, fast, points(seed), outside)
    assert fast.groups


@pytest.mark.parametrize("seed", range(8))
def test_with_functions_it_gives_the_same_but_for_the_last_digits(runner, seed):
    outside = [Value(0.3), Value(-1.2)]
    f = program(seed, EXACT + CLOSE, outside, branches=1)
    fast = replay(f, limit=20)
    for x in points(seed, 8):
        expected = gradients(f, [Value(v) for v in x], outside)
        found = gradients(fast, [Value(v) for v in x], outside)
        np.testing.assert_allclose(found[0], expected[0], rtol=1e-12)
        np.testing.assert_allclose([g or 0 for g in found[1]], [g or 0 for g in expected[1]], rtol=1e-9, atol=1e-13)
    assert fast.groups


# -- programs as people write them ---------------------------------------------------------------------------------------


class Neuron:
    def __init__(self, make, n, rng, rectified):
        self.w, self.b, self.rectified = [make(rng.uniform(-1, 1)) for _ in range(n)], make(0.0), rectified

    def __call__(self, x):
        total = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return total.relu() if self.rectified else total


class Net:
    """micrograd's MLP, in short."""

    def __init__(self, make, sizes=(2, 4, 4, 1)):
        rng = random.Random(0)
        self.layers = [[Neuron(make, n, rng, m > 1) for _ in range(m)] for n, m in itertools.pairwise(sizes)]

    def __call__(self, x):
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self):
        return [p for layer in self.layers for neuron in layer for p in (*neuron.w, neuron.b)]


@pytest.mark.parametrize("make", [Value, Micrograd])
def test_the_notebook_of_micrograd_takes_the_same_steps(runner, make):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(10, 2)), np.where(rng.random(10) > 0.5, 1, -1)
    ours, theirs = Net(make), Net(make)

    def loss_of(model):
        def loss():
            inputs = [list(map(make, row)) for row in X]
            scores = list(map(model, inputs))
            losses = [(1 + -yi * si).relu() for yi, si in zip(y, scores, strict=True)]
            total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
            accuracy = [(yi > 0) == (si.data > 0) for yi, si in zip(y, scores, strict=True)]
            return total, sum(accuracy) / len(accuracy)

        return loss

    def steps(model, loss):
        for _ in range(8):
            total, accuracy = loss()
            for p in model.parameters():
                p.grad = 0
            total.backward()
            for p in model.parameters():
                p.data -= 0.1 * p.grad
            yield total.data, accuracy, [p.grad for p in model.parameters()]

    fast = replay(loss_of(ours))
    assert list(steps(ours, fast)) == list(steps(theirs, loss_of(theirs)))
    assert len(fast.groups) == 1
    assert type(ours.parameters()[0]) is make


def test_a_training_step_with_the_derivative_inside_is_replayed(runner):
    def loss(p, x, t):
        return (F.sigmoid(p[0] * x + p[1]) - t) ** 2

    def epoch(p):
        for x, t in [(0.5, 1.0), (-1.0, 0.0), (2.0, 0.3)]:
            p = [a - 0.5 * g for a, g in zip(p, grad(loss)(p, x, t), strict=True)]
        return p

    fast, p, q = replay(epoch), [0.1, 0.2], [0.1, 0.2]
    for _ in range(10):
        p, q = epoch(p), fast(q)
    np.testing.assert_allclose(q, p, rtol=1e-13)
    assert len(fast.groups) == 1


# -- sums ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 7])
@pytest.mark.parametrize("backwards", [False, True])
def test_running_sums_are_one_operation_and_added_in_order(runner, n, backwards):
    terms = (np.random.default_rng(n).normal(size=(n, 100)) * 10.0 ** np.arange(100) ** 0.4).tolist()

    def f(x):
        totals = []
        for row in terms:
            total = 0.0
            for term in row:
                total = term * x + total if backwards else total + term * x
            totals.append(total)
        return functools.reduce(lambda a, b: a * b, totals)

    fast = replay(f)
    same(f, fast, [[1.1], [0.7], [-2.3]])
    (groups,) = fast.groups
    assert [g.size for g in groups if g.terms == 101] == [n]
    assert max(g.depth for g in groups) <= n + 2


def test_contributions_are_added_in_the_order_of_the_engine(runner):
    weights = (np.random.default_rng(0).normal(size=100) * 10.0 ** np.linspace(-8, 8, 100)).tolist()
    f = lambda x, y: sum(w * x * y * y for w in weights) + x * x
    same(f, replay(f), points(0, 4) and [[0.3, 1.7], [1.1, -0.2], [0.9, 0.8], [5.0, 1e-5]])


# -- the result is a Value like others -------------------------------------------------------------------------------------


def ready(f, *args, **options):
    """`f`, replayed, after the two calls that are recorded."""
    fast = replay(f, **options)
    fast(*args), fast(*args)
    assert len(fast.groups) == 1
    return fast


def test_calls_and_backward_passes_in_any_order(runner):
    w = Value(3.0)
    fast = ready(lambda x: w * x * x, 1.0)
    first, second = fast(2.0), fast(5.0)
    first.backward()
    assert w.grad == 4
    second.backward()
    first.backward()
    assert w.grad == 4 + 25 + 4


def test_modules_and_scopes_inside():
    nn = pytest.importorskip("nn")
    model = nn.MLP(2, [3, 1])

    def f(x, y):
        with autograd.scope("outer"), autograd.trace_lines():
            return model([x, y]) * 2.0 + x

    same(f, replay(f), [[1.0, 2.0], [0.5, -1.0], [2.0, 3.0], [-1.0, 0.3]], model.parameters())


def test_forward_and_backward_at_once(runner):
    w, unused = Value(3.0), Value(1.0)
    f = lambda x: {"loss": (w * x - 5) ** 2 + x, "right": (w * x).data > 5, "other": unused}
    fast = replay(lambda x: {k: v for k, v in f(x).items() if k != "other"})
    for number in (1.0, 2.0, 3.0):
        x, y = Value(number), Value(number)
        found, expected = fast.backward(x), f(y)
        assert (found["loss"], bool(found["right"])) == (expected["loss"].data, 3 * number > 5)
        assert type(found["loss"]) is np.float64
        w_grad, w.grad = w.grad, None
        expected["loss"].backward()
        assert (x.grad, w_grad, unused.grad) == (y.grad, w.grad, None)
        w.grad = None
    with autograd.strict():
        assert fast.backward(Value(1.0))["loss"] == 5
    assert w.grad == -4
    inner = Value(2.0)
    assert fast.backward(inner * 0.5)["loss"] == 5  # computed: its gradient goes further
    assert inner.grad == 0.5 * (1 + 2 * (3 - 5) * 3)
    with pytest.raises(autograd.ShapeError, match="2 numbers of the result have a derivative"):
        replay(lambda x: (x * w, x + w)).backward(1.0)
    with no_grad(), pytest.raises(autograd.ShapeError, match="0 numbers of the result have a derivative"):
        fast.backward(1.0)


def test_threads_share_a_plan(runner):
    w = Value(3.0)
    fast = replay(lambda x: (w * x).tanh() * x)
    found = {}

    def work(number):
        for _ in range(50):
            x = Value(number)
            fast(x).backward()
            found.setdefault(number, set()).add(x.grad)

    threads = [threading.Thread(target=work, args=(number,)) for number in (0.1, 0.2, 0.3)]
    [t.start() for t in threads], [t.join() for t in threads]
    t = {x: math.tanh(3 * x) for x in found}
    assert all(len(g) == 1 and g.pop() == pytest.approx(t[x] + 3 * x * (1 - t[x] ** 2)) for x, g in found.items())
    assert w.grad == pytest.approx(50 * sum(x * x * (1 - t[x] ** 2) for x in found))


def test_transformations_of_every_order(runner):
    f = lambda x, y: (x * x * y).tanh() + y * y * y
    fast = ready(f, Value(0.5), Value(0.25))
    for x, y in [(0.5, 0.25), (-0.3, 1.1)]:
        assert value_and_grad(fast, argnum=(0, 1))(x, y) == value_and_grad(f, argnum=(0, 1))(x, y)
        assert grad(grad(fast))(x, y) == pytest.approx(grad(grad(f))(x, y))
        nested = [grad(lambda a, g=g, b=y: grad(g)(a, a * b))(x) for g in (fast, f)]
        assert nested[0] == pytest.approx(nested[1])
        point = np.array([x, y])
        expected = hessian(lambda v: f(v[0], v[1]))(point)
        np.testing.assert_allclose(hessian(lambda v: fast(v[0], v[1]))(point), expected)
    w = Value(2.0)
    with_w = ready(lambda x: w * w * x, Value(1.0))
    (g,) = [autograd.engine.backward.grad(with_w(3.0), w, create_graph=True)]
    g.backward()
    assert w.grad == 6


def test_a_value_from_outside_may_have_been_computed():
    a = Value(1.5)
    b = a * a
    f = lambda x: b * x + a
    fast = replay(f)
    for x in (2.0, 3.0, 4.0):
        a.grad = None
        (fast(x) * 2).backward()
        assert a.grad == 2 * (2 * 1.5 * x + 1)
        assert b.grad == 2 * x


@dataclass
class Point:
    x: object
    y: object


def test_nests_of_numbers_go_in_and_come_out(runner):
    def f(point, scale, options, *, shift=0.0):
        total = point.x * scale["a"][0] + point.y + shift
        return {"total": total, "twice": [2 * total] * options[0], "names": "abc", "plain": total.data > 0}

    fast = replay(f)
    for x in (1.0, 2.0, -3.0):
        point = Point(Value(x), Value(0.5))
        found, expected = (g(point, {"a": [2.0]}, (2, "text", None), shift=0.25) for g in (fast, f))
        assert (found["total"].data, found["names"], bool(found["plain"])) == (
            expected["total"].data,
            "abc",
            2 * x + 0.75 > 0,
        )
        found["twice"][1].backward()
        assert (point.x.grad, point.y.grad) == (4, 2)
    assert len(fast(point, {"a": [2.0]}, (3, "text", None))["twice"]) == 3  # another number of copies: another plan


def test_plain_numbers_in_give_plain_numbers_out():
    fast = replay(lambda x: x * x + 1)
    found = [fast(x) for x in (1.0, 2.0, 3.0)]
    assert found == [2, 5, 10]
    assert all(type(x) is np.float64 for x in found)


def test_single_precision_stays(runner):
    both = replay(lambda x, y: (x * y, 2 * y))
    x, y = Value(np.float32(0.3)), Value(0.7)
    for _ in range(3):
        assert [v.dtype for v in both(x, y)] == [np.float64, np.float64]
        assert [v.dtype for v in both(x, x)] == [np.float32, np.float32]
        assert [v.dtype for v in both(y, x)] == [np.float64, np.float32]
    f = lambda x, y: x * y + 0.1 * x + x * y * y - y * x / 3
    fast = replay(f)
    for number in (0.3, 0.7, 1.1, 1.3, 1.7, 1.9):
        x, y = Value(np.float32(number)), Value(np.float64(number))
        for g in (f, fast):
            result, mixed = g(x, x), g(x, y)
            assert (result.dtype, mixed.dtype) == (np.float32, np.float64)
        found = []
        for g in (f, fast):
            x.grad = y.grad = None
            g(x, x).backward()
            g(x, y).backward()
            found.append((x.grad, y.grad))
        assert found[0] == found[1]
        assert (x.grad.dtype, y.grad.dtype) == (np.float32, np.float64)


def test_nothing_is_recorded_where_nothing_shall_be():
    w = Value(2.0)
    fast = replay(lambda x: w * x)
    with no_grad():
        results = [fast(x) for x in (1.0, 2.0, 3.0)]
    assert [r.data for r in results] == [2, 4, 6]
    assert not any(r.requires_grad for r in results)
    constant = Value(5.0, requires_grad=False)
    fast = ready(lambda x: x * constant, Value(1.0))
    constant.data = 7.0
    x = Value(2.0)
    fast(x).backward()
    assert x.grad == 7


def test_one_in_another():
    w = Value(2.0)
    inner = replay(lambda x: w * x)
    f = lambda x: inner(x) + inner(x * x)
    same(f, replay(f), [[1.0], [2.0], [3.0]], [w])


def test_results_are_freed_without_the_collector():
    w = Value(2.0)
    fast = ready(lambda x: (w * x).tanh(), 1.0)
    gc.collect()
    gc.disable()
    try:
        result = fast(3.0)
        result.backward()
        gone = weakref.ref(result)
        del result
        assert gone() is None
    finally:
        gc.enable()


# -- what may change, and what is noticed ----------------------------------------------------------------------------------

rate = 2.0
table = {"a": [1.0, 2.0]}
data = np.array([1.0, 2.0])
settings = Point(1.0, None)
weight = Value(1.0)


def _by_global(x):
    return x * rate


def _by_container(x):
    return x * table["a"][1]


def _by_array(x):
    return x * data[1]


def _by_attribute(x):
    return x * settings.x


def _by_value(x):
    return x * weight


def _by_call(x):
    return _by_global(x)


@pytest.mark.parametrize(
    ("f", "change"),
    [
        (_by_global, lambda: globals().update(rate=5.0)),
        (_by_call, lambda: globals().update(rate=6.0)),
        (_by_container, lambda: table["a"].__setitem__(1, 5.0)),
        (_by_array, lambda: data.__setitem__(1, 5.0)),
        (_by_attribute, lambda: setattr(settings, "x", 5.0)),
        (_by_value, lambda: globals().update(weight=Value(5.0))),
        (_by_value, lambda: setattr(weight, "data", 7.0)),
    ],
)
def test_a_change_of_what_it_sees_is_noticed(f, change):
    fast = ready(f, Value(1.0))
    change()
    assert fast(Value(3.0)).data == f(Value(3.0)).data
    assert [fast(Value(x)).data for x in (2.0, 3.0)] == [f(Value(x)).data for x in (2.0, 3.0)]


def test_a_change_of_what_it_closes_over_is_noticed():
    scale, factors = 2.0, functools.partial(lambda x, k: x * k, k=3.0)

    class Model:
        power = 1.0

        def __init__(self):
            self.bias = 1.0

        def loss(self, x):
            return factors(x) * scale + self.bias * self.power

    model = Model()
    fast = ready(model.loss, Value(1.0))
    scale = 5.0
    assert fast(Value(1.0)).data == 16
    model.bias = 2.0
    assert fast(Value(1.0)).data == 17
    Model.power = 3.0
    assert fast(Value(1.0)).data == 21


def test_a_change_of_an_object_among_the_arguments_is_noticed():
    class Slotted:
        __slots__ = ("factor", "w")

        def __init__(self):
            self.w, self.factor = Value(2.0), 1.0

        @replay
        def loss(self, x):
            return self.w * x * self.factor

    model, other = Slotted(), Slotted()
    assert [model.loss(Value(x)).data for x in (1.0, 2.0, 3.0)] == [2, 4, 6]
    model.factor = 10.0
    assert model.loss(Value(1.0)).data == 20
    other.w.data = 5.0
    assert other.loss(Value(1.0)).data == 5
    assert [model.loss(Value(x)).data for x in (1.0, 2.0)] == [20, 40]
    assert isinstance(Slotted.loss(model, Value(1.0)), Value)


def test_a_weight_that_is_thawed_receives_its_gradient():
    w, x = Value(2.0, requires_grad=False), Value(3.0)
    fast = ready(lambda x: x * w, x)
    w.requires_grad = True
    fast(x).backward()
    assert w.grad == 3
    w.requires_grad, w.grad = False, None
    fast(x).backward()
    assert w.grad is None


def test_a_value_that_no_name_leads_to_is_known_at_the_second_call():
    w = Value(1.0)
    weights = itertools.repeat(w)
    for f in (
        lambda x: x * (next(weights) if next(weights) > 0 else 2.0),
        lambda x: x * (next(weights) if next(weights).data else 2.0),
        lambda x: next(weights).data * x * next(weights),
    ):
        fast = replay(f)
        for number in (1.0, 2.0, 3.0, 0.0, -2.0, 4.0):
            w.data = number
            assert fast(Value(2.0)).data == f(Value(2.0)).data
        assert fast.groups


def test_another_thread_sees_ordinary_values_while_one_records():
    seen, w = [], Value(3.0)

    def look():
        w.grad = w.grad
        w.data = w.data + 1
        seen.append((w.data, w > 3, w.item(), w.tolist(), float(w.detach()), bool(w), Value(w + 0).data))
        (w * 2).backward()

    def f(x):
        thread = threading.Thread(target=look)
        thread.start(), thread.join()
        return x * 2

    f.w = w
    fast = replay(lambda x: (w, f(x))[1])
    assert fast(1.0) == 2
    assert seen == [(4, True, 4, 4, 4, True, 4)]
    assert w.grad == 2


def test_another_branch_is_another_plan(runner):
    f = lambda x: x * 2 if x > 0 else -x
    fast = replay(f)
    same(f, fast, [[1.0], [-1.0], [2.0], [-2.0], [3.0], [-3.0]])
    assert len(fast.groups) == 2


def test_a_branch_on_a_copy_is_another_plan(runner):
    f = lambda x: Value(x) * 2 if Value(x) > 0 else -Micrograd(x)
    fast = replay(f)
    same(f, fast, [[1.0], [-1.0], [2.0], [-2.0], [3.0], [-3.0]])
    assert len(fast.groups) == 2


def test_too_many_branches_name_the_line():
    fast = replay(lambda x: sum(v if v > 0 else 2 * v for v in x), limit=3)
    rng = np.random.default_rng(0)
    with pytest.raises(
        UnsupportedError, match=r"more than 3 plans.*comparison at .*test_replay.py:\d+ has another outcome"
    ):
        [fast([Value(v) for v in rng.normal(size=8)]) for _ in range(10)]


def test_the_same_value_twice_is_one_input(runner):
    f = lambda x, y: x * 1e16 + y + x * -1e16 + y
    for g in (f, fast := replay(f)):
        for number in (0.1, 0.2, 0.3):
            x = Value(number)
            g(x, x).backward()
        assert x.grad == 0  # of two sums, one for x and one for y, it would be 2
    assert fast(Value(0.1), Value(0.2)).data == f(0.1, 0.2)


def test_what_stands_beside_the_numbers_of_a_result_must_stay():
    calls = itertools.count()
    fast = replay(lambda x: (x * 2, next(calls)))
    fast(1.0)
    with pytest.raises(UnsupportedError, match="holds something else at its second call that is no Value"):
        fast(1.0)


def test_where_nodes_are_looked_at_the_function_runs_itself():
    fast = ready(lambda x: np.log(x), Value(1.0))
    with pytest.raises(autograd.NonFiniteError, match="log"), autograd.strict(), np.errstate(all="ignore"):
        fast(Value(-1.0))
    assert np.isnan(fast(Value(-1.0)).data)


def test_what_changes_at_every_call_is_named():
    seen = []

    def f(x):
        seen.append(1)
        return x * len(seen)

    fast = replay(f, limit=3)
    with pytest.raises(UnsupportedError, match="seen, which it uses, is another: pass it as an argument"):
        [fast(Value(1.0)) for _ in range(10)]
    fast = replay(lambda x, n: x * n, limit=3)
    with pytest.raises(UnsupportedError, match="are others: pass numbers that change as floats"):
        [fast(Value(1.0), n) for n in range(10)]


def test_random_numbers_are_noticed_and_the_line_is_named():
    rng = np.random.default_rng(0)
    fast = replay(lambda x: x * rng.normal())
    fast(Value(1.0))
    with pytest.raises(
        UnsupportedError, match=r"did something else at its second call, near .*test_replay.py:\d+: multiply"
    ):
        fast(Value(1.0))
    more = itertools.count(1)
    longer = replay(lambda x: math.prod([x] * next(more)))
    with pytest.raises(UnsupportedError, match="0 operations, and then 1|something else"):
        longer(Value(1.0)), longer(Value(1.0))
    batch = replay(lambda x: sum(x[i] for i in rng.permutation(5)[:2]))
    x = [Value(float(i)) for i in range(5)]
    with pytest.raises(UnsupportedError, match="something else"):
        [batch(x) for _ in range(3)]


W, A = Value(0.5), Value([1.0, 2.0])


HIDDEN = itertools.repeat(Value(1.0))


def _set(value):
    value.data = 2.0


def _recorded_elsewhere(x):
    autograd.engine.mode.recording.set(True)
    return x * 3.0


def _no_grad_inside(x):
    with no_grad():
        y = x * 2
    return x * y


def _branch_under_no_grad(x):
    with no_grad():
        return x * 2 if x * 3 > 0 else x


def _new_data(x):
    W.data = 1.0
    return x * W


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x * math.exp(x), "conversion of a number to a float .*np.exp in place of math.exp"),
        (lambda x: x * float(x.data), "to a float"),
        (lambda x: x * float(W), "to a float"),
        (lambda x: x * int(x), "to an integer"),
        (lambda x: x * complex(x).real, "to a complex number"),
        (lambda x: x * [1.0, 2.0][x.data], "to an index"),
        (lambda x: x * round(x.data), "to a rounded number"),
        (lambda x: x * W.raw, "read a number of a Value .* by .raw"),
        (lambda x: x * (x * x).raw, "read a number of a Value .* by .raw"),
        (lambda x: x * Value(x).raw, "read a number of a Value .* by .raw"),
        (lambda x: x * x.tolist(), r"value.tolist\(…\)"),
        (lambda x: x * np.argmax(x), "argmax, which has no derivative"),
        (lambda x: x * x.argmax(), r"value.argmax\(…\)"),
        (lambda x: x * np.isclose(x, 1.0), "np.isclose of a Value"),
        (lambda x: x * np.ones(3), "programs on single numbers: multiply"),
        (lambda x: Value([x, x]).sum(), "replay is for operations on single numbers|programs on single numbers"),
        (lambda x: x.sum(), "sum"),
        (lambda x: x * A.data, "the numbers of an array"),
        (lambda x: x * np.add.reduce(x.data), "np.add of a number"),
        (lambda x: x * np.modf(x.data)[0], "np.modf"),
        (lambda x: (x * x).backward() or x, r"value.backward\(…\)"),
        (lambda x: x * (W.grad or 0), "replay cannot follow a gradient"),
        (lambda x: setattr(W, "grad", 0.0) or x, "a change of a gradient"),
        (lambda x: x * A, "a Value of .* float64|programs on single numbers"),
        (lambda x: (_set(next(HIDDEN)), x * next(HIDDEN))[1], "new data for a Value"),
        (lambda x: contextvars.copy_context().run(_recorded_elsewhere, x) * 2, "recorded by something else"),
        (_no_grad_inside, r"no_grad\(\) inside"),
        (_branch_under_no_grad, r"no_grad\(\) inside"),
        (lambda x: x * Value(2.0, requires_grad=False), "without a gradient that was made inside"),
        (_new_data, "new data for a Value"),
        (lambda x: np.maximum(grad(lambda y: np.maximum(y, x))(x), 0), "won, which has no derivative"),
    ],
)
def test_what_cannot_be_followed_is_refused(f, message):
    fast = replay(f)
    with pytest.raises(UnsupportedError, match=f"{message}"):
        [fast(Value(1.0)) for _ in range(3)]
    assert type(W) is Value
    assert W.data in (0.5, 1.0)


@pytest.mark.parametrize("x", [np.ones(2), Value([1.0, 2.0]), 1j, np.float16(1), Value(1j)])
def test_arguments_of_other_kinds_are_refused(x):
    with pytest.raises(UnsupportedError, match="numbers in float64 and float32"):
        replay(lambda x: x)(x)


def test_an_error_inside_leaves_everything_as_it_was():
    w = Value(1.0)

    def f(x):
        raise ZeroDivisionError(w * x)

    with pytest.raises(ZeroDivisionError):
        replay(f)(1.0)
    assert type(w) is Value
    (w * 2).backward()
    assert w.grad == 2


def test_what_escapes_is_an_ordinary_number_afterwards():
    kept = []
    w = Value(3.0)
    f = lambda x: (kept.extend([x.data, x > 1, w * x, x]), w * x)[1]
    replay(f)(Value(2.0))
    number, outcome, product, x = kept
    assert (float(number), int(number), complex(number), [0, 1, 2][np.int64(number.raw)]) == (2, 2, 2, 2)
    assert bool(outcome)
    assert f"{number:.1f} {number!r}" == "2.0 np.float64(2.0)"
    assert number + 1 == 3
    assert round(number) == 2
    assert product > 1
    assert product.data == 6
    product.backward()
    assert x.grad == 3


def test_importing_the_package_does_not_import_the_planning():
    import subprocess
    import sys

    code = "import autograd, sys; print([m for m in sys.modules if m.startswith('autograd.replay')])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "['autograd.replay']\n"
    )


def test_the_check_of_a_plan_can_fail(monkeypatch):
    from autograd.rules.arithmetic import multiply

    monkeypatch.setattr(plan, "NARROW", 0)
    monkeypatch.setattr(multiply, "function", np.divide)
    fast = replay(lambda x: x * 3)
    with pytest.raises(GraphError, match="computes multiply on arrays otherwise"):
        [fast(Value(2.0)) for _ in range(3)]
