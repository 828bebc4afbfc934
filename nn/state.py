"""A module's numbers as a dict of plain arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd import AutogradError, Value

if TYPE_CHECKING:
    from .module import Module


class StateDictError(AutogradError, RuntimeError):
    """A state that does not fit the module it was to be loaded into."""


class IncompatibleKeys(NamedTuple):
    """The names that a state does not have, and those that the module does not have."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def state_dict(module: Module) -> dict[str, np.ndarray]:
    """See `Module.state_dict`."""
    return {name: np.array(_get(owner, key)) for name, (owner, key) in _places(module).items()}


def load_state_dict(module: Module, given: Mapping[str, Any], strict: bool) -> IncompatibleKeys:
    """See `Module.load_state_dict`."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{type(module).__name__} loads a dict of arrays by name, and got a {type(given).__name__}")
    places = _places(module)
    keys = IncompatibleKeys([n for n in places if n not in given], [n for n in given if n not in places])
    complaints = [f"missing: {', '.join(keys.missing_keys)}"] if strict and keys.missing_keys else []
    complaints += [f"unexpected: {', '.join(keys.unexpected_keys)}"] if strict and keys.unexpected_keys else []
    arrays = {}
    for name, (owner, key) in places.items():
        if name in given:
            own, new = _get(owner, key), _plain(given[name])
            if new.shape != own.shape:
                complaints.append(f"misshapen: {name} has shape {own.shape}, and the state's has {new.shape}")
            elif new.dtype.kind not in "biuf" + own.dtype.kind:
                complaints.append(f"{name} has dtype {own.dtype}, and the state's {new.dtype} cannot be brought to it")
            else:
                arrays[name] = new.astype(own.dtype)
    if complaints:
        if any(
            np.shape(given[n]) == _get(*places[n]).shape[::-1] != np.shape(given[n])[::-1] for n in places if n in given
        ):
            complaints.append("some are transposed: nn.interchange.from_torch loads what PyTorch saved")
        raise StateDictError(f"{type(module).__name__} cannot load this state:\n  " + "\n  ".join(complaints))
    _put_all(places, arrays)
    return keys


def _places(module: Module) -> dict[str, tuple[Any, str]]:
    """For each name in the state where its numbers are: a parameter, or a module and the name of its buffer."""
    found: dict[str, tuple[Any, str]] = {}
    for path, part in module.named_modules(remove_duplicate=False):
        dot = f"{path}." if path else ""
        found |= {f"{dot}{key}": (entry, "") for key, entry in part._entries() if isinstance(entry, Value)}
        names = [key for key in part._buffer_names if key not in part._transient and getattr(part, key) is not None]
        found |= {f"{dot}{key}": (part, key) for key in names}
    return found


def _get(owner: Any, key: str) -> Any:
    return getattr(owner, key) if key else owner.raw


def _put(owner: Any, key: str, new: Any) -> None:
    if key:
        setattr(owner, key, new)
    else:
        owner.take_over(new if new.ndim else new[()])


def _put_all(places: dict[str, tuple[Any, str]], arrays: dict[str, np.ndarray]) -> None:
    """Put every array in its place: all of them, or if that is interrupted none."""
    old = {name: _get(*places[name]) for name in arrays}
    try:
        for name, new in arrays.items():
            _put(*places[name], new)
    except BaseException:
        for name, before in old.items():
            _put(*places[name], np.asarray(before))
        raise


def _plain(given: Any) -> np.ndarray:
    return np.asarray(given.raw if isinstance(given, Value) else given)
