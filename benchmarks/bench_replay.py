"""Where a replayed step's time goes, and what a plan costs.

python3 run.py python benchmarks/bench_replay.py

A step is the loss, its backward pass, and gradient descent over every parameter in Python: for the GPT, with 4,000 of them, the
largest part. `replay(f).backward()` is the loss and its backward pass at once.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import _pinned as b
import numpy as np
from peers import scalar_programs as scalars
from suite import starts

from autograd import Value, replay

ROUNDS = 60


def cpu(run: Callable[[], Any], times: int) -> tuple[float, float]:
    """The median and the least of the CPU milliseconds."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append((time.process_time() - start) * 1e3)
    return statistics.median(taken), min(taken)


def shown(milliseconds: tuple[float, float]) -> str:
    return f"{milliseconds[0]:.2f} ({milliseconds[1]:.2f})"


def parts(name: str, program: Callable[..., Any], start: starts.Start, **more: Any) -> Iterable[object]:
    """A line of the table."""
    kept: list[Callable[[], Value]] = []

    def replayed(loss: Callable[[], Value]) -> Any:
        kept.extend((loss, replay(loss)))
        return kept[1]

    (step,) = program(Value, start, replayed, **more)
    loss, fast = kept
    eager = cpu(lambda: loss().backward(), 5)
    recorded = [cpu(step, 1)[0] for _ in range(2)]
    whole, forward = cpu(step, ROUNDS), cpu(fast, ROUNDS)
    both, at_once = cpu(lambda: fast().backward(), ROUNDS), cpu(fast.backward, ROUNDS)
    plan = (sum(recorded) - 2 * whole[0]) / eager[0] - 2
    groups = fast.groups[0]
    times = map(shown, (forward, both, at_once, whole))
    return name, f"{eager[0]:.0f} ({eager[1]:.0f})", f"{plan:.1f}", *times, len(groups), max(g.depth for g in groups)


def main() -> None:
    largest = lambda z: reduce(np.maximum, z).data
    rows = [
        parts("moons, 100 points", scalars.moons, starts.moons(100)),
        parts("GPT, 8 letters", scalars.gpt, starts.scalar_gpt(8), largest=largest),
        parts("GPT, 16 letters", scalars.gpt, starts.scalar_gpt(16), largest=largest),
    ]
    header = ("ms: median (least)", "eager loss and backward", "the plan, in eager ones", "loss", "loss and backward",
              "at once", "with the descent", "groups", "depth")  # fmt: skip
    b.table("Replayed programs on single numbers", header, rows)


if __name__ == "__main__":
    main()
