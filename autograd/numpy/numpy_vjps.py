"""Not the engine: a name that HIPS autograd's programs import."""

from ..hips.vjps import unbroadcast, unbroadcast_f

__all__ = ["unbroadcast", "unbroadcast_f"]
