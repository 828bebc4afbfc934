"""Data to train on: made, shipped, or found on this machine or downloaded, and checked."""

from __future__ import annotations

from .files import DataUnavailableError
from .images import IdxFile, cifar10, fashion_mnist, mnist, read_idx
from .text import encode, names, sonnets
from .toys import circles, spirals, two_moons

__all__ = [
    "DataUnavailableError",
    "IdxFile",
    "cifar10",
    "circles",
    "encode",
    "fashion_mnist",
    "mnist",
    "names",
    "read_idx",
    "sonnets",
    "spirals",
    "two_moons",
]
