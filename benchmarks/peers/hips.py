"""HIPS autograd: the library of the same import name, in an environment without this project."""

from __future__ import annotations

from typing import Any

from suite.starts import Start

import autograd
import autograd.numpy as np
from autograd import value_and_grad
from autograd.core import make_vjp
from peers import array_programs as arrays
from peers import scalar_programs as scalars

assert not hasattr(autograd, "Value"), f"{autograd.__file__} is not HIPS autograd"
importing = "autograd.numpy"


def _traced(f: Any, *leaves: Any) -> Any:
    """Recording, and a backward pass to the leaves."""
    ones = np.ones(np.shape(leaves[0]))[()]

    def record() -> Any:
        return make_vjp(lambda xs: f(*xs), autograd.builtins.tuple(leaves))

    return record, lambda made: made[0](ones)


def scalar_add_1(s: Start) -> Any:
    return _traced(lambda x: scalars.sums(x, s.c, s.n), s.x)


def scalar_add_2(s: Start) -> Any:
    return _traced(lambda x, c: scalars.sums(x, c, s.n), s.x, s.c)


def scalar_exp(s: Start) -> Any:
    def f(x: Any) -> Any:
        for _ in range(s.n // 2):
            x = np.exp(-x)
        return x

    return _traced(f, s.x)


def array_add(s: Start) -> Any:
    return _traced(lambda x, c: scalars.sums(x, c, s.n), s.x, s.near_one)


def array_mul(s: Start) -> Any:
    return _traced(lambda x, c: scalars.products(x, c, s.n), s.x, s.near_one)


def array_matmul(s: Start) -> Any:
    return _traced(lambda x, c: scalars.matrix_products(x, c, s.n), s.x, s.turn)


def square(s: Start) -> Any:
    derivative = autograd.grad(lambda x: x * x)
    return (lambda: (derivative(s.x),),)


def two_arrays(s: Start) -> Any:
    people = [(np.array(x), t) for x, t in s.people]
    gradient = autograd.grad(lambda p, x, t: arrays.two_two_one(np, p, x, t))

    def epochs() -> Any:
        p = arrays.two_two_one_arrays(s.p)
        for _ in range(s.epochs):
            for x, t in people:
                p = [a - s.rate * g for a, g in zip(p, gradient(p, x, t), strict=True)]
        return p

    return (epochs,)


def mlp(s: Start) -> Any:
    state = [list(map(list, s.layers))]
    loss_and_gradient = value_and_grad(lambda layers, x, t: arrays.mlp(np, layers, x, t))

    def epoch() -> Any:
        total, layers = 0.0, state[0]
        for start in range(0, len(s.x), s.batch):
            x, t = s.x[start : start + s.batch], s.t[start : start + s.batch]
            loss, gradients = loss_and_gradient(layers, x, t)
            total += float(loss) * len(x)
            layers = [[w - s.rate * gw, b - s.rate * gb] for (w, b), (gw, gb) in zip(layers, gradients, strict=True)]
        state[0] = layers
        return total / len(s.x), *(a for layer in layers for a in layer)

    return (epoch,)


mlp_32 = mlp_128 = mlp_512 = mlp


def gpt(s: Start) -> Any:
    state = [list(s.p)]
    loss_and_gradient = value_and_grad(lambda p: arrays.gpt(np, p, s.tokens, s.targets, s.heads))

    def step() -> Any:
        loss, gradients = loss_and_gradient(state[0])
        state[0] = [a - s.rate * g for a, g in zip(state[0], gradients, strict=True)]
        return loss, *gradients

    return (step,)


def elementwise(s: Start) -> Any:
    f = value_and_grad(lambda x: arrays.elementwise(np, x))
    return (lambda: f(s.x),)


def hessian(s: Start) -> Any:
    f = autograd.hessian(lambda x: arrays.rosenbrock(np, x))
    return (lambda: (f(s.x),),)


def hvp(s: Start) -> Any:
    f = autograd.hessian_vector_product(lambda x: arrays.rosenbrock(np, x))
    return (lambda: (f(s.x, s.v),),)


def chain(s: Start) -> Any:
    record, differentiate = _traced(lambda x: scalars.chain(x, s.n), s.x)

    def free(held: list[Any]) -> Any:
        (_, value), gradients = held
        held.clear()
        return value, gradients[0]

    return record, lambda made: [made, differentiate(made)], free
