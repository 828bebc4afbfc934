"""Loops as one step of XLA's: `xla.scan`, and the rows of recurrent layers, with the answers of Python's loop."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import ShapeError, Value, grad, hessian, hvp
from autograd import functions as F

jax = pytest.importorskip("jax")
pytest.importorskip("tests.xla_rows")  # its flags for the compiler
from autograd import xla  # noqa: E402
from autograd.rules import scanning  # noqa: E402

RNG = np.random.default_rng(0)
X, W, H = RNG.normal(size=(7, 3)), RNG.normal(size=(3, 3)), RNG.normal(size=3)


def same(got, want, rtol=1e-9):
    got, want = ([x] if hasattr(x, "shape") else list(x) for x in (got, want))
    for x, y in zip(got, want, strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_allclose(np.asarray(x), y, rtol=rtol, atol=rtol * np.abs(y).max())


def by_hand(h, x, w, reverse=False):
    total = 0.0
    for t in range(len(x))[:: -1 if reverse else 1]:
        total = total + (t + 1) * np.sin(np.sum(h * x[t]))
        h = np.tanh(h @ w + x[t])
    return total + np.sum(h**2)


def scanned(h, x, w, reverse=False):
    """The same, with an integer in the state, a nest of outputs, and a weight that is closed over."""

    def step(state, row):
        new = {"h": np.tanh(state["h"] @ w + row), "count": state["count"] + 1, "name": "h"}
        return new, [np.sum(state["h"] * row), state["count"]]

    last, (dots, counts) = xla.scan(step, {"h": h, "count": 0, "name": "h"}, x, reverse=reverse)
    order = 1 + counts if not reverse else len(x) - counts
    return np.sum(order * np.sin(dots)) + np.sum(last["h"] ** 2)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_scan_is_the_loop(reverse):
    f, g = (lambda h, x, w, f=f: f(h, x, w, reverse) for f in (scanned, by_hand))
    same(xla.jit(f)(H, X, W), g(H, X, W))
    every = tuple(range(3))
    same(xla.jit(grad(f, every))(H, X, W), grad(g, every)(H, X, W))


def test_derivatives_of_any_order_in_jit_and_outside():
    same(xla.jit(hessian(scanned, 2))(H, X, W), hessian(by_hand, 2)(H, X, W))
    same(grad(scanned, 1)(H, X, W), grad(by_hand, 1)(H, X, W))
    f, g = (lambda h, f=f: np.sum(hvp(lambda h: f(h, X, W))(h, np.cos(h)) ** 2) for f in (scanned, by_hand))
    same(xla.jit(grad(f))(H), grad(g)(H))


def test_within_vmap_and_around_it():
    many = RNG.normal(size=(4, 3))
    want = np.stack([grad(by_hand)(h, X, W) for h in many])
    same(xla.jit(xla.vmap(grad(scanned), (0, None, None)))(many, X, W), want)

    def mapped(w):
        step = lambda state, row: (xla.vmap(lambda h: np.tanh(h @ w + row))(state), None)
        return np.sum(xla.scan(step, many, X)[0] ** 2)

    def looped(w):
        state = many
        for row in X:
            state = np.tanh(state @ w + row)
        return np.sum(state**2)

    same(xla.jit(grad(mapped))(W), grad(looped)(W))


def test_a_number_of_steps_without_rows():
    train = xla.jit(lambda w: xla.scan(lambda w, _: (w - 0.1 * grad(lambda w: np.sum(w**2))(w), w[0]), w, length=5))
    last, first = train(H)
    same(last, 0.8**5 * H)
    same(first, 0.8 ** np.arange(5) * H[0])


def test_the_state_takes_the_dtype_that_a_step_gives():
    x = X.astype(np.float32)
    run = lambda step, start: xla.jit(lambda x: xla.scan(step, start, x))(x)
    total, _ = run(lambda s, row: (s + row.sum(), None), 0.0)
    assert total.dtype == np.float32
    total, sums = run(lambda s, row: (s + row * np.float64(2), s), np.zeros(3, np.float32))
    assert (total.dtype, sums.dtype) == (np.float64, np.float64)
    total, _ = run(lambda s, row: (row, None), np.zeros(3))
    assert total.dtype == np.float64


def test_values_go_through():
    value = Value(W)
    (state,), _ = xla.scan(lambda s, row: ((np.tanh(s[0] @ value + row),), None), (H,), X)
    state.sum().backward()
    same(value.grad, grad(lambda w: by_hand_last(H, X, w).sum())(W))


def by_hand_last(h, x, w):
    for row in x:
        h = np.tanh(h @ w + row)
    return h


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda f: xla.scan(f, H, (X, X[1:])), r"one first axis.*\[\(6,\), \(7,\)\]"),
        (lambda f: xla.scan(f, H, X, length=3), r"\[\(3,\), \(7,\)\]"),
        (lambda f: xla.scan(f, H, 1.0), r"\[\(\)\]"),
        (lambda f: xla.scan(f, H), "none"),
        (lambda f: xla.scan(lambda s, row: (s[None], None), H, X), r"\[\(1, 3\)\].*\[\(3,\)\].*must keep them"),
        (lambda f: xla.scan(lambda s, row: ((s, s), None), H, X), "must keep them"),
    ],
)
def test_what_does_not_fit(call, says):
    with pytest.raises(ShapeError, match=says) as caught:
        call(lambda s, row: (s + row, None))
    assert "test_xla_scan.py:" in str(caught.value)


# -- recurrent layers ----------------------------------------------------------------------------------------------


def arguments(gates, states, steps=18, batch=2, n=2, inputs=1):
    shapes = [(steps, batch, inputs), *[(batch, n)] * states, (gates * n, inputs), (gates * n, n), *[(gates * n,)] * 2]
    return [RNG.normal(size=shape) for shape in shapes]


@pytest.mark.unmeasured
@pytest.mark.parametrize(("name", "gates", "states"), [("rnn", 1, 1), ("lstm", 4, 2), ("gru", 3, 1)])
def test_a_recurrent_layer_is_a_loop_of_its_step(name, gates, states, monkeypatch):
    f = lambda given: np.sum(np.sin(getattr(F, name)(*given)))
    given = arguments(gates, states)
    along = [np.cos(x) for x in given]
    all_of_it = lambda given, along: [f(given), *grad(f)(given), *hvp(f)(given, along)]
    want = all_of_it(given, along)
    monkeypatch.setattr(scanning, "loop", None)  # it would be called for each step that is written out
    same(xla.jit(all_of_it)(given, along), want)


def test_a_recurrent_layer_whose_inputs_are_constants():
    x, *others = arguments(1, 1)
    for known in (lambda h: F.rnn(x, h, *others[1:]).sum(), lambda h: h.sum() + F.rnn(x, *others).sum()):
        same(xla.jit(grad(known))(others[0]), grad(known)(others[0]))
        same(xla.jit(known)(others[0]), known(others[0]))
