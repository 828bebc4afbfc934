"""Not the engine: a name that HIPS autograd's programs import.

`scipy.interpolate`, with differentiable cubic splines.
"""

from ..hips.scipy import names
from ..rules.scipy.interpolate import CubicSpline

__all__ = ["CubicSpline"]
__getattr__, __dir__ = names("interpolate")
