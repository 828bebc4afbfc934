"""Not the engine: a name that HIPS autograd's programs import.

The arrays inside a differentiated function, for isinstance checks.
"""

from ..engine.value import Value as ArrayBox

__all__ = ["ArrayBox"]
