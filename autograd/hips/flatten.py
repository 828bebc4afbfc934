"""Nests of arrays as one vector, for optimisers that know vectors only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tree import to_vector as flatten

__all__ = ["flatten", "flatten_func"]


def flatten_func(f: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """`f` as a function from vector to vector, with the unflattener and the vector of its `example` argument."""
    vector, unflatten = flatten(example)

    def flat_f(x: Any, *args: Any, **kwargs: Any) -> Any:
        return flatten(f(unflatten(x), *args, **kwargs))[0]

    return flat_f, unflatten, vector
