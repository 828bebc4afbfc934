"""Not the engine: a name that HIPS autograd's programs import.

`scipy.integrate`, with integrals and differential equations that are differentiable.
"""

from scipy import integrate as _scipy

from ..hips.scipy import either
from ..solvers import samples as _samples
from ..solvers.integrate import odeint, solve_ivp
from ..solvers.plain import without_derivative
from ..solvers.quadrature import dblquad, fixed_quad, quad, quad_vec
from ..solvers.remedies import INTEGRATE

trapezoid = either(_scipy.trapezoid, _samples.trapezoid)
cumulative_trapezoid = either(_scipy.cumulative_trapezoid, _samples.cumulative_trapezoid)
simpson = either(_scipy.simpson, _samples.simpson)
__all__ = [
    "cumulative_trapezoid",
    "dblquad",
    "fixed_quad",
    "odeint",
    "quad",
    "quad_vec",
    "simpson",
    "solve_ivp",
    "trapezoid",
]
__getattr__, __dir__ = without_derivative("integrate", INTEGRATE)
