"""Not the engine: a name that HIPS autograd's programs import.

Nests of arrays as one vector.
"""

from ..hips.flatten import flatten, flatten_func

__all__ = ["flatten", "flatten_func"]
