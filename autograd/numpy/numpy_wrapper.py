"""Not the engine: a name that HIPS autograd's programs import.

What ``autograd.numpy`` has, before it was imported from here.
"""

from ..hips.passing import passing, public

__all__ = public("numpy")
__getattr__, __dir__ = passing("autograd.hips.numpy", "numpy")
