"""Not the engine: a name that HIPS autograd's programs import."""

from ..engine.value import Value as ArrayBox
from ..hips.extend import defvjp, defvjp_argnum
from ..hips.rule import SparseObject
from ..hips.spaces import vspace
from ..hips.util import func
from ..hips.vjps import (
    balanced_eq,
    grad_chooser,
    match_complex,
    repeat_to_match_shape,
    replace_zero,
    unbroadcast,
    unbroadcast_f,
    untake,
)

__all__ = [
    "ArrayBox",
    "SparseObject",
    "balanced_eq",
    "defvjp",
    "defvjp_argnum",
    "func",
    "grad_chooser",
    "match_complex",
    "repeat_to_match_shape",
    "replace_zero",
    "unbroadcast",
    "unbroadcast_f",
    "untake",
    "vspace",
]
