"""Mini-batches."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import ShapeError

from ..random import Seed, default_generator, kept_generator
from .blocks import MEMORY, BlockDataset, BlockSampler, is_group, is_outside
from .dataset import IterableDataset, TensorDataset
from .samplers import BatchSampler, RandomSampler, Sampler, SequentialSampler


@dataclass(frozen=True)
class Share:
    """Of a batch of `rows` examples the `part` that this process computes."""

    part: Any
    rows: int


class DataLoader:
    """Examples in batches, of one or more arrays or of a dataset.

    The batches are read-only: what a loss was computed from must not change before its backward pass, and so need not be
    copied. ``batch.copy()`` may be changed.

    Raises:
        TypeError: `batch_size` by position, or not an integer.
        ValueError: a number is too small, or two arguments say in which order.

    Examples:
        >>> [len(x) for x, y in DataLoader(np.zeros((70, 4)), np.zeros(70), batch_size=32, shuffle=True, generator=0)]
        [32, 32, 6]

    Args:
        data: arrays of equal length, whose rows i belong to example i; or a `Dataset`, a list of examples, anything that has
            ``[i]`` and a length; or an `IterableDataset`. Arrays of Dask's or Zarr's, and those that are mapped from a file, are
            read a block at a time, and shuffled by blocks; a Zarr group makes batches that are dicts.
        batch_size: examples in a batch; the last batch of a pass may be shorter.
        shuffle: whether every pass visits the examples in a new random order.
        sampler: in which order instead.
        batch_sampler: which examples together, instead of the four others.
        drop_last: whether a last batch that is shorter is left out.
        collate_fn: makes a batch of a list of examples; None stacks their numbers and arrays, in tuples and dicts too.
        generator: where the orders come from: a `numpy.random.Generator`, a seed, or None for `nn.manual_seed`'s.
        num_workers: threads that fetch batches ahead; an error in one is raised where its batch was due.
        prefetch_factor: how many batches each thread may be ahead.
        pin_memory: PyTorch's, and without effect: there is no device to copy to.
        memory: bytes of the blocks that are kept of data that are not in memory.
    """

    def __init__(
        self,
        *data: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        sampler: Sampler | None = None,
        batch_sampler: Sampler | None = None,
        drop_last: bool = False,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        generator: Seed = None,
        num_workers: int = 0,
        prefetch_factor: int = 2,
        pin_memory: bool = False,
        memory: float = MEMORY,
    ) -> None:
        if any(isinstance(part, (bool, int, np.integer)) for part in data):
            raise TypeError(f"DataLoader takes data by position, and the rest by name: batch_size={data[-1]}")
        if not isinstance(batch_size, (int, np.integer)):
            raise TypeError(f"DataLoader: batch_size={batch_size!r} is a number of examples")
        self.dataset = _dataset_of(data, memory)
        if batch_size < 1 or num_workers < 0 or prefetch_factor < 1:
            raise ValueError(
                f"DataLoader: batch_size={batch_size} and prefetch_factor={prefetch_factor} must be at least 1, "
                f"num_workers={num_workers} at least 0"
            )
        if shuffle and sampler is not None:
            raise ValueError("DataLoader: shuffle is an order, and sampler another")
        if batch_sampler is not None and (shuffle or sampler is not None or drop_last):
            raise ValueError("DataLoader: batch_sampler says what shuffle, sampler and drop_last would")
        self.streams = isinstance(self.dataset, IterableDataset)
        if self.streams and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError("DataLoader: an IterableDataset comes in its own order: no shuffle, no sampler")
        self.generator = kept_generator(generator)
        self.batch_size, self.shuffle, self.drop_last = batch_size, shuffle, drop_last
        if sampler is None and not self.streams:
            shuffled = BlockSampler if isinstance(self.dataset, BlockDataset) else RandomSampler
            sampler = shuffled(self.dataset, generator=self.generator) if shuffle else SequentialSampler(self.dataset)
        self.sampler = sampler
        chosen = batch_sampler is not None  # by the user
        if batch_sampler is None and sampler is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_sampler, self.chosen = batch_sampler, chosen
        self.collate_fn = collate_fn
        self.num_workers, self.prefetch_factor = num_workers, prefetch_factor
        self.share: Callable[[int], slice] | None = (
            None  # which examples of a batch of so many are fetched: `Share`s, then
        )
        self._position = 0  # batches that this pass has handed out
        self._start: list[Any] = []  # the generators' states when it began
        self._resume: tuple[int, list[Any]] | None = None

    @property
    def arrays(self) -> tuple[Any, ...]:
        """The arrays whose rows the batches are of."""
        arrays: tuple[Any, ...] = self.dataset.arrays
        return arrays

    def __len__(self) -> int:
        """The number of batches in a pass."""
        if self.batch_sampler is None:
            raise TypeError("an IterableDataset does not know how many batches there are")
        return len(self.batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        if self._resume is None:
            skipped, self._start, plan = 0, self._states(), self._drawn()
        else:
            (skipped, self._start), self._resume = self._resume, None
            plan = self._drawn_before()
        self._position = skipped
        for batch in self._fetched(itertools.islice(plan, skipped, None)):
            self._position += 1
            yield batch
        self._position = 0

    # -- going on where a pass was interrupted -------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Where this pass is, and the generators: what `load_state_dict` goes on from, bit-equal."""
        now = self._states()
        if self._resume is not None:
            position, start = self._resume
        else:
            position, start = self._position, self._start if self._position else now
        return {"position": position, "start": start, "generators": now}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Let the next pass be what was left of the one that `state_dict` was taken in."""
        if len(state_dict["generators"]) != len(self._generators()):
            raise ValueError("DataLoader: the state is that of a loader with other samplers")
        self._set(state_dict["generators"])
        position = int(state_dict["position"])
        self._position, self._resume = 0, (position, state_dict["start"]) if position else None

    def _generators(self) -> list[np.random.Generator]:
        """What the order depends on, each once."""
        parts: Any = (self.sampler, self.batch_sampler, getattr(self.batch_sampler, "sampler", None))
        found = [default_generator(part.generator) for part in parts if hasattr(part, "generator")]
        return list({id(generator): generator for generator in found}.values())

    def _states(self) -> list[Any]:
        return [g.bit_generator.state for g in self._generators()]

    def _set(self, states: list[Any]) -> None:
        for generator, state in zip(self._generators(), states, strict=True):
            generator.bit_generator.state = state

    def _drawn_before(self) -> Any:
        """What the pass was made of that began with the states `_start`; the generators stay where they are."""
        now = self._states()
        self._set(self._start)
        plan = self._drawn()
        self._set(now)
        return plan

    def _drawn(self) -> Any:
        """What the batches of a pass are made of; all that is drawn is drawn now."""
        if self.batch_sampler is None or self.sampler is None:
            return _chunks(self.dataset, self.batch_size, self.drop_last)
        if not self.chosen and isinstance(self.sampler, BlockSampler):
            return self.sampler.batches(self.batch_size, self.drop_last)
        if self.chosen or type(self.sampler) not in (SequentialSampler, RandomSampler):
            return list(self.batch_sampler)
        size = self.batch_size
        end = min(len(self.batch_sampler) * size, len(self.sampler))
        slices = (slice(i, min(i + size, end)) for i in range(0, end, size))
        if isinstance(self.sampler, RandomSampler):
            order = self.sampler.order()
            return (order[part] for part in slices)
        return slices

    # -- from numbers to batches -----------------------------------------------------------------------------------

    def _fetched(self, plan: Iterator[Any]) -> Iterator[Any]:
        """The batches, in order, from threads that are ahead by a bounded number."""
        if not self.num_workers:
            yield from map(self._batch, plan)
            return
        ahead: deque[Future[Any]] = deque()
        with ThreadPoolExecutor(self.num_workers, thread_name_prefix="DataLoader") as pool:
            try:
                for part in itertools.islice(plan, self.num_workers * self.prefetch_factor):
                    ahead.append(pool.submit(self._batch, part))
                while ahead:
                    batch = ahead.popleft().result()
                    ahead.extend(pool.submit(self._batch, part) for part in itertools.islice(plan, 1))
                    yield batch
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _batch(self, part: Any) -> Any:
        if self.share is None:
            return self._examples(part)
        numbers = range(part.start, part.stop) if isinstance(part, slice) else part
        mine = self.share(len(numbers))
        few = numbers[mine]
        return Share(self._examples(slice(few.start, few.stop) if isinstance(few, range) else few), len(numbers))

    def _examples(self, part: Any) -> Any:
        if self.streams:
            examples = part
        elif self.collate_fn is None and hasattr(self.dataset, "rows"):
            return _read_only(self.dataset.rows(part if isinstance(part, slice) else np.asarray(part)))
        else:
            numbers = range(len(self.dataset))[part] if isinstance(part, slice) else np.asarray(part).tolist()
            examples = [self.dataset[i] for i in numbers]
        return _read_only(default_collate(examples) if self.collate_fn is None else self.collate_fn(examples))


def default_collate(examples: list[Any]) -> Any:
    """One batch of some examples: numbers and arrays are stacked, tuples and dicts taken entry by entry, the rest listed.

    Raises:
        ShapeError: arrays of different shapes cannot be stacked.
    """
    first = examples[0]
    if isinstance(first, dict):
        return {key: default_collate([e[key] for e in examples]) for key in first}
    if isinstance(first, (tuple, list)):
        return tuple(default_collate(list(entries)) for entries in zip(*examples, strict=True))
    if isinstance(first, (np.ndarray, np.generic, int, float)):
        arrays = [np.asarray(e) for e in examples]
        if len(shapes := {a.shape for a in arrays}) > 1:
            raise ShapeError(
                f"DataLoader: examples of shapes {', '.join(map(str, sorted(shapes)))} cannot be stacked: a collate_fn can "
                "pad them (nn.functional.pad_sequence)"
            )
        return np.stack(arrays)
    return examples


def _dataset_of(data: tuple[Any, ...], memory: float) -> Any:
    if any(is_outside(part) or is_group(part) for part in data):
        return BlockDataset(*data, memory=memory)
    return data[0] if len(data) == 1 and _is_dataset(data[0]) else TensorDataset(*data)


def _is_dataset(data: Any) -> bool:
    arrays = isinstance(data, (np.ndarray, tuple)) or hasattr(data, "__array__")
    return isinstance(data, IterableDataset) or (hasattr(data, "__getitem__") and not arrays)


def _chunks(examples: Any, size: int, drop_last: bool) -> Iterator[list[Any]]:
    source = iter(examples)
    while len(chunk := list(itertools.islice(source, size))) == size:
        yield chunk
    if chunk and not drop_last:
        yield chunk


def _read_only(batch: Any) -> Any:
    for entry in batch.values() if isinstance(batch, dict) else batch if isinstance(batch, tuple) else (batch,):
        if isinstance(entry, np.ndarray):
            entry.flags.writeable = False
        elif isinstance(entry, (tuple, dict)):
            _read_only(entry)
    return batch
