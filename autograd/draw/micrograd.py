"""micrograd's two drawing functions, under their names, for notebooks that were written for it."""

from __future__ import annotations

import re
from typing import Any

import graphviz

from ..engine.value import Value
from ..errors import GraphError, describe, user_line
from . import render, words


class Digraph(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that shows itself with whatever program `autograd.draw` finds."""

    def pipe(self, format: str | None = None, *_: Any, encoding: str | None = None, **__: Any) -> Any:
        """The picture, as bytes, or as text in `encoding`."""
        picture = render.run(self.source, format or self.format)
        return picture if encoding is None else picture.decode(encoding)


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """Every `Value` that `root` was computed from, and an edge ``(input, result)`` for each use of one.

    Raises:
        GraphError: `root` is no `Value`.
    """
    if not isinstance(root, Value):
        raise GraphError(f"trace of {describe(root)} at {user_line()}: only a Value has a graph")
    nodes: set[Value] = set()
    edges: set[tuple[Value, Value]] = set()
    stack = [root]
    nodes.add(root)
    while stack:
        value = stack.pop()
        for parent in value.parents:
            if parent is not None:
                edges.add((parent, value))
                if parent not in nodes:
                    nodes.add(parent)
                    stack.append(parent)
    return nodes, edges


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> Digraph:
    """micrograd's picture: a record ``data | grad`` for each value, and an ellipse for the operation that made it.

    `rankdir` is ``LR`` (left to right) or ``TB`` (top to bottom).

    Raises:
        GraphError: `rankdir` is neither "LR" nor "TB".
    """
    if rankdir not in ("LR", "TB"):
        raise GraphError(f"draw_dot(…, rankdir={rankdir!r}) at {user_line()}: it is LR or TB")
    dot = Digraph(format=format, graph_attr={"rankdir": rankdir})
    for value in sorted(trace(root)[0], key=lambda value: value.number):
        uid = str(value.number)
        grad = "not yet" if value.grad is None else words.summary(value.grad, ".4f")
        name = [value.name] if value.name else []
        dot.node(uid, _record(*name, f"data {words.summary(value.data, '.4f')}", f"grad {grad}"), shape="record")
        if value.op is not None:
            dot.node(f"{uid}op", words.SYMBOLS.get(value.op.name, value.op.name))
            dot.edge(f"{uid}op", uid)
        for i, (raw, parent) in enumerate(zip(value.inputs, value.parents, strict=True)):
            source = f"{uid}input{i}" if parent is None else str(parent.number)
            if parent is None:
                dot.node(source, _record(f"data {words.summary(raw, '.4f')}"), shape="record")
            dot.edge(source, f"{uid}op")
    return dot


def _record(*fields: str) -> str:
    """A label for Graphviz's shape ``record``, in which some characters must be marked as meaning themselves."""
    return "{ " + " | ".join(re.sub(r"([\\{}|<>])", r"\\\1", words.clean(field)) for field in fields) + " }"
