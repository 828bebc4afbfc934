"""Examples that are not in memory: arrays of Dask's or Zarr's, or mapped from a file, read a block at a time."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from autograd import ShapeError

from ..random import Seed, default_generator, kept_generator
from .dataset import Dataset

MEMORY = 256_000_000  # bytes
_AT_ONCE = 8  # blocks whose examples are mixed, if they fit


def open_array(path: str | Path) -> Any:
    """An array, or a group of them, in a file: ``.npy`` is mapped, ``.zarr`` opened (extra `zarr`); nothing is read yet.

    Raises:
        ValueError: `path` ends neither in .npy nor in .zarr.
        ImportError: zarr is not installed.
    """
    if Path(path).suffix == ".npy":
        return np.load(path, mmap_mode="r")
    if Path(path).suffix != ".zarr":
        raise ValueError(f"open_array: {str(path)!r} ends neither in .npy nor in .zarr")
    try:
        import zarr
    except ImportError as error:
        raise ImportError("zarr is needed to open a .zarr: pip install 'chainrule[zarr]'") from error
    return zarr.open(path, mode="r")


def is_outside(data: Any) -> bool:
    """Whether an array is not in memory: it is mapped from a file, or in chunks, as Dask's and Zarr's are."""
    return isinstance(data, np.memmap) or (hasattr(data, "chunks") and hasattr(data, "dtype"))


def is_group(data: Any) -> bool:
    """Whether it is a group of arrays by name, as Zarr's."""
    return callable(getattr(data, "arrays", None)) and hasattr(data, "attrs")


class BlockDataset(Dataset):
    """The rows of arrays of equal length that are not in memory: example i is row i of each.

    Blocks of consecutive rows are read, whole chunks where the arrays have chunks, and no more of them kept than have room in
    `memory` bytes.

    Args:
        arrays: of Dask's, Zarr's or NumPy's; or one group of arrays by name, whose examples are dicts.
        memory: bytes of the blocks that are kept.

    Raises:
        ShapeError: lengths differ, or are not known.
        ValueError: two chunks are more than `memory`.
    """

    def __init__(self, *arrays: Any, memory: float = MEMORY) -> None:
        self.names: list[str] | None = None
        if len(arrays) == 1 and is_group(arrays[0]):
            named = dict(sorted(arrays[0].arrays()))
            self.names, arrays = list(named), tuple(named.values())
        self.arrays = arrays
        shapes = [tuple(np.shape(a)) for a in arrays]
        if len({shape[:1] for shape in shapes} - {()}) != 1 or not all(shapes):
            raise ShapeError(f"arrays of equal length are needed, and these have the shapes {shapes}")
        if any(map(math.isnan, shapes[0])):
            raise ShapeError("DataLoader: a Dask array whose lengths are not known: array.compute_chunk_sizes() first")
        row = sum(int(np.prod(s[1:], dtype=np.int64)) * a.dtype.itemsize for s, a in zip(shapes, arrays, strict=True))
        self.edges = _edges(arrays, max(1, int(memory / (2 * _AT_ONCE * max(row, 1)))))
        largest = int(np.diff(self.edges).max(initial=0)) * row
        self.at_once = min(_AT_ONCE, int(memory / (2 * max(largest, 1))))  # the others are the next ones, and are read
        if not self.at_once:
            raise ValueError(
                f"DataLoader: two chunks of {largest:,} bytes are more than memory={memory:,.0f}. Allow more, or make the chunks "
                "smaller along their first axis (x.rechunk)"
            )
        self._blocks: OrderedDict[int, Future[tuple[Any, ...]]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return int(self.edges[-1])

    def __getitem__(self, index: int) -> Any:
        rows = self.rows(np.array([range(len(self))[index]]))
        return {key: x[0] for key, x in rows.items()} if self.names else tuple(x[0] for x in rows)

    def rows(self, index: Any) -> Any:
        """The rows of a slice, or of an array of numbers, from the blocks that they lie in."""
        numbers = np.arange(len(self))[index] if isinstance(index, slice) else np.asarray(index)
        blocks = np.searchsorted(self.edges, numbers, "right") - 1
        out = [np.empty((len(numbers), *a.shape[1:]), a.dtype) for a in self.arrays]
        for block in np.unique(blocks):
            here = blocks == block
            for whole, part in zip(out, self._block(int(block)), strict=True):
                whole[here] = part[numbers[here] - self.edges[block]]
        return dict(zip(self.names, out, strict=True)) if self.names else tuple(out)

    def _block(self, number: int) -> tuple[Any, ...]:
        """The rows of a block; threads that want the same one wait for the one that reads it."""
        with self._lock:
            block = self._blocks.get(number)
            reads = block is None
            if block is None:
                block = self._blocks[number] = Future()
                if len(self._blocks) > 2 * self.at_once:
                    self._blocks.popitem(last=False)
            self._blocks.move_to_end(number)
        if reads:
            low, high = map(int, self.edges[number : number + 2])
            try:
                block.set_result(tuple(np.array(a[low:high]) for a in self.arrays))
            except BaseException as error:
                with self._lock:
                    self._blocks.pop(number, None)
                block.set_exception(error)
        return block.result()


def _edges(arrays: tuple[Any, ...], rows: int) -> Any:
    """Where blocks of about so many rows begin and end: where chunks do, of the array that has the longest."""
    length = arrays[0].shape[0]
    chunked = [_chunks(a) for a in arrays if getattr(a, "chunks", None)]
    if not chunked or not length:
        return np.array([*range(0, length, rows), length])
    edges, end = [0], 0
    for chunk in max(chunked, key=max):
        if end > edges[-1] and end + chunk - edges[-1] > rows:
            edges.append(end)
        end += chunk
    return np.array([*edges, end])


def _chunks(array: Any) -> list[int]:
    """The lengths of an array's chunks along its first axis."""
    first = array.chunks[0]
    if isinstance(first, tuple):  # Dask's
        return list(first)
    n = array.shape[0]
    return [min(first, n - i) for i in range(0, n, first)]


class BlockSampler:
    """All numbers in a random order that visits the blocks of a dataset in turn: some, in a random order, are mixed at a time."""

    def __init__(self, data_source: BlockDataset, generator: Seed = None) -> None:
        self.data_source, self.generator = data_source, kept_generator(generator)

    def order(self) -> Iterator[Any]:
        """The numbers of one pass, as arrays; what is drawn is drawn now."""
        return self._order(int(default_generator(self.generator).integers(2**63)))

    def _order(self, seed: int) -> Iterator[Any]:
        edges, at_once = self.data_source.edges, self.data_source.at_once
        blocks = np.random.default_rng(seed).permutation(len(edges) - 1)
        for i in range(0, len(blocks), at_once):
            numbers = np.concatenate([np.arange(edges[b], edges[b + 1]) for b in blocks[i : i + at_once]])
            yield np.random.default_rng([seed, i]).permutation(numbers)

    def batches(self, size: int, drop_last: bool) -> Iterator[Any]:
        """The numbers of one pass, so many at a time."""
        return _regrouped(self.order(), size, drop_last)

    def __iter__(self) -> Iterator[int]:
        return (int(i) for part in self.order() for i in part)

    def __len__(self) -> int:
        return len(self.data_source)


def _regrouped(parts: Iterator[Any], size: int, drop_last: bool) -> Iterator[Any]:
    left = np.zeros(0, np.int64)
    for part in parts:
        numbers = np.concatenate([left, part])
        full = len(numbers) // size * size
        yield from numbers[:full].reshape(-1, size)
        left = numbers[full:]
    if len(left) and not drop_last:
        yield left
