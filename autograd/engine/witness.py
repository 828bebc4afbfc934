"""What an array looked like when an operation was computed from it.

A derivative rule must compute with the numbers that the operation computed with. A `Value`'s own array is out of reach; a
constant array is the caller's, and so is the array of a leaf once `Value.data` has handed it out. Both may be changed
between the forward and the backward pass.

Of a constant a node keeps the pair (array, what it looked like): a backward pass puts the original back where it can,
and raises where it cannot. A leaf whose array was handed out has a `Witness` in the place of a parent.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Any

import numpy as np

from ..errors import ChangedDataError, describe, user_line
from .mode import watching

next_number = itertools.count().__next__  # creation numbers: a node is younger than everything it was made from

FULLY = 65536  # bytes: up to here every element is kept, which is cheaper than any checksum of them
_SAMPLES = (
    256  # elements that are kept of a larger array: of a change of most of its elements one is noticed for certain
)
_GOLDEN = (np.sqrt(5) - 1) / 2

Pair = tuple[Any, bytes]


def seen(array: Any) -> Any:
    """The array with what it looks like: its bytes, or those of a sample of its elements; alone if nobody can change it."""
    if array.dtype.hasobject:  # its bytes are addresses
        return array.copy()
    if array.nbytes <= FULLY or watching() is not None:  # in the strict mode: every array
        return array, array.tobytes()
    return array if is_safe(array) else (array, _sample(array))


def unchanged(pair: Pair) -> bool:
    """Whether the array still looks as it did."""
    array, bytes_then = pair
    return bytes_then == (array.tobytes() if len(bytes_then) == array.nbytes else _sample(array))


def original(pair: Pair, name: str) -> Any:
    """The array as it was when the operation `name` was computed from it."""
    array, bytes_then = pair
    if unchanged(pair):
        return array
    if len(bytes_then) == array.nbytes:
        return np.frombuffer(bytes_then, array.dtype).reshape(array.shape)
    raise changed(f"a constant array ({describe(array)})", name)


def changed(what: str, name: str) -> ChangedDataError:
    """The error for data that was changed between the forward and the backward pass."""
    return ChangedDataError(
        f"the data of {what} was changed after {name} had saved it for the backward pass (backward pass at "
        f"{user_line()}). Compute the result again after the change, make the change after it, or change a copy"
    )


class Witness:
    """What the array of a leaf looked like when it was last computed from. It counts as younger than every node, so that
    the walk of a backward pass, which meets it as the leaf's parent, stops to look."""

    __slots__ = ("pair",)
    number = float("inf")
    requires_grad = False

    def __init__(self, array: Any) -> None:
        kept = seen(array)
        self.pair: Pair = kept if kept.__class__ is tuple else (array, _sample(array))

    @property
    def complete(self) -> bool:
        """Whether every element is known."""
        return len(self.pair[1]) == self.pair[0].nbytes

    def unchanged(self) -> bool:
        """Whether it still looks like that."""
        return unchanged(self.pair)

    def unchanged_for_certain(self) -> bool:
        """Whether no element at all has changed."""
        return self.complete and self.unchanged()


def look(value: Any) -> None:
    """Notice, when an operation is computed from a Value whose array was handed out, that it was changed since."""
    witness: Any = value.parent0
    if value.op is not None:
        return
    if not witness.unchanged():
        value.parent0 = Witness(value.raw)
        renew(value)
    elif not witness.complete and watching() is not None:
        value.parent0 = Witness(value.raw)  # in the strict mode every element counts


def renew(leaf: Any) -> None:
    """Let a leaf with new data be younger than every node computed from the old: that is how `backward` notices."""
    leaf.in1 = leaf.number if leaf.in1 is None else leaf.in1
    leaf.number = next_number()


def _sample(array: Any) -> bytes:
    """Elements from all over the array, in no pattern that a change could follow by accident."""
    places = _places(array.size)
    picked = array.reshape(-1)[places] if array.flags.c_contiguous else array[np.unravel_index(places, array.shape)]
    return bytes(picked.tobytes())


@lru_cache(maxsize=256)
def _places(size: int) -> Any:
    """Multiples of the golden ratio, modulo 1, of the size: spread evenly and without a period."""
    return (np.arange(1, _SAMPLES + 1) * _GOLDEN % 1.0 * size).astype(np.intp)


def is_safe(array: Any) -> bool:
    """Whether nobody can write into `array`: it is read-only, and so is what it is a view of."""
    while isinstance(array, np.ndarray):
        if array.flags.writeable:
            return False
        array = array.base
    return array is None or isinstance(array, bytes)
