"""The methods that an array has, for `Value`: each hands one row of the table to `__record__`."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from ..errors import DtypeError, IndexingError, user_line
from ..rules import activations, arithmetic, elementwise, indexing, joining, masked, products, reductions, shaping
from ..rules.reductions import Axis
from .answers import PlainAnswers
from .convert import refuse_masked


def _over(axis: Axis | list[int], keepdims: bool, **more: Any) -> dict[str, Any]:
    """The static keywords of a reduction, without those that are at their defaults."""
    if axis is not None:
        more["axis"] = tuple(axis) if isinstance(axis, list) else axis
    if keepdims:
        more["keepdims"] = True
    return more


def _shape(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """``reshape(2, 3)`` and ``reshape((2, 3))`` mean the same."""
    flat = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    return tuple(flat)


class At:
    """``value.at[index]``: copies of an array with some elements changed, in place of assignment.

    ``value.at[index].set(new)``, and likewise ``add``, ``subtract``, ``multiply``, ``divide``, ``power``, ``max``, ``min``. A
    place that is named twice receives both additions; the other methods want every place named once.
    """

    __slots__ = ("_array", "_index")

    def __init__(self, array: Any, index: Any = None) -> None:
        self._array, self._index = array, index

    def __getitem__(self, index: Any) -> At:
        return At(self._array, index)

    def set(self, values: Any) -> Any:
        """With ``copy[index] = values``."""
        refuse_masked(values)
        return indexing.put(self._array, self._index, values)

    def add(self, values: Any) -> Any:
        """With ``copy[index] += values``."""
        refuse_masked(values)
        return indexing.scatter_add(self._array, self._index, values)

    def subtract(self, values: Any) -> Any:
        """With ``copy[index] -= values``."""
        return self.add(-values)

    def multiply(self, values: Any) -> Any:
        """With ``copy[index] *= values``."""
        return self._combine(np.multiply, values)

    mul = multiply

    def divide(self, values: Any) -> Any:
        """With ``copy[index] /= values``."""
        return self._combine(np.divide, values)

    def power(self, values: Any) -> Any:
        """With ``copy[index] **= values``."""
        return self._combine(np.power, values)

    def max(self, values: Any) -> Any:
        """With ``copy[index] = maximum(copy[index], values)``."""
        return self._combine(np.maximum, values)

    def min(self, values: Any) -> Any:
        """With ``copy[index] = minimum(copy[index], values)``."""
        return self._combine(np.minimum, values)

    def _combine(self, function: Any, values: Any) -> Any:
        if indexing.names_twice(self._array.shape, self._index):
            raise IndexingError(
                f"at[…] with {function.__name__}: a place is named twice, and only set and add allow that"
            )
        return self.set(function(self._array[self._index], values))


_MICROGRAD = {"add": "+", "multiply": "*", "relu": "ReLU", "power": "**", "subtract": "-", "divide": "/"}


class ArrayMethods(PlainAnswers):
    """What `Value` shares with `numpy.ndarray`, and the activation functions that beginners look for."""

    __slots__ = ()
    raw: Any
    name: str | None

    def __record__(self, op: Any, inputs: tuple[Any, ...], static: dict[str, Any] | None = None) -> Any:
        raise NotImplementedError

    # -- what kind of array it is --------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.raw.shape

    @property
    def ndim(self) -> int:
        """The number of axes; 0 for a number."""
        return self.raw.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.raw.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy's type of the elements."""
        return self.raw.dtype

    # -- reductions ----------------------------------------------------------------------------------------------

    def sum(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """Σ x over `axis` (all axes where it is None)."""
        if more:
            return masked.sum(self, axis, keepdims=keepdims, **more)
        return self.__record__(reductions.sum, (self,), _over(axis, keepdims))

    def mean(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """Σ x / n over `axis`."""
        if more:
            return masked.mean(self, axis, keepdims=keepdims, **more)
        return self.__record__(reductions.mean, (self,), _over(axis, keepdims))

    def prod(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """Π x over `axis`; exact also where factors are zero."""
        if more:
            return masked.prod(self, axis, keepdims=keepdims, **more)
        return self.__record__(reductions.prod, (self,), _over(axis, keepdims))

    def max(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """The largest element over `axis`; ties share the gradient evenly."""
        if more:
            return masked.max(self, axis, keepdims=keepdims, **more)
        return self.__record__(reductions.max, (self,), _over(axis, keepdims))

    def min(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """The smallest element over `axis`; ties share the gradient evenly."""
        if more:
            return masked.min(self, axis, keepdims=keepdims, **more)
        return self.__record__(reductions.min, (self,), _over(axis, keepdims))

    def var(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False, **more: Any) -> Self:
        """Σ |x − mean|² / (n − ddof) over `axis`."""
        if more:
            return masked.var(self, axis, ddof=ddof, keepdims=keepdims, **more)
        return self.__record__(reductions.var, (self,), _over(axis, keepdims, ddof=ddof))

    def std(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False, **more: Any) -> Self:
        """√var over `axis`; where all elements are equal its derivative is taken as 0."""
        if more:
            return masked.std(self, axis, ddof=ddof, keepdims=keepdims, **more)
        return self.__record__(reductions.std, (self,), _over(axis, keepdims, ddof=ddof))

    def cumsum(self, axis: int | None = None, dtype: Any = None) -> Any:
        """Running sums along `axis`, of the flattened array where it is None."""
        return masked.cumsum(self, axis, dtype)

    def cumprod(self, axis: int | None = None, dtype: Any = None) -> Any:
        """Running products along `axis`, of the flattened array where it is None."""
        return masked.cumprod(self, axis, dtype)

    # -- shapes --------------------------------------------------------------------------------------------------

    def reshape(self, *shape: Any, order: str = "C") -> Self:
        """The same elements in another shape."""
        if order != "C":
            return shaping.reshape(self, _shape(shape), order)
        return self.__record__(shaping.reshape_rows, (self,), {"shape": _shape(shape)})

    def transpose(self, *axes: Any) -> Self:
        """The axes in another order (reversed where none is given)."""
        order = None if axes in ((), (None,)) else _shape(axes)
        static = None if order is None else {"axes": order}
        return self.__record__(shaping.transpose, (self,), static)

    @property
    def T(self) -> Self:
        """The axes in reverse order."""
        return self.transpose()

    @property
    def mT(self) -> Self:
        """The last two axes exchanged: a batch of matrices, each transposed."""
        return self.__record__(shaping.matrix_transpose, (self,))

    def swapaxes(self, axis1: int, axis2: int) -> Self:
        """Two axes exchanged."""
        return self.__record__(shaping.swapaxes, (self,), {"axis1": axis1, "axis2": axis2})

    def squeeze(self, axis: Axis = None) -> Self:
        """Without the axes of length one."""
        return self.__record__(shaping.squeeze, (self,), _over(axis, False))

    def ravel(self, order: str = "C") -> Any:
        """All elements in one row."""
        return shaping.ravel(self, order)

    def flatten(self, order: str = "C") -> Any:
        """All elements in one row."""
        return shaping.ravel(self, order)

    def astype(self, dtype: Any, *, casting: Any = "unsafe", **_: Any) -> Any:
        """In another dtype, always as a new Value. Integers and booleans have no derivative: of these it is a plain array."""
        if np.dtype(dtype).kind not in "fc":
            return self.raw.astype(dtype, casting=casting)
        if not np.can_cast(self.raw.dtype, dtype, casting):
            raise DtypeError(
                f"astype at {user_line()}: {self.raw.dtype} to {np.dtype(dtype)} is no {casting!r} conversion"
            )
        return self.__record__(shaping.astype, (self,), {"dtype": np.dtype(dtype)})

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        """Each element `repeats` times."""
        return shaping.repeat(self, repeats, axis)

    @property
    def flat(self) -> Any:
        """All elements in one row."""
        return shaping.ravel(self)

    # -- picking -------------------------------------------------------------------------------------------------

    def take(self, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
        """The elements at `indices` along `axis`."""
        return indexing.take(self, indices, axis, out, mode)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """A diagonal."""
        return indexing.diagonal(self, offset, axis1, axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """The sum along a diagonal."""
        return indexing.trace(self, offset, axis1, axis2)

    @property
    def at(self) -> At:
        """Copies with some elements changed: ``value.at[index].set(new)``."""
        return At(self)

    def ptp(self, axis: Axis = None) -> Any:
        """The largest element less the smallest."""
        return np.ptp(self, axis=axis)  # type: ignore[call-overload]

    def compress(self, condition: Any, axis: int | None = None) -> Any:
        """The slices along `axis` where `condition` holds."""
        return joining.compress(condition, self, axis)

    # -- elementwise ---------------------------------------------------------------------------------------------

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """min(max(x, min), max)."""
        return arithmetic.clip(self, min, max)

    def round(self, decimals: int = 0) -> Self:
        """Rounded; the derivative of a step function is 0."""
        return self.__record__(elementwise.around, (self,), {"decimals": decimals})

    def conj(self) -> Self:
        """The complex conjugate."""
        return self.__record__(elementwise.conjugate, (self,))

    conjugate = conj

    @property
    def real(self) -> Self:
        """The real part."""
        return self.__record__(elementwise.real, (self,))

    @property
    def imag(self) -> Self:
        """The imaginary part."""
        return self.__record__(elementwise.imag, (self,))

    def exp(self) -> Self:
        """eˣ."""
        return self.__record__(elementwise.exp, (self,))

    def log(self) -> Self:
        """The natural logarithm."""
        return self.__record__(elementwise.log, (self,))

    def sqrt(self) -> Self:
        """√x; its derivative at 0 is inf."""
        return self.__record__(elementwise.sqrt, (self,))

    def tanh(self) -> Self:
        """The hyperbolic tangent."""
        return self.__record__(elementwise.tanh, (self,))

    def sigmoid(self) -> Self:
        """1 / (1 + e⁻ˣ)."""
        return self.__record__(activations.sigmoid, (self,))

    def relu(self) -> Self:
        """max(x, 0); its derivative at 0 is 0."""
        return self.__record__(activations.relu, (self,))

    def softmax(self, axis: int = -1) -> Self:
        """eˣ / Σ eˣ along `axis`."""
        return self.__record__(reductions.softmax, (self,), {"axis": axis})

    # -- what Python asks of numbers -----------------------------------------------------------------------------

    def __format__(self, spec: str) -> str:
        """As the number is formatted, ``f"{value:.3f}"``."""
        return format(self.raw, spec) if spec else str(self)

    def __round__(self, digits: int | None = None) -> Self:
        """As `round`."""
        return self.round(digits or 0)

    def __divmod__(self, other: Any) -> tuple[Self, Self]:
        """The floored quotient and the remainder."""
        return np.divmod(self, other)  # type: ignore[call-overload]

    def __rdivmod__(self, other: Any) -> tuple[Self, Self]:
        """The floored quotient and the remainder of `other`."""
        return np.divmod(other, self)  # type: ignore[call-overload]

    # -- micrograd's names, as its notebooks read them ------------------------------------------------------------

    @property
    def _prev(self: Any) -> set[Any]:
        return {parent for parent in self.parents if parent is not None}

    @property
    def _op(self: Any) -> str:
        return "" if self.op is None else _MICROGRAD.get(self.op.name, self.op.name)

    @property
    def _value(self: Any) -> Any:
        """The plain data, as HIPS autograd's programs ask for it."""
        return self.data

    @property
    def label(self: Any) -> str:
        """The name, as micrograd's notebooks call it."""
        return self.name or ""

    @label.setter
    def label(self: Any, label: str) -> None:
        self.name = label

    # -- products ------------------------------------------------------------------------------------------------

    def dot(self, other: Any) -> Any:
        """As `numpy.dot`."""
        return products.dot(self, other)
