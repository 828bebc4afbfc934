"""Not the engine: a name that HIPS autograd's programs import.

`scipy.stats`: distributions whose densities and distribution functions are differentiable, each a module of its own.
"""

from ...hips.scipy import names
from . import (
    bernoulli,
    beta,
    binom,
    cauchy,
    chi2,
    dirichlet,
    expon,
    gamma,
    laplace,
    lognorm,
    multivariate_normal,
    nbinom,
    norm,
    poisson,
    t,
    uniform,
    weibull_min,
)

__getattr__, __dir__ = names("stats")
