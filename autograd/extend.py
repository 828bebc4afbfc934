"""Not the engine: a name that HIPS autograd's programs import.

Derivatives of the user's own: ``from autograd.extend import primitive, defvjp``.
"""

from .hips.extend import (
    Box,
    VSpace,
    defjvp,
    defvjp,
    defvjp_argnums,
    notrace_primitive,
    primitive,
    register_notrace,
    vspace,
)

__all__ = [
    "Box",
    "VSpace",
    "defjvp",
    "defvjp",
    "defvjp_argnums",
    "notrace_primitive",
    "primitive",
    "register_notrace",
    "vspace",
]
