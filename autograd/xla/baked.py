"""Whether a function computes the same when it is traced again: what it takes from elsewhere would be a constant of the program.

The two programs are compared, not the places where a function may look: so a generator of random numbers is found wherever
it lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from ..errors import UnsupportedError, user_line

_COMPARED = (int, float, complex, str, bool, type(None), np.dtype)


def _numbers(x: Any) -> Any:
    array = np.asarray(x)
    return array.shape, array.dtype, array.tobytes()


def _fixed(x: Any) -> Iterator[Any]:
    """What a parameter of an operation fixes: the numbers in it, and the programs."""
    if isinstance(x, ClosedJaxpr):
        yield from constants(x)
    elif isinstance(x, Jaxpr):
        yield from _steps(x)
    elif isinstance(x, (tuple, list)):
        for item in x:
            yield from _fixed(item)
    elif isinstance(x, _COMPARED):
        yield x


def _steps(program: Jaxpr) -> Iterator[Any]:
    for step in program.eqns:
        yield step.primitive.name
        for x in step.invars:
            yield _numbers(x.val) if isinstance(x, Literal) else x.aval.str_short()
        for key in sorted(step.params):
            yield from _fixed(step.params[key])
    yield from (_numbers(x.val) for x in program.outvars if isinstance(x, Literal))


def constants(program: ClosedJaxpr) -> Iterator[Any]:
    """All that a program holds besides its arguments: its operations, and the numbers in them."""
    yield from _steps(program.jaxpr)
    for const in program.consts:
        yield _numbers(const)


def refuse_difference(name: str, first: ClosedJaxpr, second: ClosedJaxpr) -> None:
    """Raise if a function, traced twice, became two programs."""
    a, b = list(constants(first)), list(constants(second))
    if a == b:
        return
    raise UnsupportedError(
        f"jit of {name} at {user_line()}: traced twice with the same arguments it was two different programs. Something in it "
        "changes from call to call, a random generator that is advanced, a counter, a list that grows: the compiled function "
        "would repeat the first draw for ever. Draw the numbers outside, and pass them as an argument; or pass a seed (an "
        "integer, static) and make the generator of it inside"
    )
