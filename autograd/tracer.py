"""Not the engine: a name that HIPS autograd's programs import."""

from .custom import primitive
from .engine.convert import unbox as getval
from .hips.containers import Box
from .hips.extend import isbox, notrace_primitive, register_notrace
from .hips.refused import (
    TraceStack,
    find_top_boxed_args,
    new_box,
    notrace_primitives,
    trace_primitives_map,
    trace_stack,
)
from .hips.tracing import Node, trace
from .hips.util import subvals, toposort
from .hips.wrapping import wraps

__all__ = [
    "Box",
    "Node",
    "TraceStack",
    "find_top_boxed_args",
    "getval",
    "isbox",
    "new_box",
    "notrace_primitive",
    "notrace_primitives",
    "primitive",
    "register_notrace",
    "subvals",
    "toposort",
    "trace",
    "trace_primitives_map",
    "trace_stack",
    "wraps",
]
