"""Programs of micrograd's readers, behind a shim of two lines, give the numbers that micrograd gives."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

import nn

# The shim: micrograd.engine and micrograd.nn, under their names.
from autograd import Value
from nn import MLP, Layer, Neuron

# Of scikit-learn's ``make_moons(n_samples=100, noise=0.1)`` after ``np.random.seed(1337)``, and what demo.ipynb prints with
# micrograd 0.1.0 for them after ``random.seed(1337)``.
DEMO = np.load(Path(__file__).parent / "data" / "moons.npz")


def loss_of(model, X, y):
    """As in micrograd's demo.ipynb."""
    inputs = [list(map(Value, row)) for row in X]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum(p * p for p in model.parameters())
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)]
    return data_loss + reg_loss, sum(accuracy) / len(accuracy)


def test_the_demo():
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    assert len(model.parameters()) == 337
    X, y = DEMO["X"], DEMO["y"].astype(int) * 2 - 1
    seen = []
    for k in range(6):
        total, accuracy = loss_of(model, X, y)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        seen.append((total.data, accuracy * 100))
    assert seen[0] == (0.8958441028683222, 50.0)
    losses, accuracies = np.transpose(seen)
    np.testing.assert_allclose(
        losses, DEMO["losses"][:6], rtol=1e-13
    )  # micrograd adds in the order of a set: run by run another
    np.testing.assert_array_equal(accuracies, DEMO["accuracies"][:6])


def test_weights_are_drawn_from_pythons_generator():
    random.seed(1337)
    expected = [random.uniform(-1, 1) for _ in range(2 * 3 + 3 * 1)]
    random.seed(1337)
    weights = [w.data for layer in MLP(2, [3, 1]).layers for neuron in layer.neurons for w in neuron.w]
    assert weights == expected
    random.seed(0)
    first = [p.data for p in Layer(2, 2).parameters()] + [p.data for p in Neuron(2).parameters()]
    random.seed(0)
    assert first == [p.data for p in nn.Layer(2, 2).parameters()] + [p.data for p in nn.Neuron(2).parameters()]
    random.seed(0)
    state = random.getstate()
    assert nn.MLP(2, [3, 1], generator=5).parameters()[0].data == nn.MLP(2, [3, 1], generator=5).parameters()[0].data
    assert random.getstate() == state


def test_the_neuron_of_the_lecture():
    x1, x2, w1, w2 = (Value(v) for v in (2.0, 0.0, -3.0, 1.0))
    b = Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    o = n.tanh()
    for node, label in ((x1, "x1"), (n, "n"), (o, "o")):
        node.label = label
    o.backward()
    assert [v.label for v in (x1, n, o)] == ["x1", "n", "o"]
    assert o.data == pytest.approx(0.7071067811865476)
    assert [round(float(v.grad), 4) for v in (x1, w1, x2, w2, n)] == [-1.5, 1.0, 0.5, 0.0, 0.5]
    e = (2 * n).exp()
    again = (e - 1) / (e + 1)
    for leaf in (x1, w1, x2, w2, b):
        leaf.grad = 0.0
    again.backward()
    assert [round(float(v.grad), 4) for v in (x1, w1, x2, w2)] == [-1.5, 1.0, 0.5, 0.0]


def test_the_perceptron_of_the_lecture():
    """Four examples, twenty steps of gradient descent, ``p.grad = 0.0`` before each, as the lecture writes it."""
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    random.seed(7)
    net = MLP(3, [4, 4, 1], activation=Value.tanh)
    w = [
        (np.array([[p.data for p in n.w] for n in layer.neurons]), np.zeros(len(layer.neurons))) for layer in net.layers
    ]
    for _ in range(20):
        loss = sum((net(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
        for p in net.parameters():
            p.grad = 0.0
        loss.backward()
        for p in net.parameters():
            p.data += -0.05 * p.grad
        plain = _step(w, np.array(xs), np.array(ys))
        assert loss.data == pytest.approx(plain, rel=1e-12)


def _step(w, x, y):
    """The same step by hand, in matrices; returns the loss before it."""
    activations = [x]
    for i, (matrix, bias) in enumerate(w):
        z = activations[-1] @ matrix.T + bias
        activations.append(np.tanh(z) if i + 1 < len(w) else z)
    residual = activations[-1][:, 0] - y
    delta = 2 * residual[:, None]
    for i in reversed(range(len(w))):
        matrix, bias = w[i]
        below = (delta @ matrix) * (1 - activations[i] ** 2)
        w[i] = matrix - 0.05 * delta.T @ activations[i], bias - 0.05 * delta.sum(axis=0)
        delta = below
    return np.sum(residual**2)


def test_a_lecture(capsys):
    """The chain rule by hand, as the lecture does it node by node, behind ``from autograd.micrograd import Value``."""
    from autograd import micrograd

    a, b, c = (micrograd.Value(x, label=name) for x, name in ((2.0, "a"), (-3.0, "b"), (10.0, "c")))
    e = a * b
    e.label = "e"
    d = e + c
    f = micrograd.Value(-2.0, label="f")
    out = d * f
    assert "%.4f" % out.grad == "0.0000"  # noqa: UP031
    assert repr(out) == "Value(data=-8.0, grad=0.0)"
    assert (out._prev, out._op, e.label) == ({d, f}, "*", "e")
    out.grad = 1.0
    for node in (out, d, e):
        node._backward()
    assert (a.grad, b.grad, c.grad, f.grad) == (6.0, -4.0, -2.0, 4.0)
    a._backward()  # of a leaf: nothing
    assert (a.grad, type(a.grad)) == (6.0, np.float64)


def test_a_neuron_of_the_lecture():
    from autograd.micrograd import Value

    x1, x2, w1, w2, b = map(Value, (2.0, 0.0, -3.0, 1.0, 6.8813735870195432))
    n = x1 * w1 + x2 * w2 + b
    for o in (n.tanh(), ((2 * n).exp() - 1) / ((2 * n).exp() + 1)):
        for leaf in (x1, x2, w1, w2):
            leaf.grad = 0.0
        o.backward()
        np.testing.assert_allclose([x1.grad, w1.grad, x2.grad, w2.grad], [-1.5, 1.0, 0.5, 0.0], atol=1e-12)


def test_a_label_is_a_name():
    assert repr(Value(2.0, label="a")) == "Value('a', 2)"
