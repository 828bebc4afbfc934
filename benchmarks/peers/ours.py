"""This project."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from suite.starts import Start

import nn
from autograd import Value, grad, replay, value_and_grad
from autograd import blocked as in_blocks
from autograd import hessian as hessian_of
from autograd import hvp as hvp_of
from autograd.functions import sigmoid
from nn import functional as F
from peers import array_programs as arrays
from peers import scalar_programs as scalars

importing = "autograd"
importing_nn = "nn"


def scalar_add_1(s: Start) -> Any:
    x = Value(s.x)
    return scalars.differentiated(lambda: scalars.sums(x, s.c, s.n), (x,), None)


def scalar_add_2(s: Start) -> Any:
    x, c = Value(s.x), Value(s.c)
    return scalars.differentiated(lambda: scalars.sums(x, c, s.n), (x, c), None)


def scalar_exp(s: Start) -> Any:
    x = Value(s.x)

    def record() -> Value:
        y = x
        for _ in range(s.n // 2):
            y = np.exp(-y)
        return y

    return scalars.differentiated(record, (x,), None)


def _matrices(program: Any, x: Any, c: Any, n: int) -> Any:
    x, c, ones = Value(x), Value(c), np.ones((4, 4))
    return scalars.differentiated(lambda: program(x, c, n), (x, c), None, lambda y: y.backward(ones))


def array_add(s: Start) -> Any:
    return _matrices(scalars.sums, s.x, s.near_one, s.n)


def array_mul(s: Start) -> Any:
    return _matrices(scalars.products, s.x, s.near_one, s.n)


def array_matmul(s: Start) -> Any:
    return _matrices(scalars.matrix_products, s.x, s.turn, s.n)


def square(s: Start) -> Any:
    derivative = grad(lambda x: x * x)
    return (lambda: (derivative(s.x),),)


def moons(s: Start) -> Any:
    return scalars.moons(Value, s)


def scalar_gpt(s: Start) -> Any:
    return scalars.gpt(Value, s)


def _replayed(loss: Callable[[], Any]) -> Any:
    """With its plan made."""
    fast = replay(loss)
    fast(), fast()
    return fast


def moons_replayed(s: Start) -> Any:
    return scalars.moons(Value, s, _replayed)


def scalar_gpt_replayed(s: Start) -> Any:
    return scalars.gpt(Value, s, _replayed, lambda z: reduce(np.maximum, z).data)


def two_replayed(s: Start) -> Any:
    def loss(p: list[Any], x: tuple[float, float], t: float) -> Any:
        h1 = sigmoid(p[0] * x[0] + p[1] * x[1] + p[6])
        h2 = sigmoid(p[2] * x[0] + p[3] * x[1] + p[7])
        return (sigmoid(p[4] * h1 + p[5] * h2 + p[8]) - t) ** 2

    def epoch(p: list[Any]) -> list[Any]:
        for x, t in s.people:
            p = [a - s.rate * g for a, g in zip(p, grad(loss)(p, x, t), strict=True)]
        return p

    fast = replay(epoch)

    def epochs() -> Any:
        p = s.p.tolist()
        for _ in range(s.epochs):
            p = fast(p)
        return (np.array(p),)

    return (epochs,)


def two_sigmoid(s: Start) -> Any:
    return scalars.two_two_one(Value, sigmoid, s)


def two_elementary(s: Start) -> Any:
    return scalars.two_two_one(Value, scalars.logistic, s)


def two_arrays(s: Start) -> Any:
    people = [(np.array(x), t) for x, t in s.people]

    def epochs() -> Any:
        p = [Value(a) for a in arrays.two_two_one_arrays(s.p)]
        for _ in range(s.epochs):
            for x, t in people:
                for a in p:
                    a.grad = None
                arrays.two_two_one(np, p, x, t).backward(leaves_only=True)
                for a in p:
                    a.data -= s.rate * a.grad
        return [a.data for a in p]

    return (epochs,)


def two_nn(s: Start) -> Any:
    people = [(np.array(x), np.array([t])) for x, t in s.people]
    loss_function, start = nn.MSELoss(), arrays.two_two_one_arrays(s.p)
    start[2] = start[2][:, None]

    def epochs() -> Any:
        net = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1), nn.Sigmoid())
        w1, b1, w2, b2 = net.parameters()
        w1.data, b1.data, w2.data, b2.data = start
        optimizer = nn.SGD(net.parameters(), lr=s.rate)
        for _ in range(s.epochs):
            for x, t in people:
                loss = loss_function(net(x), t)
                optimizer.zero_grad()
                loss.backward(leaves_only=True)
                optimizer.step()
        return w1.data, b1.data, w2.data[:, 0], b2.data

    return (epochs,)


def mlp(s: Start) -> Any:
    linear = [nn.Linear(*w.shape, dtype=w.dtype) for w, _ in s.layers]
    for layer, (w, b) in zip(linear, s.layers, strict=True):
        layer.weight.data, layer.bias.data = w, b
    model = nn.Sequential(linear[0], nn.ReLU(), linear[1], nn.ReLU(), linear[2])
    loss, optimizer = nn.CrossEntropyLoss(), nn.SGD(model.parameters(), lr=s.rate)

    def epoch() -> Any:
        (one,) = nn.fit(model, loss, optimizer, nn.DataLoader(s.x, s.t, batch_size=s.batch), epochs=1)
        return one.loss, *(p.data for p in model.parameters())

    return (epoch,)


mlp_32 = mlp_128 = mlp_512 = mlp


def mlp_values(s: Start) -> Any:
    layers = [(Value(w), Value(b)) for w, b in s.layers]
    parameters = [p for layer in layers for p in layer]

    def epoch() -> Any:
        total = 0.0
        for start in range(0, len(s.x), s.batch):
            x, t = s.x[start : start + s.batch], s.t[start : start + s.batch]
            loss = arrays.mlp(np, layers, x, t)
            total += loss.item() * len(x)
            _descend(parameters, loss, s.rate)
        return total / len(s.x), *(p.data for p in parameters)

    return (epoch,)


def _descend(parameters: list[Value], loss: Value, rate: float) -> list[Any]:
    for p in parameters:
        p.grad = None
    loss.backward(leaves_only=True)
    for p in parameters:
        p.data -= rate * p.grad
    return [p.grad for p in parameters]


def gpt(s: Start) -> Any:
    p = [Value(a) for a in s.p]
    targets = s.targets.ravel()

    def norm(x: Any, gain: Value, bias: Value) -> Any:
        return F.layer_norm(x, gain.shape, gain, bias)

    def attention(x: Any) -> Any:
        batch, time, width = x.shape[0], x.shape[1], x.shape[2] // 3
        q, k, v = x.reshape(batch, time, 3, s.heads, -1).transpose(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return mixed.transpose(0, 2, 1, 3).reshape(batch, time, width)

    def step() -> Any:
        x = p[0][s.tokens] + p[1]
        for i in range(2, len(p) - 3, 12):
            g1, c1, w_qkv, b_qkv, w_out, b_out, g2, c2, w_up, b_up, w_down, b_down = p[i : i + 12]
            x = x + F.linear(attention(F.linear(norm(x, g1, c1), w_qkv, b_qkv)), w_out, b_out)
            x = x + F.linear(F.gelu(F.linear(norm(x, g2, c2), w_up, b_up), approximate="tanh"), w_down, b_down)
        z = norm(x, p[-3], p[-2]) @ p[-1]
        loss = F.cross_entropy(z.reshape(len(targets), -1), targets)
        return loss.data, *_descend(p, loss, s.rate)

    return (step,)


def lstm(s: Start) -> Any:
    model = nn.LSTM(s.x.shape[2], s.target.shape[2], dtype=np.float32)
    for parameter, start in zip(model.parameters(), s.p, strict=True):
        parameter.data = start
    loss_function, optimizer = nn.MSELoss(), nn.SGD(model.parameters(), lr=s.rate)

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_function(model(s.x)[0], s.target)
        loss.backward(leaves_only=True)
        optimizer.step()
        return loss.data, *(p.grad for p in model.parameters())

    return (step,)


def _network(s: Start, *layers: nn.Module) -> Any:
    """A step of gradient descent, of layers that begin at `s.p`."""
    model, loss_function = nn.Sequential(*layers), nn.CrossEntropyLoss()
    for parameter, a in zip(model.parameters(), s.p, strict=True):
        parameter.data = a
    optimizer = nn.SGD(model.parameters(), lr=s.rate)

    def step() -> Any:
        loss = loss_function(model(s.x), s.t)
        optimizer.zero_grad()
        loss.backward(leaves_only=True)
        optimizer.step()
        return loss.data, *(p.grad for p in model.parameters())

    return (step,)


def lenet(s: Start) -> Any:
    blocks = [layer for w in (s.p[0], s.p[2]) for layer in (
        nn.Conv2d(w.shape[1], w.shape[0], 5, dtype=w.dtype), nn.ReLU(), nn.MaxPool2d(2))]  # fmt: skip
    return _network(s, *blocks, nn.Flatten(), nn.Linear(256, 10, dtype=np.float32))


def convnet(s: Start) -> Any:
    blocks = [layer for w in s.p[:-2:3] for layer in (
        nn.Conv2d(w.shape[1], w.shape[0], 3, padding=1, bias=False, dtype=w.dtype),
        nn.BatchNorm2d(w.shape[0], dtype=w.dtype), nn.ReLU(), nn.MaxPool2d(2))]  # fmt: skip
    return _network(s, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10, dtype=np.float32))


def elementwise(s: Start) -> Any:
    f = value_and_grad(lambda x: arrays.elementwise(np, x))
    return (lambda: f(s.x),)


def blocked(s: Start) -> Any:
    f = value_and_grad(in_blocks(lambda x: arrays.elementwise(np, x)))
    return (lambda: f(s.x),)


def hessian(s: Start) -> Any:
    f = hessian_of(lambda x: arrays.rosenbrock(np, x))
    return (lambda: (f(s.x),),)


def hvp(s: Start) -> Any:
    f = hvp_of(lambda x: arrays.rosenbrock(np, x))
    return (lambda: (f(s.x, s.v),),)


def chain(s: Start) -> Any:
    return scalars.recorded_and_freed(Value(s.x), s.n, None)
