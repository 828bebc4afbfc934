"""What a face consists of that passes names on: ``__getattr__``, ``__dir__`` and ``__all__`` for its module."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from ..engine.calls import reaching

Getter = Callable[[str], Any]
Lister = Callable[[], list[str]]


def passing(*modules: str) -> tuple[Getter, Lister]:
    """The names of `modules`; of the first that has one. NumPy's functions find Values wherever they stand."""
    *first, last = (importlib.import_module(module) for module in modules)

    def get(name: str) -> Any:
        for module in first:
            if hasattr(module, name):
                return _reaching(getattr(module, name))
        return _reaching(getattr(last, name))

    return get, lambda: sorted({name for module in (*first, last) for name in dir(module)})


def _reaching(found: Any) -> Any:
    return reaching(found) if inspect.isroutine(found) else found


def public(module: str, *more: str) -> list[str]:
    """What ``from face import *`` takes: the public names of `module`, and `more`."""
    return sorted({*getattr(importlib.import_module(module), "__all__", ()), *more})


def package(name: str, *modules: str, within: str | None = None, needs: str | None = None) -> tuple[Getter, Lister]:
    """The `modules` of a package, each imported when it is first asked for, and the names of the module `within`.

    `needs` is a distribution that all of them use.
    """
    if needs and find_spec(needs.lower()) is None:
        raise ImportError(f"{needs} is needed for {name}: pip install 'chainrule[{needs.lower()}]'", name=needs.lower())
    others = importlib.import_module(within) if within else None
    ours = frozenset(modules)

    def get(attribute: str) -> Any:
        if attribute in ours:
            return importlib.import_module(f"{name}.{attribute}")
        if others is not None:
            return _reaching(getattr(others, attribute))
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}; its modules: {', '.join(sorted(ours))}")

    return get, lambda: sorted({*modules, *vars(sys.modules[name]), *(dir(others) if others else ())})
