"""Numbers that leave an array for Python: of one that is traced there are none yet, and each question is told the way out."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

from ..errors import AutogradError, GraphError, UnsupportedError, user_line
from .memory import Memory, level


def traced(x: Any) -> bool:
    """Whether `x` stands for an array that does not exist yet: a function is being compiled, or mapped."""
    return isinstance(x, Leaving) and isinstance(x.array, jax.core.Tracer)


def host(x: Any) -> Any:
    """The numbers in an array, here; from all processes, which must ask for them together, if it is shared out over them."""
    array = x.array if isinstance(x, Memory) else x
    if isinstance(array, jax.Array) and not (array.is_fully_addressable or array.is_fully_replicated):
        array = multihost_utils.process_allgather(array, tiled=True)
    return np.asarray(array)


def leaked() -> GraphError:
    """The error for computing with what a function left behind while it was traced."""
    return GraphError(
        f"an array at {user_line()} was kept from a function while that was compiled or mapped (in an attribute, a list, a "
        "global): it holds no numbers, and never will. Return it from the function, and keep what the call returns"
    )


def refused(x: Leaving, what: str, instead: str) -> AutogradError:
    """The error for asking a number that is not there yet."""
    if not level.get():
        return leaked()
    return UnsupportedError(
        f"{what} at {user_line()}, in a function that is being compiled or mapped: its numbers are not known yet "
        f"({x.array.shape} {x.array.dtype}). {instead}"
    )


_BRANCH = (
    "Use np.where(condition, a, b), which computes both; or make the argument that decides static (static_argnums: one "
    "program for each of its values)"
)
_NUMBER = "Return the array and read it outside; compute with np.exp and its like in place of math.exp"
_STATIC = "Make the argument it comes from static (static_argnums), or take it from a shape, which is known"


class Leaving(Memory):
    """What gives plain numbers."""

    __slots__ = ()

    def _leaving(self, what: str, instead: str) -> Any:
        if traced(self):
            raise refused(self, what, instead)
        return host(self)

    def __bool__(self) -> bool:
        return bool(self._leaving("a branch on data", _BRANCH))

    def __float__(self) -> float:
        return float(self._leaving("float(…) of an array", _NUMBER))

    def __complex__(self) -> complex:
        return complex(self._leaving("complex(…) of an array", _NUMBER))

    def __int__(self) -> int:
        return int(self._leaving("int(…) of an array", _STATIC))

    def __index__(self) -> int:
        return self._leaving("an integer (a size, an index of a list, a number of turns)", _STATIC).__index__()

    def item(self, *place: Any) -> Any:
        """The single number in it, as a plain Python number."""
        return self._leaving(".item()", _NUMBER).item(*place)

    def tolist(self) -> Any:
        """The plain numbers, in nested lists."""
        return self._leaving(".tolist()", _NUMBER).tolist()

    def tobytes(self, order: Any = "C") -> bytes:
        """The bytes of the array."""
        data: bytes = self._leaving(".tobytes()", _NUMBER).tobytes(order)
        return data
