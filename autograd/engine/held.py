"""What a `Value` holds: its numbers, and what they were computed from."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import GraphError, lost_as_data, user_line
from .convert import as_data, holds_value, owned, stack_nested, unbox
from .mode import is_recording, tracing
from .typed import Numbers
from .witness import Witness, original, renew

_float64 = np.float64
_ndarray = np.ndarray


class Slots:
    """What the engine keeps in a node; nobody else needs it."""

    __slots__ = {
        "__weakref__": "",
        "_notes": "see `notes`",
        "in0": "The first plain input; of a constant array the pair of it and what it looked like.",
        "in1": "The second; of a leaf that was given new data the number that it was made with.",
        "more": "Where there are more inputs or keywords: inputs, parents, keywords, what the row keeps.",
        "number": "When it was made: the order of the backward pass.",
        "parent0": "The Value that `in0` comes from; of a leaf whose array was handed out a Witness.",
        "parent1": "The Value that `in1` comes from.",
        "raw": "The number or array that the engine computes with, never changed in place; `data` is the public door.",
    }
    raw: Any
    in0: Any
    in1: Any
    parent0: Any
    parent1: Any
    more: tuple[Any, ...] | None
    number: int


class Held(Slots):
    """The part of `Value` that answers for its data."""

    __slots__ = ()
    op: Any

    @property
    def data(self) -> Numbers | Any:
        """The plain number or array: of a leaf its own, which may be changed, of a computed Value one to read only."""
        if self.raw.__class__ is not _ndarray:
            return self.raw
        if self.op is not None:
            shown = self.raw.view()
            shown.flags.writeable = False
            return shown
        if self.parent0 is None:
            self.parent0 = Witness(self.raw)
        return self.raw

    @data.setter
    def data(self, new: Any) -> None:
        if self.op is not None:
            raise GraphError(
                f"the data of a computed Value (the result of {self.op.name}) cannot be replaced at {user_line()}: "
                "its derivative would be that of the old data. Change the Values it was computed from, or detach() it"
            )
        if new is self.raw and (self.parent0 is None or self.parent0.unchanged_for_certain()):
            return
        if new.__class__ is not _float64 and new is not self.raw:  # ``value.data -= step`` assigns the Value's own
            if holds_value(new) and tracing.get() and is_recording() and stack_nested(new).requires_grad:
                raise lost_as_data(self)
            converted = as_data(new if new.__class__ is _ndarray else unbox(new))
            self.raw, self.parent0 = owned(converted, new), None
        elif new is not self.raw:
            self.raw, self.parent0 = new, None
        renew(self)

    def take_over(self, new: Any) -> None:
        """As ``value.data = new`` for a number or array of the same kind, without a copy: it must not be changed any more."""
        raw, kind = self.raw, new.__class__
        alike = kind is raw.__class__ and (kind is not _ndarray or (new.shape, new.dtype) == (raw.shape, raw.dtype))
        if self.op is not None or not alike:
            self.data = new
            return
        self.raw, self.parent0 = new, None
        renew(self)

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by the user rather than computed by a recorded operation."""
        return self.op is None

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The plain inputs that the operation was computed from (empty for a leaf)."""
        if self.op is None:
            return ()
        raw = self.more[0] if self.more is not None else (self.in0,) if self.in1 is None else (self.in0, self.in1)
        return tuple([original(x, self.op.name) if x.__class__ is tuple else x for x in raw])

    @property
    def parents(self) -> tuple[Any, ...]:
        """For each input the `Value` that it came from, or None for a plain constant."""
        if self.more is not None:
            return self.more[1]
        if self.op is None:
            return ()
        return (self.parent0,) if self.in1 is None else (self.parent0, self.parent1)

    @property
    def static(self) -> dict[str, Any]:
        """The keyword arguments of the operation, which are no arrays and have no derivative."""
        return {} if self.more is None else self.more[2]

    def numpy(self) -> Numbers | Any:
        """The data as an array of its own."""
        return self.raw.copy()

    def item(self, *place: Any) -> Any:
        """The single number in it, as a plain Python number: the one way out of the graph that says nothing.

        What is computed from it has no derivative. With arguments as `numpy.ndarray.item`: one element of an array.
        """
        return self.raw.item(*place)
