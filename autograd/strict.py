"""The strict mode: find the place where a NaN, an infinity or a lost gradient comes from."""

from __future__ import annotations

from typing import Any

import numpy as np

from .engine.convert import unbox
from .engine.value import Value
from .errors import NonFiniteError, describe
from .scope import Notes, Noting, line_of


class strict(Noting):  # noqa: N801 - a context manager is written like a function
    """Within ``with strict():`` the first number that goes wrong is an error, with its place; for finding a bug, and slow.

    - The first NaN or infinity that an operation on a `Value` *makes* from finite numbers raises `NonFiniteError`: with the
      operation, the line of the user's program, and the numbers. So does the first that a derivative rule makes.
    - So does the first cotangent of 0 that meets an infinite derivative. It counts as 0, which is right behind `np.where`
      and wrong behind an overflow (``np.log1p(np.exp(800.0))``), and the rule cannot tell which.
    - Every array is guarded completely: any change of one between the forward and the backward pass is noticed.

    Both passes must run within the block. It holds for this thread (or asynchronous task) alone, and decorates functions.
    """

    def __init__(self) -> None:
        super().__init__("strict", lambda notes: Notes(notes.calls, True, _look_forward, _look_backward, notes.clocks))

    def _recreate_cm(self) -> strict:
        return strict()


def _finite(x: Any) -> Any:
    """Where the numbers in `x` are finite; what is no array of numbers is taken for finite."""
    x = np.asarray(unbox(x))
    return np.isfinite(x) if x.dtype.kind in "fc" else np.True_


def _look_forward(node: Value) -> None:
    """Raise if the operation made a number that is not finite."""
    fine = _finite(node.raw)
    if np.all(fine) or not all(np.all(_finite(x)) for x in node.inputs):
        return
    assert node.op is not None
    made, place = _first(node.raw, ~fine)
    raise NonFiniteError(
        f"{node.op.name}({', '.join(describe(x) for x in node.inputs)}) at {line_of(node)} made {made}{place} of "
        f"{_numbers(node, fine)}"
    )


def _look_backward(node: Value, g: Any, contributions: list[tuple[int, Any, Any]]) -> None:
    """Raise if a rule made a number that is not finite, or would have but for a cotangent of 0, or if a sum of such did."""
    assert node.op is not None
    g, numbers = unbox(g), node.inputs
    if not all(np.all(_finite(x)) for x in (g, *numbers)):
        return

    name = node.op.name

    def where(i: int) -> str:
        return f"the derivative of {name}, computed at {line_of(node)}, with respect to input {i}"

    for i, c, before in contributions:
        if not np.all(fine := _finite(c)):
            made, place = _first(unbox(c), ~fine)
            raise NonFiniteError(
                f"{where(i)} made {made}{place} of the cotangent {describe(g)} and {_numbers(node, fine)}"
            )
        if before is None or not np.all(_finite(before)):
            continue
        with np.errstate(all="ignore"):
            total = unbox(before) + unbox(c)
        if not np.all(fine := _finite(total)):
            made, place = _first(total, ~fine)
            raise NonFiniteError(f"{where(i)}, added to those of the same array's other uses, made {made}{place}")
    if isinstance(g, (np.ndarray, np.generic)) and np.any(g == 0):
        places = [i for i, _, _ in contributions]
        ones = np.where(g == 0, np.ones_like(g), g)[()]
        for i, full in zip(places, node.op.pull(places, ones, node.raw, numbers, node.static), strict=True):
            if not np.all(fine := _finite(full)):
                made, place = _first(unbox(full), ~fine)
                raise NonFiniteError(
                    f"{where(i)} is {made}{place}, for {_numbers(node, fine)}, and its cotangent is 0 there: the product counts "
                    "as 0. That is right where np.where took the other branch, and wrong behind an overflow"
                )


def _first(x: Any, bad: Any) -> tuple[str, str]:
    """The first of the `bad` numbers, and its place."""
    if not np.ndim(x):
        return f"{x:.6g}", ""
    index = tuple(int(i) for i in np.argwhere(np.broadcast_to(bad, np.shape(x)))[0])
    return f"{np.asarray(x)[index]:.6g}", f" at {list(index)}"


def _numbers(node: Value, fine: Any) -> str:
    """The numbers that the operation was computed from, at the first bad place if they have its shape."""
    bad = np.argwhere(~np.asarray(fine)) if np.ndim(fine) else np.zeros((1, 0), int)
    shown = []
    for x in node.inputs:
        if np.shape(x) == np.shape(fine) and len(bad):
            shown.append(f"{np.asarray(x)[tuple(bad[0])]:.6g}")
        elif not np.ndim(x):
            shown.append(f"{x:.6g}" if isinstance(x, (int, float, complex, np.number)) else describe(x))
        else:
            shown.append(f"numbers from {np.min(x):.6g} to {np.max(x):.6g}" if np.size(x) else "nothing")
    return " and ".join(shown)
