"""Walking a recorded graph. No recursion: a chain of ten million operations is an ordinary graph."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from ..errors import ChangedDataError, GraphError, describe, user_line
from ..rules.op import Op


class Node(Protocol):
    """What a walk needs to know of a `Value`."""

    _data: Any
    grad: Any
    op: Op | None
    in0: Any
    in1: Any
    parent0: Any
    parent1: Any
    more: Any
    number: int
    requires_grad: bool

    @property
    def inputs(self) -> tuple[Any, ...]: ...

    @property
    def parents(self) -> tuple[Any, ...]: ...

    @property
    def static(self) -> dict[str, Any]: ...


def reachable(out: Node, oldest: int = 0) -> tuple[dict[int, Node], list[Node]]:
    """Every node that `out` was computed from and that needs a gradient, by creation number, `out` included.

    The walk stops at nodes older than the number `oldest`, which cannot have been computed from it; the ones it met
    are the second result. A parent that is younger than its child was given new data after the child was computed:
    that is reported here, before anything is touched.
    """
    nodes = {out.number: out}
    older: list[Node] = []
    stack = [out]
    while stack:
        node = stack.pop()
        made = node.number
        for parent in (node.parent0, node.parent1) if node.more is None else _many_parents(node):
            if parent is None:
                continue
            number = parent.number
            if number > made:
                raise _changed(parent, node)
            if number not in nodes and parent.requires_grad:
                if number >= oldest:
                    nodes[number] = parent
                    stack.append(parent)
                else:
                    older.append(parent)
                    if getattr(parent._data, "base", None) is not None:
                        stack.append(parent)  # a view: what it shows may have been changed further up
    return nodes, older


def _many_parents(node: Node) -> tuple[Node | None, ...]:
    """The parents of a node with more than two inputs; also where a graph that was given up is noticed."""
    if node.op is GIVEN_UP:
        raise GraphError(
            f"this graph was given up by an earlier backward(leaves_only=True) (second pass at {user_line()}): "
            "compute the result again, or call backward() without leaves_only the first time"
        )
    return node.parents


def give_up(node: Node) -> None:
    """Let go of what `node` was computed from, once the backward pass has left it behind."""
    node.op, node.more = GIVEN_UP, ((), (), {})
    node.in0 = node.in1 = node.parent0 = node.parent1 = None


# The operation of a node that `give_up` has emptied.
GIVEN_UP = Op(lambda: None, name="given up")


def on_the_way(nodes: dict[int, Node], targets: Collection[int]) -> set[int]:
    """The numbers of those `nodes` that were computed from a node in `targets`: the others need no gradient."""
    needed = set(targets)
    for number in sorted(nodes):
        node = nodes[number]
        for parent in (node.parent0, node.parent1) if node.more is None else node.more[1]:
            if parent is not None and parent.number in needed:
                needed.add(number)
                break
    return needed


def _changed(parent: Node, node: Node) -> ChangedDataError:
    """The error for data that was replaced between the forward and the backward pass."""
    assert node.op is not None
    return ChangedDataError(
        f"the data of a Value ({describe(parent)}) was changed after {node.op.name} had saved it for the backward pass "
        f"(backward pass at {user_line()}). Compute the result again after the change, or make the change after it"
    )
