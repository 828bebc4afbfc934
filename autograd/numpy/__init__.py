"""Not the engine: a name that HIPS autograd's programs import.

NumPy's whole namespace, for programs that write ``import autograd.numpy as np``. Plain ``import numpy as np`` works just
as well inside a differentiated function, but for arrays made of lists that hold `Value`s.
"""

from ..hips.numpy import (
    amax,
    amin,
    append,
    array,
    array_from_args,
    asanyarray,
    asarray,
    ascontiguousarray,
    asfortranarray,
    c_,
    concatenate_args,
    full,
    make_diagonal,
    max,
    mean,
    metadata,
    min,
    parse_einsum_input,
    prod,
    r_,
    std,
    sum,
    trapz,
    var,
    vectorize,
    where,
    wrap_intdtype,
    wrap_namespace,
)
from ..hips.passing import package, public
from . import fft, linalg, random

__all__ = public("numpy", "fft", "linalg", "random")
__getattr__, __dir__ = package(
    __name__, "numpy_boxes", "numpy_jvps", "numpy_vjps", "numpy_vspaces", "numpy_wrapper", within="numpy"
)
