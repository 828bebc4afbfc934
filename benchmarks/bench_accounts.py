"""Where the time of a workload goes: what NumPy takes by itself, what a program by hand takes, and the engine's parts.

    python3 run.py python benchmarks/bench_accounts.py                 all of them: some two minutes
    python3 run.py python benchmarks/bench_accounts.py --only mlp hvp

The workloads are those of `run.py bench`. Parts are timed in turns; the least of the CPU time is shown (of the user's and the
system's share together), and of the large ones how many pages of memory the system handed out. With PyTorch in this
environment (extra `fuzz`) its functions are timed beside NumPy's.
"""

from __future__ import annotations

import argparse
import resource
import time
import tracemalloc
from collections.abc import Callable
from typing import Any
from unittest import mock

import _pinned as b
import numpy as np
from peers import array_programs as arrays
from peers import numpy as by_hand
from peers import ours
from suite import starts

import nn
from autograd import Value, grad, profile, value_and_grad
from autograd.draw.collect import walk

ROUNDS, LEAST = 12, 0.02  # seconds in a sample, at least
Part = Callable[[], Any]


def seconds(part: Part) -> tuple[float, int]:
    """CPU seconds and pages of one call; of quick ones the mean of as many as fill a sample.

    A call before is not counted: caches are filled, and what the part before has given back to the system is got again.
    """
    part()
    calls, faults, began = 0, resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.process_time()
    while calls == 0 or time.process_time() - began < LEAST:
        part()
        calls += 1
    took = (time.process_time() - began) / calls
    return took, (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults) // calls


def least(parts: dict[str, Part], rounds: int = ROUNDS) -> dict[str, tuple[float, int]]:
    samples: dict[str, list[tuple[float, int]]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name, part in parts.items():
            samples[name].append(seconds(part))
    return {name: min(found) for name, found in samples.items()}


def show(title: str, parts: dict[str, Part], whole: str, per: int = 1) -> None:
    """A table of parts, of which each call is `per` steps, each beside the `whole` one."""
    found = least(parts)
    lines = [
        (name, f"{t / per * 1e6:,.1f}", f"{t / found[whole][0]:.2f}", pages // per or "")
        for name, (t, pages) in found.items()
    ]
    b.table(title, ["part", "µs", f"of “{whole}”", "pages"], lines)


def mlp() -> None:
    s = starts.mlp(2_560, batch=32)
    (hand,), (fit,) = by_hand.mlp(s), ours.mlp(s)
    layers = [nn.Linear(*w.shape, dtype=w.dtype) for w, _ in s.layers]
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])
    loss, optimizer = nn.CrossEntropyLoss(), nn.SGD(model.parameters(), lr=0.0)
    loader = nn.DataLoader(s.x, s.t, batch_size=s.batch)
    batches = list(loader)
    w1, w2, w3 = (w for w, _ in s.layers)
    h1, h2, d3 = (np.ones((s.batch, w.shape[1]), w.dtype) for w in (w1, w2, w3))

    def products() -> None:
        for x, _ in batches:
            x @ w1, h1 @ w2, h2 @ w3, h2.T @ d3, d3 @ w3.T, h1.T @ h2, h2 @ w2.T, x.T @ h1

    def forward() -> None:
        for x, t in batches:
            loss(model(x), t)

    def both_ways() -> None:
        for x, t in batches:
            loss(model(x), t).backward(leaves_only=True)

    def steps() -> None:
        for _ in batches:
            optimizer.step()

    both_ways()
    parts: dict[str, Part] = {
        "the eight products of matrices": products,
        "by hand": hand,
        "fit": fit,
        "the batches": lambda: list(loader),
        "forward": forward,
        "forward and backward": both_ways,
        "the descent": steps,
    }
    show("A step of the MLP on 32 rows", parts, "by hand", len(batches))


def elementwise() -> None:
    for n in (1_000, 10_000, 1_000_000, 10_000_000):
        s = starts.numbers(n)
        x, out = s.x, np.empty_like(s.x)
        functions = (np.tanh, np.exp, np.sin, np.cos)
        parts: dict[str, Part] = {
            "NumPy's tanh, exp, sin, cos": lambda x=x, out=out, f=functions: [g(x, out=out) for g in f],
            "by hand": by_hand.elementwise(s)[0],
            "the engine": ours.elementwise(s)[0],
        }
        if n >= 1_000_000:
            parts["the engine, in blocks"] = ours.blocked(s)[0]
        parts |= torch_functions(x)
        show(f"Σ tanh(x)·exp(−x²) + x·sin x and gradient, n = {n:,}", parts, "by hand")


def torch_functions(x: Any) -> dict[str, Part]:
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(1)
    t, out = torch.from_numpy(x), torch.empty(x.shape, dtype=torch.float64)
    functions = (torch.tanh, torch.exp, torch.sin, torch.cos)
    return {"PyTorch's tanh, exp, sin, cos": lambda: [g(t, out=out) for g in functions]}


def hvp() -> None:
    s = starts.numbers(100_000)
    gradient = value_and_grad(lambda x: arrays.rosenbrock(np, x))
    one = np.empty_like(s.x)
    parts: dict[str, Part] = {
        "one product of arrays": lambda: np.multiply(s.x, s.v, out=one),
        "… into new memory": lambda: s.x * s.v,
        "by hand": by_hand.hvp(s)[0],
        "the gradient": lambda: gradient(s.x),
        "the Hessian times a vector": ours.hvp(s)[0],
    }
    show("Rosenbrock's function of 100,000 numbers", parts, "by hand")
    with profile() as profiled:
        parts["the Hessian times a vector"]()
    print(f"\n{profiled}")


def square() -> None:
    derivative, at = grad(lambda x: x * x), 3.0

    def by_value() -> None:
        x = Value(at)
        (x * x).backward()

    parts: dict[str, Part] = {
        "grad(f), and the call": ours.square(starts.three(1))[0],
        "the call alone": lambda: derivative(at),
        "Value(3.0)": lambda: Value(at),
        "Value(3.0), x * x, backward": by_value,
    }
    show("grad(lambda x: x * x)(3.0)", parts, "grad(f), and the call")


def memory() -> None:
    """What a step of the small GPT holds: each operation's results and what it keeps beside them, and the peak."""
    (step,) = ours.gpt(starts.gpt(4))
    step()  # a first step, whose caches stay
    with mock.patch.object(ours, "_descend", _held):
        step()


def _held(parameters: list[Value], loss: Value, rate: float) -> list[Any]:
    """In the place of a step's descent: counts what the graph of `loss` holds, a piece of memory once."""
    seen = {_piece(p.data)[0] for p in parameters}
    nodes = sorted(walk(loss), key=lambda node: node.number)
    readers: dict[int, set[str]] = {}
    for node in nodes:
        for parent in (p for p in node.parents if p is not None):
            readers.setdefault(parent.number, set()).add(node.op.name)
    kept: dict[str, int] = {}
    unread = 0
    for value in nodes:
        unread += value.data.nbytes * (readers.get(value.number) == {"add"})
        for array in (value.data, *_arrays(value.static.get("kept")), *value.inputs):
            place, size = _piece(array)
            if place not in seen:
                seen.add(place)
                kept[value.op.name] = kept.get(value.op.name, 0) + size
    kept |= {
        "all of them": sum(kept.values()),
        "of them results that only additions took, whose rules read none": unread,
    }
    tracemalloc.start()
    loss.backward(leaves_only=True)
    kept["backward: its peak, above them"] = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    kept["of it the gradients of the parameters"] = sum(p.grad.nbytes for p in parameters)
    lines = [(name, f"{size / 2**20:.2f}") for name, size in kept.items()]
    b.table("A step of the small GPT: what its operations keep", ["", "MiB"], lines)
    return []


def _arrays(kept: Any) -> list[Any]:
    parts = kept if isinstance(kept, (tuple, list)) else [kept]
    return [part for part in parts if isinstance(part, np.ndarray)]


def _piece(array: Any) -> tuple[int, int]:
    """Of the memory behind an array: a name, and its bytes; numbers have none that counts."""
    if not isinstance(array, np.ndarray):
        return 0, 0
    while isinstance(array.base, np.ndarray):
        array = array.base
    return id(array), array.nbytes


ACCOUNTS = {account.__name__: account for account in (mlp, elementwise, hvp, square, memory)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=ACCOUNTS, default=list(ACCOUNTS))
    for name in parser.parse_args().only:
        ACCOUNTS[name]()


if __name__ == "__main__":
    main()
