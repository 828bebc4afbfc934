"""What stands in the place of a rule that cannot be written with the functions that SciPy has."""

from __future__ import annotations

from typing import Any

from ...errors import UnsupportedError, user_line
from ..op import Array, Rule


def missing(name: str, argument: str) -> Rule:
    """A rule that raises `UnsupportedError`: silence would be a gradient of zero."""

    def rule(g: Array, out: Array, *inputs: Array, **static: Any) -> Array:
        raise UnsupportedError(
            f"{name} has no derivative rule with respect to {argument} (backward pass at {user_line()}): SciPy has no "
            "function for it. Pass plain data there (value.data), or give your own rule with autograd.primitive"
        )

    return rule
