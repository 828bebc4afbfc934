"""Not the engine: a name that HIPS autograd's programs import.

The arrays inside a differentiated function, for isinstance checks.
"""

from ..engine.value import Value as ArrayBox
from ..hips.containers import Box, SequenceBox

__all__ = ["ArrayBox", "Box", "SequenceBox"]
