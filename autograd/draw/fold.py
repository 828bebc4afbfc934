"""Making a graph smaller: a module call folded to one box, repeats shown once. Graphs in, graphs out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..scope import Call
from .collect import Graph, Node, common

_LONGEST_PERIOD = 12


def quotient(graph: Graph, into: dict[int, int], boxes: dict[int, Node]) -> Graph:
    """The graph in which each key of `into` has become the key that it is sent to.

    `boxes` are the nodes to show instead of some. An edge between merged nodes that would lead from a younger to an
    older one joined one repeat to the next, and is left out.
    """
    merged = set(into.values())
    sources: dict[int, list[int]] = {key: [] for key in graph.nodes if into.get(key, key) == key}
    joined: set[tuple[int, int]] = set()
    for key, node in graph.nodes.items():
        target = into.get(key, key)
        for source in (into.get(old, old) for old in node.inputs):
            again = (source, target) in joined and (target in merged or source in merged)
            back = target in merged and source in merged and source >= target
            if not again and not back and source != target:
                sources[target].append(source)
                joined.add((source, target))
    nodes = {key: replace(boxes.get(key, graph.nodes[key]), inputs=tuple(sources[key])) for key in sources}
    return replace(graph, nodes=nodes, root=into.get(graph.root, graph.root))


def fold_inputs(graph: Graph, limit: int) -> Graph:
    """Of operations with many inputs the first `limit` leaves of their own are kept, and one more node stands for the others."""
    into: dict[int, int] = {}
    boxes: dict[int, Node] = {}
    only = _only_users(graph.consumers())
    for key, node in graph.nodes.items():
        own = [
            source
            for source in dict.fromkeys(node.inputs)
            if only.get(source) == key and not graph.nodes[source].inputs
        ]
        if (count := len(own) - limit) > 1:
            shown = own[limit]
            into |= dict.fromkeys(own[limit:], shown)
            what = f"… {count:,} more inputs"
            boxes[shown] = Node(
                shown, "omitted", name=what, calls=node.calls, note="left out: a larger limit shows more"
            )
    return quotient(graph, into, boxes) if into else graph


def _only_users(users: dict[int, list[int]]) -> dict[int, int]:
    """What is used by one node alone, and by which."""
    return {key: found[0] for key, found in users.items() if found and all(user == found[0] for user in found)}


def fold_modules(graph: Graph, depth: int) -> Graph:
    """Every call that lies within `depth` others becomes one box; with 0 the outermost calls do."""
    groups: dict[Call, list[int]] = {}
    for key, node in graph.nodes.items():
        if len(node.calls) > depth:
            groups.setdefault(node.calls[depth], []).append(key)
    users = graph.consumers()
    into: dict[int, int] = {}
    boxes: dict[int, Node] = {}
    for call, keys in groups.items():
        inside = set(keys)
        ends = [key for key in keys if key == graph.root or any(user not in inside for user in users[key])]
        result = ends[0] if len(ends) == 1 else keys[-1]
        into |= dict.fromkeys(keys, result)
        boxes[result] = _box(graph, graph.labels[call], depth, keys, ends)
    return quotient(graph, into, boxes)


def _box(graph: Graph, name: str, depth: int, keys: list[int], ends: list[int]) -> Node:
    """The one box for a call: with the numbers of its result, if it has a single one."""
    nodes = [graph.nodes[key] for key in keys]
    operations = sum(node.kind == "operation" for node in nodes)
    weights = sum(int(np.size(node.data)) for node in nodes if node.kind == "parameter")
    key = ends[0] if len(ends) == 1 else keys[-1]
    result = graph.nodes[key] if len(ends) == 1 else Node(key, "module")
    counts = [_plural(operations, "operation")] + ([_plural(weights, "parameter")] if weights else [])
    return Node(
        key,
        "module",
        name=name,
        data=result.data,
        grad=result.grad,
        calls=nodes[-1].calls[:depth],
        note=", ".join(counts),
        value=result.value,
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


@dataclass(frozen=True)
class _Step:
    """What makes two operations alike: their names and shapes, and where their inputs come from.

    In `sources`, None is an input from outside, a number a place within the same repeat (or a leaf that all share), a
    tuple a leaf of its own.
    """

    operation: tuple[Any, ...]
    sources: tuple[Any, ...]

    def begins_like(self, other: _Step) -> bool:
        """Whether it could be `other`, if what comes from a leaf came from a repeat before it."""
        same = self.operation == other.operation and len(self.sources) == len(other.sources)
        pairs = zip(self.sources, other.sources, strict=False)
        return same and all(theirs is None or mine == theirs for mine, theirs in pairs)


_Steps = tuple[_Step, ...]


def fold_repeats(graph: Graph, least: int) -> Graph:
    """What occurs at least `least` times in the same shape is shown once, in a frame marked ``× 12``.

    Repeats are calls side by side within one call (or outside all), and stretches of a chain, such as an unrolled
    loop makes. The last one is shown, with what went into the others joined to it.
    """
    for depth in range(max((len(node.calls) for node in graph.nodes.values()), default=0)):
        graph = _fold_calls(graph, depth, least)
    return _fold_chains(graph, least)


def _fold_calls(graph: Graph, depth: int, least: int) -> Graph:
    """Calls at `depth`, with the same surroundings and the same inside."""
    families: dict[Any, dict[Call, list[int]]] = {}
    for key, node in graph.nodes.items():
        if len(node.calls) > depth and node.inputs:
            call = node.calls[depth]
            families.setdefault((node.calls[:depth], call.name), {}).setdefault(call, []).append(key)
    into: dict[int, int] = {}
    boxes: dict[int, Node] = {}
    labels = dict(graph.labels)
    for family in families.values():
        steps = _as_later([_steps(graph, keys, depth + 1) for keys in family.values()])
        for alike in dict.fromkeys(steps):
            copies = [(call, keys) for (call, keys), mine in zip(family.items(), steps, strict=True) if mine == alike]
            if len(copies) >= least:
                shown, last = copies[-1]
                labels[shown] = f"{shown.name} × {len(copies)}"
                for _, keys in copies:
                    into |= _onto(graph, keys, last, alike)
                boxes |= _outside(graph, copies, depth, into)
    return replace(quotient(graph, into, boxes), labels=labels) if into else graph


def _steps(graph: Graph, keys: list[int], depth: int) -> _Steps:
    """The operations of one call."""
    place = {key: i for i, key in enumerate(keys)}
    around = graph.nodes[keys[0]].calls[:depth]

    def origin(source: int) -> Any:
        node = graph.nodes[source]
        inside = node.calls[:depth] == around
        return place[source] if source in place else _alike(node, depth) if inside else None

    return tuple(_Step(_alike(graph.nodes[k], depth), tuple(origin(s) for s in graph.nodes[k].inputs)) for k in keys)


def _as_later(repeats: list[_Steps]) -> list[_Steps]:
    """The repeats, the first of them counted as one of the later ones if it only begins from a leaf of its own."""
    first = repeats[0]
    for later in repeats[1:]:
        if len(first) == len(later) and all(a.begins_like(b) for a, b in zip(first, later, strict=True)):
            return [later, *repeats[1:]]
    return repeats


def _onto(graph: Graph, keys: list[int], shown: list[int], steps: _Steps) -> dict[int, int]:
    """Where each operation of a repeat, and each leaf of its own, is found in the repeat that is shown."""
    into = dict(zip(keys, shown, strict=True))
    for key, like, step in zip(keys, shown, steps, strict=True):
        pairs = zip(graph.nodes[key].inputs, graph.nodes[like].inputs, step.sources, strict=True)
        into |= {source: target for source, target, kind in pairs if isinstance(kind, tuple)}
    return into


def _outside(graph: Graph, copies: list[tuple[Call, list[int]]], depth: int, into: dict[int, int]) -> dict[int, Node]:
    """The leaves that only the first repeat begins from, moved out of it."""
    call, keys = copies[0]
    sources = {source for key in keys for source in graph.nodes[key].inputs if source not in into}
    return {
        source: replace(node, calls=node.calls[:depth])
        for source in sources
        if call in (node := graph.nodes[source]).calls
    }


def _alike(node: Node, depth: int) -> tuple[Any, ...]:
    """What makes two nodes alike, apart from their inputs."""
    within = tuple(call.name for call in node.calls[depth:])
    return node.kind, node.op, repr(node.static), np.shape(node.data), within


def _fold_chains(graph: Graph, least: int) -> Graph:
    """Stretches of a chain that repeat the same few operations."""
    into: dict[int, int] = {}
    boxes: dict[int, Node] = {}
    labels = dict(graph.labels)
    only = _only_users(graph.consumers())
    for chain in _chains(graph, only):
        links = [step for (step,) in _as_later([(_link(graph, key, only),) for key in chain])]
        for start, period, times in _runs(links, least):
            end = start + period * times
            shown = chain[end - period : end]
            for first in range(start, end, period):
                into |= _onto(graph, chain[first : first + period], shown, tuple(links[first : first + period]))
            frame = Call(f"× {times}")
            labels[frame] = frame.name
            boxes |= _framed(graph, [key for key, target in into.items() if key == target], shown, frame)
    return replace(quotient(graph, into, boxes), labels=labels) if into else graph


def _framed(graph: Graph, kept: list[int], shown: list[int], frame: Call) -> dict[int, Node]:
    """The repeat that is shown, and the leaves of its own, within `frame`."""
    mine = {*shown, *(source for key in shown for source in graph.nodes[key].inputs if source in kept)}
    around = common([graph.nodes[key].calls for key in shown])
    return {key: replace(node := graph.nodes[key], calls=(*around, frame, *node.calls[len(around) :])) for key in mine}


def _chains(graph: Graph, only: dict[int, int]) -> Iterator[list[int]]:
    """The longest stretches in which each operation is the only one that uses the one before."""
    following: dict[int, int] = {}
    for key, node in graph.nodes.items():
        computed = {s for s in node.inputs if graph.nodes[s].kind in ("operation", "module")}
        if len(computed) == 1 and only.get(before := computed.pop()) == key:
            following[before] = key
    for start in following.keys() - set(following.values()):
        chain = [start]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        yield chain


def _link(graph: Graph, key: int, only: dict[int, int]) -> _Step:
    """One operation of a chain."""
    node = graph.nodes[key]

    def origin(source: int) -> Any:
        if graph.nodes[source].inputs:
            return None
        return _alike(graph.nodes[source], 0) if only.get(source) == key else source

    return _Step((*_alike(node, 0), node.calls), tuple(origin(source) for source in node.inputs))


def _runs(links: list[_Step], least: int) -> Iterator[tuple[int, int, int]]:
    """``(start, period, times)`` for each stretch that repeats its first `period` links at least `least` times."""
    start = 0
    while start < len(links):
        for period in range(1, _LONGEST_PERIOD + 1):
            end = start + period
            while end < len(links) and links[end] == links[end - period]:
                end += 1
            times = (end - start) // period
            if times >= least:
                yield start, period, times
                start += period * times
                break
        else:
            start += 1
