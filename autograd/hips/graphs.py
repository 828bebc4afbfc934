"""HIPS autograd's ``misc.tracers``: a function's graph, as it was recorded."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from ..engine.convert import unbox
from ..tracing import Function, Trace
from .util import toposort


def const_graph(fun: Function, *args: Any, **kwargs: Any) -> Function:
    """``fun(*args, …, **kwargs)``, of which the caller says that it computes the same graph each time.

    HIPS's replays the graph of the first call. Here the function is called: that gives the same, and also the right result
    where the graph was not constant.
    """
    return functools.wraps(fun)(functools.partial(fun, *args, **kwargs))


def const_graph_unary(fun: Function) -> Function:
    """`const_graph` of a function of one argument."""
    return const_graph(fun)


@dataclass(eq=False)
class FullGraphNode:
    """A recorded operation: its value, and ``recipe``: (function, arguments, keywords, [(argument number, parent)])."""

    value: Any
    recipe: tuple[Function, tuple[Any, ...], dict[str, Any], list[tuple[int, FullGraphNode]]] = field(repr=False)


def full_graph(fun: Function, *args: Any, **kwargs: Any) -> FullGraphNode | None:
    """The graph of ``fun(*args, **kwargs)``: the node at its end, or None where the result depends on no argument."""
    out = Trace(fun, range(len(args)), args, kwargs).out
    if not hasattr(out, "parents"):
        return None
    nodes: dict[int, FullGraphNode] = {}
    for value in reversed(list(toposort(out))):
        if value.op is None:
            nodes[value.number] = FullGraphNode(value.data, (lambda x: x, (), {}, []))
        else:
            parents = [(i, nodes[p.number]) for i, p in enumerate(value.parents) if p is not None]
            nodes[value.number] = FullGraphNode(unbox(value), (value.op.function, value.inputs, value.static, parents))
    return nodes[out.number]
