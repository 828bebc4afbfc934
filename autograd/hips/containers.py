"""Boxes: what `isinstance` finds inside a differentiated function. A box is a `Value`, or a Python container of Values."""

from __future__ import annotations

from abc import ABC
from typing import Any, NoReturn

from ..engine.value import Value
from .refused import refused


class _Box(ABC):
    """What HIPS's tracer asks a class of this kind to be; here it is a question for `isinstance`."""

    def __init_subclass__(cls, of: tuple[type, ...] = (), **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not of:
            raise refused(
                f"a subclass of {cls.__mro__[1].__name__}", "make your type a dataclass or a named tuple of arrays"
            )
        cls._of = of

    _of: tuple[type, ...]

    @classmethod
    def __subclasshook__(cls, other: type) -> bool:
        return issubclass(other, cls._of)

    @classmethod
    def register(cls, subclass: Any) -> NoReturn:
        """Refused: Values are put into containers by Python alone."""
        raise refused(f"{cls.__name__}.register", "make your type a dataclass or a named tuple of arrays")


class Box(_Box, of=(Value,)):
    """A `Value`."""


class SequenceBox(_Box, of=(list, tuple)):
    """A list or a tuple."""


class DictBox(_Box, of=(dict,)):
    """A dict."""


def container_take(A: Any, idx: Any) -> Any:
    """``A[idx]``."""
    return A[idx]


def container_untake(x: Any, idx: Any, vs: Any) -> Any:
    """The element of the space `vs` that is `x` at `idx` and zero elsewhere."""
    zeros = vs.zeros()
    if isinstance(zeros, dict):
        return {**zeros, idx: x}
    items = list(zeros)
    items[idx] = x
    return vs._like(items, vs.shape)


def make_sequence(seq_type: Any, *args: Any) -> Any:
    """A sequence of that type."""
    return seq_type(args)


def sequence_extend_right(seq: Any, *elts: Any) -> Any:
    """`seq` and after it `elts`."""
    return seq + type(seq)(elts)


def sequence_extend_left(seq: Any, *elts: Any) -> Any:
    """`elts` and after them `seq`."""
    return type(seq)(elts) + seq
