"""Nests taken apart into the arrays that are traced and the rest, which is static; with a key for the whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np

from .. import tree
from ..engine.value import Value
from ..errors import DtypeError, describe, user_line
from .array import XlaArray

_NUMBERS = frozenset({float, int, complex})
_ARRAYS = (np.ndarray, np.generic, XlaArray, jax.Array, Value)


class Static:
    """An argument that a program is compiled for: another value, another program."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and type(self.value) is type(other.value) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"{self.value!r} (static)"


def is_array(leaf: Any) -> bool:
    """Whether a leaf is traced: a number or an array. Texts, truth values, None, functions and objects are static."""
    return leaf.__class__ in _NUMBERS or isinstance(leaf, _ARRAYS)


def plain(leaf: Any) -> Any:
    """The number, or the array of JAX's or NumPy's, in a leaf."""
    raw = leaf.raw if isinstance(leaf, Value) else leaf
    return raw.array if raw.__class__ is XlaArray else raw


def _kind(leaf: Any) -> Any:
    """What a program depends on of an array: its shape and dtype, and whether it came as a `Value`."""
    if leaf.__class__ in _NUMBERS:
        return leaf.__class__
    array = plain(leaf)
    if array.dtype.kind not in "fciub":
        raise DtypeError(
            f"an argument of dtype {array.dtype} ({describe(leaf)}) at {user_line()}: XLA computes with numbers"
        )
    return array.shape, array.dtype, isinstance(leaf, Value), getattr(array, "weak_type", False)


def take_apart(x: Any, arrays: list[Any]) -> Any:
    """The key of a nest, which two nests share if one program serves both; its arrays, in order, are added to `arrays`."""
    kind = x.__class__
    if kind is XlaArray:  # the commonest first: this is what a call costs
        arrays.append(x)
        known = x.array.aval
        return known.shape, known.dtype, False, known.weak_type
    if kind is not list and kind is not tuple and kind is not dict and is_array(x):
        arrays.append(x)
        return _kind(x)
    if isinstance(x, dict):
        return x.__class__, tuple([(key, take_apart(item, arrays)) for key, item in x.items()])
    if isinstance(x, (list, tuple)):
        return x.__class__, tuple([take_apart(item, arrays) for item in x])
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        fields = [field.name for field in dataclasses.fields(x) if field.init]
        return x.__class__, tuple([take_apart(getattr(x, name), arrays) for name in fields])
    return x if x.__class__ is Static else Static(x)


def named(x: Any, name: str) -> Iterator[tuple[str, str]]:
    """For each leaf of a nest where it is, as the user writes it, and what a program depends on of it."""
    if isinstance(x, dict):
        for key, item in x.items():
            yield from named(item, f"{name}[{key!r}]")
    elif isinstance(x, (list, tuple)):
        for i, item in enumerate(x):
            yield from named(item, f"{name}[{i}]")
    elif dataclasses.is_dataclass(x) and not isinstance(x, type):
        for field in dataclasses.fields(x):
            yield from named(getattr(x, field.name), f"{name}.{field.name}")
    elif is_array(x):
        yield name, type(x).__name__ if x.__class__ in _NUMBERS else describe(plain(x))
    else:
        yield name, repr(x)


class Form:
    """The form of a nest without its arrays: nothing keeps them alive, and other arrays can be filled in."""

    __slots__ = ("_build", "_others", "_places", "values")

    def __init__(self, nest: Any) -> None:
        leaves, build = tree.flatten(nest)
        self._places = [i for i, leaf in enumerate(leaves) if is_array(leaf)]
        self.values = [isinstance(leaves[i], Value) for i in self._places]
        self._others = [None if is_array(leaf) else leaf for leaf in leaves]
        _, self._build = tree.flatten(build([_blank(x) if hasattr(x, "dtype") else x for x in leaves]))

    def filled(self, arrays: Sequence[Any]) -> Any:
        """The nest with these arrays in it."""
        if len(arrays) == len(self._others) == len(self._places):
            return self._build(list(arrays))
        leaves = list(self._others)
        for place, array in zip(self._places, arrays, strict=True):
            leaves[place] = array
        return self._build(leaves)


def _blank(x: Any) -> Any:
    """An array of that shape and dtype, without memory; a length that is left open (`jax.export`) is 1."""
    return np.broadcast_to(np.zeros((), x.dtype), [n if n.__class__ is int else 1 for n in x.shape])


def arrays_of(nest: Any) -> list[Any]:
    """The arrays in a nest, in order."""
    return [leaf for leaf in tree.flatten(nest)[0] if is_array(leaf)]
