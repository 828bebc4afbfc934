"""`Value`: data that remembers how it was computed.

Every operator and every NumPy function on a `Value` ends in `record`, which computes the result at once and writes a
node: the operation, its inputs and its parents. A node *is* the `Value` that holds the result, one slotted object with
room for two inputs, because a container more per node costs more than the arithmetic (in time, in memory and in what
the cyclic garbage collector has to walk). Nothing in a node points from a parent to a child: a graph is freed by
reference counting alone.
"""

from __future__ import annotations

import dis
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import GraphError, UnsupportedError, no_rule, operation_failed, user_line
from ..rules import CONSTANTS, REFUSALS, TABLE, arithmetic, elementwise, indexing, products, rarer_row
from ..rules.op import Op, refusal
from .backward import backward
from .convert import as_data, holds_value, stack_nested, unbox
from .methods import ArrayMethods
from .mode import is_recording

_next_number = itertools.count().__next__  # creation numbers: a node is younger than everything it was made from
_new = object.__new__
_float64 = np.float64


def record(op: Op, x: Any, y: Any = None) -> Any:
    """Compute `op` on one or two inputs, and note in the result how it was made.

    The result of an operation without derivative rules is a plain array.
    """
    in0, in1 = x, y
    parent0 = parent1 = None
    needed = False
    if isinstance(x, Value):
        parent0, in0 = x, x._data
        needed = x.requires_grad
    elif x.__class__ is list or x.__class__ is tuple:
        in0 = np.asarray(x)
    if isinstance(y, Value):
        parent1, in1 = y, y._data
        needed = needed or y.requires_grad
    elif y.__class__ is list or y.__class__ is tuple:
        in1 = np.asarray(y)
    try:
        data = op.forward(in0) if in1 is None else op.forward(in0, in1)
    except Exception as error:
        raise operation_failed(op.name, (x,) if y is None else (x, y), error) from error
    if not op.rules:
        return data
    if data.__class__ is not _float64:
        data = _checked(op, data, (x, y))
    node = _new(Value)
    node._data = data
    node.grad = node.name = node.more = None
    node.number = _next_number()
    if needed and (mode := is_recording()):
        node.requires_grad = True
        node.op = op
        node.in0 = in0
        node.in1 = in1
        node.parent0 = parent0
        node.parent1 = parent1
        if mode is not True:
            mode(node)
    else:
        node._data = _apart(data, in0)
        node.requires_grad = False
        node.op = node.in0 = node.in1 = node.parent0 = node.parent1 = None
    return node


def record_many(op: Op, inputs: Sequence[Any], static: dict[str, Any] | None = None) -> Any:
    """As `record`, for operations with keywords or more than two inputs: the node then keeps them in `more`."""
    if not static and len(inputs) <= 2 and not op.variadic:
        return record(op, *inputs)
    raw = tuple(x._data if isinstance(x, Value) else x for x in inputs)
    parents = tuple(x if isinstance(x, Value) else None for x in inputs)
    static = static or {}
    try:
        data = op.forward(*raw, **static)
    except Exception as error:
        raise operation_failed(op.name, tuple(inputs), error) from error
    if not op.rules:
        return data
    node = wrap(data if data.__class__ is _float64 else _checked(op, data, tuple(inputs)), requires_grad=False)
    if (mode := is_recording()) and any(p is not None and p.requires_grad for p in parents):
        node.requires_grad = True
        node.op = op
        node.more = (raw, parents, static)
        if mode is not True:
            mode(node)
    else:
        node._data = _apart(node._data, raw[0])
    return node


def _apart(data: Any, source: Any) -> Any:
    """`data`, copied if it shows the memory of another array: a constant has no parents by which a change there is noticed."""
    return data.copy() if data is source or getattr(data, "base", None) is not None else data


def _checked(op: Op, data: Any, inputs: tuple[Any, ...]) -> Any:
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
        raise operation_failed(op.name, tuple(x for x in inputs if x is not None), error)
    return data if data.ndim else data[()]


def wrap(data: Any, requires_grad: bool, name: str | None = None, kind: type[Value] | None = None) -> Value:
    """A `Value` around `data` as it is: no conversion, no copy."""
    value: Value = _new(kind or Value)
    _fill(value, data, requires_grad, name)
    return value


def _fill(value: Value, data: Any, requires_grad: bool, name: str | None) -> None:
    value._data = data
    value.grad = value.op = value.more = None
    value.in0 = value.in1 = value.parent0 = value.parent1 = None
    value.requires_grad = requires_grad
    value.name = name
    value.number = _next_number()


class Value(ArrayMethods):
    """A scalar or an array that records what is computed from it.

    ``Value(data, name=None, requires_grad=True)`` takes a number, an array or a nested list. Integers and booleans
    become float64; float16/32/64 and complex64/128 stay. An array is copied, so that the caller's own may change
    freely. A list that contains `Value`s is stacked and stays differentiable with respect to them.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_data",
        "grad",
        "in0",
        "in1",
        "more",
        "name",
        "number",
        "op",
        "parent0",
        "parent1",
        "requires_grad",
    )
    __hash__ = object.__hash__

    _data: Any
    grad: Any
    name: str | None
    op: Op | None
    in0: Any
    in1: Any
    parent0: Value | None
    parent1: Value | None
    more: tuple[tuple[Any, ...], tuple[Value | None, ...], dict[str, Any]] | None
    number: int
    requires_grad: bool

    def __init__(self, data: Any, *, name: str | None = None, requires_grad: bool = True) -> None:
        if holds_value(data):
            stacked = stack_nested(data) if not isinstance(data, Value) else data.copy()
            for slot in ("_data", "op", "in0", "in1", "parent0", "parent1", "more", "number"):
                setattr(self, slot, getattr(stacked, slot))
            self.grad, self.name = None, name
            self.requires_grad = stacked.requires_grad
            return
        converted = as_data(data)
        _fill(self, converted.copy() if converted is data and converted.ndim else converted, requires_grad, name)

    # -- what it holds -------------------------------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The plain number or array."""
        return self._data

    @data.setter
    def data(self, new: Any) -> None:
        if self.op is not None:
            raise GraphError(
                f"the data of a computed Value (the result of {self.op.name}) cannot be replaced at {user_line()}: "
                "its derivative would be that of the old data. Change the Values it was computed from, or detach() it"
            )
        if new.__class__ is not _float64:
            # An array of the caller's is copied, as in the constructor; ``value.data -= step`` assigns the Value's own.
            converted = as_data(unbox(new))
            new = converted.copy() if converted is new and new is not self._data and new.ndim else converted
        self._data = new
        # Younger now than every node that was computed from the old data: that is how `backward` notices.
        self.number = _next_number()

    @property
    def shape(self) -> tuple[int, ...]:
        return self._data.shape

    @property
    def ndim(self) -> int:
        return self._data.ndim

    @property
    def size(self) -> int:
        return self._data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._data.dtype

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by the user rather than computed by a recorded operation."""
        return self.op is None

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The plain inputs that the operation was computed from (empty for a leaf)."""
        if self.more is not None:
            return self.more[0]
        return () if self.op is None else (self.in0,) if self.in1 is None else (self.in0, self.in1)

    @property
    def parents(self) -> tuple[Value | None, ...]:
        """For each input the `Value` that it came from, or None for a plain constant."""
        if self.more is not None:
            return self.more[1]
        return () if self.op is None else (self.parent0,) if self.in1 is None else (self.parent0, self.parent1)

    @property
    def static(self) -> dict[str, Any]:
        """The keyword arguments of the operation, which are no arrays and have no derivative."""
        return {} if self.more is None else self.more[2]

    def numpy(self) -> Any:
        """The data as an array of its own."""
        return self._data.copy()

    def item(self) -> Any:
        """The single number in it, as a Python number."""
        return self._data.item()

    def detach(self) -> Value:
        """The same numbers, without a history and without a gradient."""
        return wrap(self._data.copy(), requires_grad=False)

    def copy(self) -> Any:
        """The same numbers as a new `Value` that is still differentiable."""
        return record(arithmetic.positive, self)

    def backward(self, gradient: Any = None, *, leaves_only: bool = False) -> None:
        """Add the derivative of this `Value` to the `.grad` of every leaf that it was computed from.

        `gradient` is the cotangent to begin with; a scalar needs none (it is 1). On the nodes in between `.grad` is
        set, not added to, so that it shows this pass. With `leaves_only` they keep none, and the graph is given up
        as it is walked: memory falls during the pass, and there can be no second one.
        """
        backward(self, gradient, leaves_only=leaves_only)

    # -- NumPy's protocols ---------------------------------------------------------------------------------------

    def __record__(self, op: Op, inputs: tuple[Any, ...], static: dict[str, Any] | None = None) -> Any:
        return record_many(op, inputs, static)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        for keyword in ("out", "where"):
            if kwargs.pop(keyword, None) is not None:
                raise UnsupportedError(f"{refusal(ufunc.__name__, keyword)} (at {user_line()})")
        op = (TABLE.get(ufunc) if method == "__call__" else None) or rarer_row(ufunc, method)
        if op is None:
            if ufunc in CONSTANTS and method == "__call__":
                return ufunc(*unbox(inputs), **kwargs)
            raise no_rule(f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}"), REFUSALS.get(ufunc))
        if method in ("reduce", "accumulate"):
            kwargs.setdefault("axis", 0)
        elif kwargs and isinstance(op, Op):
            raise UnsupportedError(f"np.{ufunc.__name__} of a Value takes no keywords, and got {', '.join(kwargs)}")
        return op(*inputs, **kwargs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        function = TABLE.get(func)
        if function is not None:
            return function(*args, **kwargs)
        if func in CONSTANTS:
            return func(*unbox(args), **unbox(kwargs))
        raise no_rule(f"{func.__module__.replace('numpy', 'np', 1)}.{func.__name__}", REFUSALS.get(func))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise UnsupportedError(
            f"a Value cannot become a plain NumPy array at {user_line()}: its history would be lost without a word. "
            "Use value.data for the plain numbers, autograd.Value([...]) to stack Values into an array, and "
            "np.where or value[index] in place of assignment into an array"
        )

    # -- containers ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a scalar Value")
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        template, arrays = indexing.freeze(index)
        return record_many(indexing.getitem, (self, *unbox(arrays)), {"index": template})

    def __setitem__(self, index: Any, value: Any) -> None:
        raise UnsupportedError(
            f"item assignment at {user_line()}: a Value does not change in place, because the operations recorded "
            "before would then have the wrong derivative. Use np.where(mask, new, old), or build the parts and "
            "np.concatenate or np.stack them"
        )

    def __bool__(self) -> bool:
        return bool(self._data)

    def __float__(self) -> float:
        # NumPy calls this for  array[i] = value  too, and the history would be lost without a word.
        caller = sys._getframe(1)
        if dis.opname[caller.f_code.co_code[caller.f_lasti]] == "STORE_SUBSCR":
            return float(self.__array__())
        return float(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __complex__(self) -> complex:
        return complex(self._data)

    def __reduce__(self) -> Any:
        if self.op is not None:
            raise GraphError(
                f"a computed Value (the result of {self.op.name}) cannot be copied or pickled at {user_line()}: its history "
                "cannot travel with it. Use detach() for its numbers"
            )
        return wrap, (self._data, self.requires_grad, self.name, type(self)), vars(self) or None

    def __repr__(self) -> str:
        parts = [repr(self.name)] if self.name else []
        if self.ndim:
            plain = type(self._data).__module__ == "numpy"  # a Dask array would have to be computed to be shown
            shown = np.array2string(self._data, precision=6, threshold=20) if plain else repr(self._data)
            parts += [shown, f"shape={self.shape}"]
        else:
            parts += [f"{self._data:.6g}"]
        if self.dtype != _float64:
            parts.append(f"dtype={self.dtype}")
        if self.op is not None:
            parts.append(f"op={self.op.name}")
        elif not self.requires_grad:
            parts.append("requires_grad=False")
        return f"{type(self).__name__}({', '.join(parts)})"

    # -- operators -----------------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Value:
        return record(arithmetic.add, self, other)

    def __radd__(self, other: Any) -> Value:
        return record(arithmetic.add, other, self)

    def __sub__(self, other: Any) -> Value:
        return record(arithmetic.subtract, self, other)

    def __rsub__(self, other: Any) -> Value:
        return record(arithmetic.subtract, other, self)

    def __mul__(self, other: Any) -> Value:
        return record(arithmetic.multiply, self, other)

    def __rmul__(self, other: Any) -> Value:
        return record(arithmetic.multiply, other, self)

    def __truediv__(self, other: Any) -> Value:
        return record(arithmetic.divide, self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return record(arithmetic.divide, other, self)

    def __floordiv__(self, other: Any) -> Value:
        return record(elementwise.floor_divide, self, other)

    def __rfloordiv__(self, other: Any) -> Value:
        return record(elementwise.floor_divide, other, self)

    def __mod__(self, other: Any) -> Value:
        return record(arithmetic.remainder, self, other)

    def __rmod__(self, other: Any) -> Value:
        return record(arithmetic.remainder, other, self)

    def __pow__(self, other: Any) -> Value:
        return record(arithmetic.power, self, other)

    def __rpow__(self, other: Any) -> Value:
        return record(arithmetic.power, other, self)

    def __matmul__(self, other: Any) -> Value:
        return record(products.matmul, self, other)

    def __rmatmul__(self, other: Any) -> Value:
        return record(products.matmul, other, self)

    def __neg__(self) -> Value:
        return record(arithmetic.negative, self)

    def __pos__(self) -> Value:
        return record(arithmetic.positive, self)

    def __abs__(self) -> Value:
        return record(elementwise.absolute, self)

    def __lt__(self, other: Any) -> Any:
        return record(arithmetic.less, self, other)

    def __le__(self, other: Any) -> Any:
        return record(arithmetic.less_equal, self, other)

    def __gt__(self, other: Any) -> Any:
        return record(arithmetic.greater, self, other)

    def __ge__(self, other: Any) -> Any:
        return record(arithmetic.greater_equal, self, other)

    def __eq__(self, other: Any) -> Any:
        return record(arithmetic.equal, self, other)

    def __ne__(self, other: Any) -> Any:
        return record(arithmetic.not_equal, self, other)
