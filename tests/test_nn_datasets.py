"""MNIST's files: found, downloaded, checked, refused. A server on this machine stands for the mirrors."""

import gzip
import hashlib
import http.server
import struct
import threading
import time

import numpy as np
import pytest

from nn.datasets import DataUnavailableError, IdxFile, mnist, read_idx
from nn.datasets import images as datasets

ARRAYS = (np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.array([7, 8], np.uint8))


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


FILES = [IdxFile(f"file-{i}", len(idx(a)), hashlib.sha256(idx(a)).hexdigest()) for i, a in enumerate(ARRAYS)]
PACKED = {file.name: gzip.compress(idx(a)) for file, a in zip(FILES, ARRAYS, strict=True)}


class Mirror(http.server.BaseHTTPRequestHandler):
    """Folders of one server, each with another fault."""

    def do_GET(self):
        _, fault, name = self.path.split("/")
        body = PACKED[name.removesuffix(".gz")]
        if fault == "missing":
            self.send_error(404)
        elif fault == "slow":
            time.sleep(0.4)
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
    monkeypatch.setattr(datasets, "cache_dir", lambda: folder)
    monkeypatch.delenv(datasets.VARIABLE, raising=False)
    return folder


def load(*mirrors, data_dir=None):
    return mnist(data_dir, mirrors=mirrors, timeout=0.2, files=FILES)


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
    ],
)
def test_a_bad_mirror_is_named_and_nothing_is_kept(address, cache, fault, words):
    with pytest.raises(DataUnavailableError, match=f"(?s)file-0 .*{fault}/file-0.gz: .*({words})"):
        load(f"{address}{fault}/")
    assert not cache.exists()


def test_the_next_mirror_is_asked(address):
    assert_right(load(address + "wrong/", address + "missing/", address + "good/"))


def test_more_than_expected_is_not_read(address, monkeypatch):
    monkeypatch.setattr(datasets, "_LARGEST_DOWNLOAD", 1000)
    with pytest.raises(DataUnavailableError, match="more than 1,000 bytes"):
        load(address + "huge/")


def test_offline():
    with pytest.raises(DataUnavailableError, match="could not be downloaded"):
        load("http://127.0.0.1:9/")


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
    assert str(datasets.cache_dir(name, platform)).endswith(end)
