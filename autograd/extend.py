"""Not the engine: a name that HIPS autograd's programs import.

Derivatives of the user's own: ``from autograd.extend import primitive, defvjp``.
"""

from .custom import primitive
from .hips.containers import Box
from .hips.extend import (
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    notrace_primitive,
    register_notrace,
)
from .hips.overrides import forget
from .hips.rule import SparseObject
from .hips.spaces import VSpace, vspace
from .hips.tracing import JVPNode, VJPNode

__all__ = [
    "Box",
    "JVPNode",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "forget",
    "notrace_primitive",
    "primitive",
    "register_notrace",
    "vspace",
]
