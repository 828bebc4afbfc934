"""Not the engine: a name that HIPS autograd's programs import."""

from ..custom import fixed_point

__all__ = ["fixed_point"]
