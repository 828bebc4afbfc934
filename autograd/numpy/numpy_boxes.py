"""Not the engine: a name that HIPS autograd's programs import.

The arrays inside a differentiated function, for isinstance checks.
"""

from ..engine.value import (
    Value as ArrayBox,
)
from ..engine.value import (
    Value as Box,
)
from ..hips.containers import SequenceBox

__all__ = [
    "ArrayBox",
    "Box",
    "SequenceBox",
]
