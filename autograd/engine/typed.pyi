"""What a type checker takes a `Value` for, so that it says of NumPy's functions on Values what is true.

NumPy's annotations promise an array for whatever can become one, and leave open what comes of its scalars and of objects. So
for a checker alone a Value is a scalar, and an array of objects to those who ask: then ``np.exp(value)``, ``array @ value``
and ``np.mean(value)`` are `Any`, and ``np.sum(value)`` is a Value.
"""

from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

import numpy as np

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

class Scalar(np.generic):
    def __new__(cls, *_: Any, **__: Any) -> Self: ...
    def __init__(self, *_: Any, **__: Any) -> None: ...
    @overload  # type: ignore[override]
    def __array__(self) -> np.ndarray[Any, np.dtype[Self]]: ...
    @overload
    def __array__(self, dtype: None = None) -> np.ndarray[Any, np.dtype[np.object_]]: ...

    # Of two types, so that after ``w.grad = None`` it is not taken for None: a backward pass fills it.
    @property
    def grad(self) -> Numbers: ...
    @grad.setter
    def grad(self, new: object) -> None: ...

class Numbers(np.ndarray[Any, Any]):
    """An array, or a single number: what Python asks of numbers beside what NumPy's annotations say of arrays."""

    def __round__(self, digits: int | None = None, /) -> Any: ...

class Derivative(Generic[P, R_co]):
    """A function made from another, which takes what that one takes; and a method where it stands in a class.

    A class, and not ``Callable[P, R]``: mypy has no type for a lambda that becomes one where any callable will do.
    """

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any: ...
    __name__: str
    __wrapped__: Any
