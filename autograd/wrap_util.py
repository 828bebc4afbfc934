"""Not the engine: a name that HIPS autograd's programs import."""

from .hips.util import subvals
from .hips.wrapping import get_doc, get_name, unary_to_nary, wrap_nary_f, wraps

__all__ = ["get_doc", "get_name", "subvals", "unary_to_nary", "wrap_nary_f", "wraps"]
