"""Not the engine: a name that HIPS autograd's programs import."""

from .hips.checks import quick_grad_check
from .hips.flatten import flatten
from .hips.util import func, subval, subvals, toposort

__all__ = ["flatten", "func", "quick_grad_check", "subval", "subvals", "toposort"]
