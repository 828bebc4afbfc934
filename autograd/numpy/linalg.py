"""Not the engine: a name that HIPS autograd's programs import.

`numpy.linalg`: its functions take `Value`s through NumPy's own protocols.
"""

from ..hips.numpy import T, norm, wrap_namespace
from ..hips.passing import passing, public

__all__ = public("numpy.linalg")
__getattr__, __dir__ = passing("numpy.linalg")
