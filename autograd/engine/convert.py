"""What the user hands in, as the data that a `Value` holds or that an operation computes with."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np

from ..errors import DtypeError, UnsupportedError, explain, user_line
from ..rules import shaping

_float64 = np.float64

# What an operation computes with as it is.
PLAIN: frozenset[type] = frozenset({np.ndarray, bool, int, float, complex, np.bool_}) | frozenset(
    np.dtype(code).type for code in np.typecodes["AllInteger"] + np.typecodes["AllFloat"]
)

_USUAL = frozenset({int, bool, tuple, str, type(None)})  # what the keywords of an operation mostly are

# Containers of numbers whose operators mean more than arithmetic on these numbers, by module and name of a base class: as an
# operand they are refused with the advice, since the result would silently be another one.
_SPARSE = "use autograd.scipy.sparse.matmul(matrix, value) for a product, or matrix.toarray()"
_REFUSED = {
    ("pandas", "NDFrame"): "its operators align by label; use its .to_numpy()",
    ("pandas", "Index"): "its operators align by label; use its .to_numpy()",
    ("scipy", "_spbase"): _SPARSE,
    ("scipy", "spmatrix"): _SPARSE,
    ("scipy", "LinearOperator"): "give its product a rule of your own (autograd.primitive, defvjp)",
}


def as_data(x: Any) -> Any:
    """`x` as floating-point data: ints and bools become float64, scalars ``np.float64``, floats keep their width."""
    if isinstance(x, float):
        return _float64(x)
    if x.__class__ is not np.ndarray:
        x = np.asarray(x) if x.__class__ in PLAIN else _held(x)
    kind = x.dtype.kind
    if kind in "iub":
        x = x.astype(_float64)
    elif kind not in "fc":
        raise DtypeError(
            f"Value(…) at {user_line()} needs numbers, and got dtype {x.dtype}; convert it first, "
            "for example with np.asarray(x, dtype=float)"
        )
    return x if x.ndim else x[()]


def _bases(x: Any) -> list[tuple[str, str]]:
    return [(base.__module__.partition(".")[0], base.__name__) for base in type(x).__mro__]


def refuse_masked(*given: Any) -> None:
    """A masked element is no number: an array that has one is an error, in a list too."""
    for x in given:
        if x.__class__ in (list, tuple):
            refuse_masked(*x)
        elif isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
            raise DtypeError(
                f"a masked array with {int(np.sum(x.mask))} masked elements at {user_line()}: a masked element is no "
                "number. Use its .filled(number), or np.where(x.mask, number, x.data)"
            )


def _held(x: Any) -> Any:
    """The numbers that an object of another kind holds, as an array; arrays that speak NumPy's protocols as they are."""
    refuse_masked(x)
    if isinstance(x, np.ndarray):  # a mask that hides nothing, np.matrix, np.memmap
        return np.asarray(x)
    if isinstance(x, (numbers.Real, Decimal)):  # a Fraction, for example
        return _float64(x)
    if ("scipy", "_spbase") in _bases(x):
        return x.toarray()
    if ("xarray", "DataArray") in _bases(x):
        return x.values
    if hasattr(x, "__array_function__") and hasattr(x, "__array_ufunc__"):
        return x
    try:
        return np.array(x)
    except ValueError as error:
        raise DtypeError(f"Value(…) at {user_line()} needs numbers in a regular grid: {error}") from error


def operand(name: str, x: Any) -> Any:
    """What the operation `name` computes with where its operand `x` is neither a `Value` nor one of `PLAIN`.

    A list with `Value`s in it is stacked, and is then a `Value`.
    """
    if holds_value(x):
        return stack_nested(x)
    advice = next((_REFUSED[base] for base in _bases(x) if base in _REFUSED), None)
    if isinstance(x, np.matrix) and name in ("multiply", "power"):
        advice = (
            "for a matrix this is a product of matrices; write @ for that, or np.asarray(matrix) for one of elements"
        )
    if advice is not None:
        module, kind = _bases(x)[0]
        raise UnsupportedError(f"{name} of a Value and a {module} {kind} at {user_line()}: {advice}")
    held = _held(x)
    if held.dtype.kind not in "fciub":
        raise DtypeError(
            f"{name} of a Value and a {type(x).__name__} at {user_line()}: it holds no numbers. Convert it first, for "
            "example with np.asarray(x, dtype=float)"
        )
    return held


def is_value(x: Any) -> bool:
    """Whether `x` is a `Value`, which this room, above it, knows by its method only."""
    return hasattr(type(x), "__record__")


def unbox(x: Any) -> Any:
    """`x` with the plain data in place of every `Value`, inside lists, tuples and dicts too."""
    if is_value(x):
        return x.raw
    if type(x) in (list, tuple):
        return type(x)(unbox(item) for item in x)
    if type(x) is dict:
        return {key: unbox(item) for key, item in x.items()}
    return x


def holds_value(x: Any) -> bool:
    """Whether a nested list or tuple has a `Value` in it."""
    return is_value(x) or (isinstance(x, (list, tuple)) and any(holds_value(item) for item in x))


def stack_nested(x: Any) -> Any:
    """A nested list holding `Value`s as one array: `np.array`, but differentiable."""
    if isinstance(x, (list, tuple)):
        return shaping.stack([stack_nested(item) for item in x])
    return x if is_value(x) else as_data(x)


def checked(name: str, data: Any, inputs: tuple[Any, ...]) -> Any:
    """The result of a forward computation, if it is one that can be differentiated; 0-d arrays become scalars."""
    if isinstance(data, complex):  # of Python's complex numbers and np.float64, Python's answer first
        return as_data(data)
    dtype = getattr(data, "dtype", None)
    if dtype is None or dtype.kind not in "fc":
        kind = type(data).__name__ if dtype is None else f"dtype {dtype}"
        error = TypeError(
            f"the result has {kind}, and only real or complex floating-point numbers have derivatives; "
            "convert object, string or integer operands to floats first"
        )
        explain(name, tuple(x for x in inputs if x is not None), error)
    return data if data.ndim else data[()]


def owned(converted: Any, given: Any) -> Any:
    """The data for a Value: copied where it is an array of the caller's."""
    shared = converted is given or getattr(converted, "base", None) is not None
    return converted.copy() if shared and converted.ndim else converted


def apart(data: Any, source: Any) -> Any:
    """`data`, copied if it shows the memory of another array: a constant has no parents by which a change there is noticed."""
    return data.copy() if data is source or getattr(data, "base", None) is not None else data


def settled(name: str, static: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of the operation `name`, as nobody can change them any more.

    A keyword is no array and has no derivative: a `Value` there is an error.
    """
    for keyword, x in static.items():
        if x.__class__ is np.ndarray:
            static = {**static, keyword: x.copy()}
        elif x.__class__ not in _USUAL and is_value(x):
            raise UnsupportedError(
                f"{name}(…, {keyword}=a Value) at {user_line()}: there is no derivative with respect to {keyword}. If it is a "
                f"constant, pass {keyword}=value.item() or value.data"
            )
    return static
