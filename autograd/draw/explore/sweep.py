"""The backward pass as data: what each operation receives, what it hands to each of its inputs, and by which rule."""

from __future__ import annotations

import linecache
import time
from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...engine.mode import no_grad
from ...engine.shapes import fit
from ...engine.value import Value
from .. import words
from ..collect import Graph, Node
from .arrays import Json, encode
from .boxes import is_bare, stretched
from .elements import MOST_FACTORS, factors
from .formula import formula


def structure(graph: Graph) -> dict[str, Json]:
    """What does not change while a program trains: the nodes, the operations, the calls and the rules."""
    formulas: dict[str, Json] = {}
    numbers = {call: i for i, call in enumerate(graph.labels)}
    nodes = [_node(graph, node, formulas) for node in graph.nodes.values()]
    inside: dict[int, int | None] = {}
    for node in graph.nodes.values():
        for outer, call in zip((None, *node.calls), node.calls, strict=False):
            inside[numbers[call]] = None if outer is None else numbers[outer]
        nodes[node.key]["calls"] = [numbers[call] for call in node.calls]
    return {
        "root": graph.root,
        "nodes": nodes,
        "calls": [
            {"label": words.clean(label), "inside": inside.get(i)} for i, label in enumerate(graph.labels.values())
        ],
        "formulas": formulas,
        "steps": [node.key for node in reversed(graph.nodes.values()) if node.kind == "operation"],
    }


def _node(graph: Graph, node: Node, formulas: dict[str, Json]) -> dict[str, Json]:
    large, small = words.title(node)
    rules = []
    for i in range(len(node.inputs)):
        rules.append(f"{node.op}:{i}" if _takes(graph, node, i) else None)
        if rules[-1] is not None and rules[-1] not in formulas:
            assert node.value is not None
            assert node.value.op is not None
            formulas[rules[-1]] = asdict(formula(node.value.op, i))
    return {
        "kind": node.kind,
        "op": node.op,
        "title": large,
        "sub": small,
        "symbol": words.SYMBOLS.get(node.op, node.op),
        "inputs": list(node.inputs),
        "rules": rules,
        "note": node.note,
        "rows": [word for word, _ in words.rows(node, graph, "")] if not is_bare(node) else [],
        "dtype": "" if np.shape(node.data) else words.odd_dtype(node.data),
        "stretched": [i for i in range(len(node.inputs)) if node.kind == "operation" and stretched(node.value, i)],
        **_line(node),
    }


def _takes(graph: Graph, node: Node, i: int) -> bool:
    """Whether input `i` of an operation receives a gradient from it, in this graph."""
    source = graph.nodes[node.inputs[i]]
    if node.value is None or node.value.op is None or not source.differentiable:
        return False
    return node.value.op.rule(i) is not None


def _line(node: Node) -> dict[str, str]:
    """The line of code that made the node: where it stands, and its text."""
    if node.line is None:
        return {}
    file, _, number = node.line.rpartition(":")
    return {"line": f"{Path(file).name}:{number}", "code": linecache.getline(file, int(number)).strip()}


MANY = 1000  # nodes, from which on a page says less of each
FACTORS = 20_000  # of all operations of a moment
SECONDS = 1.0  # for all operations of a moment


def numbers(graph: Graph, label: str, cells: int, *, by_element: int = 0, seconds: float = SECONDS) -> dict[str, Json]:
    """The numbers of one moment: each node's value and gradient, and what each operation hands to its inputs.

    The contribution to a node that receives only one is its gradient, and is not said twice. `by_element` is for how many
    factors there is room, and `seconds` how long they may take: where arrays are small they say of which terms each element of
    a contribution is the sum, the newest operations first.
    """
    uses = Counter(s for node in graph.nodes.values() for i, s in enumerate(node.inputs) if _takes(graph, node, i))
    nodes = graph.nodes.values()
    with no_grad(), np.errstate(all="ignore"):
        terms = {str(node.key): _terms(graph, node, uses, cells) for node in nodes if node.kind == "operation"}
        if by_element:
            _add_factors(graph, terms, by_element, seconds)
    return {
        "label": label,
        "values": [None if node.data is None else encode(node.data, cells) for node in nodes],
        "grads": [None if node.grad is None else encode(node.grad, cells) for node in nodes],
        "terms": terms,
    }


def _terms(graph: Graph, node: Node, uses: Counter[int], cells: int) -> list[Json]:
    """For each input that receives a gradient: the local derivative, if it is a number for each, and the product."""
    value = node.value
    assert value is not None
    assert value.op is not None
    result: list[Json] = []
    for i, source in enumerate(node.inputs):
        if not _takes(graph, node, i):
            result.append(None)
            continue
        scalars = all(np.shape(x) == () for x in (value.data, *value.inputs))
        by_number = scalars or (formula(value.op, i).local and len(graph.nodes) <= MANY)
        local = _apply(value, i, np.ones_like(value.data)[()]) if by_number else None
        product = None if uses[source] == 1 else encode(_pushed(value, i, node.grad), cells)
        result.append({"local": None if local is None else encode(local, cells), "product": product})
    return result


def _apply(value: Value, i: int, g: Any) -> Any:
    """What the rule for input `i` makes of the cotangent `g`."""
    assert value.op is not None
    rule = value.op.rule(i)
    assert rule is not None
    return rule(g, value.data, *value.inputs, **value.static)


def _add_factors(graph: Graph, terms: dict[str, Json], room: int, seconds: float) -> None:
    """Where a contribution's elements are sums, or come from other places, or have factors that no formula shows.

    A rule may solve equations: one input may take a quarter of the time that a page has.
    """
    until = time.monotonic() + seconds
    for node in reversed(graph.nodes.values()):
        value = node.value
        if room <= 0 or time.monotonic() > until:
            return
        if node.kind != "operation" or value is None or value.op is None:
            continue
        for i, term in enumerate(terms[str(node.key)]):
            source = value.inputs[i]
            shapes = np.shape(value.data), np.shape(source)
            if term is None or shapes == ((), ()) or (shapes[0] == shapes[1] and formula(value.op, i).local):
                continue
            own = min(until, time.monotonic() + max(seconds, SECONDS) / 4)
            found = factors(partial(_pushed, value, i), value.data, source, min(room, MOST_FACTORS), own)
            if found is not None:
                term["factors"] = found
                room -= len(found["by"])


def _pushed(value: Value, i: int, g: Any) -> Any:
    return fit(_apply(value, i, g), value.inputs[i])
