"""A GPU under the same rules: ``python benchmarks/gpu.py``, ten minutes at most; ``--cpu`` is a small form for a processor.

Two tables. For each kind of array, XLA's and CuPy's, how many rows of the table of derivatives give NumPy's values and
gradients on it. And the milliseconds of a step of an MLP, LeNet and a GPT, in float32: compiled by `xla.jit`, on CuPy arrays as
they stand, and the same formulas written in JAX and in PyTorch, each with the loss after eight steps, which must be the same.
What is not installed, or does not run, is said in one line.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from autograd import Value, value_and_grad
from nn import functional as F
from tests import samples, samples_numpy

RATE, STEPS = 0.05, 8
Params = dict[str, Any]
Step = Callable[[Params, Any, Any], tuple[Any, Params]]

# -- the three models, in the words that each library has ------------------------------------------------------------


def mlp(ops: Any, p: Params, x: Any) -> Any:
    return ops.tanh(ops.tanh(x @ p["w"] + p["b"]) @ p["v"] + p["c"]) @ p["u"]


def lenet(ops: Any, p: Params, x: Any) -> Any:
    y = ops.pool(ops.relu(ops.conv(x, p["k"])))
    y = ops.pool(ops.relu(ops.conv(y, p["l"])))
    return ops.relu(y.reshape(y.shape[0], -1) @ p["w"]) @ p["v"]


def gpt(ops: Any, p: Params, tokens: Any) -> Any:
    x = p["tokens"][tokens] + p["places"]
    batch, length, width = x.shape
    heads = 4
    for i in range(sum(name.startswith("qkv") for name in p)):
        q, k, v = (
            z.reshape(batch, length, heads, width // heads).swapaxes(1, 2)
            for z in (ops.norm(x) @ p[f"q{name}{i}"] for name in ("kv", "_k", "_v"))
        )
        scores = q @ k.swapaxes(2, 3) * (width // heads) ** -0.5 + p["mask"]
        x = x + (ops.softmax(scores) @ v).swapaxes(1, 2).reshape(batch, length, width) @ p[f"o{i}"]
        x = x + ops.gelu(ops.norm(x) @ p[f"up{i}"]) @ p[f"down{i}"]
    return (ops.norm(x) @ p["out"]).reshape(batch * length, -1)


def models(small: bool) -> Iterator[tuple[str, Any, Params, Any, Any]]:
    """Name, model, parameters, inputs and targets."""
    rng = np.random.default_rng(0)

    def weight(*shape: int) -> Any:
        return (rng.normal(size=shape) / np.sqrt(shape[0] if len(shape) == 2 else np.prod(shape[1:]))).astype(
            np.float32
        )

    batch, wide = (8, 16) if small else (512, 512)
    p = {
        "w": weight(784, wide),
        "b": weight(1, wide)[0],
        "v": weight(wide, wide),
        "c": weight(1, wide)[0],
        "u": weight(wide, 10),
    }
    yield f"MLP, batch {batch}", mlp, p, weight(batch, 784) * 28, rng.integers(0, 10, batch)
    batch = 2 if small else 256
    p = {"k": weight(6, 1, 5, 5), "l": weight(16, 6, 5, 5), "w": weight(256, 84), "v": weight(84, 10)}
    yield f"LeNet, batch {batch}", lenet, p, weight(batch, 1, 28, 28) * 28, rng.integers(0, 10, batch)
    batch, length, width, layers = (2, 8, 8, 1) if small else (16, 128, 256, 4)
    p = {"tokens": weight(96, width), "places": weight(length, width), "out": weight(width, 96)}
    p["mask"] = np.where(np.tri(length, dtype=bool), 0, -1e9).astype(np.float32)
    for i in range(layers):
        p |= {f"{name}{i}": weight(width, width) for name in ("qkv", "q_k", "q_v", "o")}
        p |= {f"up{i}": weight(width, 4 * width), f"down{i}": weight(4 * width, width)}
    text = rng.integers(0, 96, (batch, length + 1))
    yield f"GPT, {layers} × {width}, {batch} × {length}", gpt, p, text[:, :-1], text[:, 1:].reshape(-1)


# -- the libraries: each gives a step of a model, how its arrays are made, and how to wait -----------------------------


def ours() -> Any:
    return SimpleNamespace(
        tanh=np.tanh, relu=F.relu, conv=F.conv2d, pool=lambda x: F.max_pool2d(x, 2), gelu=lambda x: F.gelu(x, approximate="tanh"),
        softmax=lambda x: F.softmax(x, -1), norm=lambda x: F.layer_norm(x, x.shape[-1:]),
    )  # fmt: skip


def recorded(model: Any) -> Step:
    """A step by this engine, on whatever arrays it is given."""
    loss = value_and_grad(lambda p, x, y: F.cross_entropy(model(ours(), p, x), y))

    def step(p: Params, x: Any, y: Any) -> tuple[Any, Params]:
        value, g = loss(p, x, y)
        return value, {name: p[name] - RATE * g[name] if name != "mask" else p[name] for name in p}

    return step


def by_xla(model: Any) -> tuple[Step, Any]:
    from autograd import xla

    return xla.jit(recorded(model), donate_argnums=0), xla.asarray


def by_cupy(model: Any) -> tuple[Step, Any]:
    import cupy

    return recorded(model), cupy.asarray


def by_numpy(model: Any) -> tuple[Step, Any]:
    return recorded(model), np.asarray


def by_jax(model: Any) -> tuple[Step, Any]:
    import jax
    import jax.numpy as jnp

    def norm(x: Any) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        return centred * jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + 1e-5)

    def pool(x: Any) -> Any:
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    ops = SimpleNamespace(
        tanh=jnp.tanh, relu=jax.nn.relu, conv=lambda x, w: jax.lax.conv(x, w, (1, 1), "VALID"), pool=pool, gelu=jax.nn.gelu,
        softmax=jax.nn.softmax, norm=norm,
    )  # fmt: skip

    def loss(p: Params, x: Any, y: Any) -> Any:
        return -jnp.take_along_axis(jax.nn.log_softmax(model(ops, p, x)), y[:, None], 1).mean()

    def step(p: Params, x: Any, y: Any) -> tuple[Any, Params]:
        value, g = jax.value_and_grad(loss)(p, x, y)
        return value, {name: p[name] - RATE * g[name] if name != "mask" else p[name] for name in p}

    return jax.jit(step, donate_argnums=0), jnp.array


def by_torch(model: Any) -> tuple[Step, Any]:
    import torch
    from torch.nn import functional as T

    device = "cuda" if torch.cuda.is_available() else "cpu"
    ops = SimpleNamespace(
        tanh=torch.tanh, relu=T.relu, conv=T.conv2d, pool=lambda x: T.max_pool2d(x, 2),
        gelu=lambda x: T.gelu(x, approximate="tanh"),
        softmax=lambda x: T.softmax(x, -1), norm=lambda x: T.layer_norm(x, x.shape[-1:]),
    )  # fmt: skip

    def step(p: Params, x: Any, y: Any) -> tuple[Any, Params]:
        leaves = {name: w.requires_grad_(name != "mask") for name, w in p.items()}
        value = T.cross_entropy(model(ops, leaves, x), y)
        moved = [name for name in p if name != "mask"]
        g = torch.autograd.grad(value, [leaves[name] for name in moved])
        with torch.no_grad():
            return value.detach(), p | {name: leaves[name] - RATE * d for name, d in zip(moved, g, strict=True)}

    return step, lambda x: torch.as_tensor(x, device=device)


LIBRARIES = {
    "ours, xla.jit": ("jax", by_xla),
    "ours, on CuPy": ("cupy", by_cupy),
    "JAX": ("jax", by_jax),
    "PyTorch": ("torch", by_torch),
}


def timed(library: Any, seconds: float, model: Any, *given: Any) -> tuple[float, float]:
    """The loss after eight steps, and the median milliseconds of the steps after them."""
    step, asarray = library(model)
    p, x, y = given
    p, x, y = {name: asarray(w.copy()) for name, w in p.items()}, asarray(x), asarray(y)
    for _ in range(STEPS):
        value, p = step(p, x, y)
    reached, times, end = float(value), [], time.perf_counter() + seconds
    while len(times) < 3 or (time.perf_counter() < end and len(times) < 500):
        start = time.perf_counter()
        value, p = step(p, x, y)
        float(value)  # waits
        times.append(1e3 * (time.perf_counter() - start))
    return reached, statistics.median(times)


# -- the rows ----------------------------------------------------------------------------------------------------------


def gradients(sample: Any, args: list[Any]) -> list[Any]:
    values = [Value(x) for x in args]
    out = sample.call(*values)
    (out * out).sum().backward()
    return [out.raw, *(v.grad for v in values)]


def on_the_host(x: Any) -> Any:
    return x.get() if hasattr(x, "get") else np.asarray(x)


def right(sample: Any, asarray: Any) -> bool:
    """Whether value and gradients are NumPy's."""
    shapes = sample.shapes or ((4, 3), (3,), (4, 1))[: len(sample.domains)]
    raw = samples.draw(sample, shapes, 0)
    try:
        pairs = zip(gradients(sample, [asarray(x) for x in raw]), gradients(sample, raw), strict=True)
        return all(np.allclose(on_the_host(a), b, rtol=1e-6, atol=1e-9, equal_nan=True) for a, b in pairs)
    except Exception:  # whatever the library raises is the answer
        return False


def rows(asarray: Any, every: int, deadline: float) -> str:
    wrong, names = set(), set()
    for sample in [*samples.SAMPLES, *samples_numpy.SAMPLES][::every]:
        if time.monotonic() > deadline:
            break
        names.add(sample.name)
        if not right(sample, asarray):
            wrong.add(sample.name)
    return f"{len(names - wrong)} of {len(names)}" + (f"; not {' '.join(sorted(wrong))}" if wrong else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--cpu", action="store_true", help="small, on a processor, NumPy in CuPy's place: whether it runs"
    )
    small = parser.parse_args().cpu
    libraries = dict(LIBRARIES) | ({"ours, on NumPy": ("numpy", by_numpy)} if small else {})
    missing = [name for name, (package, _) in libraries.items() if importlib.util.find_spec(package) is None]
    for name in missing:
        print(f"{name}: {libraries.pop(name)[0]} is not installed")
    if "JAX" in libraries:
        import jax

        print(f"XLA's devices: {jax.devices()}")
    print("\nRows of the table with NumPy's values and gradients, one operation after the other")
    for name in [name for name in libraries if name.startswith("ours")]:
        asarray = libraries[name][1](mlp)[1]
        print(f"{name.removeprefix('ours, ')}: {rows(asarray, 40 if small else 1, time.monotonic() + 150)}", flush=True)
    print("\nA step of training, in ms (the loss after eight)")
    for model, *parts in models(small):
        print(f"{model:<24}", end="", flush=True)
        reached = []
        for name, (_, library) in libraries.items():
            try:
                loss, ms = timed(library, 0.05 if small else 5, *parts)
                reached.append(loss)
                print(f"   {name} {ms:.3f} ({loss:.4f})", end="", flush=True)
            except Exception as error:
                print(f"   {name}: {type(error).__name__}: {str(error).splitlines()[0][:80]}", end="", flush=True)
        same = np.ptp(reached) < 1e-3 * max(reached) if reached else False
        print("" if same else "   THE LOSSES DIFFER")


if __name__ == "__main__":
    main()
