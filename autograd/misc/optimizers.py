"""Not the engine: a name that HIPS autograd's programs import.

Gradient descent on nests of arrays: ``x = adam(grad(loss), x0)``.
"""

from ..hips.flatten import flatten
from ..hips.optimizers import adam, rmsprop, sgd, unflatten_optimizer
from ..hips.wrapping import wraps

__all__ = ["adam", "flatten", "rmsprop", "sgd", "unflatten_optimizer", "wraps"]
