"""What may not happen without a word: a `Value` that reaches a solver by a way on which its derivative would be lost.

A solver calls its functions with plain numbers. What comes back is then a plain number too, unless the function takes a
`Value` from its surroundings: that one has no derivative, and is refused.
"""

from __future__ import annotations

import copy
import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .. import tree
from ..engine.convert import unbox
from ..engine.mode import is_recording
from ..engine.value import Value
from ..errors import ChangedDataError, UnsupportedError, describe, user_line
from .packing import Function


def is_differentiated(x: Any) -> bool:
    """Whether a derivative with respect to `x` may be asked for later."""
    return isinstance(x, Value) and x.requires_grad and bool(is_recording())


class Plain:
    """A function for a solver to call: its result as plain numbers; a derivative that would be lost is an error."""

    def __init__(self, function: Function, solver: str, advice: str = "") -> None:
        self.__wrapped__: Any = function  # `inspect.signature` looks here, and some solvers ask for it
        self.__name__ = getattr(function, "__name__", type(function).__name__)  # and others for this
        self._solver, self._where, self._advice = solver, user_line(), advice

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        out = self.__wrapped__(*args, **kwargs)
        if isinstance(out, (float, np.ndarray)):
            return out
        lost = next((leaf for leaf in tree.flatten(out)[0] if is_differentiated(leaf)), None)
        if lost is None:
            return unbox(out)
        raise UnsupportedError(
            f"{self._solver} at {self._where}: for plain numbers its function returned a Value ({describe(lost)}). So it takes "
            "one from its surroundings, and the solution would have no derivative with respect to that one. "
            + (self._advice or f"Hand it over in args: {self._solver}(…, args=(value,))")
            + ". If it is a constant, take value.detach()"
        )


def check_unchanged(where: str, now: Any, before: Any) -> None:
    """That a function which is asked again in the backward pass still answers what it answered to the solver."""
    scale = np.max(np.abs(before), initial=0)
    if not np.allclose(now, before, rtol=1e-9, atol=1e-12 * scale, equal_nan=True):
        raise ChangedDataError(
            f"{where}: its function is not the same any more that was integrated (a loop variable in a lambda, or an array that "
            "was changed). Hand over in args what it depends on"
        )


def call(solver: Function, *args: Any, **keywords: Any) -> Any:
    """``solver(*args, **keywords)``; afterwards its `Plain` functions hold nothing, for SciPy puts some of them in cycles."""
    try:
        return solver(*args, **keywords)
    finally:
        for x in (*args, *keywords.values()):
            if isinstance(x, Plain):
                x.__wrapped__ = None


def guarded(x: Any, solver: str, advice: str = "") -> Any:
    """An argument of a solver, with every function in it made `Plain`, and a `Value` that is a constant made a number."""
    if isinstance(x, Value):
        return x.data
    if type(x) in (list, tuple):
        return type(x)(guarded(item, solver, advice) for item in x)
    if type(x) is dict:
        return {key: guarded(item, solver, advice) for key, item in x.items()}
    if type(x).__name__ == "NonlinearConstraint":
        x = copy.copy(x)
        x.fun = Plain(x.fun, solver, advice)
        return x
    return Plain(x, solver, advice) if callable(x) and not isinstance(x, (type, Plain)) else x


def without_derivative(module: str, advice: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` for those names of ``scipy.<module>`` that no derivative goes through.

    They are SciPy's own, and refuse a `Value` that is differentiated, in the arguments or in the surroundings of a function,
    with the `advice` for that name.
    """

    @functools.cache
    def get(name: str) -> Any:
        found = getattr(importlib.import_module(f"scipy.{module}"), name)
        if isinstance(found, type) or not callable(found):
            return found
        remedy = advice.get(name, "Compute it on value.data if its derivative is not wanted")

        @functools.wraps(found)
        def refusing(*args: Any, **kwargs: Any) -> Any:
            if any(is_differentiated(leaf) for leaf in tree.flatten((args, kwargs))[0]):
                raise UnsupportedError(f"scipy.{module}.{name} of a Value at {user_line()} has no derivative. {remedy}")
            try:
                return found(*guarded(args, name, remedy), **guarded(kwargs, name, remedy))
            except RuntimeError as error:
                if isinstance(error.__cause__, UnsupportedError):  # SciPy takes it for an error of its own making
                    raise error.__cause__ from None
                raise

        return refusing

    return get, lambda: dir(importlib.import_module(f"scipy.{module}"))
