"""Not the engine: a name that HIPS autograd's programs import."""

from ..engine.value import Value as ArrayBox
from ..hips.extend import def_linear, defjvp, defjvp_argnum, register_notrace
from ..hips.spaces import vspace
from ..hips.tracing import JVPNode
from ..hips.util import func
from ..hips.vjps import balanced_eq, broadcast, fwd_grad_chooser, match_complex, replace_zero, untake

__all__ = [
    "ArrayBox",
    "JVPNode",
    "balanced_eq",
    "broadcast",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "func",
    "fwd_grad_chooser",
    "match_complex",
    "register_notrace",
    "replace_zero",
    "untake",
    "vspace",
]
