"""In which order examples are visited: each pass over a sampler is a sequence of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Protocol

import numpy as np

from ..random import Seed, default_generator, kept_generator


class Sampler(Protocol):
    """Numbers of examples (or, for a batch sampler, lists of them), and how many."""

    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...


class SequentialSampler:
    """0, 1, 2 …"""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler:
    """All numbers in a fresh random order; with `replacement`, `num_samples` numbers that may repeat."""

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Seed = None,
    ) -> None:
        self.data_source, self.replacement, self.num_samples = data_source, replacement, num_samples
        self.generator = kept_generator(generator)

    def order(self) -> Any:
        """The numbers of one pass, as an array."""
        rng, total, wanted = default_generator(self.generator), len(self.data_source), len(self)
        if self.replacement:
            return rng.integers(total, size=wanted)
        passes = [rng.permutation(total) for _ in range(math.ceil(wanted / max(total, 1)))]
        return np.concatenate(passes)[:wanted] if passes else np.zeros(0, np.int64)

    def __iter__(self) -> Iterator[int]:
        return iter(self.order().tolist())

    def __len__(self) -> int:
        return len(self.data_source) if self.num_samples is None else self.num_samples


class WeightedRandomSampler:
    """`num_samples` numbers, i as often as `weights[i]` says in proportion; each once at most without `replacement`.

    Raises:
        ValueError: a weight is negative, or all are 0.
    """

    def __init__(
        self, weights: Sequence[float], num_samples: int, replacement: bool = True, generator: Seed = None
    ) -> None:
        self.weights = np.asarray(weights, np.float64)
        if self.weights.ndim != 1 or not (self.weights >= 0).all() or not self.weights.sum() > 0:
            raise ValueError(
                "WeightedRandomSampler: the weights are one number for each example, none negative, not all 0"
            )
        self.num_samples, self.replacement = num_samples, replacement
        self.generator = kept_generator(generator)

    def __iter__(self) -> Iterator[int]:
        shares = self.weights / self.weights.sum()
        rng = default_generator(self.generator)
        return iter(rng.choice(len(shares), self.num_samples, self.replacement, shares).tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler:
    """The numbers of a sampler in lists of `batch_size`; the last may be shorter, or is left out with `drop_last`.

    Raises:
        ValueError: `batch_size` is less than 1.
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool = False) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size={batch_size} must be at least 1")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        batch = []
        for i in self.sampler:
            batch.append(i)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]
        return n // self.batch_size if self.drop_last else math.ceil(n / self.batch_size)
