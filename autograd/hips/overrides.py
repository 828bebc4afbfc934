"""Rules of the user's for functions that have a name already: NumPy's, SciPy's, and those of the faces.

``defvjp(np.i0, …)`` makes a primitive of the function, and from then on the function means that primitive wherever a `Value`
meets it: in the whole process, also where other modules (and this package) call it, as in HIPS autograd. `forget` undoes
it. Arguments without a rule of the user's keep the package's. Methods of a `Value` (``x.sum()``) keep the package's rules,
and so do operators: a rule for the function behind one is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..custom import primitive
from ..errors import UnsupportedError, user_line
from ..rules import TABLE, rarer_row
from ..transforms import vjp
from .rule import Everywhere
from .util import subval

_RULED: dict[Any, primitive] = {}  # the functions that have rules of the user's
_REPLACED: dict[Any, Any] = {}  # what the table had for them
_OPERATORS = frozenset(
    (np.add, np.subtract, np.multiply, np.divide, np.floor_divide, np.remainder, np.power, np.matmul, np.negative)
) | {np.positive, np.absolute, np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}


def rules_of_user(f: Any) -> primitive | None:
    """The primitive that the user made of `f`, NumPy's or SciPy's, by giving it a rule."""
    return _RULED.get(f)


def primitive_of(f: Any) -> primitive:
    """`f`, if it is a primitive; the primitive that from now on stands for it, if it is NumPy's or SciPy's.

    Raises:
        UnsupportedError: for another function, whose calls nobody would notice, and for one that is behind an operator.
    """
    if isinstance(f, primitive):
        return f
    plain = getattr(f, "plain", f)
    name = getattr(plain, "__name__", repr(plain))
    known = _RULED.get(plain) or TABLE.get(plain)
    if isinstance(known, primitive):
        return known
    if plain in _OPERATORS:
        raise UnsupportedError(
            f"a rule for np.{name} at {user_line()}: an operator computes the same and would not ask for it. Make a function "
            "of your own with autograd.extend.primitive, and call that"
        )
    home = str(getattr(plain, "__module__", None) or type(plain).__module__)
    if not isinstance(plain, np.ufunc) and home.partition(".")[0] not in ("numpy", "scipy"):
        raise UnsupportedError(
            f"a rule for {name} at {user_line()}: it is no primitive. Write @autograd.extend.primitive above its definition"
        )
    before = TABLE.get(plain) or getattr(f, "recorded", None)
    if before is None and isinstance(plain, np.ufunc):
        before = rarer_row(plain, "__call__")
    made = primitive(plain)
    if before is not None:
        made.makers = Everywhere(lambda i: _packages_rule(before, i))
    _RULED[plain] = made
    _REPLACED[plain] = TABLE.get(plain)
    TABLE[plain] = made
    return made


def _packages_rule(recorded: Callable[..., Any], i: int) -> Callable[..., Any]:
    """What the package knows about the argument `i`, for arguments that the user gives no rule for."""

    def maker(ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        return vjp(lambda x: recorded(*subval(args, i, x), **kwargs), args[i])[1]

    return maker


def forget(f: Any) -> None:
    """Let `f`, NumPy's or SciPy's, have the package's rules again."""
    plain = getattr(f, "plain", f)
    if _RULED.pop(plain, None) is not None:
        row = _REPLACED.pop(plain)
        if row is None:
            del TABLE[plain]
        else:
            TABLE[plain] = row
