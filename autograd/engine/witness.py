"""`Witness`: what an array looked like when an operation was computed from it.

A derivative rule must compute with the numbers that the operation computed with. A `Value`'s own array is out of reach; a
constant array is the caller's, and so is the array of a leaf once `Value.data` has handed it out. Both may be changed
between the forward and the backward pass. A witness stands in the place of a parent (of the constant; of the leaf, which
has no parent of its own) and counts as younger than every node, so that the walk of the backward pass stops at it and looks.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

FULLY = 65536  # bytes: up to here every element is kept, which is cheaper than any checksum of them
_SAMPLES = (
    256  # elements that are kept of a larger array: of a change of most of its elements one is noticed for certain
)
_GOLDEN = (np.sqrt(5) - 1) / 2


class Witness:
    """The bytes of an array, or of a sample of its elements if it is large."""

    __slots__ = ("array", "seen")
    number = float("inf")  # younger than any node
    requires_grad = False

    def __init__(self, array: Any, *, fully: bool = False) -> None:
        self.array = array
        self.seen = array.tobytes() if fully or array.nbytes <= FULLY else _sample(array)

    @property
    def complete(self) -> bool:
        """Whether the array can be made again from what was seen."""
        return len(self.seen) == self.array.nbytes

    def unchanged(self) -> bool:
        """Whether the array looks as it did."""
        return self.seen == (self.array.tobytes() if self.complete else _sample(self.array))

    def original(self) -> Any:
        """The array as it was."""
        return np.frombuffer(self.seen, self.array.dtype).reshape(self.array.shape)


def _sample(array: Any) -> bytes:
    """Elements from all over the array, in no pattern that a change could follow by accident."""
    places = _places(array.size)
    flat = array.reshape(-1) if array.flags.c_contiguous else None
    picked = flat[places] if flat is not None else array[np.unravel_index(places, array.shape)]
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
