"""The numbers of a graph whose leaves were changed since it was computed, as by a step of training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...engine import backward
from ...engine.mode import enable_grad
from ...engine.value import Value, record_many, wrap
from ...errors import ChangedDataError
from ..collect import Graph, collect, start

NOTE = (
    "A value was changed after this result had been computed from it: the same operations were computed anew, from what the "
    "values are now."
)


def collected(value: Value, limit: int) -> Graph:
    """The graph behind `value` with its gradients; computed anew where it is no more what it was computed from.

    Raises:
        ChangedDataError: that, and the graph has more operations than `limit`, or cannot be computed on the values of now.
    """
    try:
        return collect(value, limit=limit, gradients=True)
    except ChangedDataError as changed:
        graph = collect(value, limit=limit)
        if any(node.kind == "omitted" for node in graph.nodes.values()):
            raise
        try:
            return _anew(graph)
        except Exception as error:
            raise changed from error


def _anew(graph: Graph) -> Graph:
    """The graph with what its operations give on its leaves as they are now, and the gradients there."""
    made: dict[int, Any] = {}
    with enable_grad():
        for key, node in graph.nodes.items():
            value = node.value
            if value is None:
                made[key] = node.data
            elif value.op is None:
                made[key] = wrap(value.raw, value.requires_grad)
            else:
                made[key] = record_many(value.op, [made[i] for i in node.inputs], value.static)
    root = made[graph.root]
    wanted = {key: value for key, value in made.items() if isinstance(value, Value) and value.requires_grad}
    found = backward.grad(root, list(wanted.values()), start(root), allow_unused=True)
    gradients = dict(zip(wanted, found, strict=True))
    nodes = dict(graph.nodes)
    for key, value in made.items():
        if isinstance(value, Value):
            nodes[key] = replace(nodes[key], value=value, data=value.data, grad=gradients.get(key), note="")
    return replace(graph, nodes=nodes, backpropagated=True, note=NOTE)
