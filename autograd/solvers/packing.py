"""The `Value`s among a solver's arguments as one vector, so that a solver has one differentiable input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import tree
from ..engine.convert import unbox
from ..engine.value import Value

Function = Callable[..., Any]


def packed(args: Any) -> tuple[Any, Function]:
    """A vector of all `Value`s in the nest `args`, and the function that puts the numbers of such a vector in their places."""
    leaves, rebuild = tree.flatten(args)
    places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Value)]
    vector, parts = tree.to_vector([leaves[i] for i in places])

    def filled(new: Any) -> Any:
        """The nest with its Values taken from the vector `new`."""
        given = dict(zip(places, parts(new), strict=True))
        return rebuild([given.get(i, leaf) for i, leaf in enumerate(leaves)])

    return vector, filled


def holds_values(args: Any) -> bool:
    """Whether a `Value` is in the nest `args`."""
    return any(isinstance(leaf, Value) for leaf in tree.flatten(args)[0])


def without_values(args: Any) -> Any:
    """The nest `args` with plain numbers in place of its Values."""
    leaves, rebuild = tree.flatten(args)
    return rebuild([unbox(leaf) for leaf in leaves])


def as_vector(x: Any) -> tuple[Any, Function]:
    """A nest as one vector, and the way back. A list of numbers is an array, as it is for SciPy."""
    leaves, _ = tree.flatten(x)
    if isinstance(x, (list, tuple)) and all(isinstance(leaf, (int, float)) for leaf in leaves):
        x = np.asarray(x)
    vector, unflatten = tree.to_vector(x)
    return vector if holds_values(vector) else np.asarray(vector, dtype=np.float64), unflatten


def as_tuple(args: Any) -> tuple[Any, ...]:
    """`args` as SciPy reads it: anything but a tuple is the only argument."""
    return args if isinstance(args, tuple) else (args,)


def spread(args: Any) -> tuple[Any, ...]:
    """`args` as SciPy reads it where it calls ``f(x, *args)``: a list is several arguments too."""
    return tuple(args) if isinstance(args, list) else as_tuple(args)
