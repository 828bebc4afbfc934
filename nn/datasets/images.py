"""MNIST: found on this machine or downloaded, checked, and read.

The data: Y. LeCun, C. Cortes and C. J. C. Burges, 60,000 training and 10,000 test images of 28×28 grey levels, with
labels 0 to 9, in four IDX files (big-endian; a magic number, the sizes, then one byte for each number).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import struct
import sys
import tempfile
import urllib.request
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import numpy as np

VARIABLE = "CHAINRULE_DATA"
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_LARGEST_DOWNLOAD = 20_000_000  # bytes; the largest of the gzip files has 10 million


@dataclass(frozen=True)
class IdxFile:
    """A file's name, and the size and sha256 of its uncompressed bytes (those of a mirror's gzip file may differ)."""

    name: str
    size: int
    sha256: str


FILES = (
    IdxFile("train-images-idx3-ubyte", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    IdxFile("train-labels-idx1-ubyte", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    IdxFile("t10k-images-idx3-ubyte", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    IdxFile("t10k-labels-idx1-ubyte", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
)


class DataUnavailableError(OSError):
    """The data is neither on this machine nor to be had from a mirror, or its bytes are not the right ones."""


def mnist(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    mirrors: Sequence[str] = MIRRORS,
    timeout: float = 20.0,
    files: Sequence[IdxFile] = FILES,
) -> tuple[Any, ...]:
    """``(train_images, train_labels, test_images, test_labels)``, as uint8 arrays of (n, 28, 28) and (n,).

    Each file is looked for, plain or gzip-compressed, in `data_dir`, in the folder that the environment variable
    CHAINRULE_DATA names and in the user's cache; otherwise it is downloaded into the cache.

    Raises:
        DataUnavailableError: a file is nowhere to be found, or has the wrong bytes.
    """
    return tuple(read_idx(_bytes_of(file, data_dir, mirrors, timeout)) for file in files)


def cache_dir(system: str = os.name, platform: str = sys.platform) -> Path:
    """The user's folder for data that can be downloaded again, as each system has it."""
    if system == "nt":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "chainrule" / "mnist"


def read_idx(data: bytes) -> Any:
    """The array in the bytes of an IDX file of unsigned bytes."""
    zeros, kind, ndim = struct.unpack(">HBB", data[:4])
    shape = struct.unpack(f">{ndim}I", data[4 : 4 + 4 * ndim])
    if zeros or kind != 8:
        raise ValueError(f"not an IDX file of unsigned bytes: it begins with {data[:4].hex()}")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def _bytes_of(file: IdxFile, data_dir: str | os.PathLike[str] | None, mirrors: Sequence[str], timeout: float) -> bytes:
    """The uncompressed, checked bytes of a file."""
    cache = cache_dir()
    named = [data_dir, os.environ.get(VARIABLE)]
    for folder in [*(Path(name) for name in named if name), cache]:
        for path in (folder / file.name, folder / f"{file.name}.gz"):
            if path.is_file():
                return _checked(file, path.read_bytes(), str(path))
    failures = []
    for mirror in mirrors:
        address = f"{mirror}{file.name}.gz"
        try:
            packed = _download(address, timeout)
            data = _checked(file, packed, address)
        except (OSError, HTTPException) as error:
            failures.append(f"  {address}: {error}")
            continue
        _write(cache / f"{file.name}.gz", packed)
        return data
    raise DataUnavailableError(
        f"{file.name} is not in --data-dir, ${VARIABLE} or {cache}, and could not be downloaded:\n"
        + "\n".join(failures)
    )


def _checked(file: IdxFile, data: bytes, where: str) -> bytes:
    """The bytes, unpacked, if they are the right ones."""
    try:
        packed = data[:2] == b"\x1f\x8b"
        plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(file.size + 1) if packed else data
    except (EOFError, OSError, zlib.error) as error:
        raise DataUnavailableError(f"{where} is damaged: {error}") from error
    found = hashlib.sha256(plain).hexdigest()
    if len(plain) != file.size or found != file.sha256:
        raise DataUnavailableError(
            f"{where} has {len(plain):,} bytes with sha256 {found}, and {file.size:,} with {file.sha256} are expected: "
            "delete it, and it is fetched again"
        )
    return plain


def _download(address: str, timeout: float) -> bytes:
    """What a server sends, if it is of a sensible size."""
    with urllib.request.urlopen(address, timeout=timeout) as response:  # noqa: S310 - https, or what the caller names
        data: bytes = response.read(_LARGEST_DOWNLOAD + 1)
    if len(data) > _LARGEST_DOWNLOAD:
        raise DataUnavailableError(f"more than {_LARGEST_DOWNLOAD:,} bytes")
    return data


def _write(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it: beside its place first, then moved there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
