"""Files of data: found, downloaded, checked, refused. A server on this machine stands for the mirrors."""

import gzip
import hashlib
import http.server
import io
import struct
import tarfile
import threading
import time

import numpy as np
import pytest

from nn.datasets import DataUnavailableError, IdxFile, cifar10, fashion_mnist, mnist, read_idx
from nn.datasets import files as datasets

ARRAYS = (np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.array([7, 8], np.uint8))


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


FILES = [IdxFile(f"file-{i}", len(idx(a)), hashlib.sha256(idx(a)).hexdigest()) for i, a in enumerate(ARRAYS)]
PACKED = {file.name: gzip.compress(idx(a)) for file, a in zip(FILES, ARRAYS, strict=True)}

FASHION = [
    IdxFile(f"{name}.gz", len(data), hashlib.sha256(data).hexdigest(), packed=False) for name, data in PACKED.items()
]
PICTURES = np.random.default_rng(0).integers(0, 256, (12, 3073), np.uint8)  # two in each of CIFAR's files


def archive():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for i, name in enumerate([*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            member.size = 2 * 3073
            tar.addfile(member, io.BytesIO(PICTURES[2 * i : 2 * i + 2].tobytes()))
    return stream.getvalue()


ARCHIVE = archive()
CIFAR = IdxFile("cifar.tar.gz", len(ARCHIVE), hashlib.sha256(ARCHIVE).hexdigest(), packed=False)
SERVED = {f"{name}.gz": data for name, data in PACKED.items()} | {CIFAR.name: ARCHIVE}


class Mirror(http.server.BaseHTTPRequestHandler):
    """Folders of one server, each with another fault."""

    def do_GET(self):
        _, fault, name = self.path.split("/")
        body = SERVED[name]
        if fault == "missing":
            self.send_error(404)
        elif fault == "slow":
            time.sleep(0.4)
        elif fault == "dripping":
            self.send_response(200)
            self.end_headers()
            for byte in body[:20]:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.03)
        elif fault == "rude":
            self.wfile.write(b"go away\r\n\r\n")
        else:
            self.send_response(200)
            if fault in ("good", "cut"):  # a connection that breaks has announced the whole
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(
                {
                    "good": body,
                    "wrong": gzip.compress(idx(np.zeros((2, 3, 4), np.uint8))),
                    "cut": body[:-12],
                    "huge": bytes(2000),
                    "nonsense": b"\x1f\x8b no",
                    "spoilt": body[:10] + b"\xff" * (len(body) - 10),
                    "bomb": gzip.compress(bytes(10_000)),
                }[fault]
            )

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache of this test's own, and no other folder."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(datasets, "cache_dir", lambda name: folder)
    monkeypatch.delenv(datasets.VARIABLE, raising=False)
    return folder


def load(*mirrors, data_dir=None):
    return mnist(data_dir, mirrors=mirrors, timeout=0.2, patience=0.3, files=FILES)


def assert_right(arrays):
    for found, expected in zip(arrays, ARRAYS, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_download_is_kept(address, cache):
    assert_right(load(address + "good/"))
    assert sorted(p.name for p in cache.iterdir()) == ["file-0.gz", "file-1.gz"]
    assert_right(load())  # from the cache


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("missing", "404"),
        ("wrong", "sha256"),
        ("cut", "damaged"),
        ("nonsense", "damaged"),
        ("spoilt", "damaged"),
        ("bomb", f"has {FILES[0].size + 1} bytes"),
        ("rude", "go away"),
        ("slow", "timed out"),
        ("dripping", "only [0-9]+ bytes in 0.3 seconds"),
    ],
)
def test_a_bad_mirror_is_named_and_nothing_is_kept(address, cache, fault, words):
    with pytest.raises(DataUnavailableError, match=f"(?s)file-0 .*{fault}/file-0.gz: .*({words})"):
        load(f"{address}{fault}/")
    assert not cache.exists()


def test_the_next_mirror_is_asked(address):
    assert_right(load(address + "wrong/", address + "missing/", address + "good/"))


def test_more_than_expected_is_not_read(address):
    with pytest.raises(DataUnavailableError, match="more than 1,064 bytes"):
        load(address + "huge/")


def test_offline():
    with pytest.raises(DataUnavailableError, match="is this machine offline?"):
        load("http://127.0.0.1:9/")


def test_a_damaged_cache_is_replaced(address, cache, monkeypatch):
    cache.mkdir()
    (cache / "file-0.gz").write_bytes(b"\x1f\x8b no")
    (cache / "file-1").write_bytes(bytes(FILES[1].size))
    with pytest.raises(DataUnavailableError, match=r"(?s)could be reached.*file-0.gz is damaged.*127"):
        load("http://127.0.0.1:9/")
    (cache / "file-1").unlink()
    assert_right(load(address + "good/"))
    assert_right(load())
    monkeypatch.setenv(datasets.VARIABLE, str(cache / "file-1.gz"))  # no folder at all
    assert_right(load())


def test_a_wrong_size_is_not_read(tmp_path, monkeypatch):
    """A wrong plain file of 1 GB is refused for its size alone."""
    for name in ("file-0", "file-0.gz"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(1 << 30)
        monkeypatch.setattr("pathlib.Path.read_bytes", None)
        with pytest.raises(DataUnavailableError, match="1,073,741,824 bytes, and 40 are expected"):
            load(data_dir=tmp_path)
        (tmp_path / name).unlink()


def test_fashion_mnist(address):
    assert_right(fashion_mnist(mirrors=[address + "good/"], files=FASHION))
    assert_right(fashion_mnist(mirrors=[], files=FASHION))


def test_cifar10(address):
    for mirrors in ([address + "good/"], []):
        images, labels, test_images, test_labels = cifar10(mirrors=mirrors, file=CIFAR)
        assert (images.shape, test_images.shape) == ((10, 3, 32, 32), (2, 3, 32, 32))
        np.testing.assert_array_equal(np.concatenate([labels, test_labels]), PICTURES[:, 0])
        np.testing.assert_array_equal(test_images.reshape(2, -1), PICTURES[10:, 1:])


@pytest.mark.parametrize("packed", [True, False])
def test_folders_are_looked_through_in_order(tmp_path, monkeypatch, packed):
    named, variable = tmp_path / "named", tmp_path / "variable"
    for folder, file in ((named, FILES[0]), (variable, FILES[1])):
        folder.mkdir()
        data = PACKED[file.name]
        (folder / (file.name + (".gz" if packed else ""))).write_bytes(data if packed else gzip.decompress(data))
    monkeypatch.setenv(datasets.VARIABLE, str(variable))
    assert_right(load(data_dir=named))


def test_a_damaged_file_on_this_machine_is_named(tmp_path):
    (tmp_path / "file-0").write_bytes(b"something else")
    with pytest.raises(DataUnavailableError, match=r"(?s)file-0 has 14 bytes.*delete it"):
        load(data_dir=tmp_path)


def test_other_bytes_than_idx():
    with pytest.raises(ValueError, match="not an IDX file"):
        read_idx(b"\x00\x00\x0d\x01" + bytes(8))


@pytest.mark.parametrize(
    ("name", "platform", "variable", "end"),
    [
        ("posix", "linux", "XDG_CACHE_HOME", "here/chainrule/mnist"),
        ("posix", "linux", None, ".cache/chainrule/mnist"),
        ("posix", "darwin", None, "Library/Caches/chainrule/mnist"),
        ("nt", "win32", "LOCALAPPDATA", "here/chainrule/mnist"),
        ("nt", "win32", None, "AppData/Local/chainrule/mnist"),
    ],
)
def test_each_system_has_its_cache(monkeypatch, name, platform, variable, end):
    monkeypatch.undo()
    for each in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(each, raising=False)
    if variable:
        monkeypatch.setenv(variable, "/here")
    assert str(datasets.cache_dir("mnist", name, platform)).endswith(end)
