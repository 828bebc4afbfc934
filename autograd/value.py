"""Not the engine: the path under which pickles of leaf `Value`s made by earlier versions look for them."""

from .engine.value import Value, wrap

__all__ = ["Value", "wrap"]
