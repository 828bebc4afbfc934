"""Not the engine: a name that HIPS autograd's programs import.

NumPy's whole namespace, for programs that write ``import autograd.numpy as np``. Plain ``import numpy as np`` works just
as well inside a differentiated function, but for arrays made of lists that hold `Value`s.
"""

from ..hips.numpy import (
    amax,
    amin,
    array,
    array_from_args,
    asanyarray,
    asarray,
    ascontiguousarray,
    asfortranarray,
    full,
    make_diagonal,
    max,
    mean,
    min,
    prod,
    std,
    sum,
    trapz,
    var,
)
from ..hips.passing import passing, public
from . import fft, linalg, random

__all__ = public("numpy", "fft", "linalg", "random")
__getattr__, __dir__ = passing("numpy")
