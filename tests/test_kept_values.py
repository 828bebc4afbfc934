"""A Value kept from a derivative that is over is a constant in the next one: that is said, and nothing else is told off."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest

import autograd as ag
from autograd import StaleValueWarning, Value, grad, hessian, jacobian, jvp, no_grad, value_and_grad, vjp

X = np.array([0.5, 1.5])
TRANSFORMS = {
    "grad": lambda f: grad(f), "value_and_grad": lambda f: value_and_grad(f), "jacobian": lambda f: jacobian(f),
    "hessian": lambda f: hessian(f), "vjp": lambda f: lambda x: vjp(f, x)[1](1.0), "third": lambda f: grad(grad(grad(f))),
    "elementwise_grad": lambda f: ag.elementwise_grad(f), "jvp": lambda f: lambda x: jvp(f, [x], [1.0]),
    "nested": lambda f: grad(lambda y: grad(f)(y) * y), "hvp": lambda f: lambda x: ag.hvp(f)(x, 1.0),
    "checkpoint": lambda f: grad(ag.checkpoint(f)), "in no_grad": lambda f: no_grad()(grad(f)),
}  # fmt: skip


def cached(make):
    """A function of x with a cache for what `make` computes from x."""
    cache = {}
    return lambda x: x * x * (cache["v"] if "v" in cache else cache.setdefault("v", make(x)))


KEPT = {
    "a result": np.sin, "the variable": lambda x: x, "behind others": lambda x: np.exp(np.sin(x) * 2) + x,
    "a pull-back's": lambda x: vjp(np.sin, x)[1](1.0) * x,
}  # fmt: skip


@pytest.mark.parametrize("make", KEPT.values(), ids=KEPT)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_value_of_an_earlier_derivative_is_told_of(name, make):
    slope = TRANSFORMS[name](cached(make))
    slope(1.0)
    with pytest.warns(StaleValueWarning, match="kept from an earlier derivative"):
        slope(2.0)


def test_the_warning_names_the_line_and_can_be_ignored():
    slope = grad(cached(np.sin))
    slope(1.0)
    with pytest.warns(StaleValueWarning, match=r"computed by sin.*value\.data") as caught:
        slope(2.0)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StaleValueWarning)
        assert slope(3.0) == pytest.approx(2 * 3 * np.sin(1.0))


def a_kept_pull_back():
    kept = []

    def f(x):
        y = x * x
        out, pull = vjp(lambda z: np.sin(z) * y, x)
        kept.append(pull)
        return out * y

    grad(f)(2.0)
    kept[0](1.0)
    grad(lambda u: kept[0](u) ** 2)(3.0)
    hessian(lambda u: kept[0](u) ** 3)(3.0)
    grad(lambda u: grad(lambda w: kept[0](w) ** 2)(u) * u)(3.0)


def a_pull_back_over_a_leaf():
    w = Value(2.0)
    _, pull = vjp(lambda x: w * x**2, 3.0)
    grad(lambda u: pull(u) ** 2)(1.0)
    _, push = ag.linearize(lambda x: np.sin(x) * x * w, 3.0)
    grad(lambda t: push(t) ** 2)(1.0)


def numbers_in_a_cache():
    cache = {}
    slope = grad(lambda x: x * cache.setdefault("v", np.sin(x).data))
    constants = grad(lambda x: x * cache.setdefault("c", np.sin(Value(1.0, requires_grad=False))))
    for x in (1.0, 2.0):
        slope(x)
        constants(x)


def a_cache_within_one_derivative():
    def f(x):
        cache = {}
        return sum(x * cache.setdefault("v", np.sin(x)) for _ in range(3))

    for x in (1.0, 2.0):
        grad(grad(f))(x)
        jacobian(lambda y: np.stack([grad(f)(y[0]), y[1]]))(X)


def a_cache_of_the_outer_variable():
    def outer(x):
        cache = {}
        inner = grad(lambda y: y**2 * cache.setdefault("v", np.sin(x)))
        return inner(1.0) + inner(2.0) + grad(inner)(x)

    for x in (1.0, 2.0):
        assert grad(outer)(x) == pytest.approx(8 * np.cos(x))
        hessian(outer)(x)


def generators_in_turn():
    def steps(x):
        y = np.sin(x)
        for _ in range(3):
            y = y * grad(lambda z: z * z * np.cos(x))(x)
            yield y

    def f(x):
        a, b = steps(x), steps(x * 2)
        return sum(next(a) * next(b) for _ in range(3))

    grad(grad(f))(0.7)


def threads():
    found = []

    def f(x):
        y = np.sin(x)
        thread = threading.Thread(target=lambda: found.append(grad(lambda z: z * z * y)(2.0)))
        thread.start()
        thread.join()
        return y * found[-1]

    for x in (0.3, 0.4):
        assert grad(f)(x) == pytest.approx(8 * np.sin(x) * np.cos(x))


def computed_again():
    def f(x):
        y = np.exp(x)
        first = ag.checkpoint(lambda z: grad(lambda t: t**3 * y)(z) * y)(x)
        second = ag.fixed_point(lambda a: lambda z: z + 0.25 * (a * y - z * z), x, 1.0, lambda p, q: abs(p - q), 1e-13)
        return first + second

    for x in (0.5, 0.6):
        grad(f)(x)
        grad(grad(f))(x)


def a_rule_with_a_derivative_inside():
    def f(x):
        y = np.sin(x)
        pulled = ag.custom_vjp(lambda z: z.item() ** 2, lambda g, out, z: g * grad(lambda t: t * t * y.data)(z))
        return pulled(x) * y

    for x in (0.5, 0.6):
        grad(f)(x)


LEGITIMATE = [
    a_kept_pull_back, a_pull_back_over_a_leaf, numbers_in_a_cache, a_cache_within_one_derivative,
    a_cache_of_the_outer_variable, generators_in_turn, threads, computed_again, a_rule_with_a_derivative_inside,
]  # fmt: skip


@pytest.mark.filterwarnings("error::autograd.StaleValueWarning")
@pytest.mark.parametrize("use", LEGITIMATE, ids=lambda use: use.__name__)
def test_nothing_else_is_told_off(use):
    use()


def test_the_usual_way_looks_at_nothing(monkeypatch):
    from autograd import tracing

    monkeypatch.setattr(tracing, "_warn_of_stale", None)  # whoever calls it fails
    w = Value(2.0)
    hessian(lambda x: np.sum(x**3) * w)(X)
    grad(lambda x: grad(lambda y: y * y * x)(x))(1.0)
