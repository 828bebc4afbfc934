"""Not the engine: a name that HIPS autograd's programs import.

`scipy.sparse.linalg`, with a differentiable `spsolve`.
"""

from scipy.sparse import linalg as _scipy

from ...hips.scipy import either, names
from ...rules.scipy.sparse import spsolve as _spsolve

spsolve = either(_scipy.spsolve, _spsolve)
__getattr__, __dir__ = names("sparse.linalg")
