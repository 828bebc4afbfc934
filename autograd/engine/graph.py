"""Walking a recorded graph. No recursion: a chain of ten million operations is an ordinary graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from operator import attrgetter
from typing import Any, Protocol

from ..errors import GraphError, describe, user_line
from ..rules.op import Op
from .witness import Witness, changed


class Node(Protocol):
    """What a walk needs to know of a `Value`."""

    raw: Any
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


def reachable(
    outs: Iterable[Node], oldest: int = 0, border: Collection[Node] = frozenset()
) -> tuple[dict[Node, Any], list[Node]]:
    """Every node that `outs` were computed from and that needs a gradient, `outs` included: the keys, each with None.

    The walk stops at nodes older than the number `oldest`, which cannot have been computed from it; the ones it met
    are the second result, but those in `border` belong to the first. A parent that is younger than its child was
    given new data after the child was computed: that is reported here, before anything is touched.
    """
    stack = list(outs)
    nodes: dict[Node, Any] = dict.fromkeys(stack)
    older: dict[Node, Any] = {}
    while stack:
        node = stack.pop()
        made = node.number
        for parent in (node.parent0, node.parent1) if node.more is None else _many_parents(node):
            if parent is None:
                continue
            number = parent.number
            if number > made:
                _check(parent, node)
            elif parent in nodes:
                pass
            elif number >= oldest and parent.requires_grad:
                nodes[parent] = None
                stack.append(parent)
            else:
                _check_leaf(parent)
                if parent in border:
                    nodes[parent] = None
                elif parent.requires_grad and parent not in older:
                    older[parent] = None
                    if getattr(parent.raw, "base", None) is not None:
                        stack.append(parent)  # a view: what it shows may have been changed further up
    return nodes, list(older)


by_age = attrgetter("number")  # to sort nodes by: everything is younger than what it was computed from


def _many_parents(node: Node) -> tuple[Any, ...]:
    """The parents of a node with more than two inputs; also where a graph that was given up is noticed."""
    if node.op is GIVEN_UP:
        raise GraphError(
            f"this graph was given up by an earlier backward(leaves_only=True) (second pass at {user_line()}): "
            "compute the result again, or call backward() without leaves_only the first time"
        )
    parents: tuple[Any, ...] = node.more[1]
    return parents


def _check(younger: Any, node: Node) -> None:
    """What stands in a parent's place and is younger than `node`: a Value with new data, or the witness of a leaf."""
    if younger.__class__ is Witness:
        _check_leaf(node)
    else:
        raise changed(f"a Value ({describe(younger)})", node.op.name if node.op is not None else "an operation")


def _check_leaf(leaf: Any) -> None:
    """Notice that the array of a leaf, once it was handed out, was changed after an operation was computed from it."""
    if leaf.op is None and leaf.parent0 is not None and not leaf.parent0.unchanged():
        raise changed(f"a Value ({describe(leaf)})", "an operation")


def give_up(node: Node) -> None:
    """Let go of what `node` was computed from, once the backward pass has left it behind."""
    node.op, node.more = GIVEN_UP, _NOTHING
    node.in0 = node.in1 = node.parent0 = node.parent1 = None


# The operation of a node that `give_up` has emptied.
GIVEN_UP = Op(lambda: None, name="given up")
_NOTHING: tuple[Any, ...] = ((), (), {}, None)


def on_the_way(nodes: Iterable[Node], targets: Set[Node], older: Collection[Node]) -> list[Node]:
    """Those of the `nodes` that are in `targets` or were computed from one, oldest first: the others need no gradient.

    `older` are the nodes at which the walk for `nodes` turned back.
    """
    order = sorted(nodes, key=by_age)
    if not older and targets >= {node for node in order if node.op is None}:
        return order  # everything begins at the targets
    kept, needed = [], set(targets)
    for node in order:
        if node not in needed:
            for parent in (node.parent0, node.parent1) if node.more is None else node.more[1]:
                if parent is not None and parent in needed:
                    needed.add(node)
                    break
            else:
                continue
        kept.append(node)
    return kept
