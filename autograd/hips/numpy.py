"""What of ``autograd.numpy`` is not NumPy's own: `array` and its relatives, of a list that holds `Value`s.

NumPy builds an array from such a list without asking anyone; everything else comes to a `Value` by NumPy's protocols.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy

from ..engine.convert import holds_value, stack_nested
from ..engine.value import Value


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


def _stacking(function: Any) -> Any:
    """`function`, also of a list of `Value`s, which is stacked first."""

    @functools.wraps(function)
    def of_list(a: Any, *args: Any, **kwargs: Any) -> Any:
        return function(array(a) if type(a) in (list, tuple) else a, *args, **kwargs)

    return of_list


sum, prod, mean, var, std = (_stacking(f) for f in (numpy.sum, numpy.prod, numpy.mean, numpy.var, numpy.std))
max, min, amax, amin = (_stacking(f) for f in (numpy.max, numpy.min, numpy.amax, numpy.amin))

asanyarray = ascontiguousarray = asfortranarray = asarray
array_from_args = array
trapz = numpy.trapezoid
