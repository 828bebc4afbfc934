"""Arrays that do not change, in the place of memory that does: what is written to is replaced, and its views look again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import jax
import jax.numpy as jnp

from ..errors import UnsupportedError, user_line

double = jax.enable_x64  # a context: ``with double(True):`` 64 bits are 64 bits, in this thread and in this block alone

# The number of the function that is being traced; an array is written to only where it was made.
level: ContextVar[int] = ContextVar("level", default=0)
NEVER = -1


@contextmanager
def at_level(number: int) -> Iterator[None]:
    """While a function is traced, or mapped."""
    token = level.set(number)
    try:
        yield
    finally:
        level.reset(token)


def unwrapped(x: Any) -> Any:
    """JAX's arrays in place of ours, in lists, tuples and dicts too."""
    if isinstance(x, Memory):
        return x.array
    kind = type(x)
    if kind is list or kind is tuple:
        return kind([unwrapped(item) for item in x])
    if kind is dict:
        return {key: unwrapped(item) for key, item in x.items()}
    return x


def freeze(x: Any) -> None:
    """Let nobody write into the arrays in `x` any more."""
    if isinstance(x, Memory):
        while x is not None:
            x.made, x = NEVER, x.shows
    elif type(x) in (list, tuple):
        for item in x:
            freeze(item)


class Memory:
    """A JAX array, or the tracer of one, that may be exchanged for another by those who made it."""

    __slots__ = ("__weakref__", "_array", "_back", "_look", "_seen", "made", "shows")

    _array: Any
    _back: Callable[[Any, Any], Any]
    _look: Callable[[Any], Any]
    _seen: Any
    made: int  # the level at which it may be written to
    shows: Memory | None  # the array that it is a view of, if that can still change

    def __init__(self, array: Any, made: int = NEVER) -> None:
        self._array, self.made, self.shows = array, made, None

    def view(self, look: Callable[[Any], Any], back: Callable[[Any, Any], Any]) -> Self:
        """A view, ``look(array)``: what is written to it makes ``back(array, new)`` of this one. Once this is not written to
        any more, neither is the view."""
        if not self.writeable:
            freeze(self)
        seen = self.array
        with double(True):
            result = type(self)(look(seen), self.made if self.writeable else NEVER)
        if not self.writeable:
            return result
        result.shows, result._look, result._back, result._seen = self, look, back, seen
        return result

    @property
    def array(self) -> Any:
        """The JAX array, or the tracer of one."""
        if self.shows is not None and (now := self.shows.array) is not self._seen:
            with double(True):
                self._array, self._seen = self._look(now), now
        return self._array

    @property
    def writeable(self) -> bool:
        """Whether it can be assigned to: it was made here, and nothing else may share its memory."""
        return self.made == level.get()

    def write(self, what: str, new: Any, put: Callable[[Any, Any], Any] | None = None) -> Self:
        """Put `new` in its place, all of it or as `put` does: from now on this, and all that shows it, is another JAX array."""
        if not self.writeable:
            raise in_place(what)
        with double(True):
            array, new = self.array, unwrapped(new)
            changed = put(array, new) if put else jnp.broadcast_to(jnp.asarray(new, array.dtype), array.shape)
            if self.shows is not None:
                self.shows.write(what, self._back(self.shows.array, changed))
            else:
                self._array = changed
        return self


def in_place(what: str) -> UnsupportedError:
    """The error for writing where nothing may be written."""
    return UnsupportedError(
        f"{what} at {user_line()}: an XLA array that is an argument or a constant, or that another may share memory "
        "with, does not change in place. Use x.at[index].set(new) or .add(new), np.where(mask, new, old), y = x + 1 in place "
        "of x += 1, or build the parts and np.concatenate or np.stack them"
    )
