"""The same rules on Dask arrays: lazily, in chunks, and with NumPy's answers."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import UnsupportedError, Value, value_and_grad

pytest.importorskip("distributed")
da = pytest.importorskip("dask.array")
dask_rows = pytest.importorskip("tests.dask_rows")

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.unmeasured
def test_the_table_of_rows_is_what_the_page_says():
    results = list(dask_rows.rows())
    works = {name for name, found in results if found == "chunks"}
    assert {"add", "matmul", "sum", "mean", "softmax", "where", "transpose", "tanh"} <= works
    text = (ROOT / "docs" / "dask.md").read_text()
    if dask_rows.RELEASE in text:
        assert text == dask_rows.page(results), "run  python -m tests.dask_rows > docs/dask.md"
    else:  # other releases differ in a few rows
        claimed = set(re.findall(r"`(\w+)`", text.split("are NumPy's:**")[1].split("**In one")[0]))
        assert len(works & claimed) >= 0.95 * len(claimed)


def test_nothing_is_computed_before_it_is_asked_for():
    def explode(block):
        raise AssertionError("a chunk was computed")

    x = da.ones((10, 3), chunks=5).map_blocks(explode, dtype=float, meta=np.ones((0, 0)))
    loss, gradient = value_and_grad(lambda w: np.mean(np.logaddexp(0, x @ w)))(np.zeros(3))
    assert isinstance(loss, da.Array)
    assert isinstance(gradient, da.Array)
    assert "dask.array" in repr(Value(x))


PLACES = {
    "rows, some twice": np.array([2, 0, 2, 2]),
    "a matrix of rows": np.array([[1, 3], [1, 0]]),
    "two arrays": (np.array([0, 1, 0]), np.array([2, 2, 2])),
    "a mask": np.eye(4, 3) > 0,
    "a number and an array": (1, np.array([0, 0])),
    "a new axis": (slice(1, 3), None),
    "nothing": np.zeros(0, int),
}


@pytest.mark.parametrize("index", PLACES.values(), ids=PLACES)
def test_picks_and_their_gradients_are_numpys(index):
    x = np.arange(12.0).reshape(4, 3)
    found = []
    for data in (x, da.from_array(x, chunks=2)):
        value = Value(data)
        picked = value[index]
        ((picked * picked).sum() + (value[1:] ** 3).sum()).backward()
        found.append([np.asarray(picked.data), np.asarray(value.grad), type(value.grad)])
    for got, want in zip(found[1][:2], found[0][:2], strict=True):
        np.testing.assert_array_equal(got, want)
    assert found[1][2] is da.Array  # nothing was computed


def test_a_pick_from_an_array_that_fits_nowhere_takes_no_memory_but_its_own():
    x = Value(da.zeros((10**5, 10**5), chunks=(10**3, 10**5)))  # 80 GB, of which nothing is computed
    assert x[np.array([5, 99_999]), np.array([7, 8])].data.shape == (2,)


def test_a_recurrent_layer_is_refused_because_its_steps_would_be_lost():
    layer = nn.RNN(2, 3)
    with pytest.raises(UnsupportedError, match="step by step"):
        layer(da.ones((4, 5, 2), chunks=2))


@pytest.mark.parametrize("how", [{"in_processes": False}, {"kill": True}], ids=["threads", "a worker is killed"])
def test_three_models_on_a_cluster(how):
    spec = importlib.util.spec_from_file_location("dask_regression", ROOT / "examples" / "dask_regression.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    results = module.main(rows=100_000, memory="16GB", **how)
    assert [r[0] for r in results] == ["linear", "logistic", "two_layers"]
    for _, value, expected, difference in results:
        assert value == pytest.approx(expected, rel=1e-10)
        assert difference < 1e-10
