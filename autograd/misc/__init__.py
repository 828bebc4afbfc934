"""Not the engine: a name that HIPS autograd's programs import."""

from .flatten import flatten, flatten_func

__all__ = ["flatten", "flatten_func"]
