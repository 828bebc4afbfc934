"""The table: one row per NumPy function, grouped by kind.

`TABLE` answers "what does the package do for this NumPy function?": an `Op` (a row with rules), or a plain function that
composes such rows. `OPS` holds every row under its name. A name that a release of NumPy does not have is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from . import (
    activations,
    arithmetic,
    calculus,
    convolution,
    counts,
    elementwise,
    fourier,
    fused,
    guards,
    indexing,
    joining,
    linalg,
    masked,
    normalization,
    norms,
    pooling,
    products,
    recurrent,
    reductions,
    sets,
    shaping,
    statistics,
    ufuncs,
)
from .constants import CONSTANT, MADE, REFUSED
from .op import Op

__all__ = [
    "COMPOSED",
    "CONSTANTS",
    "MAKERS",
    "OPS",
    "REFUSALS",
    "TABLE",
    "UFUNC_METHODS",
    "numpy_function",
    "rarer_row",
]

_MODULES = (
    guards, arithmetic, elementwise, activations, reductions, masked, statistics, shaping, joining, indexing, calculus,
    counts, sets, products, linalg, norms, fourier, fused, recurrent, convolution, pooling, normalization,
)  # fmt: skip


def numpy_function(name: str) -> Callable[..., Any] | None:
    """The function of that name in NumPy's namespace (``"linalg.norm"``), or None in a release without it."""
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _existing(names: dict[str, Any]) -> dict[Callable[..., Any], Any]:
    return {function: value for name, value in names.items() if (function := numpy_function(name)) is not None}


OPS: dict[str, Op] = {op.name: op for module in _MODULES for op in vars(module).values() if isinstance(op, Op)}

COMPOSED: dict[str, Callable[..., Any]] = {
    name: function for module in _MODULES for name, function in getattr(module, "COMPOSED", {}).items()
}

TABLE: dict[Callable[..., Any], Callable[..., Any]] = {op.function: op for op in OPS.values()} | _existing(COMPOSED)

CONSTANTS: frozenset[Callable[..., Any]] = frozenset(_existing(dict.fromkeys(CONSTANT)))

MAKERS: frozenset[Callable[..., Any]] = frozenset(_existing(dict.fromkeys(MADE)))

REFUSALS: dict[Callable[..., Any], str] = _existing(REFUSED)


def rarer_row(ufunc: Any, method: str) -> Callable[..., Any] | None:
    """The row of a ufunc's method, or of a ufunc of `scipy.special`. SciPy's rows are imported when the first of its ufuncs
    is met: whoever has one has imported SciPy already."""
    if method != "__call__":
        return ufuncs.method(ufunc, method) if ufunc in TABLE else None
    if ufunc.__name__ == "clip":  # `ndarray.clip` calls a ufunc that has no public name
        return arithmetic.clip
    if "scipy.special" not in sys.modules:
        return None
    from .scipy import special as scipy_special

    return scipy_special.TABLE.get(ufunc)
