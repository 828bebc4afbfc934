"""Not the engine: a name that HIPS autograd's programs import.

`scipy.special`, differentiable where the table has a row.
"""

from ..hips.scipy import names

__getattr__, __dir__ = names("special")
