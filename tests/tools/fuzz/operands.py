"""Operands and indices of other types than arrays of floats: what they are, and the plain numbers in them.

Where this package gets the thing itself, NumPy and the other libraries get the numbers. The arrays among them belong to the user,
who may change them after the forward pass: `Odd.spoil` does that.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np


class _Sub(np.ndarray):
    """An array of a class of its own."""


def _read_only(x: Any) -> Any:
    frozen = x.copy()
    frozen.flags.writeable = False
    return frozen


OPERANDS: dict[str, Callable[[Any], Any]] = {
    "array": lambda x: x,
    "list": lambda x: x.tolist(),
    "tuple": lambda x: tuple(map(tuple, x.tolist())) if x.ndim == 2 else tuple(x.tolist()),
    "Fraction": lambda x: Fraction(2, 3),
    "Decimal": lambda x: Decimal("0.7"),
    "int": lambda x: 2,
    "memoryview": memoryview,
    "read-only": _read_only,
    "Fortran": lambda x: np.array(x, order="F"),
    "stretched": lambda x: np.broadcast_to(x.reshape(-1)[:1].reshape(()), x.shape),
    "backwards": lambda x: x[..., ::-1],
    "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "0-d": lambda x: np.array(0.7),
    "int8": lambda x: (3 * x).astype(np.int8),
    "bool": lambda x: x > 0,
    "float32": lambda x: x.astype(np.float32),
    "subclass": lambda x: x.view(_Sub),
}


def _made_by(module: str, name: str) -> Callable[[Any], Any]:
    return lambda x: getattr(importlib.import_module(module), name)(x)


def _masked(x: Any) -> Any:
    """With one number hidden, which is far from what `numbers` says: the array below must not be taken for it."""
    hidden = np.arange(x.size).reshape(x.shape) == 0
    return np.ma.array(np.where(hidden, 1e3, x), mask=hidden)


# What holds the same numbers, with a meaning of its own for operators: taken for the numbers or refused.
FOREIGN: dict[str, Callable[[Any], Any]] = {
    "Series": _made_by("pandas", "Series"),
    "DataFrame": _made_by("pandas", "DataFrame"),
    "Index": _made_by("pandas", "Index"),
    "pandas array": _made_by("pandas", "array"),
    "DataArray": _made_by("xarray", "DataArray"),
    "csr_matrix": _made_by("scipy.sparse", "csr_matrix"),
    "csr_array": _made_by("scipy.sparse", "csr_array"),
    "matrix": lambda x: x.view(np.matrix),
    "nothing masked": np.ma.array,
    "masked": _masked,
    "object": lambda x: x.astype(object),
}
INDICES: dict[str, Callable[[int], Any]] = {
    "list": lambda n: [0, n - 1, 0],
    "no list": lambda n: [],
    "range": range,
    "uint8": lambda n: np.array([n - 1, 0], np.uint8),
    "int64": lambda n: np.int64(n - 1),
    "0-d": lambda n: np.array(n - 1),
    "bools": lambda n: [i % 2 == 0 for i in range(n)],
    "mask": lambda n: np.arange(n) % 2 == 0,
    "True": lambda n: True,
    "False": lambda n: False,
    "a table": lambda n: [[0, n - 1], [n - 1, 0]],
    "slice": lambda n: slice(np.int64(n - 1), None, -1),
    "nothing": lambda n: (),
    "None": lambda n: (None, Ellipsis),
    "two": lambda n: (np.array([n - 1, 0]), Ellipsis, None),
}


def _numbers(x: Any) -> Any:
    """Some, in the shape of `x`."""
    shape = tuple(x.shape)
    return np.cos(1.0 + np.arange(np.prod(shape, dtype=int))).reshape(shape)


def foreign(kind: str, x: Any) -> Any:
    """An operand from another library, in the shape of `x`."""
    numbers = _numbers(x)
    given = FOREIGN[kind](numbers)
    if tuple(given.shape) != numbers.shape:
        raise ValueError(f"no {kind} has the shape {numbers.shape}")
    return given


def numbers_of(asarray: Callable[[Any], Any]) -> Callable[[str, Any], Any]:
    """What `foreign` holds, as an array of some library."""

    def numbers(kind: str, x: Any) -> Any:
        foreign(kind, x)  # where there is none, nothing is computed
        return asarray(_numbers(x))

    return numbers


def unwrapped(x: Any) -> Any:
    """xarray keeps its own array around a Value; what it holds is the result."""
    return x.data if type(x).__module__.startswith("xarray.") else x


class Odd:
    """``odd(kind, x)`` in a program: an operand in the shape of `x`; ``odd.place(kind, x)``: an index for `x`."""

    def __init__(self, asarray: Callable[[Any], Any], *, itself: bool) -> None:
        self.asarray, self.itself = asarray, itself
        self.made: list[Any] | None = None

    def __call__(self, kind: str, x: Any) -> Any:
        given = OPERANDS[kind](_numbers(x))
        if self.itself:
            return self._noted(given)
        held = np.float64(given) if isinstance(given, (Fraction, Decimal)) else given
        return held if isinstance(held, (int, float)) else self.asarray(np.asarray(held))

    def place(self, kind: str, x: Any) -> Any:
        return self._noted(INDICES[kind](x.shape[0]))

    def _noted(self, given: Any) -> Any:
        if self.made is not None:
            self.made += given if isinstance(given, tuple) else [given]
        return given

    def spoil(self) -> None:
        """Change every array that was handed out since `made` was emptied, and stop noting them."""
        for x in self.made or ():
            if isinstance(x, np.ndarray) and x.flags.writeable:
                x[...] = ~x if x.dtype.kind == "b" else np.max(x, initial=0) - x
        self.made = None
