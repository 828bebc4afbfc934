"""A scalar graph, recorded once, run again as a few hundred array operations.

In the order of reading: `recording` notes what a function does, with the numbers that `reads` lets it have; `program` numbers
it; `graph` finds what can be computed together; `arrays` does that by calls of NumPy, and `lines` does without arrays where
groups are small; `plan` chooses. `surroundings` is what a function sees, and `replayed` what the user holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def replay(f: Callable[..., Any], *, limit: int = 8) -> Any:
    """`f`, a function of single numbers, at the speed of arrays: its first two calls are recorded, later ones replayed.

    `f` takes and returns nests (lists, dicts, dataclasses …) of floats and `Value`s, and may close over others, as over
    the parameters of a model. The result is a `Value` like that of `f`, with one node in place of thousands: `backward()`
    fills the `.grad` of the arguments and of what `f` closes over, and every transformation works on it. Derivatives of
    higher order run `f` itself. ``replay(f).backward(...)`` is the call and its backward pass at once, and the fastest.

    Values and first derivatives are those of `f` to the last bit, but for the sign of a zero, and for the last digits of
    functions that NumPy computes on arrays by another routine than on numbers (powers, `sigmoid`). NumPy's warnings are
    not given.

    What of its surroundings `f` reaches by name, and every argument that is no float and no Value, is part of the plan: if
    it changes, `f` is recorded again. So it is if a comparison of numbers has another outcome where the program branches
    on it. A plan is made when a second call has done the same as the first; of those there may be `limit`.

    Raises:
        UnsupportedError: what `f` does cannot be replayed (arrays, `math.exp`, a constant that is another one at every
            call, such as a random number), or needs more plans than `limit`. It names the line and the way out.

    Examples:
        >>> from autograd import Value, replay
        >>> w = Value(2.0)
        >>> loss = replay(lambda x: (w * x - 1.0).relu() ** 2)
        >>> for x in (1.0, 2.0, 3.0):
        ...     w.grad = None
        ...     loss(x).backward()
        ...     print(w.grad)
        2.0
        12.0
        30.0
    """
    from .replayed import Replayed

    return Replayed(f, limit)
