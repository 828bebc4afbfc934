"""Not the engine: a name that HIPS autograd's programs import.

`scipy.stats.expon`, differentiable in its parameters.
"""

from ...hips.scipy import distribution

__getattr__, __dir__ = distribution(__name__)
