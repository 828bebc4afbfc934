"""Not the engine: a name that HIPS autograd's programs import.

`scipy.sparse`, and `matmul`, the product of a sparse matrix and a `Value`.
"""

from ...hips.scipy import names
from ...rules.scipy.sparse import matmul
from . import linalg

__all__ = ["linalg", "matmul"]
__getattr__, __dir__ = names("sparse")
