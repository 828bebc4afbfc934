"""Whether a student's code left the checker alone: what it could be tempted to exchange is compared before and after.

It catches accidents (``np.exp = my_exp``) and simple tricks (``autograd.exercises.exercise.check_vjp = …``, the arrays that an
exercise tries answers with changed in place). Code that runs in the same process can always do more: this is no protection
from malice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from .given import COLLECTING
from .truth import KNOWN

_PACKAGE = __package__.split(".", maxsplit=1)[0]
_WATCHED = {"numpy", "builtins", "json", "json.encoder", "os", "signal", "traceback"}


class Snapshot:
    """The functions, classes and arrays of this package, of NumPy and of what a verdict is written with, as they are now."""

    def __init__(self) -> None:
        self._kept = dict(_parts())

    def mode(self) -> str | None:
        """The name of a mode that is no longer what it was: asked again and again, since it might be put back in the end."""
        return next((name for name, part in _modes() if part is not self._kept[name]), None)

    def changed(self) -> str | None:
        """The name of something that is no longer what it was."""
        now = dict(_parts())
        return next((name for name, part in self._kept.items() if not _same(now.get(name), part)), None)


def _same(now: Any, before: Any) -> bool:
    return now is before or (isinstance(before, bytes) and now == before)


def _modes() -> Iterator[tuple[str, Any]]:
    """In which way the checker looks at answers."""
    yield f"{__package__}.truth.KNOWN", KNOWN.get()
    yield f"{__package__}.given.COLLECTING", COLLECTING.get()


def _parts() -> Iterator[tuple[str, Any]]:
    """What modules and classes hold, and the code of the functions, by dotted name."""
    yield from _modes()
    for module in [m for name, m in sys.modules.items() if name in _WATCHED or name.split(".")[0] == _PACKAGE]:
        for name, part in _callables(vars(module), module):
            yield name, part
            if isinstance(part, FunctionType):
                yield f"{name}.__code__", part.__code__
            if isinstance(part, type) and part.__module__ == module.__name__:
                yield from _callables(vars(part), module, f"{part.__name__}.")
        for name, part in vars(module).items():
            if isinstance(part, np.ndarray):
                yield f"{module.__name__}.{name}", part.tobytes()


def _callables(names: Any, module: ModuleType, inside: str = "") -> Iterator[tuple[str, Any]]:
    for name, part in list(names.items()):
        if callable(part) or isinstance(part, (property, staticmethod, classmethod)):
            yield f"{module.__name__}.{inside}{name}", part
