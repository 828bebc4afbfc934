"""Not the engine: a name that HIPS autograd's programs import.

`scipy.stats.multivariate_normal`, differentiable in its parameters.
"""

from ...hips.scipy import covgrad, distribution, generalized_outer_product
from ...hips.scipy import normal_solve as solve

__getattr__, __dir__ = distribution(__name__)
