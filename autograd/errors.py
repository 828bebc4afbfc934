"""The error classes, and the wording they share: what happened, where, what to do.

Every error of the package is an `AutogradError` *and* the built-in error that fits, so that
``except ValueError`` written for NumPy code goes on working.
"""

from __future__ import annotations

import os
import sys
from typing import Any

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_NOT_THE_USER = (_PACKAGE, "<frozen ")  # the latter: Python's own modules


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


def user_line() -> str:
    """``file.py:12`` of the innermost frame outside this package: the line that the user wrote."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_NOT_THE_USER):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def operation_failed(name: str, inputs: tuple[Any, ...], error: Exception) -> Exception:
    """The error for an operation that NumPy refused: the operation, every operand, NumPy's own words."""
    kinds: tuple[tuple[type[Exception], type[AutogradError]], ...] = (
        (AutogradError, AutogradError),
        (ValueError, ShapeError),
        (IndexError, IndexingError),
        (TypeError, DtypeError),
    )
    for kind, ours in kinds:
        if isinstance(error, kind):
            if ours is AutogradError or type(error).__name__ == "LinAlgError":
                return error
            operands = ", ".join(describe(x) for x in inputs)
            return ours(f"{name}({operands}) at {user_line()}: {error}")
    return error


def no_rule(name: str, reason: str | None = None) -> UnsupportedError:
    """The error for a NumPy function that is not in the table, with the reason if it was left out on purpose."""
    if reason:
        return UnsupportedError(f"{name} of a Value at {user_line()} is not supported: {reason}")
    return UnsupportedError(
        f"{name} of a Value at {user_line()} has no derivative rule. Write it with functions that have one "
        "(autograd.functions lists them), or compute it on value.data if its derivative is not wanted"
    )
