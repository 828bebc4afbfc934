"""Not the engine: a name that HIPS autograd's programs import."""

from .hips.wrapping import unary_to_nary, wraps

__all__ = ["unary_to_nary", "wraps"]
