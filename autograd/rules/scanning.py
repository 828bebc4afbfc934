"""One step after the other, each from the state that the one before has left: in Python, or as a compiler says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from .op import Array

State = tuple[Array, ...]
# (state, parts of the rows) ↦ (new state, outputs)
Step = Callable[..., tuple[State, tuple[Array, ...]]]

# What runs the steps in place of Python's loop: a compiler, to which that would be one long program. None: the loop.
compiler: ContextVar[Callable[..., Any] | None] = ContextVar("compiler", default=None)


def scan(step: Step, state: State, rows: Sequence[Array], reverse: bool = False) -> tuple[State, list[Array]]:
    """The last state, and the outputs of all steps along a new first axis.

    ``step(state, *parts)`` gets the state of the step before, and what lies at its place along the first axis of each row.
    It may write into parts, and so into rows. In `reverse` the last place comes first.
    """
    run = compiler.get()
    return (loop if run is None else run)(step, state, rows, reverse)


def loop(step: Step, state: State, rows: Sequence[Array], reverse: bool = False) -> tuple[State, list[Array]]:
    """`scan`, in Python."""
    made = []
    for parts in zip(*[row[::-1] if reverse else row for row in rows], strict=True):
        state, outputs = step(state, *parts)
        made.append(outputs)
    return state, [np.stack(column[::-1] if reverse else column) for column in zip(*made, strict=True)]
