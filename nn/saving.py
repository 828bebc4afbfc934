"""Arrays in files: ``.safetensors``, which other frameworks read, and ``.npz``, which NumPy reads. Never pickle.

A file is written beside its place, synced, and moved there: whoever reads finds the old one or the new one, whole. Each holds
a checksum of all that is in it. Reading a file that is damaged, cut off, or made to do harm is a `SavedFileError`, before
much memory is taken.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import AutogradError, DtypeError, Value

from .nests import pack, unpack

Arrays = dict[str, Any]
Metadata = dict[str, str]
PathLike = str | os.PathLike[str]

NOTE = "chainrule"  # the key of our own among a file's metadata; its text begins and ends with this word, too
_NOTES = "__metadata__"  # the entry of an .npz file that holds them
_LONGEST_HEADER = 1 << 24  # bytes of JSON before the data of a .safetensors file: enough for 100,000 arrays
_DTYPES = {
    "BOOL": "?", "I8": "i1", "I16": "<i2", "I32": "<i4", "I64": "<i8", "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8",
    "F16": "<f2", "F32": "<f4", "F64": "<f8", "C64": "<c8", "BF16": "<u2",
}  # fmt: skip


class SavedFileError(AutogradError, ValueError):
    """A file that is not what its name says: cut off, damaged, of another kind, or made to do harm."""


def save(path: PathLike, state: Mapping[str, Any]) -> None:
    """Write arrays, or a nest of dicts, lists, arrays, numbers and strings, to ``path``: `load` gives it back.

    Raises:
        TypeError: `state` is no dict.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(f"{folder}/state.npz", {"weights": [np.ones(2)], "epoch": 3})
        ...     load(f"{folder}/state.npz")
        {'weights': [array([1., 1.])], 'epoch': 3}

    Args:
        path: ends in ``.safetensors`` (extra `safetensors`) or ``.npz``.
        state: ``model.state_dict()``, for example, which is stored as it is and can be read by other programs.
    """
    write = kind(path)[0]
    if not isinstance(state, Mapping):
        raise TypeError(f"save: a dict is saved, such as model.state_dict(), and this is a {type(state).__name__}")
    arrays, nest = pack(state)
    arrays = {name: _plain(name, array) for name, array in arrays.items()}
    replace_file(path, write(arrays, {NOTE: f"{NOTE} {_checksum(arrays, nest or '')} {nest or ''} {NOTE}"}))


def load(path: PathLike) -> dict[str, Any]:
    """What `save` wrote to ``path``, or the arrays that another program did.

    Raises:
        SavedFileError: the file is damaged, or not what its name says.
        OSError: it cannot be read.
    """
    read = kind(path)[1]
    try:
        with Path(path).open("rb") as file:
            return _checked(*read(file, os.fstat(file.fileno()).st_size))
    except SavedFileError as error:
        raise SavedFileError(f"{os.fspath(path)} cannot be loaded: {error}") from error.__cause__


def _checked(arrays: Arrays, notes: Metadata) -> Any:
    """The state, if it is what was written; where nothing speaks of this package, there is nothing to compare with."""
    if not any(NOTE in text for pair in notes.items() for text in pair):
        return arrays
    note = re.fullmatch(f"{NOTE} ([0-9a-f]{{8}}) (.*) {NOTE}", notes.get(NOTE, ""), re.DOTALL)
    if note is None or note[1] != _checksum(arrays, note[2]):
        raise SavedFileError("its checksum does not fit: it was damaged after it was written")
    return _nested(arrays, note[2]) if note[2] else arrays


def _nested(arrays: Arrays, text: str) -> Any:
    try:
        return unpack(arrays, text)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SavedFileError(f"the nest in it makes no sense: {error}") from error


def replace_file(path: PathLike, data: bytes) -> None:
    """Put `data` in the place of a file, which is the old one, whole, until the new one is on the disk, whole."""
    path = Path(path)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the folder's entry, too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def kind(path: PathLike) -> tuple[Callable[[Arrays, Metadata], bytes], Callable[[Any, int], tuple[Arrays, Metadata]]]:
    """How a file of this name is written, and read."""
    kinds = {".safetensors": (_to_safetensors, _from_safetensors), ".npz": (_to_npz, _from_npz)}
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"the path stands first, and is a {type(path).__name__}: nn.save(path, model.state_dict())")
    suffix = Path(path).suffix
    if suffix not in kinds:
        raise ValueError(
            f"{os.fspath(path)!r} ends neither in .safetensors nor in .npz (PyTorch's .pt is pickle, which runs code)"
        )
    return kinds[suffix]


def _plain(name: str, given: Any) -> Any:
    """The array, contiguous, in the byte order of this machine: the safetensors library writes others wrongly."""
    array = np.asarray(given.raw if isinstance(given, Value) else given)
    if array.dtype.kind not in "biufc":
        raise DtypeError(f"save: {name} has dtype {array.dtype}: only booleans and numbers are stored")
    return array.astype(array.dtype.newbyteorder("="), order="C", copy=False)


def _checksum(arrays: Arrays, nest: str) -> str:
    """One number of names, dtypes, shapes and bytes of all arrays, and of the nest that they are in."""
    total = zlib.crc32(nest.encode())
    for name in sorted(arrays):
        array = arrays[name]
        total = zlib.crc32(f"{name}:{array.dtype.kind}{array.dtype.itemsize}:{array.shape}".encode(), total)
        total = zlib.crc32(np.ascontiguousarray(array).data, total)
    return f"{total:08x}"


# -- safetensors ---------------------------------------------------------------------------------------------------


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "safetensors is needed for .safetensors files: pip install 'chainrule[safetensors]'"
        ) from error
    return safetensors


def _to_safetensors(arrays: Arrays, notes: Metadata) -> bytes:
    library = _safetensors()
    for name, array in arrays.items():
        if array.dtype not in map(np.dtype, _DTYPES.values()):
            raise DtypeError(f"save: {name} has dtype {array.dtype}, which .safetensors does not have: use .npz")
    data: bytes = library.numpy.save(arrays, notes)
    return data


def _from_safetensors(file: Any, size: int) -> tuple[Arrays, Metadata]:
    library = _safetensors()
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or length > min(size - 8, _LONGEST_HEADER):
        raise SavedFileError(f"it has {size:,} bytes, and a header of {length:,} is announced: no .safetensors file")
    try:
        header = json.loads(file.read(length))
        notes = header.get(_NOTES, {})
        end = 8 + length + max((e["data_offsets"][1] for name, e in header.items() if name != _NOTES), default=0)
        file.seek(0)
        # The library checks the header; but first, that there is as much to read as it says.
        entries = library.deserialize(file.read()) if end == size else None
        arrays = {name: _array(name, entry) for name, entry in entries or ()}
        notes = {str(key): str(note) for key, note in notes.items()}
    except (
        library.SafetensorError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise SavedFileError(f"its header makes no sense: {error}") from error
    if entries is None:
        raise SavedFileError(f"it has {size:,} bytes, and its header speaks of {end:,}")
    return arrays, notes


def _array(name: str, entry: dict[str, Any]) -> Any:
    kind = entry["dtype"]
    if kind not in _DTYPES:
        raise SavedFileError(f"{name} has the dtype {kind}, which NumPy does not have")
    flat = np.frombuffer(entry["data"], _DTYPES[kind])
    if kind == "BF16":  # the upper half of a float32
        flat = (flat.astype(np.uint32) << 16).view(np.float32)
    return flat.reshape(entry["shape"])


# -- npz -----------------------------------------------------------------------------------------------------------


def _to_npz(arrays: Arrays, notes: Metadata) -> bytes:
    stream = io.BytesIO()
    text = np.frombuffer(json.dumps(notes).encode(), np.uint8)
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in {**arrays, _NOTES: text}.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())
    return stream.getvalue()


def _from_npz(file: Any, size: int) -> tuple[Arrays, Metadata]:
    try:
        # From memory: a file would be asked for as many bytes as its directory claims to have.
        data = file.read()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            (count,) = struct.unpack_from("<H", data, data.rindex(b"PK\x05\x06") + 10)
            packed = any(m.compress_type != zipfile.ZIP_STORED for m in members)
            fits = not packed and sum(m.file_size for m in members) <= size
            arrays = {m.filename.removesuffix(".npy"): _npy(m.filename, archive.read(m)) for m in members if fits}
        found = json.loads(arrays.pop(_NOTES).tobytes()) if _NOTES in arrays else {}
        notes = {str(key): str(note) for key, note in found.items()}
    except Exception as error:  # what zipfile and numpy.lib.format raise for nonsense is not documented
        raise SavedFileError(f"it is no .npz file, or a damaged one: {error}") from error
    if count not in (len(members), 0xFFFF):  # the latter where there are more: zipfile itself does not compare
        raise SavedFileError(f"its directory has {len(members)} entries, and should have {count}")
    if packed:
        raise SavedFileError("it is compressed, and may unpack to any size: np.load reads it")
    if not fits:
        raise SavedFileError(f"it has {size:,} bytes, and its entries are longer than that")
    return arrays, notes


def _npy(name: str, data: bytes) -> Any:
    """The array in the bytes of a .npy file: its shape must be that of the bytes which are there."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise SavedFileError(f"{name} has the version {version}")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    if dtype.kind not in "biufc":
        raise SavedFileError(f"{name} has dtype {dtype}, and only booleans and numbers are read")
    rest = len(data) - stream.tell()
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != rest:
        raise SavedFileError(f"{name} is of shape {shape} and dtype {dtype}, and has {rest:,} bytes")
    flat = np.frombuffer(bytearray(memoryview(data)[stream.tell() :]), dtype)
    return flat.reshape(shape, order="F" if fortran else "C")
