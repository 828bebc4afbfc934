"""Datasets, samplers and loaders."""

import threading
import time

import numpy as np
import pytest

import nn
from autograd import ShapeError
from nn import data


class Squares(data.Dataset):
    """Example i is (i, i²)."""

    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        return i, np.float32(i * i)

    def __len__(self):
        return self.n


class Stream(data.IterableDataset):
    def __iter__(self):
        return iter({"x": np.full(2, i), "name": f"n{i}"} for i in range(5))


def numbers(loader):
    return [batch[0].tolist() for batch in loader]


def test_datasets():
    squares = Squares(4)
    assert (squares + Squares(3))[-1] == (2, 4)
    joined = data.ConcatDataset([squares, data.TensorDataset([9], [8])])
    assert [len(joined), joined[3], joined[4]] == [5, (3, 9), (9, 8)]
    part = data.Subset(squares, [3, 1])
    assert [part[i] for i in range(len(part))] == [(3, 9), (1, 1)]
    assert not hasattr(part, "rows")
    with pytest.raises(IndexError, match="has no number 5"):
        joined[5]
    with pytest.raises(ValueError, match="no datasets"):
        data.ConcatDataset([])
    with pytest.raises(ShapeError, match=r"the shapes \[\(1,\), \(2,\)\]"):
        data.TensorDataset([1], [1, 2])
    for method in ("__getitem__", "__len__"):
        with pytest.raises(NotImplementedError, match=method):
            getattr(data.Dataset(), method)(*([0] if method == "__getitem__" else []))
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(data.IterableDataset())


@pytest.mark.parametrize(("lengths", "sizes"), [([7, 3], [7, 3]), ([0.5, 0.25, 0.25], [6, 2, 2]), ([0.7, 0.3], [7, 3])])
def test_random_split(lengths, sizes):
    parts = data.random_split(data.TensorDataset(np.arange(10)), lengths, generator=0)
    assert [len(p) for p in parts] == sizes
    rows = [int(p[i][0]) for p in parts for i in range(len(p))]
    assert sorted(rows) == list(range(10))
    assert rows != list(range(10))
    with pytest.raises(ValueError, match="has 10"):
        data.random_split(Squares(10), [3, 3])


def test_samplers():
    assert list(data.SequentialSampler([7, 8])) == [0, 1]
    assert len(data.SequentialSampler([7, 8])) == 2
    twice = data.RandomSampler(range(3), num_samples=7, generator=0)
    drawn = list(twice)
    assert [sorted(drawn[:3]), sorted(drawn[3:6]), len(drawn), len(twice)] == [[0, 1, 2], [0, 1, 2], 7, 7]
    assert list(data.RandomSampler([])) == []
    repeated = list(data.RandomSampler(range(3), replacement=True, num_samples=50, generator=0))
    assert set(repeated) == {0, 1, 2}
    weighted = data.WeightedRandomSampler([1, 0, 3], 4000, generator=0)
    counts = np.bincount(list(weighted), minlength=3)
    assert counts[1] == 0
    assert counts[2] / counts[0] == pytest.approx(3, rel=0.1)
    assert len(weighted) == 4000
    assert sorted(data.WeightedRandomSampler([1, 0, 3], 2, replacement=False, generator=0)) == [0, 2]
    with pytest.raises(ValueError, match="not all 0"):
        data.WeightedRandomSampler([0, 0], 1)
    assert list(data.BatchSampler(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(data.BatchSampler(range(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert [len(data.BatchSampler(range(5), 2, drop)) for drop in (False, True)] == [3, 2]
    with pytest.raises(ValueError, match="batch_size=0"):
        data.BatchSampler(range(5), 0)


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("kind", [data.SequentialSampler, data.RandomSampler])
def test_a_sampler_of_fewer_examples_than_there_are(kind, drop_last):
    loader = nn.DataLoader(np.arange(20), sampler=kind(range(10)), batch_size=4, drop_last=drop_last)
    batches = numbers(loader)
    assert [len(batch) for batch in batches] == [4, 4, 2][: len(loader)]
    assert set(np.concatenate(batches)) <= set(range(10))


def test_a_dataset_is_stacked():
    batch, last = nn.DataLoader(Squares(5), batch_size=3)
    assert [a.tolist() for a in batch] == [[0, 1, 2], [0, 1, 4]]
    assert batch[1].dtype == np.float32
    assert not batch[0].flags.writeable
    assert len(last[0]) == 2
    assert len(nn.DataLoader(Squares(5), batch_size=3, drop_last=True)) == 1


def test_a_part_of_arrays_is_fetched_at_once():
    part = data.Subset(data.TensorDataset(np.arange(10) * 10), [1, 3, 5])
    assert numbers(nn.DataLoader(part, batch_size=2)) == [[10, 30], [50]]
    assert sorted(np.concatenate(numbers(nn.DataLoader(part, batch_size=2, shuffle=True)))) == [10, 30, 50]


def test_drop_last_of_arrays():
    assert numbers(nn.DataLoader(np.arange(5), batch_size=2, drop_last=True)) == [[0, 1], [2, 3]]
    assert len(list(nn.DataLoader(np.arange(5), batch_size=2, drop_last=True, shuffle=True))) == 2


def test_a_stream():
    loader = nn.DataLoader(Stream(), batch_size=2)
    first, *_, last = loader
    assert first["x"].tolist() == [[0, 0], [1, 1]]
    assert first["name"] == ["n0", "n1"]
    assert not first["x"].flags.writeable
    assert len(last["name"]) == 1
    assert len(list(nn.DataLoader(Stream(), batch_size=2, drop_last=True))) == 2
    with pytest.raises(TypeError, match="does not know"):
        len(loader)


def test_samplers_of_ones_own():
    assert numbers(nn.DataLoader(np.arange(5), sampler=[3, 1, 1], batch_size=2)) == [[3, 1], [1]]
    assert numbers(nn.DataLoader(Squares(5), batch_sampler=[[4, 0], [2]])) == [[4, 0], [2]]
    assert list(nn.DataLoader(Squares(3), collate_fn=lambda e: [len(e)])) == [[3]]
    nested = data.default_collate([((1, 2), np.ones(2)), ((3, 4), np.ones(2))])
    assert [a.tolist() for a in nested[0]] == [[1, 3], [2, 4]]
    ((pair, _),) = nn.DataLoader(NestedPairs())
    assert not pair[0].flags.writeable


class NestedPairs(Squares):
    def __init__(self):
        super().__init__(2)

    def __getitem__(self, i):
        return (i, i), i


WRONG = {
    "workers": {"num_workers": -1},
    "ahead": {"prefetch_factor": 0},
    "orders": {"shuffle": True, "sampler": [1]},
    "batches": {"batch_sampler": [[1]], "drop_last": True},
}


@pytest.mark.parametrize("options", WRONG.values(), ids=list(WRONG))
def test_wrong_loaders(options):
    with pytest.raises(ValueError, match="DataLoader: "):
        nn.DataLoader(np.arange(3), **options)
    with pytest.raises(ValueError, match="its own order"):
        nn.DataLoader(Stream(), shuffle=True)


# -- threads -------------------------------------------------------------------------------------------------------


class Slow(Squares):
    """Notes how many are fetched, and fails at one of them."""

    def __init__(self, n, bad=None):
        super().__init__(n)
        self.bad, self.fetched, self.lock = bad, 0, threading.Lock()

    def __getitem__(self, i):
        with self.lock:
            self.fetched += 1
        time.sleep(0.002 if i % 3 else 0.0)  # later batches are ready first
        if i == self.bad:
            raise OSError("example 7 is damaged")
        return super().__getitem__(i)


def test_threads_keep_the_order_and_are_bounded():
    dataset = Slow(40)
    loader = nn.DataLoader(dataset, batch_size=2, num_workers=3, prefetch_factor=1)
    seen = []
    for x, _ in loader:
        seen += x.tolist()
        assert dataset.fetched <= len(seen) + 2 * 4
    assert seen == list(range(40))


def test_an_error_in_a_thread_comes_with_its_batch():
    loader = nn.DataLoader(Slow(20, bad=7), batch_size=2, num_workers=2)
    seen = []
    with pytest.raises(OSError, match="example 7"):
        seen.extend(x.tolist() for x, _ in loader)
    assert seen == [[0, 1], [2, 3], [4, 5]]


def test_a_pass_that_is_given_up_ends_its_threads():
    before = threading.active_count()
    batches = iter(nn.DataLoader(Slow(1000), batch_size=2, num_workers=2))
    next(batches)
    batches.close()
    assert threading.active_count() == before


# -- going on ------------------------------------------------------------------------------------------------------

LOADERS = {
    "arrays": lambda: nn.DataLoader(np.arange(11), batch_size=2, shuffle=True, generator=3),
    "in order": lambda: nn.DataLoader(np.arange(11), batch_size=2),
    "dataset": lambda: nn.DataLoader(Squares(11), batch_size=2, shuffle=True, generator=3),
    "threads": lambda: nn.DataLoader(Squares(11), batch_size=2, shuffle=True, generator=3, num_workers=2),
    "weighted": lambda: nn.DataLoader(
        np.arange(11), batch_size=2, sampler=data.WeightedRandomSampler([1.0] * 11, 11, generator=3)
    ),
    "batches": lambda: nn.DataLoader(
        Squares(11), batch_sampler=data.BatchSampler(data.RandomSampler(range(11), generator=3), 2)
    ),
}


@pytest.mark.parametrize("make", LOADERS.values(), ids=list(LOADERS))
@pytest.mark.parametrize("stop", [0, 1, 4, 6, 7])
def test_a_loader_goes_on_bit_equal(make, stop):
    """From any batch of two passes, the rest of that pass and the next one are the same."""
    loader, states, seen = make(), [], []
    for _ in range(2):
        for batch in loader:
            states.append(loader.state_dict())
            seen.append(batch[0].tolist())
    third = numbers(loader)
    other = make()
    numbers(other)  # its generator is somewhere else
    other.load_state_dict(states[stop])
    assert other.state_dict() == states[stop]  # also before it goes on
    assert numbers(other) + (numbers(other) if stop < 6 else []) == seen[stop + 1 :]
    assert numbers(other) == third


def test_a_loader_between_passes_goes_on():
    loader, other = LOADERS["arrays"](), LOADERS["arrays"]()
    numbers(loader)
    other.load_state_dict(loader.state_dict())
    for _ in range(2):
        assert numbers(other) == numbers(loader)


def test_the_state_of_another_loader_is_refused():
    with pytest.raises(ValueError, match="other samplers"):
        LOADERS["in order"]().load_state_dict(LOADERS["arrays"]().state_dict())


def test_a_loader_that_shares_its_generator_leaves_it_alone():
    """What dropout drew since the pass began stays drawn."""
    rng = np.random.default_rng(0)
    loader = nn.DataLoader(np.arange(6), batch_size=2, shuffle=True, generator=rng)
    batches = iter(loader)
    next(batches)
    rng.random(10)
    state = loader.state_dict()
    expected = numbers(batches), rng.random()
    rng.random(99)
    loader.load_state_dict(state)
    assert (numbers(loader), rng.random()) == expected


def test_one_line_makes_runs_equal():
    """Also after the loader was made."""
    loader = nn.DataLoader(np.arange(20), batch_size=5, shuffle=True)

    def orders():
        nn.random.manual_seed(5)
        return numbers(loader)

    assert orders() == orders()
