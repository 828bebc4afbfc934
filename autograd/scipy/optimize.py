"""Not the engine: a name that HIPS autograd's programs import.

`scipy.optimize`, with derivatives filled in and solutions that are differentiable.
"""

from ..solvers.minima import minimize, minimize_scalar
from ..solvers.plain import without_derivative
from ..solvers.remedies import OPTIMIZE
from ..solvers.roots import (
    bisect,
    brenth,
    brentq,
    fixed_point,
    fsolve,
    newton,
    ridder,
    root,
    root_scalar,
    toms748,
)
from ..solvers.squares import curve_fit, least_squares

__all__ = [
    "bisect",
    "brenth",
    "brentq",
    "curve_fit",
    "fixed_point",
    "fsolve",
    "least_squares",
    "minimize",
    "minimize_scalar",
    "newton",
    "ridder",
    "root",
    "root_scalar",
    "toms748",
]
__getattr__, __dir__ = without_derivative("optimize", OPTIMIZE)
