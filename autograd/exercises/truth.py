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

from .elsewhere import copies, wrong_type

_RTOL, _ATOL = 1e-9, 1e-13  # of the derivative itself, and of the largest one: rounding, and nothing else
_DIRECTIONS, _STEP, _ROUGHLY = 3, 1e-5, 1e-6  # of central differences, and how closely they tell a slope
_SEVERAL = 3  # numbers that are one multiple of the right ones by no accident


class Truth(NamedTuple):
    """A confirmed derivative: its title, the inputs, the function's value and the Jacobian, as bytes that nobody changes."""

    title: str
    inputs: tuple[bytes, ...]
    out: bytes
    shape: tuple[int, ...]
    jacobian: bytes

    @property
    def value(self) -> Any:
        """The function's value."""
        return np.frombuffer(self.out).reshape(self.shape)

    def rows(self, inputs: Sequence[Any]) -> Any:
        """The Jacobian: a row for each element of the output."""
        return np.frombuffer(self.jacobian).reshape(-1, sum(map(np.size, inputs)))


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


def confirmed(
    title: str, f: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any], *, seen: bool = True
) -> bool:
    """Note that `vjp` is right, if this is a rehearsal, and tell whether it was noted.

    Unless the checker has `seen` all of it, central differences along a few directions have to agree: a solution has been
    checked in whole when its exercise was made, and there may be a kink.
    """
    heard = _HEARD.get()
    if heard is None:
        return False
    out = np.asarray(f(*copies(inputs)), dtype=float)
    rows = _jacobian(out, vjp, inputs)
    if rows is None or not np.isfinite(rows).all() or not (seen or _agrees(f, rows, inputs)):
        return False
    heard.append(Truth(title, _bytes(inputs), out.tobytes(), out.shape, rows.tobytes()))
    return True


def _agrees(f: Callable[..., Any], rows: Any, inputs: Sequence[Any]) -> bool:
    """Whether central differences of `f` along random directions are those of a Jacobian."""
    random = np.random.default_rng(2)
    for _ in range(_DIRECTIONS):
        way = [random.normal(size=np.shape(x)) for x in inputs]
        ends = [f(*(np.asarray(x + h * d)[()] for x, d in zip(inputs, way, strict=True))) for h in (_STEP, -_STEP)]
        slope = np.ravel(np.subtract(*ends)) / (2 * _STEP)
        wanted = rows @ np.concatenate([np.ravel(d) for d in way])
        if not np.allclose(slope, wanted, rtol=_ROUGHLY, atol=_ROUGHLY * np.abs(wanted).max(initial=0)):
            return False
    return True


class Zeros:
    """Gradients that are 0 in an answer as it is first looked at, by title and input."""

    def __init__(self) -> None:
        self.first, self.known = True, set[tuple[str, int]]()


ZEROS: ContextVar[Zeros | None] = ContextVar("ZEROS", default=None)


def known(title: str, vjp: Callable[..., Any], inputs: Sequence[Any]) -> bool:
    """Whether `vjp` is known to be right; False says nothing."""
    parts = agreement(title, vjp, inputs)
    return bool(parts) and all(parts)


def agreement(title: str, vjp: Callable[..., Any], inputs: Sequence[Any]) -> tuple[bool, ...]:
    """For each input whether its gradient is known to be right; nothing where nothing is known.

    Where nothing else is believed (`ALONE`) also whether each is right up to a factor, and linear in g and not 0: of two
    mistakes one may be mended.
    """
    truth = _truth(title, inputs)
    if truth is None:
        return ()
    right = truth.rows(inputs)
    if ALONE.get():
        parts = _at_once(title, vjp, truth.value, right, inputs)
        if not all(parts):  # most of what is tried
            return parts
    mine = _jacobian(truth.value, vjp, inputs)
    return () if mine is None else _parts(mine, right, inputs) * (1 + 2 * ALONE.get())


def jacobian(title: str, inputs: Sequence[Any]) -> Any:
    """The confirmed Jacobian, if there is one and no other: a row for each element of the output."""
    truth = _truth(title, inputs)
    return None if truth is None else truth.rows(inputs)


def _truth(title: str, inputs: Sequence[Any]) -> Truth | None:
    found = {truth for truth in KNOWN.get() if truth.title == title and truth.inputs == _bytes(inputs)}
    return found.pop() if len(found) == 1 and any(map(np.size, inputs)) else None


def _parts(mine: Any, right: Any, inputs: Sequence[Any]) -> tuple[bool, ...]:
    close = np.abs(mine - right) <= _RTOL * np.abs(right) + _ATOL * np.abs(right).max(initial=0)
    ends = np.cumsum([np.size(x) for x in inputs])
    return tuple(bool(part.all()) for part in np.split(close, ends[:-1], axis=1))


def _at_once(title: str, vjp: Callable[..., Any], out: Any, right: Any, inputs: Sequence[Any]) -> tuple[bool, ...]:
    """For each input whether its gradient is right for one g, whether it is up to a factor, and whether it is linear in g.

    One that is 0 only counts as such if it was when the answer was first looked at: a change that makes it 0 mends nothing.
    """
    g = np.random.default_rng(1).normal(size=out.shape)
    try:
        once, thrice = _row(vjp, g, out, inputs), _row(vjp, -3.0 * g, out, inputs)
    except Exception:  # the student's
        return (False,) * 3 * len(inputs)
    with np.errstate(all="ignore"):
        linear = np.abs(thrice + 3 * once) <= _RTOL * np.abs(thrice)
    ends = np.cumsum([np.size(x) for x in inputs])[:-1]
    pairs = zip(np.split(linear, ends), np.split(once, ends), strict=True)
    wanted = g.ravel() @ right
    parts = _parts(once[None], wanted[None], inputs)
    multiples = map(_multiple, parts, np.split(once, ends), np.split(wanted, ends))
    zeros = ZEROS.get() or Zeros()
    follows = []
    for i, (close, number) in enumerate(pairs):
        if zeros.first and not number.any():
            zeros.known.add((title, i))
        follows.append(bool(close.all() and (number.any() or (title, i) in zeros.known)))
    return *parts, *multiples, *follows


def _multiple(close: bool, once: Any, wanted: Any) -> bool:
    """Whether numbers are right up to one factor, which several of them tell."""
    if close or np.count_nonzero(wanted) < _SEVERAL or not once.any():
        return close
    factor = (once @ wanted) / (wanted @ wanted)
    return bool((np.abs(once - factor * wanted) <= _RTOL * np.abs(once).max()).all())


def gradients(f: Callable[..., Any], vjp: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """All gradients for one cotangent, flat; None where there is none."""
    out = np.asarray(f(*copies(inputs)))
    try:
        return _row(vjp, np.random.default_rng(1).normal(size=out.shape), out, inputs)
    except Exception:  # the student's
        return None


def _bytes(inputs: Sequence[Any]) -> tuple[bytes, ...]:
    return tuple(np.asarray(x, dtype=float).tobytes() for x in inputs)


def _jacobian(out: Any, vjp: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """One row for each element of the output; None if `vjp` is unusual, NaN where the gradient of an input is."""
    try:
        rows = np.stack([_row(vjp, g.reshape(out.shape), out, inputs) for g in np.eye(out.size)])
        g = np.random.default_rng(0).normal(size=out.shape)
        twice = [_row(vjp, c * g, out, inputs) for c in (1.0, -3.0)]  # linear, and the same when asked again
    except Exception:  # the student's: the whole way leads there again, and says it
        return None
    sums = [c * (g.ravel() @ rows) for c in (1.0, -3.0)]
    slack = _RTOL * np.abs(sums) + 1e-12 * np.nanmax(np.abs(rows), initial=0)
    return np.where((np.abs(np.subtract(twice, sums)) <= slack).all(axis=0), rows, np.nan)


def _row(vjp: Callable[..., Any], g: Any, out: Any, inputs: Sequence[Any]) -> Any:
    """The gradients of all inputs, flat; NaN for those that are not float64 arrays in the shapes of their inputs.

    Raises:
        TypeError: there are not as many as inputs, or an argument was changed.
    """
    given = [np.array(g)[()], np.array(out)[()], *copies(inputs)]
    got = vjp(*given)
    gradients = got if isinstance(got, tuple) else (got,)
    kept = all(np.array_equal(a, b) for a, b in zip(given, [g, out, *inputs], strict=True))
    if not kept or len(gradients) != len(inputs):
        raise TypeError
    return np.concatenate([_flat(gradient, x) for gradient, x in zip(gradients, inputs, strict=True)])


def _flat(gradient: Any, x: Any) -> Any:
    array = np.asarray(gradient)
    usual = array.shape == np.shape(x) and array.dtype == np.float64 and not wrong_type([gradient], [x], [""])
    return array.ravel() if usual else np.full(np.size(x), np.nan)
