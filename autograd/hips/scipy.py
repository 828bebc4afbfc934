"""What the modules of `autograd.scipy` consist of: the lookup of a name in the table, and after that in SciPy."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from .. import tree
from ..engine.convert import holds_value, stack_nested
from ..engine.value import Value

_TABLES = ("special", "stats", "linalg", "signal")  # the modules whose names are looked up in the table


def names(module: str, owner: str = "") -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` for ``scipy.<module>``, or for the object `owner` in it. Imports when first asked."""

    def find() -> Any:
        found = importlib.import_module(f"scipy.{module}")
        return getattr(found, owner) if owner else found

    @functools.cache
    def get(name: str) -> Any:
        rows = importlib.import_module(f"autograd.rules.scipy.{module}").NAMES if module in _TABLES else {}
        key = f"{owner}.{name}" if owner else name
        return either(getattr(find(), name), rows[key]) if key in rows else getattr(find(), name)

    return get, lambda: dir(find())


def either(plain: Callable[..., Any], recorded: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's function for plain arguments, the package's where a `Value` is among them. A list of Values is stacked."""

    @functools.wraps(plain)
    def function(*args: Any, **kwargs: Any) -> Any:
        if not any(isinstance(x, Value) for x in args):  # that is the case most often, and is decided in no time
            leaves, _ = tree.flatten((args, kwargs))
            if not any(isinstance(leaf, Value) for leaf in leaves):
                return plain(*args, **kwargs)
        args = tuple(stack_nested(x) if isinstance(x, list) and holds_value(x) else x for x in args)
        return recorded(*args, **kwargs)

    return function


def convolve(
    in1: Any, in2: Any, axes: Any = None, dot_axes: Any = ((), ()), mode: str = "full", method: str = "auto"
) -> Any:
    """`scipy.signal.convolve`, which takes the mode in third place; with `axes` HIPS autograd's, over some axes only."""
    from scipy import signal

    from ..rules.scipy import signal as rows

    if isinstance(axes, str):
        axes, mode = None, axes
    if axes is None and not any(map(len, dot_axes)):
        return either(signal.convolve, rows.convolve)(in1, in2, mode=mode, method=method)
    return rows.convolve(in1, in2, axes, dot_axes, mode)
