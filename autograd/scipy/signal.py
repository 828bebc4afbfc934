"""Not the engine: a name that HIPS autograd's programs import.

`scipy.signal`, with differentiable convolutions and filters.
"""

from ..hips.scipy import convolve, names

__getattr__, __dir__ = names("signal")
