"""HIPS autograd's ``core`` and ``tracer``, as far as they can be had without its tracer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from ..tracing import Function
from ..transforms import jvp, vjp
from .refused import refused
from .rule import dense
from .spaces import vspace


class Node:
    """What a tracer of HIPS's writes for each operation. A `Value` is that here, and no other class can be."""

    def __init_subclass__(cls, ours: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not ours:
            raise refused(
                f"{cls.__name__}, a subclass of {cls.__mro__[1].__name__},",
                "value.parents, value.op and value.inputs show what was recorded, and misc.tracers.full_graph gives it as "
                "HIPS does",
            )

    @classmethod
    def new_root(cls, *args: Any) -> Self:
        """The node that a trace begins with."""
        return cls(*args)


class VJPNode(Node, ours=True):
    """The beginning or the end of a computation whose cotangents are wanted."""

    def __init__(self, pull: Callable[[Any], Any] = lambda g: g) -> None:
        self.vjp = pull


class JVPNode(Node, ours=True):
    """The beginning or the end of a computation along which the tangent `g` is carried."""

    def __init__(self, g: Any) -> None:
        self.g = g


def trace(start_node: Node, fun: Function, x: Any) -> tuple[Any, Any]:
    """``fun(x)``, and the node at its end: for `backward_pass` from a `VJPNode`, with the tangent `g` from a `JVPNode`."""
    if isinstance(start_node, JVPNode):
        out, tangent = jvp(fun, [x], [start_node.g])
        return out, JVPNode(tangent)
    if isinstance(start_node, VJPNode):
        out, pull = vjp(fun, x)
        return out, VJPNode(pull)
    raise refused(
        f"trace from a {type(start_node).__name__}", "begin with VJPNode.new_root() or JVPNode.new_root(tangent)"
    )


def backward_pass(g: Any, end_node: VJPNode) -> Any:
    """The cotangent of the input, for `g` at the end of a `trace`."""
    return end_node.vjp(g)


def make_vjp(fun: Function, x: Any) -> tuple[Callable[[Any], Any], Any]:
    """The function that pulls cotangents back, and ``fun(x)``."""
    out, pull = vjp(fun, x)
    return pull, out


def make_jvp(fun: Function, x: Any) -> Callable[[Any], tuple[Any, Any]]:
    """The function v ↦ (fun(x), J v)."""
    return lambda v: jvp(fun, [x], [v])


def add_outgrads(previous: tuple[Any, bool] | None, g: Any) -> tuple[Any, bool]:
    """The sum of a cotangent so far, None or (cotangent, False), and another; never in place."""
    return (dense(g) if previous is None else vspace(g).add(previous[0], dense(g))), False


def sum_outgrads(gs: Iterable[Any]) -> Any:
    """The sum of cotangents."""
    total: tuple[Any, bool] | None = None
    for g in gs:
        total = add_outgrads(total, g)
    return None if total is None else total[0]


def sparse_add(vs: Any, x_prev: Any, x_new: Any) -> Any:
    """`x_prev` (None for 0) and a `SparseObject`, out of place."""
    return vs.mut_add(x_prev, dense(x_new))


def identity_vjp(argnums: Any, *args: Any) -> Callable[[Any], Any]:
    """The rule of a sum: g, as it is."""
    return lambda g: g


def identity_jvp(g: Any, *args: Any, **kwargs: Any) -> Any:
    """The rule of a sum: g, as it is."""
    return g
