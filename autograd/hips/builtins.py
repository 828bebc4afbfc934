"""``tuple``, ``list``, ``dict``, ``isinstance`` and ``type``, for programs that import them from here.

Containers of `Value`s are ordinary Python containers in this package, so these are Python's own; only `isinstance` and `type`
see a `Value` as the array or number that it stands for.
"""

from __future__ import annotations

import builtins
from builtins import dict, list, tuple
from typing import Any

from ..engine.value import Value

__all__ = ["dict", "isinstance", "list", "tuple", "type"]

isinstance_, type_, tuple_, list_, dict_ = builtins.isinstance, builtins.type, tuple, list, dict


def isinstance(x: Any, kind: Any) -> bool:
    """`builtins.isinstance`, of the data where `x` is a `Value`."""
    return builtins.isinstance(x, kind) or (builtins.isinstance(x, Value) and builtins.isinstance(x.data, kind))


def type(x: Any) -> Any:
    """`builtins.type`, of the data where `x` is a `Value`."""
    return builtins.type(x.data) if builtins.isinstance(x, Value) else builtins.type(x)
