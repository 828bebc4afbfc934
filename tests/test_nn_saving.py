"""Arrays in files: what goes in comes out, and what is damaged is refused."""

import os
import struct
import sys

import numpy as np
import pytest

import nn
from autograd import DtypeError
from nn import saving
from tests.tools import damage

KINDS = ["npz", "safetensors"]


@pytest.fixture(params=KINDS)
def path(request, tmp_path):
    if request.param == "safetensors":
        pytest.importorskip("safetensors")
    return tmp_path / f"state.{request.param}"


ARRAYS = {
    "plain": np.arange(6.0).reshape(2, 3),
    "turned": np.arange(6.0).reshape(2, 3).T,
    "every other": np.arange(10, dtype=np.int16)[::2],
    "backwards": np.arange(4, dtype=np.float32)[::-1],
    "repeated": np.broadcast_to(np.float32(2), (3, 2)),
    "big-endian": np.arange(3, dtype=">f8"),
    "number": np.float32(3),
    "nothing": np.zeros((0, 2)),
    "file": np.array([True, False]),
    "a.b/c d": np.zeros(2, np.complex64),
    "half": np.float16([1, 2]),
    "parameter": nn.Parameter([1.0, 2.0]),
}


def test_arrays_come_back(path):
    """Also those that are not contiguous, which the safetensors library itself writes wrongly."""
    saving.save(path, ARRAYS)
    found = saving.load(path)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        expected = np.asarray(getattr(array, "data", array) if name == "parameter" else array)
        np.testing.assert_array_equal(found[name], expected)
        assert found[name].shape == expected.shape
        assert found[name].dtype == expected.dtype.newbyteorder("=")
        assert found[name].flags.writeable
    saving.save(path, found)
    again = path.read_bytes()
    saving.save(path, found)
    assert path.read_bytes() == again  # the same state is the same file
    assert os.listdir(path.parent) == [path.name]


def test_numbers_of_numpy_come_back_as_numbers(path):
    state = {"figures": [np.float64(0.5), np.int64(3), np.bool_(True), np.float32(2), np.array(1.5)], "lr": 0.1}
    saving.save(path, state)
    found = saving.load(path)
    assert found == state
    assert [type(entry) for entry in found["figures"]] == [type(entry) for entry in state["figures"]]


def test_the_library_reads_what_we_write(tmp_path):
    library = pytest.importorskip("safetensors.numpy")
    saving.save(tmp_path / "a.safetensors", {"w": ARRAYS["turned"]})
    np.testing.assert_array_equal(library.load_file(tmp_path / "a.safetensors")["w"], ARRAYS["turned"])
    library.save_file({"w": ARRAYS["plain"]}, tmp_path / "b.safetensors")
    np.testing.assert_array_equal(saving.load(tmp_path / "b.safetensors")["w"], ARRAYS["plain"])
    saving.save(tmp_path / "a.npz", {"w": ARRAYS["turned"]})
    with np.load(tmp_path / "a.npz") as arrays:
        np.testing.assert_array_equal(arrays["w"], ARRAYS["turned"])
    np.savez(tmp_path / "b.npz", w=ARRAYS["turned"])
    np.testing.assert_array_equal(saving.load(tmp_path / "b.npz")["w"], ARRAYS["turned"])


def test_bfloat16_is_read_as_float32(tmp_path):
    pytest.importorskip("safetensors")
    header = b'{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
    (tmp_path / "w.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"\x80\x3f\x00\xc0")
    found = saving.load(tmp_path / "w.safetensors")["w"]
    assert (found.tolist(), found.dtype) == ([1.0, -2.0], np.float32)


NEST = {
    "epoch": 3,
    "rate": 0.1,
    "best": -np.inf,
    "name": "x",
    "none": None,
    "betas": (0.9, (1, "a")),
    "state": {0: {"step": 2, "m": np.ones(2)}, 1: {}},
    "a": {"b": np.zeros(1)},
    "a.b": np.ones(1),
    "$odd": [],
    "big": 1 << 127,
}


def test_nests_come_back(path):
    saving.save(path, NEST)
    assert repr(saving.load(path)) == repr(NEST)


@pytest.mark.parametrize("wrong", [{"a": {1, 2}}, {"a": {(1, 2): 3}}, {"f": print, "x": 1}])
def test_what_cannot_be_saved(path, wrong):
    with pytest.raises(TypeError, match="save: "):
        saving.save(path, wrong)
    with pytest.raises(DtypeError, match="x has dtype object"):
        saving.save(path, {"x": np.array([None])})
    assert not path.exists()


def test_names_and_extras(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"neither in .safetensors nor in .npz"):
        saving.save(tmp_path / "x.pt", {})
    with pytest.raises(FileNotFoundError):
        saving.load(tmp_path / "x.npz")
    pytest.importorskip("safetensors")
    with pytest.raises(DtypeError, match="complex128"):
        saving.save(tmp_path / "x.safetensors", {"z": np.ones(1, complex)})
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"chainrule\[safetensors\]"):
        saving.save(tmp_path / "x.safetensors", {})


def test_one_flipped_bit_is_noticed(path):
    saving.save(path, {"w": np.arange(100.0)})
    data = bytearray(path.read_bytes())
    data[data.index(np.float64(50).tobytes())] ^= 1
    path.write_bytes(data)
    with pytest.raises(saving.SavedFileError, match=f"{path.name} cannot be loaded"):
        saving.load(path)


@pytest.mark.unmeasured
def test_damaged_files(tmp_path):
    """``python -m tests.tools.damage`` looks at ten thousand."""
    pytest.importorskip("safetensors")
    tally = damage.check(300, 7, tmp_path)
    assert tally["refused"] > 250


def test_an_archive_whose_entries_overlap(tmp_path):
    saving.save(tmp_path / "a.npz", {"w": np.zeros(1000)})
    data = (tmp_path / "a.npz").read_bytes()
    end = data.rindex(b"PK\x05\x06")
    first = data.index(b"PK\x01\x02")
    entry = data[first : data.index(b"PK\x01\x02", first + 4)]  # named again and again
    count, directory = 100, entry * 100
    tail = bytearray(data[end:])
    tail[8:20] = struct.pack("<HHII", count, count, len(directory), first)
    (tmp_path / "a.npz").write_bytes(data[:first] + directory + bytes(tail))
    with pytest.raises(saving.SavedFileError, match="its entries are longer than that"):
        saving.load(tmp_path / "a.npz")


def test_a_directory_that_hides_entries(tmp_path):
    """The first entry's comment, made longer, swallows the second: zipfile says nothing."""
    saving.save(tmp_path / "a.npz", {"w": np.zeros(10), "v": np.zeros(10)})
    data = bytearray((tmp_path / "a.npz").read_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    third = data.index(b"PK\x01\x02", second + 4)
    data[first + 32 : first + 34] = struct.pack("<H", third - second)
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(saving.SavedFileError, match="has 2 entries, and should have 3"):
        saving.load(tmp_path / "a.npz")


def test_hostile_files(tmp_path):
    pytest.importorskip("safetensors")
    for hostile in damage.hostile(tmp_path):
        with pytest.raises(saving.SavedFileError):
            saving.load(hostile)


@pytest.mark.skipif(os.name != "posix", reason="files cannot be limited there")
def test_the_one_before_survives_a_full_disk(path):
    import resource

    saving.save(path, {"w": np.ones(10)})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            saving.save(path, {"w": np.ones(10_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    np.testing.assert_array_equal(saving.load(path)["w"], np.ones(10))
    assert os.listdir(path.parent) == [path.name]


def test_an_interrupt_leaves_the_one_before(path, monkeypatch):
    saving.save(path, {"w": np.ones(10)})

    def torn(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", torn)
    with pytest.raises(KeyboardInterrupt):
        saving.save(path, {"w": np.zeros(10)})
    np.testing.assert_array_equal(saving.load(path)["w"], np.ones(10))
    assert os.listdir(path.parent) == [path.name]


def test_no_pickle_anywhere():
    """Neither is it imported, nor allowed, in any file of the package."""
    from pathlib import Path

    for file in Path(nn.__file__).parent.rglob("*.py"):
        text = file.read_text()
        assert "import pickle" not in text
        assert "allow_pickle=True" not in text
