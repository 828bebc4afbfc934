"""Not the engine: a name that HIPS autograd's programs import.

`numpy.random`: randomness has no derivative; draw first, then compute.
"""

from ..hips.passing import passing, public

__all__ = public("numpy.random")
__getattr__, __dir__ = passing("numpy.random")
