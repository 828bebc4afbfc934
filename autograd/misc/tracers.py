"""Not the engine: a name that HIPS autograd's programs import.

A function's graph, as it was recorded.
"""

from ..hips.graphs import FullGraphNode, const_graph, const_graph_unary, full_graph
from ..hips.tracing import Node, trace
from ..hips.util import subvals, toposort
from ..hips.wrapping import wraps

__all__ = [
    "FullGraphNode",
    "Node",
    "const_graph",
    "const_graph_unary",
    "full_graph",
    "subvals",
    "toposort",
    "trace",
    "wraps",
]
