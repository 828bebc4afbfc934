"""What it costs to keep what a constant array looked like: one operation, and an epoch of a network.

python3 run.py python benchmarks/bench_guard.py

Each is measured with the guard and without it, in turns; without it, every row says that its rules use no input's numbers.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import _pinned as b
import numpy as np

import nn
from autograd import Value
from autograd.engine import value as engine
from autograd.rules import OPS

N, ROUNDS = 5_000, 15


@contextmanager
def unguarded() -> Iterator[None]:
    """No witness of any constant array."""
    saves = {op: op.saves for op in OPS.values()}
    seen = engine.seen
    for op in saves:
        op.saves = (False,) * max(2, len(op.rules))
    engine.seen = lambda array: array
    try:
        yield
    finally:
        engine.seen = seen
        for op, before in saves.items():
            op.saves = before


def operation(shape: tuple[int, ...]) -> Callable[[], None]:
    """N products of a Value and a constant array."""
    v, constant = Value(np.ones(shape)), np.ones(shape)

    def run() -> None:
        for _ in range(N):
            v * constant

    return run


def epoch(read_only: bool) -> Callable[[], None]:
    """784-100-200-10 in float32, batches of 32, by a hand-written loop; rows as a loader gives them, or slices of an array."""
    rng = np.random.default_rng(0)
    rows, labels = (
        rng.normal(size=(3200, 784)).astype(np.float32),
        np.eye(10, dtype=np.float32)[rng.integers(10, size=3200)],
    )
    model = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 200), nn.ReLU(), nn.Linear(200, 10))
    loss, optimizer = nn.CrossEntropyLoss(), nn.SGD(model.parameters(), lr=0.01)
    batches = nn.DataLoader(rows, labels, batch_size=32, shuffle=True, generator=0)

    def run() -> None:
        slices = ((rows[i : i + 32], labels[i : i + 32]) for i in range(0, len(rows), 32))
        for x, t in batches if read_only else slices:
            error = loss(model(x), t)
            optimizer.zero_grad()
            error.backward(leaves_only=True)
            optimizer.step()

    return run


def cpu(run: Callable[[], None]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def both(run: Callable[[], None]) -> tuple[float, float]:
    """Medians of CPU seconds, with the guard and without, measured in turns."""
    guarded, free = [], []
    for _ in range(ROUNDS):
        guarded.append(cpu(run))
        with unguarded():
            free.append(cpu(run))
    return statistics.median(guarded), statistics.median(free)


def main() -> None:
    rows = []
    for shape in ((4, 4), (32, 32), (90, 90), (300, 300)):
        guarded, free = both(operation(shape))
        rows.append((f"v * constant, {shape[0]}×{shape[1]}", f"{guarded / N * 1e9:.0f} ns", f"{free / N * 1e9:.0f} ns",
                     f"{(guarded - free) / N * 1e9:.0f} ns", f"{guarded / free:.3f}"))  # fmt: skip
    for name, read_only in (("an epoch, batches of DataLoader", True), ("an epoch, slices of an array", False)):
        guarded, free = both(epoch(read_only))
        rows.append((name, f"{guarded * 1e3:.1f} ms", f"{free * 1e3:.1f} ms",
                     f"{(guarded - free) * 1e3:.1f} ms", f"{guarded / free:.3f}"))  # fmt: skip
    b.table("What guarding constant arrays costs", ("", "guarded", "not", "difference", "ratio"), rows)


if __name__ == "__main__":
    main()
