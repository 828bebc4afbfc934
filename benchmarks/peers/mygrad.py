"""MyGrad."""

from __future__ import annotations

from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.losses import softmax_crossentropy
from suite.starts import Start

from peers import array_programs as arrays
from peers import scalar_programs as scalars

importing = "mygrad"


def _operations(program: Any, *leaves: Any) -> Any:
    tensors = tuple(mg.tensor(leaf) for leaf in leaves)

    def differentiate(y: Any) -> Any:
        for t in tensors:
            t.null_grad()
        y.backward(np.ones(y.shape))
        return [t.grad for t in tensors]

    return lambda: program(*tensors), differentiate


def scalar_add_1(s: Start) -> Any:
    return _operations(lambda x: scalars.sums(x, s.c, s.n), s.x)


def scalar_add_2(s: Start) -> Any:
    return _operations(lambda x, c: scalars.sums(x, c, s.n), s.x, s.c)


def scalar_exp(s: Start) -> Any:
    def program(x: Any) -> Any:
        for _ in range(s.n // 2):
            x = mg.exp(-x)
        return x

    return _operations(program, s.x)


def array_add(s: Start) -> Any:
    return _operations(lambda x, c: scalars.sums(x, c, s.n), s.x, s.near_one)


def array_mul(s: Start) -> Any:
    return _operations(lambda x, c: scalars.products(x, c, s.n), s.x, s.near_one)


def array_matmul(s: Start) -> Any:
    return _operations(lambda x, c: scalars.matrix_products(x, c, s.n), s.x, s.turn)


def square(s: Start) -> Any:
    def step() -> Any:
        x = mg.tensor(s.x)
        (x * x).backward()
        return (x.grad,)

    return (step,)


def two_arrays(s: Start) -> Any:
    people = [(np.array(x), t) for x, t in s.people]

    def epochs() -> Any:
        p = [mg.tensor(a) for a in arrays.two_two_one_arrays(s.p)]
        for _ in range(s.epochs):
            for x, t in people:
                arrays.two_two_one(mg, p, x, t).backward()
                for a in p:
                    a.data -= s.rate * a.grad
        return [a.data for a in p]

    return (epochs,)


def mlp(s: Start) -> Any:
    layers = [(mg.tensor(w), mg.tensor(b)) for w, b in s.layers]
    parameters = [p for layer in layers for p in layer]

    def epoch() -> Any:
        total = 0.0
        for start in range(0, len(s.x), s.batch):
            h, t = s.x[start : start + s.batch], s.t[start : start + s.batch]
            n = len(h)
            for w, b in layers[:-1]:
                h = relu(h @ w + b)
            loss = softmax_crossentropy(h @ layers[-1][0] + layers[-1][1], t)
            loss.backward()
            total += loss.item() * n
            for p in parameters:
                p.data -= s.rate * p.grad
        return total / len(s.x), *(p.data for p in parameters)

    return (epoch,)


mlp_32 = mlp_128 = mlp_512 = mlp


def elementwise(s: Start) -> Any:
    x = mg.tensor(s.x)

    def step() -> Any:
        x.null_grad()
        y = arrays.elementwise(mg, x)
        y.backward()
        return y.data, x.grad

    return (step,)


def chain(s: Start) -> Any:
    record, differentiate = _operations(lambda x: scalars.chain(x, s.n), s.x)

    def free(held: list[Any]) -> Any:
        y, (gradient,) = held
        held.clear()
        return y.data, gradient

    return record, lambda y: [y, differentiate(y)], free
