"""What there is to learn from, example by example."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import ShapeError

from ..random import Seed, default_generator


class Dataset:
    """Examples by number: a subclass defines ``__getitem__(i)`` and ``__len__()``.

    One that can fetch many at once defines ``rows(indices)`` too, which returns the batch: `indices` is a slice or an array.
    """

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(self, index)")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must define __len__(self)")

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset:
    """Examples one after the other, of a number that need not be known: a subclass defines ``__iter__()``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__(self)")


class TensorDataset(Dataset):
    """The rows of arrays of equal length: example i is row i of each.

    Raises:
        ShapeError: the arrays have different lengths.
    """

    def __init__(self, *arrays: Any) -> None:
        self.arrays = tuple(np.asarray(a) for a in arrays)
        if len({a.shape[:1] for a in self.arrays} - {()}) != 1 or not all(a.ndim for a in self.arrays):
            raise ShapeError(
                f"arrays of equal length are needed, and these have the shapes {[a.shape for a in self.arrays]}"
            )

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(a[index] for a in self.arrays)

    rows = __getitem__

    def __len__(self) -> int:
        return len(self.arrays[0])


class Subset(Dataset):
    """The examples of a dataset with these numbers."""

    def __init__(self, dataset: Any, indices: Any) -> None:
        self.dataset, self.indices = dataset, np.asarray(indices)
        if hasattr(dataset, "rows"):
            self.rows = lambda i: self.dataset.rows(self.indices[i])

    def __getitem__(self, index: int) -> Any:
        return self.dataset[int(self.indices[index])]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """Datasets one after the other.

    Raises:
        ValueError: there are no datasets.
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset got no datasets")
        self.cumulative_sizes = list(itertools.accumulate(map(len, self.datasets)))

    def __getitem__(self, index: int) -> Any:
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"ConcatDataset of {len(self)} examples has no number {index}")
        i = bisect.bisect_right(self.cumulative_sizes, place)
        return self.datasets[i][place - (self.cumulative_sizes[i - 1] if i else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


def random_split(dataset: Any, lengths: Sequence[float], *, generator: Seed = None) -> list[Subset]:
    """The dataset in parts, drawn at random: of these lengths, or of these shares if they add up to 1.

    What shares leave over goes to the first parts, one example each.

    Raises:
        ValueError: the parts do not make up the dataset.
    """
    total = len(dataset)
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        sizes = [math.floor(total * share) for share in lengths]
        for i in range(total - sum(sizes)):
            sizes[i % len(sizes)] += 1
    else:
        sizes = [int(n) for n in lengths]
    if sum(sizes) != total:
        raise ValueError(f"random_split: parts of {sizes} examples do not make up the dataset, which has {total}")
    order = default_generator(generator).permutation(total)
    ends = list(itertools.accumulate(sizes))
    return [Subset(dataset, order[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
