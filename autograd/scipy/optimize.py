"""Not the engine: a name that HIPS autograd's programs import.

`scipy.optimize`, with derivatives filled in and solutions that are differentiable.
"""

from ..hips.scipy import names
from ..solvers.optimize import brentq, fixed_point, least_squares, minimize, newton, root

__getattr__, __dir__ = names("optimize")
