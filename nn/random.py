"""Where random numbers come from: a generator that is passed on, or one for all that are passed none."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Self

import numpy as np

__all__ = ["Seed", "default_generator", "draw", "kept_generator", "manual_seed"]

Seed = int | np.random.Generator | None

_default: ContextVar[np.random.Generator | None] = ContextVar("nn.random", default=None)


def manual_seed(seed: int | np.random.Generator) -> np.random.Generator:
    """Let everything that is given no `generator` draw from this one: one line at the top, and runs are bit-equal.

    It holds in this context (`contextvars`): a thread that is started later draws from a generator of its own.
    """
    generator = np.random.default_rng(seed)
    _default.set(generator)
    return generator


def default_generator(seed: Seed = None) -> np.random.Generator:
    """The generator that `seed` means: itself, a new one of that number, and for None the one that everything shares.

    The shared one is that of `manual_seed`, or one that began with fresh entropy.
    """
    if seed is not None:
        return np.random.default_rng(seed)
    shared = _default.get()
    return manual_seed(np.random.default_rng()) if shared is None else shared


class Draws:
    """The draws of a function that is compiled: an argument of it, made outside each time that it is called.

    `wanted` are the shapes, and whose generators, in the order in which the function asks for them; `given` those of `wanted`
    that are there. If there are fewer, the function is called again when `wanted` is known.
    """

    def __init__(self, given: Sequence[Any]) -> None:
        self.given = given
        self.wanted: list[tuple[tuple[int, ...], Seed]] = []

    def __enter__(self) -> Self:
        self._before = _draws.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _draws.reset(self._before)

    def next(self, shape: tuple[int, ...], generator: Seed) -> Any:
        """The next draw, or zeros in its place."""
        place = len(self.wanted)
        self.wanted.append((shape, generator))
        return self.given[place] if place < len(self.given) else np.zeros(shape, np.float32)


_draws: ContextVar[Draws | None] = ContextVar("nn.random.draws", default=None)


def draw(shape: tuple[int, ...], generator: Seed = None) -> Any:
    """Numbers of [0, 1), in float32, from the generator that `generator` means; in a step that is compiled, what goes into it."""
    draws = _draws.get()
    return default_generator(generator).random(shape, np.float32) if draws is None else draws.next(shape, generator)


def kept_generator(seed: Seed) -> np.random.Generator | None:
    """What a module keeps that draws each time it is called: a generator that moves on, or None for the shared one."""
    return None if seed is None else np.random.default_rng(seed)
