"""Not the engine: a name that HIPS autograd's programs import."""

from .engine.convert import unbox as getval
from .hips.extend import Box, isbox, notrace_primitive, primitive

__all__ = ["Box", "getval", "isbox", "notrace_primitive", "primitive"]
