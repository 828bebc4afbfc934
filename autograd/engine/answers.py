"""What an array answers in plain numbers, for `Value`: questions without a derivative, and methods that are refused."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from ..errors import UnsupportedError, user_line


def _in_place(name: str, instead: str) -> Any:
    """A method that would change the array: it is there to say what to write instead."""

    def refused(*_: Any, **__: Any) -> NoReturn:
        raise UnsupportedError(
            f"value.{name}(…) at {user_line()} would change a recorded array in place, and the operations recorded before "
            f"would then have the wrong derivative: {instead}"
        )

    refused.__name__ = name
    refused.__doc__ = f"Refused, since it would change the array in place: {instead}."
    return refused


class PlainAnswers:
    """Truth, places, memory: of these a `Value` gives the plain answer of its array."""

    __slots__ = ()
    raw: Any

    def all(self, axis: Any = None, **how: Any) -> Any:
        """Whether all elements are different from 0."""
        return self.raw.all(axis=axis, **how)

    def any(self, axis: Any = None, **how: Any) -> Any:
        """Whether any element is different from 0."""
        return self.raw.any(axis=axis, **how)

    def nonzero(self) -> Any:
        """The places of the elements that are not 0."""
        return np.nonzero(self.raw)

    def argmax(self, axis: int | None = None, *, keepdims: bool = False) -> Any:
        """The place of the largest element: a plain integer or array."""
        return np.argmax(self.raw, axis=axis, keepdims=keepdims)

    def argmin(self, axis: int | None = None, *, keepdims: bool = False) -> Any:
        """The place of the smallest element: a plain integer or array."""
        return np.argmin(self.raw, axis=axis, keepdims=keepdims)

    def argsort(self, axis: int | None = -1, **how: Any) -> Any:
        """The places of the elements in ascending order: a plain array."""
        return np.argsort(self.raw, axis=axis, **how)

    def argpartition(self, kth: Any, axis: int | None = -1, **how: Any) -> Any:
        """The places of the elements in the order of `numpy.partition`: a plain array."""
        return np.argpartition(self.raw, kth, axis=axis, **how)

    def searchsorted(self, v: Any, side: Any = "left", sorter: Any = None) -> Any:
        """The places where `v` would be put into this ascending array: a plain array."""
        return np.searchsorted(self.raw, getattr(v, "raw", v), side=side, sorter=sorter)

    def tolist(self) -> Any:
        """The plain numbers, in nested lists: as `item`, they leave the graph, and what is computed from them is constant."""
        return self.raw.tolist()

    def tobytes(self, order: Any = "C") -> bytes:
        """The bytes of the array."""
        data: bytes = self.raw.tobytes(order)
        return data

    @property
    def nbytes(self) -> int:
        """How many bytes the numbers take."""
        return int(self.raw.nbytes)

    @property
    def itemsize(self) -> int:
        """How many bytes one number takes."""
        return int(self.raw.itemsize)

    @property
    def strides(self) -> tuple[int, ...]:
        """The steps in bytes from one number to the next along each axis."""
        return tuple(self.raw.strides)

    @property
    def device(self) -> str:
        """Where the numbers are."""
        return str(getattr(self.raw, "device", "cpu"))

    sort = _in_place("sort", "use np.sort(value)")
    partition = _in_place("partition", "use np.partition(value, kth)")
    fill = _in_place("fill", "use np.full_like(value, number)")
    put = _in_place("put", "use value.at[index].set(new)")
    resize = _in_place("resize", "use np.resize(value, shape)")
    itemset = _in_place("itemset", "use value.at[index].set(new)")
    byteswap = _in_place("byteswap", "use value.data.byteswap()")
    setfield = _in_place("setfield", "use value.at[index].set(new)")
    setflags = _in_place("setflags", "use value.numpy() for an array of your own")
