"""Not the engine: a name that HIPS autograd's programs import."""

from .hips.builtins import dict, isinstance, list, tuple, type

__all__ = ["dict", "isinstance", "list", "tuple", "type"]
