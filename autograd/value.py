"""Not the engine: a name that HIPS autograd's programs import.

And the path under which pickles of leaf `Value`s made by earlier versions look for them.
"""

from .engine.value import Value, wrap

__all__ = ["Value", "wrap"]
