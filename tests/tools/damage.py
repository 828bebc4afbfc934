"""Files of saved weights, damaged in ten thousand ways: ``python -m tests.tools.damage [--files N] [--seed S]``.

Each is loaded into a model. It must be refused as `SavedFileError` (or as a state that does not fit), within a second, in
little memory, and the model must then be what it was; or what is loaded must be what was saved.
"""

from __future__ import annotations

import argparse
import json
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import nn
from nn.saving import SavedFileError, _checksum, load, save

SECONDS, MEMORY = 1.0, 20_000_000


def state() -> dict[str, Any]:
    """What is saved: every kind of number, and a nest."""
    rng = np.random.default_rng(1)
    kinds = ["?", "i1", "u2", "i4", "i8", "f2", "f4", "f8"]
    arrays = {f"{kind}_{n}": (rng.normal(size=(n, 3)) * 50).astype(kind) for kind in kinds for n in (0, 1, 4)}
    return {
        "arrays": arrays,
        "epoch": 3,
        "betas": (0.9, 0.999),
        "groups": [{"lr": 0.1}],
        "by number": {0: np.float32(1)},
    }


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """The bytes after one to three accidents, some of which may change nothing."""
    for _ in range(rng.integers(1, 4)):
        size = max(len(data), 1)
        start, length = int(rng.integers(size)), int(rng.integers(1, 64))
        if rng.random() < 0.5:
            start %= 2048  # where the headers are
        kind = rng.integers(9)
        piece = data[start : start + length]
        if kind <= 1 and piece:  # bits
            changed = bytearray(piece)
            changed[rng.integers(len(piece))] ^= 1 << int(rng.integers(8))
            piece = bytes(changed)
        elif kind == 2:
            piece = rng.bytes(length)
        elif kind == 3:
            piece = b""
        elif kind == 4:
            piece = piece * int(rng.integers(2, 50))
        elif kind == 5:  # a large number
            piece = struct.pack("<Q", [1 << 63, (1 << 64) - 1, 1 << 31, 1 << 40, 0, 100_000_000][rng.integers(6)])
            start = start if rng.random() < 0.5 else 0
            length = 8
        elif kind == 6:
            return data[:start]
        elif kind == 7:
            digits = [i for i in range(min(size, 4000)) if data[i : i + 1].isdigit()]
            if digits:
                start, length = int(rng.choice(digits)), 1
                piece = str(int(rng.integers(10 ** int(rng.integers(1, 18))))).encode()
        else:
            piece = data[int(rng.integers(size)) :][:length]
        data = data[:start] + piece + data[start + length :]
    return data


def hostile(folder: Path) -> Iterator[Path]:
    """Files made to do harm, by hand."""

    def tensors(name: str, header: Any, data: bytes = b"", length: int | None = None) -> Path:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        path = folder / f"{name}.safetensors"
        path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
        return path

    def entry(shape: Any, begin: int, end: int, dtype: str = "F32") -> dict[str, Any]:
        return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}

    yield tensors("huge header", b"{}", length=1 << 62)
    yield tensors("long header", b" " * (1 << 24) + b"{}")
    yield tensors("deep", b"[" * 100_000)
    yield tensors("not a dict", [1, 2])
    yield tensors("overlap", {"a": entry([4], 0, 16), "b": entry([4], 0, 16)}, bytes(16))
    yield tensors("outside", {"a": entry([4], 100, 116)}, bytes(16))
    yield tensors("large shape", {"a": entry([1 << 40, 1 << 40], 0, 16)}, bytes(16))
    yield tensors("negative", {"a": entry([-4], 0, 16)}, bytes(16))
    yield tensors("dtype", {"a": entry([4], 0, 16, "F999")}, bytes(16))
    yield tensors("float8", {"a": entry([16], 0, 16, "F8_E4M3")}, bytes(16))
    yield tensors("more data", {"a": entry([4], 0, 16)}, bytes(32))
    for i, nest in enumerate(("[" * 50_000, '{"$array": "b"}', "3.", "")):  # with the right checksum
        note = f"chainrule {_checksum({'a': np.zeros(4, np.float32)}, nest)} {nest} chainrule"
        key = "chainrule" if nest else "other"
        yield tensors(f"nest {i}", {"__metadata__": {key: note}, "a": entry([4], 0, 16)}, bytes(16))
    yield tensors("other notes", {"__metadata__": 3, "a": entry([4], 0, 16)}, bytes(16))
    short = folder / "short.safetensors"
    short.write_bytes(b"abc")
    yield short

    def zipped(name: str, content: bytes, kind: int = zipfile.ZIP_STORED, member: str = "a.npy") -> Path:
        path = folder / f"{name}.npz"
        with zipfile.ZipFile(path, "w", kind) as archive:
            archive.writestr(member, content)
        return path

    def npy(header: str, data: bytes = bytes(16), version: bytes = b"\x01\x00") -> bytes:
        return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header.encode() + data

    yield zipped("bomb", bytes(50_000_000), zipfile.ZIP_DEFLATED)
    yield zipped("object", npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }"))
    yield zipped("shape", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }"))
    yield zipped("minus", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -2), }"))
    yield zipped("code", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (__import__('os').getpid(),), }"))
    yield zipped("version", npy("", version=b"\x07\x00"))
    yield zipped("text", b"hello")
    yield zipped("noted", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (16,), }"), member="__metadata__.npy")
    mislabelled = folder / "mislabelled.npz"
    mislabelled.write_bytes(struct.pack("<Q", 2) + b"{}")
    yield mislabelled


def weights(model: nn.Module) -> list[bytes]:
    return [p.raw.tobytes() for p in model.parameters()]


def verdict(path: Path, model: nn.Module, right: Any) -> str:
    """What became of a file; an error of this program if it is not what the rules are."""
    before = weights(model)
    tracemalloc.start()
    start = time.perf_counter()
    try:
        found = load(path)
        model.load_state_dict(found["model"])
        result, named = "whole", True
    except SavedFileError as error:
        result, named = "refused", str(path) in str(error)
    assert named, f"the error does not name {path}"
    assert result == "refused" or repr(found) == right, f"{path} was loaded, and is not what was saved"
    seconds, (_, peak) = time.perf_counter() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result == "whole" or weights(model) == before, f"{path} changed the model"
    assert seconds < SECONDS, f"{path} took {seconds:.1f} s"
    assert peak < MEMORY + 3 * path.stat().st_size, f"{path} took {peak:,} bytes"
    return result


def check(count: int, seed: int, folder: Path) -> dict[str, int]:
    """How many files were refused, and how many were whole after all."""
    model, tally = nn.Sequential(nn.Linear(3, 2, generator=0), nn.Linear(2, 2, generator=1)), {"refused": 0, "whole": 0}
    saved = {"model": model.state_dict(), **state()}
    for path in hostile(folder):
        assert verdict(path, model, "") == "refused", path
        path.unlink()
    for suffix in (".npz", ".safetensors"):
        original = folder / f"original{suffix}"
        save(original, saved)
        data, right = original.read_bytes(), repr(load(original))
        for i in range(count // 2):
            path = folder / f"{i}{suffix}"
            path.write_bytes(damaged(data, np.random.default_rng([seed, i])))
            tally[verdict(path, model, right)] += 1
            path.unlink()
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        print(check(options.files, options.seed, Path(folder)))


if __name__ == "__main__":
    main()
