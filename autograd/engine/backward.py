"""The one accumulator: `grad`, which computes cotangents and touches nothing, and `backward`, which stores them."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Sequence, Set
from functools import partial
from typing import Any

import numpy as np

from ..errors import GraphError, ShapeError, describe, user_line
from ..rules import batched
from ..rules.indexing import View, getitem, is_view, scatter_all
from ..rules.op import Array
from ..rules.shaping import reshape_rows
from .convert import as_data, is_value
from .graph import Node, by_age, give_up, on_the_way, reachable
from .memory import keep_freed_memory
from .mode import Step, Watch, note, undisturbed
from .shapes import fit, fit_each
from .witness import original

_float64 = np.float64
_ONE = np.float64(1)
_NO_PLACE: Any = object()


def sweep(
    order: list[Node],
    cotangents: dict[Node, Array],
    keep: Collection[Node] | None,
    *,
    border: Set[Node] = frozenset(),
    create_graph: bool = False,
    free: bool = False,
    n: int = 0,
) -> dict[Node, Array]:
    """Carry the `cotangents` of some nodes on to the leaves, newest node first: the chain rule, and nothing else.

    `order` are the nodes that receive cotangents, oldest first, and `cotangents` has a place for each of them, with
    None in it where there is none yet; both are used up. Cotangents are added out of place, since a rule may hand one
    array to two parents. Those of leaves and of the nodes in `keep` (all, for None) are returned. With `create_graph`
    the rules run on `Value`s, and the result can be differentiated again. With `free` each node lets go of its inputs
    once it has been passed. Nodes in `border` receive cotangents and hand nothing on. With an `n` each cotangent is n of
    them, along a new first axis.
    """
    picks: dict[Node, _Picks] = {}
    contribute, note_pick, settle, look, told = _steps(n) if n or note.get() else _STEPS
    by_the_book = create_graph or told
    so_far = cotangents.get
    while order:
        node = order.pop()
        if picks and node in picks:
            noted = picks.pop(node)
            if keep is None or node in keep or not _hand_up(node, noted, cotangents, picks, n=n):
                settle(node, cotangents, noted)
        op = node.op
        if op is None or (border and node in border):
            continue
        g = cotangents[node]
        if keep is not None and node not in keep:
            del cotangents[node]
        if g is None:
            continue
        if node.more is not None or by_the_book:
            if op is getitem and node.parents[0] in cotangents and (not n or batched.more_index(node.static["index"])):
                note_pick(node, g, cotangents, picks)
            else:
                contribute(node, g, cotangents, create_graph, look)
        else:  # one or two inputs and no keywords: the same thing unrolled, because here is where the time goes
            in0, in1 = node.in0, node.in1
            parent0, parent1 = node.parent0, node.parent1
            rules = op.rules
            if parent0 is not None and (old := so_far(parent0, _NO_PLACE)) is not _NO_PLACE and (rule := rules[0]):
                if parent1 is None and in1.__class__ is tuple:
                    in1 = original(in1, op.name)
                c = rule(g, node.raw, in0) if in1 is None else rule(g, node.raw, in0, in1)
                if c.__class__ is not _float64 or in0.__class__ is not _float64:
                    c = fit(c, in0)
                cotangents[parent0] = c if old is None else old + c
            if parent1 is not None and (old := so_far(parent1, _NO_PLACE)) is not _NO_PLACE and (rule := rules[1]):
                if parent0 is None and in0.__class__ is tuple:
                    in0 = original(in0, op.name)
                c = rule(g, node.raw, in0, in1)
                if c.__class__ is not _float64 or in1.__class__ is not _float64:
                    c = fit(c, in1)
                cotangents[parent1] = c if old is None else old + c
        if free:
            give_up(node)
    for node, noted in picks.items():  # from nodes of the border
        settle(node, cotangents, noted)
    return cotangents


def _steps(n: int) -> tuple[Step, Step, Step, Watch | None, bool]:
    """The steps of a sweep, what watches them, and whether every node must go through them.

    They are for n cotangents at once where there are n, and have a clock around them while a profile is taken.
    """
    steps: tuple[Step, Step, Step] = _STEPS[:3]
    if n:
        steps = (partial(_contribute, n=n), partial(_note_pick, n=n), partial(_settle, n=n))
    notes = note.get()
    if notes is None:
        return *steps, None, n > 0
    timed = notes.steps(*steps)
    return *(timed or steps), notes.watch, n > 0 or timed is not None or notes.watch is not None


def _contribute(
    node: Node, g: Array, cotangents: dict[Node, Array], create_graph: bool, look: Watch | None, *, n: int = 0
) -> None:
    """Add to the cotangent of each parent that has a place what this node contributes to it."""
    parents = node.parents
    places = [i for i, parent in enumerate(parents) if parent is not None and parent in cotangents]
    if not places:
        return
    op: Any = node.op
    raw, static = node.inputs, node.static
    out: Any = node.raw
    inputs: Sequence[Any] = raw
    if create_graph:
        out, inputs = node, [x if p is None else p for x, p in zip(raw, parents, strict=True)]
    elif op.keeping is not None:
        static = {**static, "kept": node.more[3]}
    shown = []
    pulled = batched.pull(op, n, places, g, out, inputs, static) if n else op.pull(places, g, out, inputs, static)
    for i, c in zip(places, pulled, strict=True):
        if c is not None:
            fitted, parent = c, parents[i]
            if c.__class__ is not _float64 or raw[i].__class__ is not _float64:
                fitted = (fit_each if n else fit)(c, raw[i])
            old = cotangents[parent]
            cotangents[parent] = fitted if old is None else old + fitted
            if look is not None:
                shown.append((i, fitted, old))
    if look is not None:
        look(node, g, shown)


class _Picks:
    """What picks from one array contribute to its cotangent: for each the cotangent, the index arrays, the index, and the
    views of the array through which it was picked."""

    __slots__ = ("parts", "size")

    def __init__(self) -> None:
        self.parts: list[tuple[Array, Sequence[Array], tuple[Any, ...], tuple[View, ...]]] = []
        self.size = 0


def _note_pick(node: Node, g: Array, cotangents: dict[Node, Array], picks: dict[Node, _Picks], *, n: int = 0) -> None:
    """Put down what the node, ``x[index]``, contributes to the cotangent of x, instead of making an array of zeros for it.

    A loop over the rows of x would otherwise be quadratic.
    """
    index = node.static["index"]
    index = batched.more_index(index) if n else index
    _note(node.parents[0], [(g, node.inputs[1:], index, ())], node.raw.size, cotangents, picks, n=n)


def _note(
    x: Node, parts: Sequence[Any], size: int, cotangents: dict[Node, Array], picks: dict[Node, _Picks], *, n: int
) -> None:
    """Put down `parts` of the cotangent of x. Once they are as many as x has elements they are added up."""
    noted = picks.setdefault(x, _Picks())
    noted.parts += parts
    noted.size += size
    if noted.size >= x.raw.size:
        _settle(x, cotangents, picks.pop(x), n=n)


def _hand_up(node: Node, noted: _Picks, cotangents: dict[Node, Array], picks: dict[Node, _Picks], *, n: int) -> bool:
    """Put down what was picked from a view as picked from the array that it shows, if it received nothing else.

    A loop over ``x.T[t]`` would otherwise make an array of zeros for each of its views.
    """
    if cotangents[node] is not None or not is_view(node.op, node.inputs) or node.parents[0] not in cotangents:
        return False
    x, view = node.parents[0], (node.op, tuple(node.static.items()))
    if node.op is reshape_rows and is_view(x.op, x.inputs):
        return False  # of a transposed array it is a view in one order of the memory only
    if n:
        (view,) = batched.more_views(n, x.raw.shape, (view,))
    parts = [(g, arrays, index, (view, *views)) for g, arrays, index, views in noted.parts]
    _note(x, parts, noted.size, cotangents, picks, n=n)
    return True


def _settle(x: Node, cotangents: dict[Node, Array], picks: _Picks, *, n: int = 0) -> None:
    """Add the contributions of picks from `x` to its cotangent."""
    inputs = [part for g, arrays, *_ in picks.parts for part in (g, *arrays)]
    picked = tuple((index, len(arrays), views) for _, arrays, index, views in picks.parts)
    shape = (n, *x.raw.shape) if n else x.raw.shape
    c = (fit_each if n else fit)(scatter_all(*inputs, shape=shape, picked=picked), x.raw)
    old = cotangents[x]
    cotangents[x] = c if old is None else old + c


_STEPS: tuple[Step, Step, Step, Watch | None, bool] = (_contribute, _note_pick, _settle, None, False)


def grad(
    out: Node,
    inputs: Node | Sequence[Node],
    cotangent: Any = None,
    *,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> Any:
    """The derivative of `out` with respect to each of `inputs`, leaving every `.grad` alone.

    Args:
        out: what to differentiate: a scalar, or anything together with a `cotangent`.
        inputs: one `Value`, or a sequence of them; leaves or computed ones.
        cotangent: that of `out`, in its shape: the result is ``cotangent · ∂out/∂input`` summed over `out`.
        create_graph: record the backward pass too; the gradients are then `Value`s, for derivatives of any order.
        allow_unused: give zeros for an input that `out` does not depend on, instead of raising `GraphError`.

    Returns:
        An array in the shape and dtype of the input (a list of them for a sequence of inputs).
    """
    targets: Sequence[Node] = inputs if isinstance(inputs, Sequence) else [inputs]
    g = start(out, cotangent)
    nodes, older = reachable([out], oldest=min(map(_made, targets), default=0))
    wanted = set(targets)
    gradients = gradients_of([(out, g)], on_the_way(nodes, wanted, older), wanted, create_graph)
    results = [_result(out, target, gradients, allow_unused) for target in targets]
    results = results if create_graph else own(results, [g])
    return results if isinstance(inputs, Sequence) else results[0]


def _made(target: Node) -> int:
    """The number that a node was made with: a leaf that was given new data has another one since."""
    number: int = target.number if target.op is not None or target.in1 is None else target.in1
    return number


def gradients_of(
    outs: Iterable[tuple[Node, Array]],
    order: list[Node],
    targets: Set[Node],
    create_graph: bool,
    border: Set[Node] = frozenset(),
    *,
    n: int = 0,
) -> dict[Node, Array]:
    """The cotangents of `targets`, in one sweep over the nodes in `order` from `outs`, which come with theirs (n, with an n).

    A target that received none has None, or is missing.
    """
    cotangents: dict[Node, Array] = dict.fromkeys(order)
    for out, g in outs:
        if out in cotangents:
            cotangents[out] = g if (old := cotangents[out]) is None else old + g
    if not order:
        return {}
    return undisturbed(
        lambda: sweep(order.copy(), cotangents, targets, border=border, create_graph=create_graph, n=n),
        record=create_graph or None,
    )


def _result(out: Node, target: Node, gradients: dict[Node, Array], allow_unused: bool) -> Array:
    """The gradient that belongs to `target`, or what to say where there is none."""
    if (g := gradients.get(target)) is not None:
        return g
    if allow_unused:
        return np.zeros_like(target.raw)[()]
    why = "was made with requires_grad=False" if not target.requires_grad else "is not part of its graph"
    raise GraphError(
        f"the result ({describe(out)}) does not depend on the input ({describe(target)}), which {why}, "
        f"at {user_line()}. Compute the result from this very Value, outside no_grad(), or pass allow_unused=True to "
        "get zeros"
    )


_adding = threading.Lock()  # of several threads with a leaf in common each adds its gradient, one after the other
if hasattr(os, "register_at_fork"):  # a process forked meanwhile must not wait for a thread that it does not have
    os.register_at_fork(before=_adding.acquire, after_in_parent=_adding.release, after_in_child=_adding.release)


def backward(out: Node, gradient: Any = None, *, leaves_only: bool = False) -> None:
    """See `Value.backward`."""
    cotangent = start(out, gradient)
    cotangents, _ = reachable([out])
    cotangents[out] = cotangent
    keep = () if leaves_only else None
    order = sorted(cotangents, key=by_age)
    gradients = undisturbed(lambda: sweep(order, cotangents, keep, free=leaves_only))
    leaves, totals, others = [], [], [cotangent]
    for node, g in gradients.items():
        if node.op is not None:
            node.grad = g
            others.append(g)
        elif g is not None:
            leaves.append(node)
            totals.append(g)
    add_to_leaves(leaves, own(totals, others))


def add_to_leaves(leaves: list[Node], gradients: list[Array]) -> None:
    """Add to each leaf's gradient: to all of them, or after an interrupt to none."""
    with _adding:
        before = [leaf.grad for leaf in leaves]
        try:
            for leaf, old, g in zip(leaves, before, gradients, strict=True):
                leaf.grad = g if old is None else old + g
        except BaseException:
            for leaf, old in zip(leaves, before, strict=True):
                leaf.grad = old
            raise


def start(out: Node, cotangent: Any) -> Array:
    """The cotangent to begin with, in the shape and dtype of `out`."""
    if not hasattr(out, "requires_grad"):
        raise GraphError(f"a derivative was asked of {describe(out)} at {user_line()}: only a Value has a history")
    if not out.requires_grad:
        raise GraphError(
            f"a derivative was asked of a Value ({describe(out)}) at {user_line()} that needs none: it was computed "
            "under no_grad(), detached, or made from Values with requires_grad=False only"
        )
    raw = out.raw
    if cotangent is None:
        if raw.__class__ is _float64:
            return _ONE
        if raw.shape != ():
            raise ShapeError(
                f"backward from a Value of shape {raw.shape} at {user_line()} needs a gradient of that shape to start "
                "from: reduce it to a scalar first (result.sum(), loss.mean()), or pass one, e.g. "
                "backward(np.ones(value.shape))"
            )
        return raw.dtype.type(1)
    cotangent = cotangent if is_value(cotangent) else as_data(cotangent)
    if cotangent.shape != raw.shape:
        raise ShapeError(
            f"the gradient to start from has shape {cotangent.shape}, and the Value has {raw.shape}, at {user_line()}: "
            "they must be equal"
        )
    return fit(cotangent, raw)


def own(gradients: list[Array], others: list[Array]) -> list[Array]:
    """The gradients, copied where two of them (or one and one of the others) are views of the same memory.

    Whoever receives a gradient may change it in place; that must not change another.
    """
    result = []
    seen: set[int] = set()
    for g in gradients:
        mine = g
        if g.__class__ is not _float64 and g.shape != ():
            if not seen:
                keep_freed_memory()
                seen.update(map(id, others))
            if id(g) in seen or getattr(g, "base", None) is not None:
                mine = g.copy()
            seen.add(id(mine))
        result.append(mine)
    return result
