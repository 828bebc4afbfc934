"""Not the engine: a name that HIPS autograd's programs import.

Checks of derivatives by differences: ``check_grads(f, order=2)(x)``.
"""

from .hips.checks import (
    EPS,
    RTOL,
    TOL,
    check_equivalent,
    check_grads,
    check_jvp,
    check_vjp,
    combo_check,
    make_numerical_jvp,
    scalar_close,
)
from .hips.spaces import vspace
from .hips.tracing import make_jvp, make_vjp
from .hips.wrapping import get_name, unary_to_nary

__all__ = [
    "EPS",
    "RTOL",
    "TOL",
    "check_equivalent",
    "check_grads",
    "check_jvp",
    "check_vjp",
    "combo_check",
    "get_name",
    "make_jvp",
    "make_numerical_jvp",
    "make_vjp",
    "scalar_close",
    "unary_to_nary",
    "vspace",
]
