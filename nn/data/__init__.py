"""Data, example by example and in mini-batches."""

from __future__ import annotations

from .blocks import BlockDataset, BlockSampler, open_array
from .dataset import ConcatDataset, Dataset, IterableDataset, Subset, TensorDataset, random_split
from .loader import DataLoader, default_collate
from .samplers import BatchSampler, RandomSampler, SequentialSampler, WeightedRandomSampler

__all__ = [
    "BatchSampler",
    "BlockDataset",
    "BlockSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "SequentialSampler",
    "Subset",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "open_array",
    "random_split",
]
