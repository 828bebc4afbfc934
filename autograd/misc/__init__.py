"""Not the engine: a name that HIPS autograd's programs import."""

from ..hips.graphs import const_graph
from ..hips.passing import package
from .flatten import flatten, flatten_func

__all__ = ["const_graph", "flatten", "flatten_func"]
__getattr__, __dir__ = package(__name__, "fixed_points", "optimizers", "tracers")
