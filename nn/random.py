"""Where random numbers come from: a generator that is passed on, or one for all that are passed none."""

from __future__ import annotations

from contextvars import ContextVar

import numpy as np

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


def kept_generator(seed: Seed) -> np.random.Generator | None:
    """What a module keeps that draws each time it is called: a generator that moves on, or None for the shared one."""
    return None if seed is None else np.random.default_rng(seed)
