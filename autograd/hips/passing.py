"""What a face consists of that passes names on: ``__getattr__``, ``__dir__`` and ``__all__`` for its module."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

Getter = Callable[[str], Any]
Lister = Callable[[], list[str]]


def passing(module: str) -> tuple[Getter, Lister]:
    """The names of `module`, as they are."""
    found = importlib.import_module(module)
    return lambda name: getattr(found, name), lambda: dir(found)


def public(module: str, *more: str) -> list[str]:
    """What ``from face import *`` takes: the public names of `module`, and `more`."""
    return sorted({*getattr(importlib.import_module(module), "__all__", ()), *more})


def submodules(package: str, *names: str, needs: str | None = None) -> tuple[Getter, Lister]:
    """Modules of `package`, each imported when it is first asked for. `needs` is a distribution that all of them use."""
    if needs and find_spec(needs.lower()) is None:
        raise ImportError(
            f"{needs} is needed for {package}: pip install 'chainrule[{needs.lower()}]'", name=needs.lower()
        )

    def get(name: str) -> Any:
        if name in names:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"{package} has no {name!r}; it has {', '.join(names)}")

    return get, lambda: list(names)
