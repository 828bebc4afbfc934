"""Small things that HIPS autograd has in ``autograd.util``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def subvals(x: Iterable[Any], pairs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """`x` as a tuple, with other items at some places."""
    new = list(x)
    for place, item in pairs:
        new[place] = item
    return tuple(new)


def subval(x: Iterable[Any], i: int, v: Any) -> tuple[Any, ...]:
    """`x` as a tuple, with the item `v` at the place `i`."""
    return subvals(x, [(i, v)])


def func(f: Any) -> Any:
    """`f`."""
    return f


def _parents(node: Any) -> list[Any]:
    return [parent for parent in node.parents if parent is not None]


def toposort(end_node: Any, parents: Callable[[Any], Iterable[Any]] = _parents) -> Iterator[Any]:
    """The nodes that `end_node` was made from, itself first, each before its parents."""
    children: dict[int, int] = {}
    stack = [end_node]
    while stack:
        node = stack.pop()
        if id(node) not in children:
            stack.extend(parents(node))
        children[id(node)] = children.get(id(node), 0) + 1
    ready = [end_node]
    while ready:
        node = ready.pop()
        yield node
        for parent in parents(node):
            children[id(parent)] -= 1
            if not children[id(parent)]:
                ready.append(parent)
