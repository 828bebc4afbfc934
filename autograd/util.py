"""Not the engine: a name that HIPS autograd's programs import."""

from .hips.flatten import flatten

__all__ = ["flatten"]
