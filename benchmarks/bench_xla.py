"""`xla.jit` and `nn.compile` beside the same programs written in JAX, in float32: how long they run, and how long they compile.

python3 run.py python benchmarks/bench_xla.py   # needs the extra xla; on Linux, taskset -c 0 in front

A step of training is forward, backward and SGD with momentum, with donated arrays. Both run in turn; CPU time, of all threads.
"""

from __future__ import annotations

import os

import _pinned as b

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

import nn
from autograd import grad, hessian, hvp, xla

RATE, MOMENTUM = np.float32(0.01).item(), 0.9
BUDGET = 1.5  # seconds for the runs of a row


class Pair(NamedTuple):
    """The same program, ours and by hand: each returns what is to be waited for."""

    name: str
    ours: Callable[[], Any]
    by_hand: Callable[[], Any]


def once(run: Callable[[], Any]) -> float:
    """CPU seconds of a call, until its numbers are there."""
    start = time.process_time()
    found = run()
    jax.block_until_ready(found.array if isinstance(found, xla.XlaArray) else found)
    return time.process_time() - start


def measured(pair: Pair) -> Iterable[str]:
    """A line of the table. The first two calls compile: the first step of an optimiser that remembers something does not."""
    runs = pair.ours, pair.by_hand
    first = [[once(run) for _ in range(3)] for run in runs]
    usual = [min(times) for times in first]
    compiling = [sum(times) - 3 * least for times, least in zip(first, usual, strict=True)]
    rounds = max(20, min(2000, int(BUDGET / sum(usual))))
    times = [[once(run) for run in runs] for _ in range(rounds)]
    medians, least = ([of(column) * 1e6 for column in zip(*times, strict=True)] for of in (statistics.median, min))
    shown = [f"{m:.0f} ({low:.0f})" for m, low in zip(medians, least, strict=True)]
    ratio = f"{medians[0] / medians[1]:.2f} ({least[0] / least[1]:.2f})"
    return pair.name, *shown, ratio, *[f"{c:.2f}" for c in compiling], f"{compiling[0] / compiling[1]:.1f}"


# -- functions -----------------------------------------------------------------------------------------------------


def elementwise(size: int) -> Pair:
    x = np.linspace(-2, 2, size, dtype=np.float32)

    def f(x: Any, ops: Any) -> Any:
        return (ops.tanh(x) * ops.exp(-x * x) + ops.log1p(x * x)).sum()

    ours, theirs = xla.jit(grad(lambda x: f(x, np))), jax.jit(jax.grad(lambda x: f(x, jnp)))
    on_device, beside = xla.asarray(x), jnp.asarray(x)
    return Pair(f"gradient, elementwise, {size:,}", lambda: ours(on_device), lambda: theirs(beside))


def curved(x: Any, ops: Any, a: Any) -> Any:
    return ops.log1p((a @ ops.tanh(x)) ** 2).sum()


def second_order() -> list[Pair]:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(100, 100)).astype(np.float32)
    x, v = rng.normal(size=(2, 100)).astype(np.float32)
    ours, by_hand = (lambda x: curved(x, np, a)), (lambda x: curved(x, jnp, a))
    whole, whole_by_hand = xla.jit(hessian(ours)), jax.jit(jax.hessian(by_hand))
    product = xla.jit(hvp(ours))
    product_by_hand = jax.jit(lambda x, v: jax.jvp(jax.grad(by_hand), (x,), (v,))[1])
    here, there = [xla.asarray(z) for z in (x, v)], [jnp.asarray(z) for z in (x, v)]
    return [
        Pair("Hessian, 100 × 100", lambda: whole(here[0]), lambda: whole_by_hand(there[0])),
        Pair("Hessian-vector product, 100", lambda: product(*here), lambda: product_by_hand(*there)),
    ]


# -- training ------------------------------------------------------------------------------------------------------


def trained(name: str, net: nn.Module, forward: Callable[[Any, Any], Any], x: Any, y: Any) -> Pair:
    """A step of `net`, and of `forward`, which computes the same of a list of parameters and the inputs."""
    weights = [jnp.array(np.array(p.data)) for p in net.parameters()]
    kept = [(weights, [jnp.zeros_like(w) for w in weights])]
    step = nn.compile(net, nn.CrossEntropyLoss(), nn.SGD(net.parameters(), RATE, momentum=MOMENTUM))

    def loss(weights: Any, x: Any, y: Any) -> Any:
        logits = forward(weights, x)
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

    def moved(state: Any, x: Any, y: Any, rate: Any) -> Any:
        weights, momenta = state
        value, gradients = jax.value_and_grad(loss)(weights, x, y)
        momenta = [MOMENTUM * m + g for m, g in zip(momenta, gradients, strict=True)]
        return ([w - rate * m for w, m in zip(weights, momenta, strict=True)], momenta), value

    program = jax.jit(moved, donate_argnums=0)

    def by_hand() -> Any:
        kept[0], value = program(kept[0], x, y, RATE)
        return value

    return Pair(name, lambda: step(x, y), by_hand)


def mlp(batch: int) -> Pair:
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    net = nn.Sequential(nn.Linear(784, 128), nn.Tanh(), nn.Linear(128, 10)).float()

    def forward(weights: Any, x: Any) -> Any:
        w, b, v, c = weights
        return jnp.tanh(x @ w + b) @ v + c

    x, y = rng.normal(size=(batch, 784)).astype(np.float32), rng.integers(0, 10, batch)
    return trained(f"step of an MLP, batch {batch}", net, forward, x, y)


def lenet(batch: int = 64) -> Pair:
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    ).float()  # fmt: skip

    def convolved(x: Any, w: Any, b: Any, padding: str) -> Any:
        x = jax.nn.relu(jax.lax.conv_general_dilated(x, w, (1, 1), padding) + b[:, None, None])
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def forward(weights: Any, x: Any) -> Any:
        a, b, c, d, *rest = weights
        x = convolved(convolved(x, a, b, "SAME"), c, d, "VALID").reshape(len(x), -1)
        for i in (0, 2, 4):
            x = (jax.nn.relu(x) if i else x) @ rest[i] + rest[i + 1]
        return x

    x, y = rng.normal(size=(batch, 1, 28, 28)).astype(np.float32), rng.integers(0, 10, batch)
    return trained(f"step of LeNet, batch {batch}", net, forward, x, y)


def main() -> None:
    pairs = [
        mlp(32),
        mlp(128),
        mlp(512),
        lenet(),
        *map(elementwise, (100, 10_000, 100_000, 1_000_000)),
        *second_order(),
    ]
    header = ("median (least)", "ours, µs", "JAX by hand, µs", "ratio", "compiling, s", "JAX's, s", "ratio")
    b.table(f"Programs of XLA's, JAX {jax.__version__}", header, map(measured, pairs))


if __name__ == "__main__":
    main()
