"""Nests of dicts, lists and tuples, taken apart into named arrays and a text, and put together again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import Value

_ARRAY, _NUMBER, _TUPLE, _DICT = "$array", "$number", "$tuple", "$dict"


def pack(nest: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """``(arrays, text)``: the arrays under dotted names, and all the rest as JSON; None if there is no rest."""
    if all(isinstance(key, str) and _is_array(entry) for key, entry in nest.items()):
        return dict(nest), None
    arrays: dict[str, Any] = {}
    return arrays, json.dumps(_packed(nest, "", arrays))


def unpack(arrays: dict[str, Any], text: str) -> Any:
    """The nest that `pack` took apart."""
    return _unpacked(json.loads(text), arrays)


def _is_array(entry: Any) -> bool:
    return isinstance(entry, (np.ndarray, np.generic, Value))


def _packed(entry: Any, path: str, arrays: dict[str, Any]) -> Any:
    if _is_array(entry):
        name = path
        while name in arrays:  # {"a": {"b": …}, "a.b": …}
            name += "_"
        arrays[name] = entry
        return {_NUMBER if isinstance(entry, np.generic) else _ARRAY: name}
    if entry is None or isinstance(entry, (bool, int, float, str)):
        return entry
    if isinstance(entry, (list, tuple)):
        packed = [_packed(part, _join(path, i), arrays) for i, part in enumerate(entry)]
        return packed if isinstance(entry, list) else {_TUPLE: packed}
    if isinstance(entry, Mapping):
        pairs = [(key, _packed(part, _join(path, key), arrays)) for key, part in entry.items()]
        if all(isinstance(key, str) and not key.startswith("$") for key, _ in pairs):
            return dict(pairs)
        if all(isinstance(key, (str, int)) for key, _ in pairs):
            return {_DICT: [list(pair) for pair in pairs]}
    raise TypeError(
        f"save: {path or 'the state'} is a {type(entry).__name__}, or has such keys: arrays, numbers, strings, "
        "lists, tuples and dicts can be saved"
    )


def _unpacked(entry: Any, arrays: dict[str, Any]) -> Any:
    if isinstance(entry, list):
        return [_unpacked(part, arrays) for part in entry]
    if not isinstance(entry, dict):
        return entry
    if _ARRAY in entry:
        return arrays[entry[_ARRAY]]
    if _NUMBER in entry:
        return arrays[entry[_NUMBER]][()]
    if _TUPLE in entry:
        return tuple(_unpacked(part, arrays) for part in entry[_TUPLE])
    if _DICT in entry:
        return {key: _unpacked(part, arrays) for key, part in entry[_DICT]}
    return {key: _unpacked(part, arrays) for key, part in entry.items()}


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)
