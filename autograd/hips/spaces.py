"""Vector spaces: the zeros, the basis, the sums of the values that a number, an array or a nest of arrays may take.

``vspace(x)`` is the space that x lives in. A complex number counts as two real ones, as in HIPS autograd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from ..engine.convert import as_data, unbox
from ..errors import DtypeError, describe, user_line
from .refused import refused


class VSpace:
    """The space that `value` lives in. What the kinds of spaces share; `vspace` chooses the kind."""

    iscomplex: ClassVar[bool] = False
    shape: Any

    def __init__(self, value: Any) -> None:
        self.shape = np.shape(unbox(value))

    def add(self, x: Any, y: Any) -> Any:
        """x + y."""
        return x + y

    def mut_add(self, x: Any, y: Any) -> Any:
        """x + y, where x may be None for 0; out of place."""
        return y if x is None else self.add(x, y)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """a x."""
        return x * a

    def covector(self, x: Any) -> Any:
        """The complex conjugate."""
        return x

    _add, _mut_add, _scalar_mul, _covector = add, mut_add, scalar_mul, covector

    @classmethod
    def register(cls, value_type: type, vspace_maker: Callable[[Any], VSpace] | None = None) -> None:
        """Refused for a type of the user's own, whose space nothing here would consult."""
        if not issubclass(value_type, (np.ndarray, np.generic, float, complex, list, tuple, dict)):
            raise refused(
                f"VSpace.register({value_type.__name__})", "make the type a dataclass or a named tuple of arrays"
            )

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}_{vars(self)}"


class ArrayVSpace(VSpace):
    """Real arrays of a shape and a dtype."""

    def __init__(self, value: Any) -> None:
        data = as_data(unbox(value))
        self.shape, self.dtype = data.shape, data.dtype

    @property
    def size(self) -> int:
        """How many real numbers an element has."""
        return int(np.prod(self.shape))

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def zeros(self) -> Any:
        """0."""
        return np.zeros(self.shape, self.dtype)

    def ones(self) -> Any:
        """1 in every coordinate."""
        return np.ones(self.shape, self.dtype)

    def randn(self, rng: Any = np.random) -> Any:
        """An element of independent standard normal numbers."""
        return np.asarray(rng.standard_normal(self.shape)).astype(self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        """The unit vectors, one after the other."""
        yield from self._units(1)

    def _units(self, *directions: complex) -> Iterator[Any]:
        for index in np.ndindex(*self.shape):
            for direction in directions:
                unit = np.zeros(self.shape, self.dtype)
                unit[index] = direction
                yield unit

    def inner_prod(self, x: Any, y: Any) -> Any:
        """Σ x y."""
        return np.dot(np.ravel(x), np.ravel(y))


class ComplexArrayVSpace(ArrayVSpace):
    """Complex arrays of a shape and a dtype, as a space over the real numbers."""

    iscomplex = True

    @property
    def size(self) -> int:
        return 2 * super().size

    def ones(self) -> Any:
        """1 + i in every coordinate."""
        return np.full(self.shape, 1 + 1j, self.dtype)

    def randn(self, rng: Any = np.random) -> Any:
        return super().randn(rng) + self.dtype.type(1j) * super().randn(rng).real

    def standard_basis(self) -> Iterator[Any]:
        """The unit vectors, each times 1 and times i."""
        yield from self._units(1, 1j)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """Re Σ x̄ y."""
        return np.real(np.dot(np.conj(np.ravel(x)), np.ravel(y)))

    def covector(self, x: Any) -> Any:
        return np.conj(x)


class ContainerVSpace(VSpace):
    """Containers of arrays: the product of the spaces of the items, which are `shape`."""

    def __init__(self, value: Any) -> None:
        self.seq_type = type(value)
        self.shape = self._like([vspace(item) for item in self._values(value)], value)

    def _values(self, x: Any) -> list[Any]:
        return list(x)

    def _like(self, items: list[Any], example: Any) -> Any:
        """A container like `example`, of other items."""
        return self.seq_type(items)

    def _map(self, f: Callable[..., Any], *args: Any) -> Any:
        items = zip(self._values(self.shape), *map(self._values, args), strict=True)
        return self._like([f(*each) for each in items], self.shape)

    @property
    def size(self) -> int:
        return sum(space.size for space in self._values(self.shape))

    def zeros(self) -> Any:
        return self._map(lambda space: space.zeros())

    def ones(self) -> Any:
        return self._map(lambda space: space.ones())

    def randn(self, rng: Any = np.random) -> Any:
        return self._map(lambda space: space.randn(rng))

    def standard_basis(self) -> Iterator[Any]:
        spaces = self._values(self.shape)
        for i, space in enumerate(spaces):
            for unit in space.standard_basis():
                yield self._like([unit if j == i else other.zeros() for j, other in enumerate(spaces)], self.shape)

    def add(self, x: Any, y: Any) -> Any:
        return self._map(lambda space, a, b: space.add(a, b), x, y)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        return self._map(lambda space, item: space.scalar_mul(item, a), x)

    def covector(self, x: Any) -> Any:
        return self._map(lambda space, item: space.covector(item), x)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """The sum of the items' inner products."""
        each = zip(self._values(self.shape), self._values(x), self._values(y), strict=True)
        return sum(space.inner_prod(a, b) for space, a, b in each)


class SequenceVSpace(ContainerVSpace):
    """Lists and tuples."""


class ListVSpace(SequenceVSpace):
    """Lists."""


class TupleVSpace(SequenceVSpace):
    """Tuples."""


class NamedTupleVSpace(SequenceVSpace):
    """Named tuples."""

    def _like(self, items: list[Any], example: Any) -> Any:
        return self.seq_type(*items)


class DictVSpace(ContainerVSpace):
    """Dicts."""

    def _values(self, x: Any) -> list[Any]:
        keys = x if not hasattr(self, "shape") else self.shape
        return [x[key] for key in keys]

    def _like(self, items: list[Any], example: Any) -> Any:
        return dict(zip(example, items, strict=True))


def vspace(value: Any) -> Any:
    """The space that `value` lives in.

    Raises:
        DtypeError: for something that holds no numbers.
    """
    if isinstance(value, tuple):
        return (NamedTupleVSpace if hasattr(value, "_fields") else TupleVSpace)(value)
    if isinstance(value, (list, dict)):
        return (ListVSpace if isinstance(value, list) else DictVSpace)(value)
    if hasattr(value, "vs"):  # a SparseObject
        return value.vs
    if not (isinstance(value, (int, float, complex)) or hasattr(value, "dtype")):
        raise DtypeError(f"vspace({describe(value)}) at {user_line()}: only numbers, arrays and nests of them have one")
    return (ComplexArrayVSpace if np.iscomplexobj(value) else ArrayVSpace)(value)
