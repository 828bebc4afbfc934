"""A few names that programs reach for in HIPS autograd's ``autograd.core``."""

from .engine.convert import unbox as getval
from .extend import Box, VSpace, defjvp, defvjp, defvjp_argnums, primitive, vspace
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
