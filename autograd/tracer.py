"""A few names that programs reach for in HIPS autograd's ``autograd.tracer``."""

from typing import Any

from .engine.convert import unbox as getval
from .extend import Box, notrace_primitive, primitive

__all__ = ["Box", "getval", "isbox", "notrace_primitive", "primitive"]


def isbox(x: Any) -> bool:
    """Whether `x` is being differentiated."""
    return isinstance(x, Box)
