"""Not the engine: a name that HIPS autograd's programs import."""

from .custom import primitive
from .hips.builtins import dict, dict_, isinstance, isinstance_, list, list_, tuple, tuple_, type, type_
from .hips.containers import (
    Box,
    DictBox,
    SequenceBox,
    container_take,
    container_untake,
    make_sequence,
    sequence_extend_left,
    sequence_extend_right,
)
from .hips.extend import defjvp, defjvp_argnum, defvjp, defvjp_argnum, notrace_primitive
from .hips.rule import SparseObject
from .hips.spaces import (
    ContainerVSpace,
    DictVSpace,
    ListVSpace,
    NamedTupleVSpace,
    SequenceVSpace,
    TupleVSpace,
    VSpace,
    vspace,
)
from .hips.util import subvals

__all__ = [
    "Box",
    "ContainerVSpace",
    "DictBox",
    "DictVSpace",
    "ListVSpace",
    "NamedTupleVSpace",
    "SequenceBox",
    "SequenceVSpace",
    "SparseObject",
    "TupleVSpace",
    "VSpace",
    "container_take",
    "container_untake",
    "defjvp",
    "defjvp_argnum",
    "defvjp",
    "defvjp_argnum",
    "dict",
    "dict_",
    "isinstance",
    "isinstance_",
    "list",
    "list_",
    "make_sequence",
    "notrace_primitive",
    "primitive",
    "sequence_extend_left",
    "sequence_extend_right",
    "subvals",
    "tuple",
    "tuple_",
    "type",
    "type_",
    "vspace",
]
