"""Kinds of places where a derivative is taken: without recording, in a thread, a task, a generator, a class, strictly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import autograd as ag

from .expressions import Stop, add
from .kinds import Kind, Transform, along, gradients, itself, stopped_slope, total, whole


def under_no_grad(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    with ag.no_grad():
        return ag.elementwise_grad(whole(f))(*p)


def traced_under_no_grad(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    with ag.no_grad():
        return along(ag.jacobian(whole(f))(*p), p[0])


def in_a_thread(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return elsewhere(lambda: ag.grad(total(f))(*p))


def elsewhere(work: Callable[[], Any]) -> Any:
    """The result of `work`, which is done by another thread; its errors too."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def in_a_task(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    async def slope() -> Any:
        await asyncio.sleep(0)
        return ag.grad(total(f))(*p)

    async def main() -> Any:
        one, other = await asyncio.gather(slope(), slope())
        return 0.5 * one + 0.5 * other

    return elsewhere(lambda: asyncio.run(main()))


def as_a_method(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    """A derivative that is a method, of a function that is decorated."""

    class Model:
        def __init__(self, factor: float) -> None:
            self.factor = factor

        @ag.checkpoint
        def loss(self, *zs: Any) -> Any:
            return self.factor * total(f)(*zs)

        slope = ag.grad(loss, 1)

    return Model(1.0).slope(*p)


def of_a_generator(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    """The result comes in parts."""

    def parts(*zs: Any) -> Iterator[Any]:
        for weight in (0.25, 0.75):
            yield weight * f(*zs)

    return ag.grad(lambda *zs: np.sum(sum(parts(*zs))))(*p)


def with_constants_from_a_generator(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    """Of the parts one is a constant, since it is computed under `no_grad`."""

    def parts() -> Iterator[Any]:
        with ag.no_grad():
            yield 1 * whole(f)(*p)

    return sum(constant + whole(f)(*p) for constant in parts())


def strictly(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    with ag.strict():
        return ag.grad(total(f))(*p)


def with_notes(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    with ag.scope("part"), ag.trace_lines():
        return along(ag.jacobian(whole(f))(*p), p[0])


SURROUNDINGS: dict[str, Kind] = {
    "under no_grad": Kind(stopped_slope, under_no_grad, complex=False),
    "traced under no_grad": Kind(stopped_slope, traced_under_no_grad, complex=False),
    "in a thread": gradients(in_a_thread),
    "in a task": gradients(in_a_task),
    "a method": gradients(as_a_method),
    "of a generator": gradients(of_a_generator),
    "constants from a generator": Kind(lambda f, z: add(f, Stop((f,))), with_constants_from_a_generator, order=0),
    "under strict": gradients(strictly),
    "with notes": Kind(lambda f, z: f.diff(z), with_notes),
    "decorated": Kind(itself, lambda f, p, m, t: ag.enable_grad()(whole(f))(*p), order=0),
}
