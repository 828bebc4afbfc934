"""What a function reads of its Values while it is recorded: every number that leaves the graph leaves as a `Plain`.

A plan is right only if it knows where each number came from. So `.data`, `.item()` and comparisons give, while a
function is recorded, numbers that go on being recorded, without a derivative; what cannot be followed is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

import numpy as np

from ..engine.convert import is_value
from ..engine.value import Value
from ..errors import UnsupportedError, user_line
from ..rules import TABLE
from ..rules.op import Op


class Listener(Protocol):
    """What is told of numbers that leave the graph."""

    start: int  # Values with a smaller number were there before

    def plain(self, function: Callable[..., Any], inputs: tuple[Any, ...]) -> Plain: ...

    def guard(self, number: Plain) -> bool: ...

    def listen_to(self, value: Any) -> None: ...


_SLOT: Any = vars(Value)["grad"]

listening: ContextVar[Listener | None] = ContextVar("listening", default=None)


def refused(what: str, instead: str) -> UnsupportedError:
    """The error for what a recorded function may not do."""
    return UnsupportedError(f"replay cannot follow {what} at {user_line()}: {instead}")


class Plain(np.lib.mixins.NDArrayOperatorsMixin):
    """A number without a derivative, and how it was computed: by `function` from `inputs`, or read from `source`."""

    __slots__ = ("function", "inputs", "raw", "source")
    __hash__ = object.__hash__
    ndim, size, shape = 0, 1, ()

    def __init__(
        self, raw: Any, source: Any = None, function: Callable[..., Any] | None = None, inputs: tuple[Any, ...] = ()
    ) -> None:
        self.raw, self.source, self.function, self.inputs = raw, source, function, inputs

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.raw.dtype

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if any(map(is_value, inputs)):
            return NotImplemented
        return self._compute(ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if any(map(is_value, args)):
            return NotImplemented
        return self._compute(function, "__call__" if function is np.where else "", args, keywords)

    def _compute(self, function: Any, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        listener = listening.get()
        if listener is None:
            return getattr(function, method or "__call__")(*map(number, inputs), **keywords)
        if method != "__call__" or keywords:
            raise refused(f"np.{function.__name__} of a number", "write it with operators and np.where")
        return listener.plain(function, inputs)

    def __bool__(self) -> bool:
        listener = listening.get()
        return bool(self.raw) if listener is None else listener.guard(self)

    def _leave(self, kind: str) -> Any:
        if listening.get() is not None:
            raise refused(
                f"the conversion of a number to {kind}",
                "its place in the program would be lost. Use np.exp in place of math.exp, or return the number itself",
            )
        return self.raw

    def __float__(self) -> float:
        return float(self._leave("a float"))

    def __int__(self) -> int:
        return int(self._leave("an integer"))

    def __complex__(self) -> complex:
        return complex(self._leave("a complex number"))

    def __index__(self) -> int:
        return self._leave("an index").__index__()

    def __getitem__(self, place: Any) -> Plain:
        return self  # a number, which the engine asks for by [()]

    def __round__(self, digits: int | None = None) -> Any:
        return round(self._leave("a rounded number"), digits or 0)

    def item(self) -> Plain:
        """Itself, and recorded as such."""
        return self

    def __format__(self, spec: str) -> str:
        return format(self.raw, spec)

    def __repr__(self) -> str:
        return repr(self.raw)


def number(x: Any) -> Any:
    """The number in a `Plain`; anything else as it is."""
    return x.raw if x.__class__ is Plain else x


def _read(value: Any, *_: Any, **__: Any) -> Any:
    """The number of a Value, as one that is still recorded."""
    if listening.get() is None or value.raw.__class__ is Plain:
        return value.raw
    if isinstance(value.raw, np.ndarray):
        raise refused("the numbers of an array", "replay is for programs on single numbers")
    return Plain(value.raw, source=value)


def _is_outside(value: Any) -> bool:
    listener = listening.get()
    return listener is not None and value.number < listener.start


def _compared(ufunc: np.ufunc) -> Any:
    def compare(self: Any, other: Any) -> Any:
        listener = listening.get()
        if listener is None or other is None:
            return getattr(super(Reads, self), f"__{_OPERATORS[ufunc]}__")(other)
        return listener.plain(ufunc, (self, other))

    return compare


_OPERATORS: dict[np.ufunc, str] = {
    np.less: "lt", np.less_equal: "le", np.greater: "gt", np.greater_equal: "ge", np.equal: "eq", np.not_equal: "ne",
}  # fmt: skip


def _not_followed(name: str, instead: str) -> Any:
    def method(self: Any, *args: Any, **keywords: Any) -> Any:
        if listening.get() is None:
            return getattr(super(Reads, self), name)(*args, **keywords)
        raise refused(f"value.{name}(…)", instead)

    return method


class Reads:
    """What a Value answers differently while a function is recorded; mixed into its class for that time, see `watched`."""

    __slots__ = ()
    __hash__ = object.__hash__
    raw: Any

    @property
    def data(self) -> Any:
        return _read(self) if listening.get() is not None else Value.data.fget(self)  # type: ignore[attr-defined]

    @data.setter
    def data(self, new: Any) -> None:
        if listening.get() is not None:
            raise refused("new data for a Value", "change parameters outside of the replayed function")
        Value.data.fset(self, new)  # type: ignore[attr-defined]

    @property
    def grad(self) -> Any:
        if _is_outside(self):
            raise refused("a gradient", "what it was would count as a constant. Pass it as an argument")
        return _SLOT.__get__(self)

    @grad.setter
    def grad(self, new: Any) -> None:
        if _is_outside(self):
            raise refused("a change of a gradient", "set gradients to zero outside of the replayed function")
        _SLOT.__set__(self, new)

    def note_copy(self, copy: Any) -> None:
        """Asked by ``Value(value)``, which is a copy of `self`, a node."""
        listener = listening.get()
        if listener is not None:
            listener.listen_to(copy)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __float__(self) -> float:
        return float(self.data)

    def __int__(self) -> int:
        return int(self.data)

    def __complex__(self) -> complex:
        return complex(self.data)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        listener, row = listening.get(), TABLE.get(ufunc)
        if listener is not None and (row is None or (isinstance(row, Op) and not row.rules)) and method == "__call__":
            return listener.plain(ufunc, inputs)
        return Value.__array_ufunc__(self, ufunc, method, *inputs, **keywords)  # type: ignore[arg-type]

    @staticmethod
    def __record__(op: Op, inputs: tuple[Any, ...], static: dict[str, Any] | None = None) -> Any:
        if listening.get() is not None and not op.rules:
            raise refused(f"{op.name}, which has no derivative", "its result would count as a constant")
        return Value.__record__(op, inputs, static)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if listening.get() is not None and TABLE.get(function) is None:
            raise refused(f"np.{function.__name__} of a Value", "its result would count as a constant")
        return Value.__array_function__(self, function, types, args, keywords)  # type: ignore[arg-type]

    item = detach = numpy = _read
    __deepcopy__ = lambda self, memo: self.copy()  # noqa: E731
    __lt__, __le__, __gt__, __ge__ = map(_compared, (np.less, np.less_equal, np.greater, np.greater_equal))
    __eq__, __ne__ = map(_compared, (np.equal, np.not_equal))
    backward = _not_followed(
        "backward", "call backward() on what the replayed function returns, or use autograd.grad inside"
    )


_CONSTANT = "its result would count as a constant. Use .data, and compare numbers"
for _name in "tolist tobytes all any nonzero argmax argmin argsort argpartition searchsorted".split():
    setattr(Reads, _name, _not_followed(_name, _CONSTANT))


@functools.cache
def watched(kind: type) -> type:
    """The class of Values of that `kind` while a function is recorded."""
    return type(f"Watched{kind.__name__}", (Reads, kind), {"__slots__": ()})


def unwatched(kind: type) -> type:
    """The class that a watched one stands for."""
    return kind.__mro__[2] if issubclass(kind, Reads) else kind
