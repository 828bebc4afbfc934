"""Not the engine: a name that HIPS autograd's programs import.

`numpy.fft`: its functions take `Value`s through NumPy's own protocols.
"""

from ..hips.passing import passing, public

__all__ = public("numpy.fft")
__getattr__, __dir__ = passing("numpy.fft")
