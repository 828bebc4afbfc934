"""What a recorded operation is made of: the floor that a graph of objects in Python has, beside what the engine takes.

    python3 run.py python benchmarks/bench_floors.py

Each line is a part by itself, in nanoseconds (CPU time, the least of some rounds taken in turns): the arithmetic; a call that
goes from an operator to a function; an object with as many slots as a node has; the same with the interpreter's collector at
work; and the engine's own operation, recorded and differentiated.
"""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable
from typing import Any

import _pinned as b
import numpy as np

from autograd import Value
from autograd.rules import OPS

N, ROUNDS = 20_000, 15
SLOTS = ("raw", "grad", "more", "number", "requires_grad", "op", "in0", "in1", "parent0", "parent1")


class Slots:
    """As large as a node."""

    __slots__ = ("__weakref__", "_notes", *SLOTS)


class Empty:
    """An operator that calls a function, and nothing more."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return _called(self, other)


def _called(x: Any, y: Any) -> Any:
    return x


def arithmetic(x: Any, y: Any) -> Callable[[], None]:
    def run() -> None:
        for _ in range(N):
            x + y

    return run


def objects(kept: bool) -> Callable[[], None]:
    """Objects of a node's size with all their slots filled; kept, they are what the collector walks through."""
    new, number, x = object.__new__, itertools.count().__next__, np.float64(1.0)

    def run() -> None:
        held: list[Any] = [None] * N
        for i in range(N):
            node = new(Slots)
            node.raw = x
            node.grad = node.more = None
            node.number = number()
            node.requires_grad = True
            node.op = node.in0 = node.in1 = node.parent0 = node.parent1 = x
            if kept:
                held[i] = node

    return run


def recorded(x: Any, kept: bool = True) -> Callable[[], None]:
    """A chain of additions, all of whose nodes live, or additions that are dropped at once."""

    def run() -> None:
        y = x
        for _ in range(N):
            if kept:
                y = y + x
            else:
                x + x

    return run


def differentiated(x: Any) -> Callable[[], Callable[[], None]]:
    """The backward pass of a chain of additions, by itself."""

    def prepared() -> Callable[[], None]:
        y = x
        for _ in range(N):
            y = y + x
        cotangent = np.ones(np.shape(y.data))[()]
        return lambda: y.backward(cotangent, leaves_only=True)

    return prepared


def rules(x: Any) -> Callable[[], None]:
    """The two rules of an addition, and the sum of what they return with what is there."""
    first, second = (OPS["add"].rule(i) for i in (0, 1))
    assert first is not None
    assert second is not None

    def run() -> None:
        for _ in range(N):
            first(x, x, x, x) + second(x, x, x, x)

    return run


def once(run: Callable[[], None], collect: bool) -> float:
    gc.collect()
    (gc.enable if collect else gc.disable)()
    try:
        began = time.process_time()
        run()
        return (time.process_time() - began) / N * 1e9
    finally:
        gc.enable()


def main() -> None:
    one, small = np.float64(1.0), np.ones((4, 4))
    parts: dict[str, tuple[Callable[[], Callable[[], None]], bool]] = {
        "np.float64 + np.float64": (lambda: arithmetic(one, one), False),
        "4×4 + 4×4": (lambda: arithmetic(small, small), False),
        "an operator that calls a function": (lambda: arithmetic(Empty(), Empty()), False),
        "an object with a node's slots, filled and dropped": (lambda: objects(kept=False), False),
        "… and kept": (lambda: objects(kept=True), False),
        "… and kept, with the collector": (lambda: objects(kept=True), True),
        "the rules of an addition and a sum, np.float64": (lambda: rules(one), False),
        "the rules of an addition and a sum, 4×4": (lambda: rules(small), False),
        "a scalar addition recorded and dropped": (lambda: recorded(Value(1.0), kept=False), False),
        "… in a chain": (lambda: recorded(Value(1.0)), False),
        "… in a chain, with the collector": (lambda: recorded(Value(1.0)), True),
        "… differentiated": (differentiated(Value(1.0)), False),
        "a 4×4 addition recorded and dropped": (lambda: recorded(Value(small), kept=False), False),
        "… 4×4, in a chain": (lambda: recorded(Value(small)), False),
        "… 4×4, differentiated": (differentiated(Value(small)), False),
    }
    least = [float("inf")] * len(parts)
    for _ in range(ROUNDS):
        for i, (prepare, collect) in enumerate(parts.values()):
            least[i] = min(least[i], once(prepare(), collect))
    b.table(
        "What an operation is made of",
        ["part", "ns"],
        [(name, f"{t:.0f}") for name, t in zip(parts, least, strict=True)],
    )


if __name__ == "__main__":
    main()
