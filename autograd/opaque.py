"""A function that is not looked into, as one node of the graph: nests of anything in, a nest of `Value`s out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import tree
from .engine.convert import as_data, unbox
from .engine.value import record_many
from .rules.op import Op

# (places of the inputs wanted, cotangent of the result, result, inputs) ↦ a gradient for each place; g and the result are
# nests in the form that the function returned.
Pull = Callable[[Sequence[int], Any, Any, Sequence[Any]], Sequence[Any]]


def plain(nest: Any) -> Any:
    """The nest with the plain data in place of every `Value`."""
    leaves, rebuild = tree.flatten(nest)
    return rebuild([unbox(leaf) for leaf in leaves])


def record_call(name: str, result: Any, inputs: Sequence[Any], pull: Pull) -> Any:
    """`result`, a nest of plain numbers and arrays, as `Value`s that were computed from `inputs` by one operation.

    The node holds all numbers of the result in one vector (a result that is an array itself stays as it is), and each
    array of the nest is a part of it.
    """
    form = _Form(result)

    def rule(wanted: Sequence[int], g: Any, out: Any, *given: Any) -> Sequence[Any]:
        return pull(wanted, form.split(g, None), form.split(out, form.others), given)

    joined = form.joined
    op = Op(lambda *_: joined, rule, name=name, variadic=True, opaque=True)
    return form.split(record_many(op, inputs), form.others)


class _Form:
    """The form of a result: which of its leaves are numbers, their shapes and dtypes, and the way to one vector and back."""

    __slots__ = ("_alone", "_build", "_places", "_shapes", "joined", "others")

    def __init__(self, result: Any) -> None:
        leaves, self._build = tree.flatten(result)
        self._alone = len(leaves) == 1 and leaves[0] is result
        self._places = [i for i, leaf in enumerate(leaves) if _is_number(leaf, self._alone)]
        numbers = [as_data(leaves[i]) for i in self._places]
        self._shapes = [(x.shape, x.dtype) for x in numbers]
        self.others = [None if i in self._places else leaf for i, leaf in enumerate(leaves)]
        if self._alone and numbers:
            self.joined = numbers[0]
        else:
            self.joined = np.concatenate([np.zeros(0), *(x.reshape(-1) for x in numbers)])

    def split(self, vector: Any, others: list[Any] | None) -> Any:
        """The nest whose numbers are in `vector`, with `others` in the remaining places (None where there are none)."""
        if self._alone and self._places:
            return vector
        filled: list[Any] = list(others or [None] * len(self.others))
        start = 0
        for place, (shape, dtype) in zip(self._places, self._shapes, strict=True):
            size = int(np.prod(shape))
            part = vector[start] if shape == () else np.reshape(vector[start : start + size], shape)
            if part.dtype != dtype:
                part = (part if dtype.kind == "c" else part.real).astype(dtype)
            filled[place] = part
            start += size
        return self._build(filled)


def _is_number(leaf: Any, alone: bool) -> bool:
    """Whether a leaf of a result is a number or an array that has a derivative.

    In a nest, integers (places, counts) have none; a result that is nothing but an integer is taken for a number.
    """
    if isinstance(leaf, (bool, str, bytes)) or leaf is None:
        return False
    kind = (leaf if hasattr(leaf, "dtype") else np.asarray(leaf)).dtype.kind
    return kind in "fc" or (alone and kind in "iub")
