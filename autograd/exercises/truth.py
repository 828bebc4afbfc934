"""Derivatives that are known before an answer comes: the solution's, where finite differences have confirmed them.

Whoever checks many answers to one exercise rehearses with the solution first. An answer with the very same derivatives is then
right without more ado; every other one goes the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

from .elsewhere import copies

_RTOL, _ATOL = 1e-9, 1e-13  # of the derivative itself, and of the largest one: rounding, and nothing else


class Truth(NamedTuple):
    """A confirmed derivative: what it is called, at which inputs, and the Jacobian, as bytes that nobody changes."""

    title: str
    inputs: tuple[bytes, ...]
    jacobian: bytes


KNOWN: ContextVar[tuple[Truth, ...]] = ContextVar("KNOWN", default=())
ALONE: ContextVar[bool] = ContextVar("ALONE", default=False)  # whether what is not known to be right is wrong, unseen
_HEARD: ContextVar[list[Truth] | None] = ContextVar("_HEARD", default=None)


@contextmanager
def rehearsal() -> Iterator[list[Truth]]:
    """Collect what is confirmed inside."""
    heard: list[Truth] = []
    token = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(token)


def confirmed(title: str, f: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any]) -> None:
    """Note that finite differences agree with `vjp`, if this is a rehearsal."""
    heard = _HEARD.get()
    if heard is not None:
        jacobian = _jacobian(f, vjp, inputs)
        if jacobian is not None:
            heard.append(Truth(title, _bytes(inputs), jacobian.tobytes()))


def known(title: str, f: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any]) -> bool:
    """Whether `vjp` is known to be right; False says nothing."""
    found = {truth.jacobian for truth in KNOWN.get() if truth.title == title and truth.inputs == _bytes(inputs)}
    if len(found) != 1:
        return False
    right = np.frombuffer(found.pop())
    mine = _jacobian(f, vjp, inputs)
    if mine is None or mine.size != right.size:
        return False
    return bool(np.all(np.abs(mine.ravel() - right) <= _RTOL * np.abs(right) + _ATOL * np.abs(right).max(initial=0)))


def _bytes(inputs: Sequence[Any]) -> tuple[bytes, ...]:
    return tuple(np.asarray(x, dtype=float).tobytes() for x in inputs)


def _jacobian(f: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """One row for each element of the output; None if anything about `vjp` is unusual."""
    out = np.asarray(f(*copies(inputs)))
    try:
        rows = np.stack([_row(vjp, g.reshape(out.shape), out, inputs) for g in np.eye(out.size)])
        g = np.random.default_rng(0).normal(size=out.shape)
        twice = [_row(vjp, c * g, out, inputs) for c in (1.0, -3.0)]  # linear, and the same when asked again
    except Exception:  # the student's: the whole way leads there again, and says it
        return None
    sums = [c * (g.ravel() @ rows) for c in (1.0, -3.0)]
    return rows if np.allclose(twice, sums, rtol=_RTOL, atol=1e-12 * np.abs(rows).max(initial=0)) else None


def _row(vjp: Callable[..., Any], g: Any, out: Any, inputs: Sequence[Any]) -> Any:
    """The gradients of all inputs, flat.

    Raises:
        TypeError: they are not float64 arrays in the shapes of the inputs, or an argument was changed.
    """
    given = [np.array(g)[()], np.array(out)[()], *copies(inputs)]
    got = vjp(*given)
    parts = [np.asarray(part) for part in (got if isinstance(got, tuple) else (got,))]
    kept = all(np.array_equal(a, b) for a, b in zip(given, [g, out, *inputs], strict=True))
    shapes = [part.shape for part in parts] == [np.shape(x) for x in inputs]
    if not kept or not shapes or any(part.dtype != np.float64 for part in parts):
        raise TypeError
    return np.concatenate([part.ravel() for part in parts])
