"""Not the engine: a name that HIPS autograd's programs import.

`scipy.integrate`, with differential equations that are differentiable.
"""

from scipy import integrate as _scipy

from ..hips.scipy import either, names
from ..solvers import integrate as _solvers

odeint = either(_scipy.odeint, _solvers.odeint)
solve_ivp = either(_scipy.solve_ivp, _solvers.solve_ivp)
__getattr__, __dir__ = names("integrate")
