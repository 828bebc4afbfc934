"""The strict mode: the first number that goes wrong, with the operation, the line and the numbers."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from autograd import NonFiniteError, Value, grad, strict
from autograd.check import check_vjp
from autograd.rules import shaping

X = np.array([0.0, 1.0, 4.0])
# Each mistake, and what is said of it.
MISTAKES = {
    "log of 0": (lambda x: np.sum(np.log(x)), X, r"log\(\(3,\) float64\) at .*test_strict\.py:\d+ made -inf at \[0\] of 0"),
    "overflow": (lambda x: np.log1p(np.exp(x)), 800.0, r"exp\(\(\) float64\) at .*test_strict\.py:\d+ made inf of 800"),
    "0 / 0": (lambda x: np.sum(x / x), X, r"divide\(.*made nan at \[0\] of 0 and 0"),
    "root of a negative number": (lambda x: np.sqrt(x - 2), 1.0, r"sqrt\(.*made nan of -1"),
    "slope at 0": (lambda x: np.sum(np.sqrt(x)), X, r"derivative of sqrt, computed at .*py:\d+,.* made inf at \[0\]"),
    "a lost gradient": (
        lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0)), X, r"derivative of sqrt.* is inf at \[0\], for 0,.*cotangent is 0",
    ),
    "power": (lambda x: np.sum(x**0.5 * 0), X, r"derivative of power.* is inf"),
    "float32": (lambda x: np.sum(x * np.float32(1e30)), np.float32([1e10]), r"multiply\(.*made inf"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize(("f", "x", "words"), MISTAKES.values(), ids=MISTAKES)
def test_the_place_is_named(f, x, words):
    grad(f)(x)  # nothing is said without it
    with strict(), pytest.raises(NonFiniteError, match=words):
        grad(f)(x)
    with strict(), pytest.raises(FloatingPointError):
        f(Value(x)).backward()


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.sin(x) * np.exp(-x) / (1 + x)),
        lambda x: np.sum(np.where(x > 1, x, 0) * x[[2, 0, 0]]),
        lambda x: np.linalg.norm(np.outer(x, x) + np.eye(3)) + np.max(x),
        lambda x: grad(lambda y: np.sum(y**3 * x))(x).sum(),
    ],
)
def test_what_is_right_stays_the_same(f):
    plain = grad(f)(X)
    with strict():
        np.testing.assert_array_equal(grad(f)(X), plain)

    @strict()
    def decorated():
        return grad(f)(X)

    np.testing.assert_array_equal(decorated(), plain)


def test_numbers_that_were_not_made_here_are_let_through():
    with strict():
        assert np.isnan(grad(lambda x: np.sum(x * [np.nan, 1.0, 1.0]))(X)[0])


def test_it_ends_with_the_block_and_holds_for_this_thread_alone():
    found = []
    with strict():
        thread = threading.Thread(target=lambda: found.append(grad(lambda x: np.sum(np.sqrt(x)))(X)))
        thread.start()
        thread.join()
    assert found[0][0] == np.inf
    assert grad(lambda x: np.sum(np.sqrt(x)))(X)[0] == np.inf


def test_the_checker_points_to_it():
    report = check_vjp(np.sin, lambda g, out, x: g * np.log(x - 100), X + 1, seed=0)
    assert "autograd.strict()" in str(report)


def test_a_sum_of_cotangents_that_overflows():
    """Each is finite, and their sum is not: 1.5e308 twice."""
    x = Value(np.array([0.5, 2.0]), name="x")
    with strict():
        y = (x * np.array([1.5e308, 1.0])).sum() * 1.0 + (x * np.array([1.5e308, 2.0])).sum() * 1.0
        with pytest.raises(
            NonFiniteError,
            match=r"derivative of multiply.*added to those of the same array's other uses, made inf at \[0\]",
        ):
            y.backward()


def test_a_node_of_many_inputs_is_looked_at_once(monkeypatch):
    """Once for each of its inputs would be quadratic."""
    asked = []
    (rule,) = shaping.stack_arrays.rules
    monkeypatch.setattr(shaping.stack_arrays, "rules", (lambda *a, **how: asked.append(1) or rule(*a, **how),))
    scalars = [Value(float(i)) for i in range(200)]
    with strict():
        (np.stack(scalars) * np.array([0.0, 1.0] * 100)).sum().backward()
    assert len(asked) == 2  # for the pass, and for what a cotangent of 0 hides
