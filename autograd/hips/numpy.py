"""What of ``autograd.numpy`` is not NumPy's own: `array` and its relatives, of a list that holds `Value`s.

NumPy builds an array from such a list without asking anyone; everything else comes to a `Value` by NumPy's protocols.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

import numpy

from ..custom import primitive
from ..engine.calls import reaching
from ..engine.convert import holds_value, stack_nested, unbox
from ..engine.value import Value
from ..errors import UnsupportedError, user_line
from ..rules import CONSTANTS, REFUSALS, TABLE

numpy_version = numpy.__version__


def array(object: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """`numpy.array`; a nested list with `Value`s in it is stacked and stays differentiable."""
    if not holds_value(object):
        return numpy.array(object, dtype, **kwargs)
    stacked = object if isinstance(object, Value) else stack_nested(object)
    stacked = stacked if dtype is None else stacked.astype(dtype)
    missing = kwargs.get("ndmin", 0) - stacked.ndim
    return stacked.reshape((1,) * missing + stacked.shape) if missing > 0 else stacked


def asarray(a: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """`numpy.asarray`; a `Value` stays what it is, a list of `Value`s is stacked."""
    return array(a, dtype) if holds_value(a) else numpy.asarray(a, dtype, **kwargs)


def full(shape: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """`numpy.full`, also with a `Value` to fill with."""
    if isinstance(fill_value, Value):
        return numpy.broadcast_to(fill_value if dtype is None else fill_value.astype(dtype), shape)
    return numpy.full(shape, fill_value, dtype, **kwargs)


def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Matrices with the given diagonals: the counterpart of `numpy.diagonal` for offset 0 and the last two axes."""
    if not (offset == 0 and axis1 == -1 and axis2 == -2):
        raise NotImplementedError("make_diagonal currently only supports offset=0, axis1=-1, axis2=-2")
    return D[..., None] * numpy.eye(numpy.shape(D)[-1])


def _standing_for(plain: Any) -> Callable[[Any], Any]:
    """Marks a function as NumPy's `plain`, of which a rule is asked when the user gives one for either."""

    def mark(function: Any) -> Any:
        vars(function)["plain"] = plain
        return function

    return mark


sum, prod, mean, var, std = (reaching(f) for f in (numpy.sum, numpy.prod, numpy.mean, numpy.var, numpy.std))
max, min, amax, amin = (reaching(f) for f in (numpy.max, numpy.min, numpy.amax, numpy.amin))
norm = reaching(numpy.linalg.norm)


@_standing_for(numpy.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """`numpy.append`; lists with `Value`s in them are stacked."""
    return numpy.append(asarray(arr), asarray(values), axis)


@_standing_for(numpy.where)
def where(condition: Any, *choices: Any, **named: Any) -> Any:
    """`numpy.where`, whose arguments may be named; lists of `Value`s are stacked; Python's numbers and lists stay such."""
    x_and_y = (*choices, *(named.pop(name) for name in ("x", "y")[len(choices) :] if name in named))
    if named or len(x_and_y) not in (0, 2):
        raise TypeError("where(condition, x, y): x and y are given both or neither")
    if not x_and_y:
        return numpy.where(condition)
    result = numpy.where(condition, *(array(a) if type(a) in (list, tuple) else a for a in x_and_y))
    return result if any(map(_holds_array, (condition, *x_and_y))) else result.tolist()


def _holds_array(x: Any) -> bool:
    return any(map(_holds_array, x)) if isinstance(x, (list, tuple)) else hasattr(x, "dtype")


def concatenate_args(axis: int, *arrays: Any) -> Any:
    """`numpy.concatenate`, of several arguments."""
    return numpy.concatenate(arrays, axis)


asanyarray = ascontiguousarray = asfortranarray = asarray
array_from_args = array
trapz = numpy.trapezoid


def T(x: Any) -> Any:
    """The last two axes exchanged."""
    return numpy.swapaxes(x, -1, -2)


# -- arrays written with brackets --------------------------------------------------------------------------------


class Concatenator:
    """`numpy.r_` or `numpy.c_`, which build an array from pieces in brackets; here the pieces may be `Value`s."""

    def __init__(self, plain: Any, axis: int, ndmin: int, trans1d: int) -> None:
        self.plain, self._settings = plain, (axis, ndmin, trans1d)

    def __getitem__(self, key: Any) -> Any:
        pieces = list(key) if isinstance(key, tuple) else [key]
        if not any(holds_value(piece) for piece in pieces):
            return self.plain[key]
        axis, ndmin, trans1d = self._settings
        if isinstance(pieces[0], str):
            axis, ndmin, trans1d = self._directed(pieces.pop(0))
        weak = [piece if isinstance(piece, (int, float, complex)) else None for piece in pieces]
        arrays = [numpy.r_[piece] if isinstance(piece, slice) else asarray(piece) for piece in pieces]
        dtype = numpy.result_type(*(a.dtype if w is None else w for a, w in zip(arrays, weak, strict=True)))
        return numpy.concatenate([_raised(a.astype(dtype), ndmin, trans1d) for a in arrays], axis)

    def _directed(self, directive: str) -> tuple[int, int, int]:
        """The three integers of ``np.r_['0,2,1', …]``."""
        try:
            given = [int(number) for number in directive.split(",")]
        except ValueError:
            raise UnsupportedError(
                f"r_[{directive!r}, …] at {user_line()}: np.matrix is not supported; say 'axis,ndim,place', or np.stack"
            ) from None
        axis, ndmin, trans1d = given + list(self._settings[len(given) :])
        return axis, ndmin, trans1d

    def __len__(self) -> int:
        return 0


def _raised(piece: Any, ndmin: int, trans1d: int) -> Any:
    """`piece` with at least `ndmin` axes, its own at the place `trans1d` among them."""
    own = numpy.ndim(piece)
    if own >= max_int(ndmin, 1):
        return piece
    added = max_int(ndmin, 1) - own
    first = added if trans1d == -1 else trans1d + (added + 1 if trans1d < 0 else 0)
    shape = numpy.shape(piece)
    return numpy.reshape(piece, (1,) * first + shape + (1,) * (added - first))


def max_int(a: int, b: int) -> int:
    """The larger of two integers; `max` is NumPy's in this file."""
    return a if a > b else b


r_ = Concatenator(numpy.r_, axis=0, ndmin=1, trans1d=-1)
c_ = Concatenator(numpy.c_, axis=-1, ndmin=2, trans1d=0)


class vectorize:  # noqa: N801 - NumPy's name
    """`numpy.vectorize`, whose function may meet and return `Value`s: it is called for each element of the arguments.

    Raises:
        UnsupportedError: with `signature=` and Values.
    """

    def __init__(
        self, pyfunc: Any = None, otypes: Any = None, doc: str | None = None, excluded: Any = (), **rest: Any
    ) -> None:
        self._options = {"otypes": otypes, "doc": doc, "excluded": excluded or None, **rest}
        self.excluded = set(excluded or ())
        self.pyfunc = pyfunc
        if pyfunc is not None:
            functools.update_wrapper(self, pyfunc)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.pyfunc is None:  # used as a decorator with options
            return vectorize(*args, **{k: v for k, v in self._options.items() if v is not None})
        found: list[Any] = []
        varying: dict[Any, Any] = {k: a for k, a in (*enumerate(args), *kwargs.items()) if k not in self.excluded}
        if self._options.get("signature"):
            if any(holds_value(a) for a in (*args, *kwargs.values())):
                raise UnsupportedError(
                    f"np.vectorize with signature= of Values at {user_line()}: write a loop and np.stack"
                )
            return numpy.vectorize(self.pyfunc, **self._options)(*args, **kwargs)
        varying = {
            k: a if isinstance(a, Value) else asarray(a) if holds_value(a) else _objects(a) for k, a in varying.items()
        }
        shape = numpy.broadcast_shapes(*(a.shape for a in varying.values()))
        if not varying or 0 in shape:
            return numpy.vectorize(self.pyfunc, **self._options)(*unbox(args), **unbox(kwargs))
        spread = {k: numpy.broadcast_to(a, shape) for k, a in varying.items()}
        for index in numpy.ndindex(*shape):
            here = {k: a[index] for k, a in spread.items()}
            found.append(
                self.pyfunc(
                    *(here.get(i, a) for i, a in enumerate(args)), **{k: here.get(k, a) for k, a in kwargs.items()}
                )
            )
        if isinstance(found[0], tuple):
            return tuple(self._arranged([row[i] for row in found], shape) for i in range(len(found[0])))
        return self._arranged(found, shape)

    def _arranged(self, found: list[Any], shape: tuple[int, ...]) -> Any:
        """The results of the calls as one array."""
        if holds_value(found):
            return numpy.reshape(array(found), shape)
        places = numpy.arange(len(found)).reshape(shape)
        return numpy.vectorize(lambda i: found[i], otypes=self._options["otypes"])(places)


def _objects(a: Any) -> Any:
    """An array of Python's numbers, as `numpy.vectorize` hands them on."""
    return numpy.asarray(a).astype(object)


# -- namespaces --------------------------------------------------------------------------------------------------


def wrap_namespace(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Put the functions of the namespace `old` into `new`: as primitives, if the package does not know them."""
    known = TABLE.keys() | CONSTANTS | REFUSALS.keys()
    for name, obj in old.items():
        kept = isinstance(obj, type | float | int | None) or obj in known
        if kept or callable(obj):
            new[name] = obj if kept else primitive(obj)


def wrap_intdtype(cls: type) -> type:
    """An integer type that takes a `Value` as its plain number."""

    def new(kind: type, *args: Any, **kwargs: Any) -> Any:
        return cls(*unbox(args), **kwargs)

    return type("IntdtypeSubclass", (cls,), {"__new__": new})


def metadata(A: Any) -> tuple[tuple[int, ...], int, Any, bool]:
    """Shape, number of axes, dtype, and whether it is complex."""
    return numpy.shape(A), numpy.ndim(A), numpy.result_type(A), bool(numpy.iscomplexobj(A))


def parse_einsum_input(*args: Any) -> tuple[str, str, list[Any]]:
    """The operands' subscripts, the result's, and the operands of a call of `numpy.einsum`."""
    parse: Callable[..., tuple[str, str, list[Any]]] = importlib.import_module(
        "numpy._core.einsumfunc"
    )._parse_einsum_input
    return parse(unbox(args))
