"""Whether a student's code left the checker alone: what it could be tempted to exchange is compared before and after.

It catches accidents (``np.exp = my_exp``) and simple tricks (``autograd.exercises.exercise.check_vjp = …``, the arrays that an
exercise tries answers with changed in place). Code that runs in the same process can always do more: this is no protection
from malice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

_PACKAGE = __package__.split(".", maxsplit=1)[0]
_WATCHED = {"numpy", "builtins", "json", "json.encoder", "os", "signal", "traceback"}


class _Held(NamedTuple):
    """What a module or a class held: its title, its live names, what each stood for, and the code of its functions."""

    title: str
    names: Mapping[str, Any]
    parts: dict[str, Any]
    codes: dict[str, Any]
    arrays: dict[str, bytes]

    def changed(self) -> str | None:
        """A name that stands for something else by now."""
        for name, part in self.parts.items():
            if self.names.get(name) is not part:
                return f"{self.title}.{name}"
        for name, code in self.codes.items():
            if self.parts[name].__code__ is not code:
                return f"{self.title}.{name}.__code__"
        for name, numbers in self.arrays.items():
            if self.parts[name].tobytes() != numbers:
                return f"{self.title}.{name}"
        return None


class Snapshot:
    """The functions, classes and arrays of this package, of NumPy and of what a verdict is written with, as they are now."""

    def __init__(self) -> None:
        own = [name for name in sys.modules if name in _WATCHED or name.split(".")[0] == _PACKAGE]
        self._modules = {name: sys.modules[name] for name in own}
        self._modes = {mode: mode.get(None) for name, module in self._modules.items() for mode in _modes(name, module)}
        self._held = [held for module in self._modules.values() for held in _held(module)]

    def mode(self) -> str | None:
        """The name of a mode that is no longer what it was: asked again and again, since it might be put back in the end."""
        return next((mode.name for mode, value in self._modes.items() if mode.get(None) is not value), None)

    def changed(self) -> str | None:
        """The name of something that is no longer what it was."""
        modules = (name for name, module in self._modules.items() if sys.modules.get(name) is not module)
        return self.mode() or next(modules, None) or next(filter(None, (held.changed() for held in self._held)), None)


def _modes(name: str, module: ModuleType) -> Iterator[ContextVar[Any]]:
    """The context variables of the exercises, which say in which way the checker looks at answers."""
    if name.startswith(f"{__package__}."):
        yield from (part for part in vars(module).values() if isinstance(part, ContextVar))


def _held(module: ModuleType) -> Iterator[_Held]:
    """What a module and the classes that are defined in it hold."""
    yield _holds(module.__name__, vars(module))
    for name, part in list(vars(module).items()):
        if isinstance(part, type) and part.__module__ == module.__name__:
            yield _holds(f"{module.__name__}.{name}", vars(part))


def _holds(title: str, names: Mapping[str, Any]) -> _Held:
    arrays = {name: part.tobytes() for name, part in names.items() if isinstance(part, np.ndarray)}
    parts = {name: part for name, part in names.items() if name in arrays or _is_watched(part)}
    codes = {name: part.__code__ for name, part in parts.items() if isinstance(part, FunctionType)}
    return _Held(title, names, parts, codes, arrays)


def _is_watched(part: Any) -> bool:
    return callable(part) or isinstance(part, (property, staticmethod, classmethod))
