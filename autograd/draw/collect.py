"""A recorded graph as plain data: what a picture, a text or a page is made of, whatever draws it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from ..engine import backward
from ..engine.graph import GIVEN_UP
from ..engine.value import Value
from ..errors import GraphError, describe, user_frame, user_line
from ..scope import Call, calls_of, line_of, within_calls
from . import names

Kind = Literal["parameter", "input", "constant", "operation", "module", "omitted"]


@dataclass(frozen=True)
class Node:
    """A number or an array in the graph, and the operation that it came from.

    Its `key` is its place in order of age, `inputs` are the keys of what it was computed from, in the order of the
    operation's arguments. A ``parameter`` is a leaf that wants a gradient, an ``input`` a leaf or an array that does
    not, a ``constant`` a plain number, a ``module`` a call folded to one box, ``omitted`` stands for what a limit
    left out.
    """

    key: int
    kind: Kind
    op: str = ""
    name: str | None = None
    data: Any = None
    grad: Any = None
    inputs: tuple[int, ...] = ()
    static: dict[str, Any] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    line: str | None = None
    note: str = ""
    value: Value | None = None

    @property
    def differentiable(self) -> bool:
        """Whether it has a gradient at all."""
        return self.kind in ("parameter", "operation", "module")


@dataclass(frozen=True)
class Graph:
    """Nodes by key, oldest first, the node that was asked for, the words for each module call, and a remark on the whole."""

    nodes: dict[int, Node]
    root: int
    backpropagated: bool
    labels: dict[Call, str] = field(default_factory=dict)
    note: str = ""

    def consumers(self) -> dict[int, list[int]]:
        """For each key the keys of the nodes computed from it (twice where it is used twice)."""
        found: dict[int, list[int]] = {key: [] for key in self.nodes}
        for key, node in self.nodes.items():
            for source in node.inputs:
                found[source].append(key)
        return found


def collect(root: Value, *, limit: int, gradients: bool = False) -> Graph:
    """The graph that `root` was computed from.

    Args:
        root: the result to explain.
        limit: the newest so many operations are kept; one more node stands for the others.
        gradients: compute the gradients now (of the sum of `root`, if it is an array), without touching any ``.grad``;
            otherwise they are read from there.

    Raises:
        GraphError: `root` is no `Value`, or its graph was given up by ``backward(leaves_only=True)``.
    """
    if not isinstance(root, Value):
        raise GraphError(f"a graph was asked of {describe(root)} at {user_line()}: only a Value has one")
    if root.op is GIVEN_UP:
        raise GraphError(
            f"this graph was given up by backward(leaves_only=True), and cannot be drawn (at {user_line()}): draw it "
            "before the backward pass, or call backward() without leaves_only"
        )
    if limit < 1:
        raise GraphError(f"limit={limit} at {user_line()}: a graph has at least one operation to show")
    operations = sorted(walk(root), key=lambda value: value.number)
    kept = operations[-limit:]
    builder = _Builder(within_calls(kept), _gradients(root, kept) if gradients else None)
    if any(line_of(value) for value in kept):
        builder.name(names.of_results(kept, root), names.of_variables(user_frame()))
    if len(operations) > limit:
        builder.omit(len(operations) - limit)
    for value in kept or [root]:
        builder.place(value)
    return builder.graph(root)


def walk(root: Value) -> Iterator[Value]:
    """Every computed `Value` behind `root`, in no particular order. No recursion: a loop's graph is a long chain."""
    seen = {root.number}
    stack = [root]
    while stack:
        value = stack.pop()
        if value.op is None:
            continue
        yield value
        for parent in value.parents:
            if parent is not None and parent.number not in seen:
                seen.add(parent.number)
                stack.append(parent)


def start(root: Value) -> Any:
    """The cotangent a picture starts from: that of the sum of `root`."""
    return np.ones_like(root.data)[()]


def _gradients(root: Value, kept: list[Value]) -> dict[int, Any]:
    """The gradient of every kept node and of the leaves they use, by number."""
    values = {root.number: root} | {value.number: value for value in kept}
    values |= {p.number: p for value in kept for p in value.parents if p is not None and p.requires_grad}
    if not root.requires_grad:
        return {}
    found = backward.grad(root, list(values.values()), start(root), allow_unused=True)
    return dict(zip(values, found, strict=True))


class _Builder:
    """Puts nodes in order, each constant and leaf just before the first operation that uses it."""

    def __init__(self, calls: dict[int, tuple[Call, ...]], gradients: dict[int, Any] | None) -> None:
        self._calls = calls
        self._gradients = gradients
        self._nodes: dict[int, Node] = {}
        self._keys: dict[int, int] = {}  # the key of each Value, by its number
        self._arrays: dict[int, int] = {}  # the key of each constant array, by identity: a data matrix is one node
        self._omitted: int | None = None
        self._results: dict[int, str] = {}
        self._variables: dict[int, str] = {}

    def name(self, results: dict[int, str], variables: dict[int, str]) -> None:
        """What has no name of its own is called so: computed Values by number, leaves and arrays by identity."""
        self._results, self._variables = results, variables

    def _add(self, kind: Kind, **facts: Any) -> int:
        key = len(self._nodes)
        self._nodes[key] = Node(key, kind, **facts)
        return key

    def omit(self, count: int) -> None:
        noun = "earlier operation" + "s" * (count > 1)
        self._omitted = self._add("omitted", name=f"… {count:,} {noun}", note="left out: a larger limit shows more")

    def place(self, value: Value) -> int:
        """The key of `value`, which is added with the leaves it uses unless it is there already."""
        if value.number in self._keys:
            return self._keys[value.number]
        op, newer = value.op, False
        inputs = []
        for raw, parent in zip(value.inputs, value.parents, strict=True):
            if parent is None:
                inputs.append(self._constant(raw))
            elif parent.op is None or parent.number in self._keys:
                newer = newer or parent.number > value.number
                inputs.append(self.place(parent))
            else:
                assert self._omitted is not None
                inputs.append(self._omitted)
        key = self._add(
            "operation" if op is not None else "parameter" if value.requires_grad else "input",
            op=op.name if op is not None else "",
            name=value.name or (self._results.get(value.number) if op is not None else self._variables.get(id(value))),
            data=value.data,
            grad=value.grad if self._gradients is None else self._gradients.get(value.number),
            inputs=tuple(inputs),
            static=value.static,
            calls=calls_of(value) or self._calls.get(value.number, ()),
            line=line_of(value),
            note="an input was changed since" if newer else "",
            value=value,
        )
        self._keys[value.number] = key
        return key

    def _constant(self, raw: Any) -> int:
        shared = getattr(raw, "shape", ()) != ()
        if shared and id(raw) in self._arrays:
            return self._arrays[id(raw)]
        key = self._add(
            "input" if shared else "constant", name=self._variables.get(id(raw)) if shared else None, data=raw
        )
        if shared:
            self._arrays[id(raw)] = key
        return key

    def graph(self, root: Value) -> Graph:
        done = root.grad is not None if self._gradients is None else True
        nodes = self._nodes if done else {key: replace(node, grad=None) for key, node in self._nodes.items()}
        housed = _house(Graph(nodes, self._keys[root.number], done))
        return replace(housed, labels=label(node.calls for node in housed.nodes.values()))


def _house(graph: Graph) -> Graph:
    """Weights and constants moved into the innermost call that all their uses share: a layer's stand with the layer."""
    users = graph.consumers()
    nodes = dict(graph.nodes)
    for key, node in graph.nodes.items():
        if node.kind in ("parameter", "constant") and users[key]:
            nodes[key] = replace(node, calls=common([nodes[user].calls for user in users[key]]))
    return replace(graph, nodes=nodes)


def common(paths: list[tuple[Call, ...]]) -> tuple[Call, ...]:
    """The calls that all `paths` begin with."""
    shared = paths[0]
    for path in paths[1:]:
        length = 0
        while length < min(len(shared), len(path)) and shared[length] is path[length]:
            length += 1
        shared = shared[:length]
    return shared


def label(paths: Iterable[tuple[Call, ...]]) -> dict[Call, str]:
    """``Linear #1``, ``Linear #2``: each call's name, numbered where its surroundings have several of that name."""
    within: dict[Call, Call | None] = {}
    for path in paths:
        for outer, call in zip((None, *path), path, strict=False):
            within.setdefault(call, outer)
    total = Counter((outer, call.name) for call, outer in within.items())
    count: Counter[tuple[Call | None, str]] = Counter()
    labels = {}
    for call, outer in within.items():
        place = (outer, call.name)
        count[place] += 1
        labels[call] = f"{call.name} #{count[place]}" if total[place] > 1 else call.name
    return labels
