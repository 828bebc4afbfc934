"""JAX under `jit`, in 64 bits where the numbers have them, on one thread."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from suite.starts import Start

from peers import array_programs as arrays

importing = "jax"
jax.config.update("jax_enable_x64", True)


def _ready(f: Any, *inputs: Any) -> Any:
    """One phase: the function, compiled, until its results are there."""
    compiled, on_device = jax.jit(f), [jnp.asarray(x) for x in inputs]
    return (lambda: jax.block_until_ready(compiled(*on_device)),)


def square(s: Start) -> Any:
    return _ready(lambda x: (jax.grad(lambda x: x * x)(x),), s.x)


def two_arrays(s: Start) -> Any:
    @jax.jit
    def step(p: Any, x: Any, t: Any) -> Any:
        gradients = jax.grad(lambda p: arrays.two_two_one(jnp, p, x, t))(p)
        return [a - s.rate * g for a, g in zip(p, gradients, strict=True)]

    people = [(jnp.array(x), t) for x, t in s.people]

    def epochs() -> Any:
        p = [jnp.asarray(a) for a in arrays.two_two_one_arrays(s.p)]
        for _ in range(s.epochs):
            for x, t in people:
                p = step(p, x, t)
        return jax.block_until_ready(p)

    return (epochs,)


def mlp(s: Start) -> Any:
    @jax.jit
    def step(layers: Any, x: Any, t: Any) -> Any:
        loss, gradients = jax.value_and_grad(lambda p: arrays.mlp(jnp, p, x, t))(layers)
        return loss, jax.tree.map(lambda a, g: a - s.rate * g, layers, gradients)

    state = [jax.tree.map(jnp.asarray, s.layers)]

    def epoch() -> Any:
        total, layers = 0.0, state[0]
        for start in range(0, len(s.x), s.batch):
            x, t = s.x[start : start + s.batch], s.t[start : start + s.batch]
            loss, layers = step(layers, x, t)
            total += float(loss) * len(x)
        state[0] = jax.block_until_ready(layers)
        return total / len(s.x), *(a for layer in layers for a in layer)

    return (epoch,)


mlp_32 = mlp_128 = mlp_512 = mlp


def gpt(s: Start) -> Any:
    @jax.jit
    def advance(p: Any) -> Any:
        loss, gradients = jax.value_and_grad(lambda p: arrays.gpt(jnp, p, s.tokens, s.targets, s.heads))(p)
        return loss, gradients, [a - s.rate * g for a, g in zip(p, gradients, strict=True)]

    state = [[jnp.asarray(a) for a in s.p]]

    def step() -> Any:
        loss, gradients, state[0] = jax.block_until_ready(advance(state[0]))
        return loss, *gradients

    return (step,)


def elementwise(s: Start) -> Any:
    return _ready(jax.value_and_grad(lambda x: arrays.elementwise(jnp, x)), s.x)


def _rosenbrock(x: Any) -> Any:
    return arrays.rosenbrock(jnp, x)


def hessian(s: Start) -> Any:
    return _ready(lambda x: (jax.hessian(_rosenbrock)(x),), s.x)


def hvp(s: Start) -> Any:
    return _ready(lambda x, v: (jax.jvp(jax.grad(_rosenbrock), (x,), (v,))[1],), s.x, s.v)
