"""`xla.jit` and `nn.compile` beside the same programs written in JAX, in float32: how long they run, and how long they compile.

python3 run.py python benchmarks/bench_xla.py   # needs the extra xla; on Linux, taskset -c 0 in front

A step of training is forward, backward and SGD with momentum, with donated arrays. Both run in turn; CPU time, of all threads.
"""

from __future__ import annotations

import os
import sys

import _pinned as b

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "examples", "networks"))
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import small_gpt

import nn
from autograd import grad, hessian, hvp, value_and_grad, xla

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


def two_two_one(epochs: int = 1000) -> Pair:
    """The smallest net, all its epochs as one loop."""
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    wanted = np.array([0, 1, 1, 0], np.float32)

    def error(w: Any, ops: Any) -> Any:
        hidden = ops.tanh(inputs @ w["first"] + w["bias"])
        return ops.mean((ops.tanh(hidden @ w["second"] + w["shift"]) - wanted) ** 2)

    def epoch(both: Callable[..., Any]) -> Callable[[Any, Any], Any]:
        def moved(w: Any, _: Any) -> Any:
            value, g = both(w)
            return {name: w[name] - 0.5 * g[name] for name in w}, value

        return moved

    rng = np.random.default_rng(0)
    w = {"first": rng.normal(size=(2, 2)), "bias": np.zeros(2), "second": rng.normal(size=2), "shift": np.zeros(())}
    w = {name: np.asarray(x, np.float32) for name, x in w.items()}
    here, there = epoch(value_and_grad(lambda w: error(w, np))), epoch(jax.value_and_grad(lambda w: error(w, jnp)))
    ours = xla.jit(lambda w: xla.scan(here, w, length=epochs)[1])
    by_hand = jax.jit(lambda w: jax.lax.scan(there, w, length=epochs)[1])
    on_device, beside = ({name: put(x) for name, x in w.items()} for put in (xla.asarray, jnp.asarray))
    return Pair(f"2-2-1 net, {epochs} epochs as a scan", lambda: ours(on_device), lambda: by_hand(beside))


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


def gpt(batch: int = 16, length: int = 32, width: int = 64, heads: int = 4, layers: int = 2) -> Pair:
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    net = small_gpt.GPT(60, length, width=width, heads=heads, layers=layers, dropout=0.0)

    def norm(x: Any, weight: Any, bias: Any) -> Any:
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / jnp.sqrt(variance + 1e-5) * weight + bias

    def attended(x: Any, w_in: Any, b_in: Any, w_out: Any, b_out: Any) -> Any:
        parts = jnp.split(x @ w_in.T + b_in, 3, axis=-1)
        q, k, v = (part.reshape(batch, length, heads, -1).swapaxes(1, 2) for part in parts)
        scores = q @ k.mT / np.sqrt(np.float32(width / heads))
        scores = jax.nn.softmax(jnp.where(np.tri(length, dtype=bool), scores, -jnp.inf))
        return (scores @ v).swapaxes(1, 2).reshape(x.shape) @ w_out + b_out

    def forward(weights: Any, codes: Any) -> Any:
        characters, places, *rest = weights
        x = characters[codes] + places[: codes.shape[1]]
        for i in range(0, 12 * layers, 12):
            *attention, w, b, v, c, g1, b1, g2, b2 = rest[i : i + 12]
            x = x + attended(norm(x, g1, b1), *attention)
            x = x + jax.nn.gelu(norm(x, g2, b2) @ w + b) @ v + c
        return (norm(x, *rest[-2:]) @ characters.T).reshape(-1, len(characters))

    codes = rng.integers(0, 60, (batch, length + 1))
    whole = nn.Sequential(net, nn.Flatten(0, 1)).float()
    name = f"step of a GPT, batch {batch}, {length} long, {width} wide"
    return trained(name, whole, forward, codes[:, :-1], codes[:, 1:].reshape(-1))


def main() -> None:
    pairs = [
        mlp(32),
        mlp(128),
        mlp(512),
        lenet(),
        gpt(),
        two_two_one(),
        *map(elementwise, (100, 10_000, 100_000, 1_000_000)),
        *second_order(),
    ]
    header = ("median (least)", "ours, µs", "JAX by hand, µs", "ratio", "compiling, s", "JAX's, s", "ratio")
    b.table(f"Programs of XLA's, JAX {jax.__version__}", header, map(measured, pairs))


if __name__ == "__main__":
    main()
