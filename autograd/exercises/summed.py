"""Over which axes an answer has summed, seen by its numbers, and which of them broadcasting asks for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Axes = frozenset[int]


class _Watched(np.ndarray[Any, Any]):
    """An array that keeps the last sum made of it, so that it is known of an answer that stops after it."""

    sums: list[Any]

    def __array_finalize__(self, made_of: Any) -> None:
        self.sums = getattr(made_of, "sums", [])

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *inputs: Any, **options: Any) -> Any:
        plain = [np.asarray(each) if isinstance(each, _Watched) else each for each in inputs]
        out = options.pop("out", None)
        if out is not None:
            options["out"] = tuple(np.asarray(each) for each in out)
        result = getattr(ufunc, method)(*plain, **options)
        if ufunc is np.add and method == "reduce":
            self.sums.append(result)
        made = np.asarray(result).view(_Watched)
        made.sums = self.sums
        return made


def axes_summed(undo: Callable[[Any, Shape], Any], of: Shape, shape: Shape) -> Axes | None:
    """Over which axes `undo` sums an array of the shape `of`, whether it stops after that or not; None if that is not seen."""
    g = np.random.default_rng(2).normal(size=of)
    watched = g.copy().view(_Watched)
    watched.sums = []
    result = None
    with suppress(Exception):  # the student's
        result = np.asarray(undo(watched, shape))
    if result is None:
        if not watched.sums:
            return None  # it stopped before it came to that
        result = watched.sums[-1]
    longer = [axis for axis, n in enumerate(of) if n > 1]  # to sum over one of length 1 changes no number
    for many in range(len(longer) + 1):
        for axes in itertools.combinations(longer, many):
            total = g.sum(axis=axes).ravel()
            if np.shape(np.ravel(result)) == total.shape and np.allclose(np.ravel(result), total):
                return frozenset(axes)
    return None


def axes_asked(of: Shape, shape: Shape) -> Axes:
    """The axes over which a gradient of the shape `of` is summed for an input of the shape `shape`."""
    added = len(of) - len(shape)
    return frozenset(axis for axis, n in enumerate(of) if n > 1 and (axis < added or shape[axis - added] == 1))


def wrong_axes(undo: Callable[[Any, Shape], Any], cases: Iterable[tuple[Shape, Shape]]) -> str:
    """What is wrong with the axes over which `undo` sums, at the first of `cases` where they are not those asked for."""
    for of, shape in cases:
        mine, asked = axes_summed(undo, of, shape), axes_asked(of, shape)
        if mine is not None and mine != asked:
            return (
                f"From {of} to {shape} you sum over {_named(mine)}, and {_named(asked)} {_be(asked)} to be summed: "
                f"{_reason(of, shape, mine, asked)}."
            )
    return ""


def _reason(of: Shape, shape: Shape, mine: Axes, asked: Axes) -> str:
    """Why these are not the axes: as if shapes were aligned on the left, or what holds of each that is missing or too many."""
    added = len(of) - len(shape)
    ones = [i for i, n in enumerate(shape) if n == 1]
    left = frozenset(i for i, n in enumerate(of) if n > 1 and (i >= len(shape) or shape[i] == 1))
    here = frozenset(i for i in (*range(added), *ones) if of[i] > 1)
    if added and mine == left:
        return "shapes are aligned on the right, so that what is lacking are axes on the left"
    if mine == frozenset(i for i, n in enumerate(of) if n > 1 and n not in shape):
        return f"where an axis stands decides, and not whether its length occurs in {shape}"
    if added and ones and mine == here:
        return f"axis {ones[0]} of {shape} is axis {ones[0] + added} here, where {_several(added)} added on the left"
    words = [*_missing(sorted(asked - mine), added, shape), *_too_many(sorted(mine - asked), added)]
    return "; ".join(words)


def _missing(axes: list[int], added: int, shape: Shape) -> Iterable[str]:
    for axis in axes:
        why = f"is not there in {shape}" if axis < added else f"has the length 1 in {shape} and was stretched"
        yield f"axis {axis} {why}"


def _too_many(axes: list[int], added: int) -> Iterable[str]:
    for axis in axes:
        yield (
            f"axis {axis} has the same length in both, counted from the right"
            if added
            else f"axis {axis} is as long in both"
        )


def _several(many: int) -> str:
    return "one axis was" if many == 1 else f"{many} axes were"


def _named(axes: Axes) -> str:
    first = [*map(str, sorted(axes))]
    if not first:
        return "no axis"
    return f"axis {first[0]}" if len(first) == 1 else f"the axes {', '.join(first[:-1])} and {first[-1]}"


def _be(axes: Axes) -> str:
    return "are" if len(axes) > 1 else "is"
