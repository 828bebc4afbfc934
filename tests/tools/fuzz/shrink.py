"""Cutting a program down to the smallest that still fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from .program import PLAIN, Program


def shrunk(program: Program, fails: Callable[[Program], bool]) -> Program:
    """The smallest program found for which `fails` says yes: first what leads to one value, then one thing less at a time."""
    for k in range(len(program.steps)):
        alone = _leading_to(program, len(program.leaves) + k)
        if _runs(alone) and fails(alone):
            program = alone
            break
    while True:
        smaller = next((cut for cut in cuts(program) if _runs(cut) and fails(cut)), None)
        if smaller is None:
            return program
        program = smaller


def _leading_to(program: Program, wanted: int) -> Program:
    """The program up to value number `wanted`, without the steps that it does not need."""
    program = replace(program, steps=program.steps[: wanted - len(program.leaves) + 1])
    while spare := [k for k in program.ends if len(program.leaves) <= k < len(program.leaves) + len(program.steps) - 1]:
        program = next(_without(program, spare[-1]))
    return program


def cuts(program: Program) -> Iterator[Program]:
    """All programs with one thing less, the largest cuts first."""
    count = len(program.leaves)
    for k in reversed(range(count, count + len(program.steps))):
        yield from _without(program, k)
    for k in reversed(range(count)):
        if count > 1:
            yield from _without(program, k)
    for k in reversed(range(count, count + len(program.steps))):
        yield from _given(program, k)
    for k, x in enumerate(program.leaves):
        for leaf in _simpler(x):
            yield replace(program, leaves=(*program.leaves[:k], leaf, *program.leaves[k + 1 :]))


def _without(program: Program, gone: int) -> Iterator[Program]:
    """Value number `gone` left out; earlier ones stand in for it where it was used."""
    rest = list(map(_place, range(len(program.leaves) + len(program.steps))))
    used = gone not in program.ends
    for instead in reversed(range(gone)) if used else (None,):
        names = [*rest[:gone], rest[instead] if instead is not None else "", *rest[gone:-1]]
        steps = [_renamed(step, names) for k, step in enumerate(program.steps, len(program.leaves)) if k != gone]
        leaves = tuple(x for k, x in enumerate(program.leaves) if k != gone)
        yield replace(program, leaves=leaves, steps=tuple(steps))


def _given(program: Program, k: int) -> Iterator[Program]:
    """A leaf with the numbers that step number `k` has computed, in its place."""
    count, size = len(program.leaves), len(program.leaves) + len(program.steps)
    with np.errstate(all="ignore"):
        value = program.values(program.leaves, PLAIN)[k]
    if value.dtype.kind == "f" and k not in program.ends:
        names = [_place(count if n == k else n + (count <= n < k)) for n in range(size)]
        steps = [_renamed(step, names) for n, step in enumerate(program.steps, count) if n != k]
        yield replace(program, leaves=(*program.leaves, value), steps=tuple(steps))


def _renamed(step: str, names: list[str]) -> str:
    return re.sub(r"v\[(\d+)\]", lambda found: names[int(found[1])], step)


def _place(k: int) -> str:
    return f"v[{k}]"


def _simpler(x: Any) -> Iterator[Any]:
    """Leaves with less in them: float64, shorter along an axis, without an axis, with fewer digits."""
    if x.dtype != np.float64:
        yield np.asarray(x, dtype=float)[()]
    for axis in range(x.ndim):
        if x.shape[axis] > 2:
            yield np.take(x, [0], axis=axis)
        if x.shape[axis] > 1:
            yield np.delete(x, -1, axis=axis)
        elif x.shape[axis] == 1:
            yield np.squeeze(x, axis=axis)[()]
    for digits in (1, 3):
        if (rounded := np.round(x, digits)).tolist() != x.tolist():
            yield rounded
            return


def _runs(program: Program) -> bool:
    """Whether NumPy can compute it, from something."""
    try:
        if not any(x.size for x in program.leaves):
            return False
        with np.errstate(all="ignore"):
            return all(np.isfinite(x).all() for x in program.values(program.leaves, PLAIN))
    except Exception:
        return False
