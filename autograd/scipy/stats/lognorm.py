"""Not the engine: a name that HIPS autograd's programs import.

`scipy.stats.lognorm`, differentiable in its parameters.
"""

from ...hips.scipy import names

__getattr__, __dir__ = names("stats", "lognorm")
