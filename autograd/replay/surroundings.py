"""What a function can see besides its arguments, so that a change there is noticed.

A plan holds the numbers that were constants when it was recorded. Those that the function reaches by name (what it closes
over, globals, attributes, what containers hold) are looked at before each call. What no name leads to (a file, the
clock, a generator of random numbers) shows when the function is recorded a second time.
"""

from __future__ import annotations

import collections
import functools
import operator
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..engine.value import Value
from ..engine.witness import seen, unchanged

_NUMBERS = (bool, int, float, complex, str, bytes, np.generic, type(None))
_LIBRARIES = ("autograd", "numpy", "builtins", "math", "random", "itertools", "functools", "collections", "typing")
_GONE = object()
Look = tuple[
    str, Callable[[], Any], Any, Callable[[Any, Any], bool]
]  # a name, what is there, what was, are they the same


def _same(now: Any, then: Any) -> bool:
    return now is then or (isinstance(then, _NUMBERS) and type(now) is type(then) and bool(now == then))


def _same_items(now: Any, then: Any) -> bool:
    return len(now) == len(then) and (all(map(operator.is_, now, then)) or all(map(_same, now, then)))


def _same_values(now: Any, then: Any) -> bool:
    return now.keys() == then.keys() and _same_items(now.values(), then.values())


def _same_array(_: Any, then: Any) -> bool:
    return unchanged(then) if then.__class__ is tuple else True


def _names(code: types.CodeType) -> Iterator[str]:
    """The names that a function's code, and that of the functions inside it, looks up."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


class Surroundings:
    """All that a function, and objects among its arguments, can see, as it was when this was made."""

    def __init__(self, f: Callable[..., Any], objects: Iterable[Any] = ()) -> None:
        self._looks: list[Look] = []
        self.values: list[Value] = []  # what is read of them is noted by itself
        self._kept: dict[int, Any] = {}  # by its identity what was looked at
        pending = [(getattr(x, "__name__", type(x).__name__), x) for x in (f, *objects)]
        while pending:
            name, x = pending.pop()
            if id(x) not in self._kept and not isinstance(x, _NUMBERS):
                self._kept[id(x)] = x
                pending += self._look(name, x)

    def changed(self) -> str | None:
        """The name of something that is no longer what it was."""
        for name, now, then, same in self._looks:
            if not same(now(), then):
                return name
        return None

    def _items(self, name: str, x: Any) -> list[tuple[str, Any]]:
        self._looks.append((name, lambda: x, tuple(x), _same_items))
        return [(name, item) for item in x]

    def _entries(self, name: str, x: Mapping[Any, Any]) -> list[tuple[str, Any]]:
        self._looks.append((name, lambda: x, dict(x), _same_values))
        return [(f"{name}.{key}", item) for key, item in x.items()]

    def _look(self, name: str, x: Any) -> list[tuple[str, Any]]:
        """Note what `x` is made of; the parts, to be looked at in their turn."""
        if isinstance(x, Value):
            self.values.append(x)
            return []
        if isinstance(x, np.ndarray):
            self._looks.append((name, lambda: x, seen(x), _same_array))
            return []
        if isinstance(x, (list, set, frozenset, tuple, collections.deque)):
            return self._items(name, x)
        if isinstance(x, dict):
            return self._entries(name, x)
        if isinstance(x, types.FunctionType):
            return self._function(name, x)
        if isinstance(x, types.MethodType):
            return [(name, x.__self__), (name, x.__func__)]
        if isinstance(x, functools.partial):
            return [(name, x.func), (name, x.args), (name, x.keywords)]
        if isinstance(x, (types.ModuleType, types.BuiltinFunctionType)):
            return []
        if isinstance(x, type):
            return [] if _from_library(x.__module__) else self._entries(name, vars(x))
        if isinstance(x, (staticmethod, classmethod)):
            return [(name, x.__func__)]
        if isinstance(x, property):
            return [(name, part) for part in (x.fget, x.fset) if part is not None]
        return [] if _from_library(type(x).__module__) else self._instance(name, x)

    def _instance(self, name: str, x: Any) -> list[tuple[str, Any]]:
        """The attributes of an object of the user's, and its class."""
        parts = [(type(x).__name__, type(x)), *self._entries(name, getattr(x, "__dict__", {}))]
        for slot in [slot for kind in type(x).__mro__ for slot in vars(kind).get("__slots__", ())]:
            read = functools.partial(getattr, x, slot, _GONE)
            self._looks.append((f"{name}.{slot}", read, read(), _same))
            parts.append((f"{name}.{slot}", read()))
        return parts

    def _function(self, name: str, f: types.FunctionType) -> list[tuple[str, Any]]:
        """What a function closes over, its defaults, and the globals that it names."""
        if _from_library(f.__module__):
            return []
        parts: list[tuple[str, Any]] = [(name, f.__defaults__), (name, f.__kwdefaults__)]
        for variable, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            read = functools.partial(_contents, cell)
            self._looks.append((variable, read, read(), _same))
            parts.append((variable, read()))
        mine = f.__globals__
        for variable in set(_names(f.__code__)) & mine.keys():
            self._looks.append((variable, functools.partial(mine.get, variable, _GONE), mine[variable], _same))
            parts.append((variable, mine[variable]))
            if isinstance(mine[variable], types.ModuleType):
                parts += self._module(variable, mine[variable], f.__code__)
        return parts

    def _module(self, name: str, module: types.ModuleType, code: types.CodeType) -> list[tuple[str, Any]]:
        """The attributes of a module of the user's that a function may name."""
        if _from_library(module.__name__):
            return []
        found = set(_names(code)) & vars(module).keys()
        for variable in found:
            read = functools.partial(vars(module).get, variable, _GONE)
            self._looks.append((f"{name}.{variable}", read, read(), _same))
        return [(f"{name}.{variable}", vars(module)[variable]) for variable in found]


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return _GONE


def _from_library(module: str | None) -> bool:
    return (module or "").partition(".")[0] in _LIBRARIES
