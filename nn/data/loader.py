"""Mini-batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import ShapeError

from ..init import Seed


class DataLoader:
    """The rows of one or more arrays in batches, a fresh order for every pass.

    The batches are read-only: what a loss was computed from must not change before its backward pass, and so need not be
    copied. ``batch.copy()`` may be changed.

    Examples:
        >>> [len(x) for x, y in DataLoader(np.zeros((70, 4)), np.zeros(70), batch_size=32, shuffle=True, generator=0)]
        [32, 32, 6]

    Args:
        arrays: of equal length; row i of each belongs to example i.
        batch_size: rows in a batch; the last batch of a pass may be shorter.
        shuffle: whether every pass visits the rows in a new random order.
        generator: where the orders come from: a `numpy.random.Generator` or a seed.
    """

    def __init__(self, *arrays: Any, batch_size: int = 32, shuffle: bool = False, generator: Seed = None) -> None:
        self.arrays = tuple(np.asarray(a) for a in arrays)
        lengths = {len(a) for a in self.arrays}
        if len(lengths) != 1:
            raise ShapeError(f"DataLoader: arrays of equal length are needed, and these have {sorted(lengths)} rows")
        if batch_size < 1:
            raise ValueError(f"DataLoader: batch_size={batch_size} must be at least 1")
        self.rows = lengths.pop()
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = np.random.default_rng(generator)

    def __len__(self) -> int:
        """The number of batches in a pass."""
        return math.ceil(self.rows / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        order = self.generator.permutation(self.rows) if self.shuffle else None
        for start in range(0, self.rows, self.batch_size):
            rows = slice(start, start + self.batch_size)
            batch = tuple(a[rows if order is None else order[rows]] for a in self.arrays)
            for a in batch:
                a.flags.writeable = False
            yield batch
