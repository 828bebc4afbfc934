"""Not the engine: a name that HIPS autograd's programs import.

Gradient descent on nests of arrays: ``x = adam(grad(loss), x0)``.
"""

from ..hips.optimizers import adam, rmsprop, sgd

__all__ = ["adam", "rmsprop", "sgd"]
