"""`Value`: data that remembers how it was computed.

Every operator and every NumPy function on a `Value` ends in `record`, which computes the result at once and writes a
node: the operation, its inputs and its parents. A node *is* the `Value` that holds the result, one slotted object with
room for two inputs, because a container more per node costs more than the arithmetic (in time, in memory and in what
the cyclic garbage collector has to walk). Nothing in a node points from a parent to a child: a graph is freed by
reference counting alone.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import GraphError, UnsupportedError, explain, no_rule, user_line
from ..rules import CONSTANTS, REFUSALS, TABLE, arithmetic, elementwise, products, rarer_row
from ..rules.op import Op, refusal
from .backward import backward
from .convert import (
    PLAIN,
    apart,
    as_data,
    checked,
    holds_value,
    operand,
    owned,
    settled,
    stack_nested,
    unbox,
)
from .held import Held, Slots
from .methods import ArrayMethods
from .mode import is_recording
from .protocols import Protocols
from .typed import Scalar
from .witness import FULLY, Witness, look, next_number, seen

_new = object.__new__
_float64 = np.float64
_ndarray = np.ndarray
_double, _single = np.dtype(np.float64), np.dtype(np.float32)


def record(op: Op, x: Any, y: Any = None) -> Any:
    """Compute `op` on one or two inputs, and note in the result how it was made.

    The result of an operation without derivative rules is a plain array.
    """
    parent0: Any = None
    parent1: Any = None
    needed = False
    if isinstance(x, Value):
        parent0, in0, needed = x, x.raw, x.requires_grad
    elif (in0 := x).__class__ not in PLAIN:
        in0 = operand(op.name, x)
        if isinstance(in0, Value):
            return record(op, in0, y)
    elif in0.__class__ is _ndarray and not in0.ndim:
        return record(op, in0[()], y)  # a number, which nobody can change any more
    if isinstance(y, Value):
        parent1, in1, needed = y, y.raw, needed or y.requires_grad
    elif (in1 := y).__class__ not in PLAIN and y is not None:
        in1 = operand(op.name, y)
        if isinstance(in1, Value):
            return record(op, x, in1)
    elif in1.__class__ is _ndarray and not in1.ndim:
        return record(op, x, in1[()])
    mode = needed and is_recording()
    forward = op.forward if mode is True or not mode else mode.timed(op.name, op.forward)
    try:
        raw = forward(in0) if in1 is None else forward(in0, in1)
    except Exception as error:
        explain(op.name, (x,) if y is None else (x, y), error)
        raise
    if not op.rules:
        return raw
    arrays = raw.__class__ is not _float64
    if not arrays:
        arrays = op.folds  # there may be some among the inputs
    elif not (raw.__class__ is _ndarray and raw.ndim and ((dtype := raw.dtype) is _double or dtype is _single)):
        raw = checked(op.name, raw, (x, y))
    node = _new(Value)
    node.raw = raw
    node.grad = node.more = None
    if mode:
        if arrays:
            if parent0 is None:
                if in0.__class__ is _ndarray and (op.saves or op.find_saves())[0]:
                    in0 = (in0, in0.tobytes()) if in0.nbytes <= FULLY else seen(in0)
            elif parent0.parent0.__class__ is Witness:
                look(parent0)
            if parent1 is None:
                if in1.__class__ is _ndarray and (op.saves or op.find_saves())[1]:
                    in1 = (in1, in1.tobytes()) if in1.nbytes <= FULLY else seen(in1)
            elif parent1.parent0.__class__ is Witness:
                look(parent1)
        node.number = next_number()
        node.requires_grad = True
        node.op = op
        node.in0 = in0
        node.in1 = in1
        node.parent0 = parent0
        node.parent1 = parent1
        if mode is not True:
            mode(node)
    else:
        node.raw = apart(raw, in0)
        node.number = next_number()
        node.requires_grad = False
        node.op = node.in0 = node.in1 = node.parent0 = node.parent1 = None
    return node


def record_many(op: Op, inputs: Sequence[Any], static: dict[str, Any] | None = None) -> Any:
    """As `record`, for operations with keywords or more than two inputs: the node then keeps them in `more`."""
    if not static and len(inputs) <= 2 and not op.variadic and op.keeping is None:
        return record(op, *inputs)
    kept: list[Any] = []
    parents: list[Value | None] = []
    needed = False
    for given in inputs:
        x = given if isinstance(given, Value) or given.__class__ in PLAIN or op.opaque else operand(op.name, given)
        if isinstance(x, Value):
            kept.append(x.raw)
            parents.append(x)
            needed = needed or x.requires_grad
        else:
            kept.append(x)
            parents.append(None)
    static = settled(op.name, static) if static else {}
    mode = needed and is_recording()
    forward = (mode and op.keeping) or op.forward
    forward = forward if mode is True or not mode else mode.timed(op.name, forward)
    saved = None
    try:
        raw = forward(*kept, **static)
        if mode and op.keeping is not None:
            raw, saved = raw
    except Exception as error:
        explain(op.name, tuple(inputs), error)
        raise
    if not op.rules:
        return raw
    if raw.__class__ is not _float64:
        raw = checked(op.name, raw, tuple(inputs))
    node: Any = _new(Value)
    node.raw = raw
    node.in0 = node.in1 = node.parent0 = node.parent1 = node.grad = None
    if mode:
        for i, parent in enumerate(parents):
            if parent is not None:
                if parent.parent0.__class__ is Witness:
                    look(parent)
            elif kept[i].__class__ is _ndarray and (op.variadic or (op.saves or op.find_saves())[i]):
                kept[i] = seen(kept[i])
        node.number = next_number()  # after `look`, which may have renewed a parent
        node.requires_grad = True
        node.op = op
        node.more = (tuple(kept), tuple(parents), static, saved)
        if mode is not True:
            mode(node)
    else:
        node.raw = apart(raw, kept[0] if kept else None)
        node.number = next_number()
        node.requires_grad = False
        node.op = node.more = None
    return node


def wrap(raw: Any, requires_grad: bool, name: str | None = None, kind: type[Value] | None = None) -> Value:
    """A leaf around `raw` as it is: no conversion, no copy."""
    value: Value = _new(kind or Value)
    _fill(value, raw, requires_grad, name)
    return value


def _fill(value: Value, raw: Any, requires_grad: bool, name: str | None) -> None:
    value.raw = raw
    value.grad = value.op = value.more = None
    value.in0 = value.in1 = value.parent0 = value.parent1 = None
    value.requires_grad = requires_grad
    if name is not None:
        value.name = name
    value.number = next_number()


class Operators:
    """Arithmetic, comparisons and NumPy's universal functions: each records one row of the table."""

    __slots__ = ()
    raw: Any
    __hash__ = object.__hash__
    __pandas_priority__ = 10_000  # above Series and DataFrame: their operators leave the operation to `Value`

    def __add__(self, other: Any) -> Value:
        """self + other."""
        return record(arithmetic.add, self, other)

    def __radd__(self, other: Any) -> Value:
        """other + self."""
        return record(arithmetic.add, other, self)

    def __sub__(self, other: Any) -> Value:
        """self − other."""
        return record(arithmetic.subtract, self, other)

    def __rsub__(self, other: Any) -> Value:
        """other − self."""
        return record(arithmetic.subtract, other, self)

    def __mul__(self, other: Any) -> Value:
        """self · other, element by element."""
        return record(arithmetic.multiply, self, other)

    def __rmul__(self, other: Any) -> Value:
        """other · self, element by element."""
        return record(arithmetic.multiply, other, self)

    def __truediv__(self, other: Any) -> Value:
        """self / other."""
        return record(arithmetic.divide, self, other)

    def __rtruediv__(self, other: Any) -> Value:
        """other / self."""
        return record(arithmetic.divide, other, self)

    def __floordiv__(self, other: Any) -> Value:
        """⌊self / other⌋."""
        return record(elementwise.floor_divide, self, other)

    def __rfloordiv__(self, other: Any) -> Value:
        """⌊other / self⌋."""
        return record(elementwise.floor_divide, other, self)

    def __mod__(self, other: Any) -> Value:
        """self − other · ⌊self / other⌋."""
        return record(arithmetic.remainder, self, other)

    def __rmod__(self, other: Any) -> Value:
        """other − self · ⌊other / self⌋."""
        return record(arithmetic.remainder, other, self)

    def __pow__(self, other: Any) -> Value:
        """self to the power of other."""
        return record(arithmetic.power, self, other)

    def __rpow__(self, other: Any) -> Value:
        """other to the power of self."""
        return record(arithmetic.power, other, self)

    def __matmul__(self, other: Any) -> Value:
        """The product of matrices, self @ other."""
        return record(products.matmul, self, other)

    def __rmatmul__(self, other: Any) -> Value:
        """The product of matrices, other @ self."""
        return record(products.matmul, other, self)

    def __neg__(self) -> Value:
        """−self."""
        return record(arithmetic.negative, self)

    def __pos__(self) -> Value:
        """A copy that is differentiable."""
        return record(arithmetic.positive, self)

    def __abs__(self) -> Value:
        """|self|."""
        return record(elementwise.absolute, self)

    def __lt__(self, other: Any) -> Any:
        """Where self < other: a plain array."""
        return record(arithmetic.less, self, other)

    def __le__(self, other: Any) -> Any:
        """Where self ≤ other: a plain array."""
        return record(arithmetic.less_equal, self, other)

    def __gt__(self, other: Any) -> Any:
        """Where self > other: a plain array."""
        return record(arithmetic.greater, self, other)

    def __ge__(self, other: Any) -> Any:
        """Where self ≥ other: a plain array."""
        return record(arithmetic.greater_equal, self, other)

    def __eq__(self, other: Any) -> Any:
        """Where self = other: a plain array."""
        return operator.eq(self.raw, other) if other is None else record(arithmetic.equal, self, other)

    def __ne__(self, other: Any) -> Any:
        """Where self ≠ other: a plain array."""
        return operator.ne(self.raw, other) if other is None else record(arithmetic.not_equal, self, other)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """What NumPy calls for its universal functions, ``np.exp(value)``, with `value` among the inputs."""
        op = TABLE.get(ufunc) if method == "__call__" else None
        if op.__class__ is Op and not kwargs and len(inputs) <= 2:
            return record(op, *inputs)
        for keyword in ("out", "where"):
            if kwargs.pop(keyword, None) not in (None, True):
                raise UnsupportedError(f"{refusal(ufunc.__name__, keyword)} (at {user_line()})")
        op = op or rarer_row(ufunc, method)
        if op is None:
            if ufunc in CONSTANTS and method == "__call__":
                return ufunc(*unbox(inputs), **kwargs)
            raise no_rule(f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}"), REFUSALS.get(ufunc))
        if method in ("reduce", "accumulate"):
            kwargs.setdefault("axis", 0)
        elif kwargs and isinstance(op, Op):
            raise UnsupportedError(f"np.{ufunc.__name__} of a Value takes no keywords, and got {', '.join(kwargs)}")
        return op(*inputs, **kwargs)


class Value(Held, ArrayMethods, Operators, Protocols, Slots, Scalar):  # type: ignore[misc]  # a checker's Scalar has other methods
    """A scalar or an array that records what is computed from it.

    ``Value(data, name=None, requires_grad=True)`` takes a number, an array or a nested list. Integers and booleans
    become float64; float16/32/64 and complex64/128 stay. An array is copied, so that the caller's own may change
    freely. A list that contains `Value`s is stacked and stays differentiable with respect to them.

    - compute: operators (``x @ w + b``), NumPy's functions (``np.exp(x)``), an array's methods (``x.sum(axis=0)``), ``x[1:]``;
    - differentiate: ``loss.backward()`` fills the `grad` of every Value that `loss` was computed from;
    - look: `data` (the plain numbers), `item()` (one of them), `shape`, `name`, `op`, `parents`;
    - leave the graph: `detach()`, `numpy()`, ``with no_grad():``;
    - change: ``w.data -= 0.1 * w.grad`` between two passes, ``x.at[index].set(new)`` within one.

    Examples:
        >>> w, x = Value(2.0, name="w"), Value([1.0, 3.0])
        >>> loss = ((w * x - 1) ** 2).sum()
        >>> loss.backward()
        >>> w.grad, x.grad
        (np.float64(32.0), array([ 4., 20.]))
    """

    __slots__ = {
        "grad": "What `backward` adds the derivative to, of the shape of the data; None before.",
        "op": "The row of the table that computed it; None for a leaf.",
        "requires_grad": "Whether operations on it are recorded.",
    }
    op: Op | None
    requires_grad: bool

    def __init__(
        self, data: Any, *, name: str | None = None, requires_grad: bool = True, label: str | None = None
    ) -> None:
        """See the class; `label` is what micrograd calls the name."""
        name = label if name is None else name
        if holds_value(data):
            stacked = stack_nested(data) if not isinstance(data, Value) else data.copy()
            for slot in ("raw", "op", "in0", "in1", "parent0", "parent1", "more", "number", "requires_grad"):
                setattr(self, slot, getattr(stacked, slot))
            self.grad = None
            if name is not None:
                self.name = name
            if (note_copy := getattr(stacked, "note_copy", None)) is not None:  # see `replay`
                note_copy(self)
            return
        _fill(self, owned(as_data(data), data), requires_grad, name)

    def detach(self) -> Value:
        """The same numbers, without a history and without a gradient."""
        return wrap(self.raw.copy(), requires_grad=False)

    def copy(self) -> Any:  # type: ignore[override]
        """The same numbers as a new `Value` that is still differentiable."""
        return record(arithmetic.positive, self)

    def backward(self, gradient: Any = None, *, leaves_only: bool = False) -> None:
        """Add the derivative of this `Value` to the `.grad` of every leaf that it was computed from.

        `gradient` is the cotangent to begin with; a scalar needs none (it is 1). On the nodes in between `.grad` is
        set, not added to, so that it shows this pass. With `leaves_only` they keep none, and the graph is given up
        as it is walked: memory falls during the pass, and there can be no second one.
        """
        backward(self, gradient, leaves_only=leaves_only)

    __record__ = staticmethod(record_many)

    def __reduce__(self) -> Any:
        """A leaf as pickle keeps it."""
        if self.op is not None:
            raise GraphError(
                f"a computed Value (the result of {self.op.name}) cannot be pickled at {user_line()}: its history cannot "
                "travel with it. Use detach() for its numbers"
            )
        return (
            wrap,
            (self.raw.copy(), self.requires_grad, self.name, type(self)),
            (getattr(self, "__dict__", None) or None, {"grad": self.grad}),
        )
