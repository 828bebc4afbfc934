"""Not the engine: a name that HIPS autograd's programs import."""

from .engine.convert import unbox as getval
from .hips.extend import Box, VSpace, defjvp, defvjp, defvjp_argnums, primitive, vspace
from .hips.transforms import make_jvp, make_vjp

__all__ = [
    "Box",
    "VSpace",
    "defjvp",
    "defvjp",
    "defvjp_argnums",
    "getval",
    "make_jvp",
    "make_vjp",
    "primitive",
    "vspace",
]
