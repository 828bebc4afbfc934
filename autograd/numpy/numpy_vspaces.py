"""Not the engine: a name that HIPS autograd's programs import."""

from ..hips.spaces import ArrayVSpace, ComplexArrayVSpace, NamedTupleVSpace, VSpace

__all__ = ["ArrayVSpace", "ComplexArrayVSpace", "NamedTupleVSpace", "VSpace"]
