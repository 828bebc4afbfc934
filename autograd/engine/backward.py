"""The one accumulator: `grad`, which computes cotangents and touches nothing, and `backward`, which stores them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import GraphError, ShapeError, describe, user_line
from ..rules.op import Array, Op
from .convert import as_data
from .graph import Node, give_up, on_the_way, reachable
from .mode import enable_grad
from .shapes import fit

_float64 = np.float64


def sweep(
    nodes: dict[int, Node],
    out: Node,
    seed: Array,
    wanted: Collection[int],
    keep: Collection[int] | None,
    *,
    record_again: bool = False,
    free: bool = False,
) -> dict[int, Array]:
    """Carry cotangents from `out` to the leaves, newest node first: the chain rule, and nothing else.

    A node's number is its creation number, so that everything computed from a node comes before it. Cotangents are
    added out of place, since a rule may hand one array to two parents. Only numbers in `wanted` receive any; those of
    leaves and of the numbers in `keep` (all, for None) are returned. With `record_again` the rules run on `Value`s, and
    the result can be differentiated again. With `free` each node lets go of its inputs once it has been passed.
    """
    cotangents: dict[int, Array] = {out.number: seed}
    for number in sorted(wanted, reverse=True):
        node = nodes[number]
        op = node.op
        g = cotangents.get(number)
        if op is None or g is None:
            continue
        if keep is not None and number not in keep:
            del cotangents[number]
        if node.more is not None or record_again:
            for key, c in _contributions(node, op, g, wanted, record_again):
                cotangents[key] = cotangents[key] + c if key in cotangents else c
        else:  # one or two inputs and no keywords: the same thing unrolled, because here is where the time goes
            in0, in1, parent0, parent1, rules = node.in0, node.in1, node.parent0, node.parent1, op.rules
            if parent0 is not None and (key := parent0.number) in wanted and (rule := rules[0]) is not None:
                c = rule(g, node._data, in0) if in1 is None else rule(g, node._data, in0, in1)
                if c.__class__ is not _float64 or in0.__class__ is not _float64:
                    c = fit(c, in0)
                cotangents[key] = cotangents[key] + c if key in cotangents else c
            if parent1 is not None and (key := parent1.number) in wanted and (rule := rules[1]) is not None:
                c = rule(g, node._data, in0, in1)
                if c.__class__ is not _float64 or in1.__class__ is not _float64:
                    c = fit(c, in1)
                cotangents[key] = cotangents[key] + c if key in cotangents else c
        if free:
            give_up(node)
            del nodes[number]
    return cotangents


def _contributions(
    node: Node, op: Op, g: Array, wanted: Collection[int], record_again: bool
) -> Iterator[tuple[int, Array]]:
    """For each parent in `wanted` its number and what this node adds to its cotangent."""
    raw, parents, static = node.inputs, node.parents, node.static
    out: Any = node if record_again else node._data
    inputs = tuple(x if p is None else p for x, p in zip(raw, parents, strict=True)) if record_again else raw
    for i, parent in enumerate(parents):
        if parent is not None and parent.number in wanted:
            rule = op.rule(i)
            if rule is not None:
                yield parent.number, fit(rule(g, out, *inputs, **static), raw[i])


def grad(
    out: Node,
    inputs: Node | Sequence[Node],
    seed: Any = None,
    *,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> Any:
    """The derivative of `out` with respect to each of `inputs`, leaving every `.grad` alone.

    Args:
        out: what to differentiate: a scalar, or anything together with a `seed`.
        inputs: one `Value`, or a sequence of them; leaves or computed ones.
        seed: the cotangent of `out`, in its shape: the result is ``seed · ∂out/∂input`` summed over `out`.
        create_graph: record the backward pass too; the gradients are then `Value`s, for derivatives of any order.
        allow_unused: give zeros for an input that `out` does not depend on, instead of raising `GraphError`.

    Returns:
        An array in the shape and dtype of the input (a list of them for a sequence of inputs).
    """
    targets: Sequence[Node] = inputs if isinstance(inputs, Sequence) else [inputs]
    g = seed_for(out, seed)
    numbers = {target.number for target in targets}
    nodes, _ = reachable(out, oldest=min(numbers, default=0))
    gradients = gradients_of(out, g, nodes, numbers, create_graph)
    results = [_result(out, target, gradients, allow_unused) for target in targets]
    results = results if create_graph else own(results, g)
    return results if isinstance(inputs, Sequence) else results[0]


def gradients_of(out: Node, seed: Array, nodes: dict[int, Node], targets: set[int], again: bool) -> dict[int, Array]:
    """The cotangents of `targets`, in one sweep over the nodes between them and `out`."""
    wanted = on_the_way(nodes, targets & nodes.keys())
    if not wanted:
        return {}
    with np.errstate(all="ignore"):
        if not again:
            return sweep(nodes, out, seed, wanted, targets)
        with enable_grad():
            return sweep(nodes, out, seed, wanted, targets, record_again=True)


def _result(out: Node, target: Node, gradients: dict[int, Array], allow_unused: bool) -> Array:
    """The gradient that belongs to `target`, or what to say where there is none."""
    if target.number in gradients:
        return gradients[target.number]
    if allow_unused:
        return np.zeros_like(target._data)[()]
    why = "was made with requires_grad=False" if not target.requires_grad else "is not part of its graph"
    raise GraphError(
        f"the result ({describe(out)}) does not depend on the input ({describe(target)}), which {why}, "
        f"at {user_line()}. Compute the result from this very Value, outside no_grad(), or pass allow_unused=True to "
        "get zeros"
    )


def backward(out: Node, gradient: Any = None, *, leaves_only: bool = False) -> None:
    """See `Value.backward`."""
    seed = seed_for(out, gradient)
    nodes, _ = reachable(out)
    keep = () if leaves_only else None
    with np.errstate(all="ignore"):
        gradients = sweep(nodes, out, seed, nodes, keep, free=leaves_only)
        leaves = [number for number in gradients if nodes[number].op is None]
        totals = own([gradients.pop(number) for number in leaves], seed)
    for number, g in gradients.items():
        nodes[number].grad = g
    for number, g in zip(leaves, totals, strict=True):
        leaf = nodes[number]
        leaf.grad = g if leaf.grad is None else leaf.grad + g


def seed_for(out: Node, gradient: Any) -> Array:
    """The cotangent to begin with, in the shape and dtype of `out`."""
    if not hasattr(out, "requires_grad"):
        raise GraphError(f"a derivative was asked of {describe(out)} at {user_line()}: only a Value has a history")
    if not out.requires_grad:
        raise GraphError(
            f"a derivative was asked of a Value ({describe(out)}) at {user_line()} that needs none: it was computed "
            "under no_grad(), detached, or made from Values with requires_grad=False only"
        )
    data = out._data
    if gradient is None:
        if data.shape != ():
            raise ShapeError(
                f"backward from a Value of shape {data.shape} at {user_line()} needs a gradient of that shape to start "
                "from: reduce it to a scalar first (result.sum(), loss.mean()), or pass one, e.g. "
                "backward(np.ones(value.shape))"
            )
        return data.dtype.type(1)
    gradient = as_data(gradient)
    if gradient.shape != data.shape:
        raise ShapeError(
            f"the gradient to start from has shape {gradient.shape}, and the Value has {data.shape}, at {user_line()}: "
            "they must be equal"
        )
    return fit(gradient, data)


def own(gradients: list[Array], seed: Array) -> list[Array]:
    """The gradients, copied where two of them (or one and the seed) are views of the same memory.

    Whoever receives a gradient may change it in place; that must not change another.
    """
    seen = {id(seed)}
    result = []
    for g in gradients:
        shared = g.shape != () and (getattr(g, "base", None) is not None or id(g) in seen)
        mine = g.copy() if shared else g
        seen.add(id(mine))
        result.append(mine)
    return result
