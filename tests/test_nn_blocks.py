"""Data that are not in memory: read by blocks, shuffled by blocks, in bounded memory, resumed bit-equal."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import ShapeError
from nn import data

ROOT = Path(__file__).parent.parent
ROWS = np.arange(103)
X = np.repeat(ROWS[:, None], 4, 1).astype(np.float32)


def mapped(folder, x=X):
    np.save(folder / "x.npy", x)
    return data.open_array(folder / "x.npy")


def dask(folder, x=X):
    return pytest.importorskip("dask.array").from_array(x, chunks=((5, 20, 1, 60, 17), *[(n,) for n in x.shape[1:]]))


def zarr(folder, x=X):
    found = pytest.importorskip("zarr").create_array(
        folder / "x.zarr", data=x, chunks=(10, *x.shape[1:]), overwrite=True
    )
    assert found.shape == x.shape
    return data.open_array(folder / "x.zarr")


KINDS = pytest.mark.parametrize("kind", [mapped, dask, zarr])


@KINDS
@pytest.mark.parametrize("options", [{}, {"shuffle": True}, {"shuffle": True, "num_workers": 3, "drop_last": True}])
def test_every_example_is_met_once(kind, options, tmp_path):
    loader = nn.DataLoader(kind(tmp_path), ROWS, batch_size=8, memory=4e3, generator=0, **options)
    passes = []
    for _ in range(2):
        batches = list(loader)
        assert [len(y) for _, y in batches] == [8] * 12 + [7] * (not options.get("drop_last"))
        assert len(loader) == len(batches)
        for x, y in batches:
            assert type(x) is np.ndarray
            assert not x.flags.writeable
            np.testing.assert_array_equal(x, X[y])
        passes.append(np.concatenate([y for _, y in batches]))
        assert len(set(passes[-1])) == len(passes[-1])
    assert np.array_equal(passes[0], ROWS) == np.array_equal(*passes) == ("shuffle" not in options)


@KINDS
def test_a_pass_goes_on_where_it_was(kind, tmp_path):
    array = kind(tmp_path)

    def fresh(seed):
        return nn.DataLoader(array, ROWS, batch_size=8, shuffle=True, memory=4e3, generator=seed)

    whole, first, second = fresh(0), fresh(0), fresh(7)
    batches = iter(first)
    seen = [next(batches)[1] for _ in range(5)]
    second.load_state_dict(first.state_dict())
    rest = [y for _, y in second]
    np.testing.assert_array_equal(np.concatenate([*seen, *rest]), np.concatenate([y for _, y in whole]))
    np.testing.assert_array_equal(
        *[np.concatenate([y for _, y in loader]) for loader in (second, whole)]
    )  # the next pass


def test_blocks_end_where_chunks_do_and_no_more_are_kept_than_allowed(tmp_path):
    x = dask(tmp_path)
    assert data.BlockDataset(x, memory=16 * 16 * 25).edges.tolist() == [0, 25, 26, 86, 103]
    assert data.BlockDataset(zarr(tmp_path), x, memory=1e9).edges.tolist() == [0, 103]
    few = data.BlockDataset(mapped(tmp_path), memory=16 * 16 * 3)
    assert few.edges.tolist() == [*range(0, 103, 3), 103]
    read = []
    few.arrays = (Noting(few.arrays[0], read),)
    for batch in data.DataLoader(few, batch_size=7, sampler=data.BlockSampler(few, generator=0)):
        assert len(few._blocks) <= 2 * few.at_once
        assert batch[0].shape[1:] == (4,)
    assert sorted(read) == list(few.edges[:-1])  # each of them once
    with pytest.raises(ValueError, match="two chunks of 960 bytes are more than memory=1,000"):
        data.BlockDataset(x, memory=1000)


class Noting:
    """An array that notes where it is read."""

    def __init__(self, array, read):
        self.array, self.read, self.shape, self.dtype = array, read, array.shape, array.dtype

    def __getitem__(self, index):
        self.read.append(index.start)
        return self.array[index]


def test_an_error_while_reading_is_raised_where_the_batch_was_due_and_is_not_kept(tmp_path):
    dataset = data.BlockDataset(mapped(tmp_path), memory=4e3)
    array, dataset.arrays = dataset.arrays, (Failing(),)
    with pytest.raises(OSError, match="the disk"):
        list(data.DataLoader(dataset, num_workers=2))
    dataset.arrays = array
    np.testing.assert_array_equal(dataset[-1][0], X[-1])


class Failing:
    shape, dtype = X.shape, X.dtype

    def __getitem__(self, index):
        raise OSError("the disk")


def test_threads_that_want_one_block_read_it_once(tmp_path):
    dataset, read = data.BlockDataset(mapped(tmp_path), memory=1e6), []
    dataset.arrays = (Noting(dataset.arrays[0], read),)
    threads = [threading.Thread(target=dataset.rows, args=(slice(None),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [0]


def test_a_group_makes_batches_by_name(tmp_path):
    zarr = pytest.importorskip("zarr")
    group = zarr.open_group(tmp_path / "both.zarr", mode="w")
    group.create_array("y", data=ROWS)
    group.create_array("x", data=X, chunks=(10, 4))
    loader = nn.DataLoader(data.open_array(tmp_path / "both.zarr"), batch_size=50, shuffle=True)
    batch = next(iter(loader))
    np.testing.assert_array_equal(batch["x"], X[batch["y"]])
    assert loader.dataset[3]["y"] == 3


def test_fit_takes_them(tmp_path):
    losses = []
    for x in (X / 100, mapped(tmp_path, X / 100), dask(tmp_path, X / 100)):
        model = nn.Linear(4, 1, generator=0)
        loader = nn.DataLoader(x, X[:, :1] / 100, batch_size=20)
        losses.append(nn.fit(model, nn.MSELoss(), nn.SGD(model.parameters(), 0.1), loader, epochs=2)[-1].loss)
    assert losses[0] == losses[1] == losses[2]


def test_what_cannot_be_read_is_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="neither in .npy nor in .zarr"):
        data.open_array("x.csv")
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(ImportError, match=r"chainrule\[zarr\]"):
        data.open_array("x.zarr")
    with pytest.raises(ShapeError, match="equal length"):
        nn.DataLoader(mapped(tmp_path), np.zeros(3))
    x = dask(tmp_path)
    with pytest.raises(ShapeError, match="compute_chunk_sizes"):
        nn.DataLoader(x[x[:, 0] > 3])
    empty = nn.DataLoader(mapped(tmp_path, X[:0]), shuffle=True)
    assert list(empty) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the system's limit on memory that is no file's")
def test_a_file_of_several_times_the_memory_that_there_is():
    command = [sys.executable, "benchmarks/larger_than_memory.py", "--gigabytes", "0.45", "--memory", "0.15"]
    threads = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=threads, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "450 MB" in done.stdout
