"""The `Value`s from outside that a function reads while it is traced: constants of the program, as long as they do not change."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.value import Value
from ..engine.witness import next_number, seen, unchanged
from ..errors import GraphError, describe, user_line
from ..scope import Notes, Noting
from .leaving import traced
from .memory import at_level
from .scanning import scanning

_LIBRARIES = ("autograd", "nn", "numpy", "jax", "scipy")
_MOST = 10_000  # objects that are looked at


def closed_over(f: Any) -> list[Value]:
    """The leaves that a function can reach by its closure, its globals, its object, and what it was made of."""
    found: list[Value] = []
    met: set[int] = set()
    stack: list[Any] = [f]
    while stack and len(met) < _MOST:
        x = stack.pop()
        if id(x) in met:
            continue
        met.add(id(x))
        if isinstance(x, Value):
            if x.op is None:
                found.append(x)
        else:
            stack.extend(_held(x))
    return found


def _held(x: Any) -> list[Any]:
    """What an object holds on to, as far as it may lead to a `Value`."""
    if isinstance(x, functools.partial):
        return [x.func, *x.args, *x.keywords.values()]
    if isinstance(x, types.MethodType):
        return [x.__self__, x.__func__]
    if isinstance(x, types.FunctionType):
        if (x.__module__ or "").partition(".")[0] in _LIBRARIES and x.__closure__ is None:
            return []
        cells = [cell.cell_contents for cell in x.__closure__ or () if not _is_empty(cell)]
        names = [x.__globals__[name] for name in x.__code__.co_names if name in x.__globals__]
        return [*cells, *(x.__defaults__ or ()), *(x.__kwdefaults__ or {}).values(), *names]
    if isinstance(x, dict):
        return list(x.values())
    if isinstance(x, (list, tuple, set)):
        return list(x)
    if isinstance(x, (type, types.ModuleType, np.ndarray, str, bytes)):
        return []
    return list(getattr(x, "__dict__", {}).values())


def _is_empty(cell: Any) -> bool:
    try:
        return cell.cell_contents is None
    except ValueError:  # it is assigned to later
        return True


class Captured:
    """The leaves from outside, what they held when the function was traced, and what their `.grad` was."""

    def __init__(self, f: Any, lifted: frozenset[Value] = frozenset()) -> None:
        self.began, self._lifted = next_number(), lifted
        self._before: dict[Value, tuple[Any, Any]] = {}
        self._looks: list[tuple[Value, Any, Any]] = []
        for leaf in closed_over(f):
            self._note(leaf)

    def _note(self, leaf: Value) -> None:
        if leaf not in self._before and leaf not in self._lifted:
            self._before[leaf] = leaf.raw, leaf.grad
            look = seen(leaf.raw) if isinstance(leaf.raw, np.ndarray) else None
            self._looks.append((leaf, leaf.raw, look if isinstance(look, tuple) else None))

    def look(self, node: Value) -> None:
        """Note the leaves that `node` was computed from, and that were there before."""
        for parent in node.parents:
            if parent is not None and parent.op is None and parent.number < self.began:
                self._note(parent)

    def run(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """``f(*args, **kwargs)``, traced; afterwards no leaf from outside holds what has been."""
        try:
            with (
                at_level(self.began),
                scanning(),
                Noting("jit", lambda n: Notes(n.calls, n.lines, self.look, n.watch, n.clocks)),
            ):
                result = f(*args, **kwargs)
        finally:
            left = [leaf for leaf, before in self._before.items() if self._put_back(leaf, *before)]
        if left:
            raise GraphError(
                f"a function that is compiled, called at {user_line()}, left an array in a Value from outside "
                f"({describe(left[0])}): it would hold no numbers, and be computed once only. Pass the Value as an argument, and "
                "return what is new: jit(value_and_grad(f)) in place of backward()"
            )
        return result

    @staticmethod
    def _put_back(leaf: Value, raw: Any, grad: Any) -> bool:
        """Take what has been traced out of a leaf again; whether there was any."""
        changed = False
        if traced(leaf.raw):
            leaf.raw, changed = raw, True
        if traced(leaf.grad):
            leaf.grad, changed = grad, True
        return changed

    def stale(self) -> Value | None:
        """A leaf that has other numbers since, if there is one: the program has the old ones in it."""
        for leaf, raw, look in self._looks:
            if leaf.raw is not raw or (look is not None and not unchanged(look)):
                return leaf
        return None
