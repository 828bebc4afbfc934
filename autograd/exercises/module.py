"""A student's file as a module of its own, as `dataclasses`, `typing` and `pickle` expect the classes in it to have one."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

NAME = "answer"


@contextmanager
def module(file: str) -> Iterator[dict[str, Any]]:
    """The names of an empty module, which Python knows until the block ends."""
    before, made = sys.modules.get(NAME), ModuleType(NAME)
    made.__file__ = file
    sys.modules[NAME] = made
    try:
        yield vars(made)
    finally:
        if before is None:
            sys.modules.pop(NAME, None)
        else:
            sys.modules[NAME] = before


@contextmanager
def kept_depth() -> Iterator[None]:
    """What is run inside may raise Python's recursion limit, which would let the next answer pass; it is put back."""
    depth = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)


def run(source: str | ast.Module, names: dict[str, Any], file: str) -> None:
    """Run a student's code, in which no `__future__` counts that it does not ask for itself."""
    exec(compile(source, file, "exec", dont_inherit=True), names)  # noqa: S102 - the student's, in its own process
