"""A number leaves the graph loudly: whatever would lose a derivative without a word is an error that names the line."""

from __future__ import annotations

import asyncio
import cmath
import math
import operator
import statistics
import threading
import warnings

import numpy as np
import pytest

import autograd
from autograd import AutogradError, GraphError, IndependentOutputWarning, Value, enable_grad, grad, no_grad

HERE = "test_leaving.py"
# Ways by which a number under differentiation becomes a plain one.
SILENT = {
    "float": float,
    "complex": complex,
    "math.exp": math.exp,
    "math.sqrt": math.sqrt,
    "math.pow": lambda v: math.pow(v, 2),
    "math.isclose": lambda v: math.isclose(v, 1.0),
    "math.fsum": lambda v: math.fsum([v, v]),
    "math.hypot": lambda v: math.hypot(v, v),
    "math.prod": lambda v: float(math.prod([v, v])),
    "cmath.exp": cmath.exp,
    "np.float64": np.float64,
    "np.float32": np.float32,
    "np.complex128": np.complex128,
    "np.array(…, float)": lambda v: np.array([v, v], float),
    "np.asarray": np.asarray,
    "np.fromiter": lambda v: np.fromiter((v for _ in range(2)), float),
    "array.fill": lambda v: np.zeros(3).fill(v),
    "array[i] =": lambda v: operator.setitem(np.zeros(3), 0, v),
    "array[i] = …, by a loop": lambda v: _assigned(v),
    "array[:] =": lambda v: operator.setitem(np.zeros(3), slice(None), v),
    "array.flat": lambda v: operator.setitem(np.zeros(3).flat, 0, v),
    "array +=": lambda v: operator.iadd(np.zeros(3), v),
    "np.put": lambda v: np.put(np.zeros(3), 0, v),
    "statistics.mean": lambda v: statistics.fmean([v, v]),
    "bytearray of array": lambda v: np.full(3, v, dtype=float),
    "%f": lambda v: "%f" % v,  # noqa: UP031
    "struct": lambda v: __import__("struct").pack("d", v),
    "ctypes": lambda v: __import__("ctypes").c_double(v),
    "array.array": lambda v: __import__("array").array("d", [v]),
    "random.uniform": lambda v: __import__("random").gauss(v, 1.0) and float(v),
}


LOUD_BY_THEMSELVES = {SILENT["array.flat"], SILENT["struct"]}  # they drop our words, and raise their own


def _assigned(v):
    array = np.zeros(2)
    for i in range(2):
        array[i] = v
    return array


@pytest.mark.parametrize("leave", SILENT.values(), ids=SILENT)
def test_a_number_does_not_leave_without_a_word(leave):
    """Either an error, or what comes out still knows how it was made."""
    v = Value(0.5)
    try:
        result = leave(v)
    except Exception as error:
        ours = error if isinstance(error, AutogradError) else error.__cause__
        assert (isinstance(ours, AutogradError) and HERE in str(ours)) or leave in LOUD_BY_THEMSELVES
    else:
        assert isinstance(result, Value)
        result.sum().backward()
        assert v.grad is not None


@pytest.mark.parametrize("leave", [float, complex, math.exp, np.float64], ids=lambda f: f.__name__)
def test_it_may_leave_where_nothing_is_differentiated(leave):
    plain = leave(0.5)
    v = Value(0.5)
    assert leave(v.detach()) == leave(v.data) == leave(v.item()) == plain
    assert leave(Value(0.5, requires_grad=False)) == plain
    with no_grad():
        assert leave(v) == leave(v * 1.0) == plain


def test_the_error_says_the_way_out():
    with pytest.raises(TypeError, match=r"np\.exp.*math\.exp.*\.item\(\)") as caught:
        grad(lambda x: x * math.sin(x))(1.0)
    assert HERE in str(caught.value)
    assert grad(lambda x: x * np.sin(x))(1.0) == pytest.approx(math.sin(1) + math.cos(1))


def test_printing_and_comparing_are_no_way_out():
    v = Value(0.123456) * 2
    assert (f"{v:.3f}", f"{v:8.2e}", f"{v}") == ("0.247", "2.47e-01", str(v))
    assert (int(v * 10), bool(v), v > 0, round(v.item(), 2)) == (2, True, True, 0.25)
    assert v.item() == v.data


def test_item_takes_a_place_as_an_array_does():
    assert Value([[1.0, 2.0], [3.0, 4.0]]).item(1, 0) == 3.0


# -- the result does not depend on the variable ------------------------------------------------------------------

INDEPENDENT = {
    "grad": lambda f, x: autograd.grad(lambda x: np.sum(f(x)))(x),
    "value_and_grad": lambda f, x: autograd.value_and_grad(lambda x: np.sum(f(x)))(x)[1],
    "elementwise_grad": lambda f, x: autograd.elementwise_grad(f)(x),
    "jacobian": lambda f, x: autograd.jacobian(f)(x),
}


@pytest.mark.parametrize("take", INDEPENDENT.values(), ids=INDEPENDENT)
@pytest.mark.parametrize(
    "f",
    [lambda x: np.ones(2), lambda x: np.sign(x.data), lambda x: x.detach() * 2, lambda x: Value([1.0, 2.0]) * 2],
    ids=["constant", "data", "detached", "another Value"],
)
def test_a_result_that_does_not_depend_on_the_variable_is_said_so(take, f):
    with pytest.warns(IndependentOutputWarning, match="seems independent of input") as caught:
        found = take(f, np.array([1.0, 2.0]))
    assert not np.any(found.data if isinstance(found, Value) else found)
    assert caught[0].filename == __file__


def test_it_is_said_once_for_a_line():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            grad(lambda x: 1.0)(2.0)
        grad(lambda x: 1.0)(2.0)
    assert len(caught) == 2


def test_a_constant_derivative_is_no_surprise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grad(grad(lambda x: 3 * x))(2.0) == 0
        assert not np.any(autograd.hessian(lambda x: np.sum(x))(np.ones(3)))


# -- the mode, in generators, coroutines, threads ----------------------------------------------------------------


def recorded():
    return (Value(1.0) * 2).requires_grad


def plainly():
    with no_grad():
        yield recorded()
        yield recorded()


async def plainly_async():
    with no_grad():
        yield recorded()
        yield recorded()


def test_a_generator_keeps_its_mode_for_itself():
    numbers = plainly()
    seen = [(inside, recorded()) for inside in numbers]
    assert seen == [(False, True), (False, True)]
    assert recorded()


def test_a_generator_and_its_consumer_may_end_in_any_order():
    numbers = plainly()
    next(numbers)
    with no_grad():
        next(numbers)
        assert list(numbers) == []
        assert not recorded()
        with enable_grad():
            assert recorded()
    assert recorded()
    abandoned = plainly()
    next(abandoned)
    del abandoned
    assert recorded()


def test_an_asynchronous_generator_too():
    async def consume():
        return [(inside, recorded()) async for inside in plainly_async()]

    assert asyncio.run(consume()) == [(False, True), (False, True)]


def test_decorated_generators_and_coroutines():
    @no_grad()
    def generator():
        yield recorded()

    @no_grad()
    async def coroutine():
        await asyncio.sleep(0)
        return recorded()

    @no_grad()
    async def items():
        yield recorded()

    async def main():
        return [await coroutine(), *[item async for item in items()], recorded()]

    assert [*generator(), recorded()] == [False, True]
    assert asyncio.run(main()) == [False, False, True]


def test_threads_that_share_a_leaf_lose_nothing():
    w = Value(np.zeros(4))

    def work():
        for _ in range(60):
            (w * 1.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(w.grad, np.full(4, 240.0))


def test_a_derivative_inside_another_in_a_thread_of_its_own():
    def f(x):
        found = []
        thread = threading.Thread(target=lambda: found.append(grad(lambda z: z * x * z)(3.0)))
        thread.start()
        thread.join()
        return found[0]  # 6x

    assert grad(f)(2.0) == 6.0


@pytest.mark.parametrize("new", [lambda x: x * 3, lambda x: [x, 1.0], lambda x: (2.0, [x * x][0])])
def test_the_data_of_a_leaf_is_no_way_out_of_a_trace(new):
    w = Value(2.0)

    def f(x):
        w.data = new(x)
        return np.sum(w * x)

    with pytest.raises(GraphError, match=r"test_leaving.py:\d+: the derivative would be lost.*new\.data"):
        grad(f)(1.0)
    assert w.data == 2.0
    w.data = Value(1.0) * 3  # nothing is being traced: an update
    with no_grad():
        w.data = w * 2
    assert w.data == 6.0

    def by_hand(x):
        w.data = (x * 3).data
        return w * x

    assert grad(by_hand)(1.0) == 3.0
