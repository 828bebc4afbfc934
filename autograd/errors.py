"""The error classes, and the wording they share: what happened, where, what to do.

Every error of the package is an `AutogradError` *and* the built-in error that fits, so that
``except ValueError`` written for NumPy code goes on working.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import cache
from types import FrameType
from typing import Any

import numpy as np

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_PYTHON = os.path.dirname(os.__file__) + os.sep
_RELATIVES = ("scipy", "pandas", "xarray", "jax", "jaxlib")  # they call back into a Value's methods


class AutogradError(Exception):
    """The base of every error that this package raises on purpose."""


class ShapeError(AutogradError, ValueError):
    """Shapes that do not fit each other, or an argument of the wrong shape or range."""


class DtypeError(AutogradError, TypeError):
    """Data of a kind that cannot be differentiated: objects, strings, integers asked for a gradient."""


class IndexingError(AutogradError, IndexError):
    """An index outside an array, or of a kind that arrays do not take."""


class GraphError(AutogradError, RuntimeError):
    """A question that the recorded graph cannot answer."""


class ChangedDataError(GraphError):
    """Data saved for the backward pass was changed before the backward pass ran."""


class NonFiniteError(AutogradError, FloatingPointError):
    """In the strict mode: the first NaN or infinity that an operation, or its derivative rule, made."""


class IndependentOutputWarning(UserWarning):
    """A derivative was asked of a result that does not depend on the variable: it is 0, which is rarely meant."""


class StaleValueWarning(UserWarning):
    """A `Value` that was kept from a derivative that is over was computed with in another: it counts as a constant there."""


class RecompilationWarning(UserWarning):
    """A compiled function is compiled again and again, because an argument keeps its shape, dtype or static value no longer."""


class UnsupportedError(AutogradError, NotImplementedError, TypeError):
    """A NumPy function, or a way of calling one, for which there is no derivative rule."""


def describe(x: Any) -> str:
    """``(3, 4) float32`` for arrays, ``2.0 (float)`` for Python scalars, the type's name otherwise."""
    shape, dtype = getattr(x, "shape", None), getattr(x, "dtype", None)
    if shape is not None and dtype is not None:
        name = getattr(x, "name", None)
        return f"{shape} {dtype}" + (f" named {name!r}" if isinstance(name, str) else "")
    if isinstance(x, (bool, int, float, complex)):
        return f"{x!r} ({type(x).__name__})"
    return type(x).__name__


@cache
def _libraries(loaded: tuple[str, ...]) -> tuple[str, ...]:
    """The folders whose lines are nobody's own: this package, `nn` beside it, NumPy, and what of its relatives is loaded."""
    beside = os.path.join(os.path.dirname(_PACKAGE), "nn")
    folders = [_PACKAGE, beside, *np.__path__, *(path for name in loaded for path in sys.modules[name].__path__)]
    return (*(folder + os.sep for folder in folders), "<frozen ")  # the last: Python's own modules


def _is_library(file: str, libraries: tuple[str, ...]) -> bool:
    return file.startswith(libraries) or (file.startswith(_PYTHON) and "site-packages" not in file)


def user_frame() -> FrameType:
    """The innermost frame outside of this package, `nn`, NumPy and its relatives: the line that the user wrote."""
    libraries = _libraries(tuple(name for name in _RELATIVES if name in sys.modules))
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_library(frame.f_code.co_filename, libraries):
        frame = frame.f_back
    return frame


def user_line() -> str:
    """``file.py:12``, where the user's own code is."""
    frame = user_frame()
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def warn_independent(name: str) -> None:
    """Say once for each line of the user's that the result does not depend on the variable."""
    _warn(
        f"Output seems independent of input: the result of {name} does not depend on the variable, and the derivative is 0",
        IndependentOutputWarning,
    )


def warn_stale(kept: Any) -> None:
    """Say once for each line of the user's that a Value of an earlier derivative counts as a constant."""
    _warn(
        f"a Value ({describe(kept)}, computed by {kept.op.name if kept.op is not None else 'nothing: a variable'}) that was kept "
        "from an earlier derivative counts as a constant in this one. Compute it again; or keep its numbers, value.data, if a "
        "constant is meant",
        StaleValueWarning,
    )


def _warn(message: str, category: type[Warning]) -> None:
    frame = user_frame()
    warnings.warn_explicit(
        message,
        category,
        frame.f_code.co_filename,
        frame.f_lineno,
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def explain(name: str, inputs: tuple[Any, ...], error: Exception) -> None:
    """Raise the error for an operation that NumPy refused: the operation, every operand, NumPy's own words.

    Returns where the error says enough by itself, and is to be raised again as it is: raised "from" itself, it would hold
    on to the arrays of all frames between until the garbage collector runs.
    """
    kinds: tuple[tuple[type[Exception], type[AutogradError]], ...] = (
        (ValueError, ShapeError),
        (IndexError, IndexingError),
        (TypeError, DtypeError),
    )
    if isinstance(error, AutogradError) or type(error).__name__ == "LinAlgError":
        return
    if isinstance(error, AttributeError) and any(
        getattr(getattr(x, "dtype", None), "hasobject", False) for x in inputs
    ):
        # NumPy asks an array of objects for a method of each.
        error = TypeError(f"{error}; convert the array of objects to floats first")
    for kind, ours in kinds:
        if isinstance(error, kind):
            operands = ", ".join(describe(x) for x in inputs)
            raise ours(f"{name}({operands}) at {user_line()}: {error}") from error


def no_rule(name: str, reason: str | None = None) -> UnsupportedError:
    """The error for a NumPy function that is not in the table, with the reason if it was left out on purpose."""
    if reason:
        return UnsupportedError(f"{name} of a Value at {user_line()} is not supported: {reason}")
    return UnsupportedError(
        f"{name} of a Value at {user_line()} has no derivative rule. Write it with functions that have one "
        "(autograd.functions lists them), or compute it on value.data if its derivative is not wanted"
    )


def lost_as_data(leaf: Any) -> GraphError:
    """The error for ``leaf.data = value`` with a Value that a function being traced has computed."""
    return GraphError(
        f"a Value that is being differentiated was made the data of another ({describe(leaf)}) at {user_line()}: the derivative "
        "would be lost without a word. Compute with the new Value itself in place of the other; its plain numbers are new.data"
    )


def warn_recompiled(name: str, times: int, what: str) -> None:
    """Say that a function is compiled again and again, and why."""
    _warn(
        f"jit has compiled {name} {times} times, each time from the beginning: because of {what}", RecompilationWarning
    )
