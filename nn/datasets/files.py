"""Files of data: found on this machine or downloaded, and never used unless their bytes are the right ones."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "CHAINRULE_DATA"
_CHUNK = 1 << 16


class DataUnavailableError(OSError):
    """The data is neither on this machine nor to be had from a mirror, or its bytes are not the right ones."""


@dataclass(frozen=True)
class File:
    """A file's name, and the size and sha256 of its bytes.

    One that is `packed` is found gzip-compressed too, under its name and ``.gz``, and mirrors have it so; its size and
    sha256 are those of the uncompressed bytes (the compressed ones may differ from mirror to mirror).
    """

    name: str
    size: int
    sha256: str
    packed: bool = True

    @property
    def served(self) -> str:
        """What mirrors call it."""
        return f"{self.name}.gz" if self.packed else self.name

    @property
    def largest(self) -> int:
        """How many bytes a mirror may send: gzip adds a little to what it cannot compress."""
        return self.size + (self.size // 1000 + 1024 if self.packed else 0)


@dataclass(frozen=True)
class Source:
    """Where the files of one data set come from."""

    name: str  # of its folder in the cache
    mirrors: Sequence[str]
    timeout: float = 20.0  # seconds until a connection is made, and between two pieces of data
    patience: float = 600.0  # seconds for a file in all


def cache_dir(name: str, system: str = os.name, platform: str = sys.platform) -> Path:
    """The user's folder for data that can be downloaded again, as each system has it."""
    if system == "nt":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "chainrule" / name


def bytes_of(file: File, source: Source, data_dir: str | os.PathLike[str] | None = None) -> bytes:
    """The checked bytes of a file: from `data_dir`, the folder that CHAINRULE_DATA names, the cache, or a mirror.

    Raises:
        DataUnavailableError: it is nowhere to be had. A wrong file in `data_dir` is an error at once; elsewhere it is
            passed over, and in the cache it is replaced.
    """
    if data_dir is not None and (path := _found(file, Path(data_dir))) is not None:
        return _read(file, path)
    cache, variable = cache_dir(source.name), os.environ.get(VARIABLE)
    failures = []
    for folder in [*([Path(variable) / source.name, Path(variable)] if variable else []), cache]:
        if (path := _found(file, folder)) is not None:
            try:
                return _read(file, path)
            except OSError as error:
                failures.append(f"  {error}")
    from http.client import HTTPException  # slow to import, and rarely needed
    from urllib.error import HTTPError, URLError

    offline = True
    for mirror in source.mirrors:
        address = f"{mirror}{file.served}"
        try:
            served = _download(file, address, source)
            data = _checked(file, served, address)
        except (OSError, HTTPException) as error:
            offline = offline and isinstance(error, URLError) and not isinstance(error, HTTPError)
            failures.append(f"  {address}: {error}")
            continue
        _write(cache / file.served, served)
        return data
    places = "\n".join(failures)
    reason = "no mirror could be reached: is this machine offline?" if offline else "it could not be downloaded:"
    raise DataUnavailableError(f"{file.name} is not in --data-dir, ${VARIABLE} or {cache}, and {reason}\n{places}")


def _found(file: File, folder: Path) -> Path | None:
    names = [file.name, file.served]
    return next((path for path in (folder / name for name in names) if path.is_file()), None)


def _read(file: File, path: Path) -> bytes:
    """The checked bytes of a file on this machine, which is not read if its size is wrong."""
    size, packed = path.stat().st_size, path.name != file.name
    if size > file.largest or (not packed and size != file.size):
        raise DataUnavailableError(f"{path} has {size:,} bytes, and {file.size:,} are expected: {_REMEDY}")
    return _checked(file, path.read_bytes(), str(path))


_REMEDY = "delete it, and it is fetched again"


def _checked(file: File, data: bytes, where: str) -> bytes:
    """The bytes, unpacked, if they are the right ones."""
    try:
        packed = file.packed and data[:2] == b"\x1f\x8b"
        plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(file.size + 1) if packed else data
    except (EOFError, OSError, zlib.error) as error:
        raise DataUnavailableError(f"{where} is damaged: {error}") from error
    found = hashlib.sha256(plain).hexdigest()
    if len(plain) != file.size or found != file.sha256:
        raise DataUnavailableError(
            f"{where} has {len(plain):,} bytes with sha256 {found}, and {file.size:,} with {file.sha256} are expected: "
            f"{_REMEDY}"
        )
    return plain


def _download(file: File, address: str, source: Source) -> bytes:
    """What a server sends, if it is of a sensible size and comes in time."""
    import urllib.request

    deadline = time.monotonic() + source.patience
    data = bytearray()
    with urllib.request.urlopen(address, timeout=source.timeout) as response:  # noqa: S310 - https, or what the caller names
        while chunk := response.read1(_CHUNK):
            data += chunk
            if len(data) > file.largest:
                raise DataUnavailableError(f"more than {file.largest:,} bytes")
            if time.monotonic() > deadline:
                raise DataUnavailableError(f"only {len(data):,} bytes in {source.patience:g} seconds")
    return bytes(data)


def _write(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it: beside its place first, then moved there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
