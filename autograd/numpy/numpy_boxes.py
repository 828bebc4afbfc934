"""The name under which HIPS autograd has the arrays inside a differentiated function, for isinstance checks."""

from ..engine.value import Value as ArrayBox

__all__ = ["ArrayBox"]
