"""Not the engine: a name that HIPS autograd's programs import."""

from .custom import primitive as primitive_
from .engine.convert import unbox as getval
from .hips.containers import Box
from .hips.extend import (
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    deprecated_defgrad,
    deprecated_defvjp,
    deprecated_defvjp_is_zero,
    isbox,
    primitive_with_deprecation_warnings,
)
from .hips.extend import primitive_with_deprecation_warnings as primitive
from .hips.refused import SparseBox, primitive_jvps, primitive_vjps
from .hips.rule import SparseObject
from .hips.spaces import VSpace, vspace
from .hips.tracing import (
    JVPNode,
    Node,
    VJPNode,
    add_outgrads,
    backward_pass,
    identity_jvp,
    identity_vjp,
    make_jvp,
    make_vjp,
    sparse_add,
    sum_outgrads,
    trace,
)
from .hips.util import func, subval, toposort

__all__ = [
    "Box",
    "JVPNode",
    "Node",
    "SparseBox",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "add_outgrads",
    "backward_pass",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "deprecated_defgrad",
    "deprecated_defvjp",
    "deprecated_defvjp_is_zero",
    "func",
    "getval",
    "identity_jvp",
    "identity_vjp",
    "isbox",
    "make_jvp",
    "make_vjp",
    "primitive",
    "primitive_",
    "primitive_jvps",
    "primitive_vjps",
    "primitive_with_deprecation_warnings",
    "sparse_add",
    "subval",
    "sum_outgrads",
    "toposort",
    "trace",
    "vspace",
]
