"""Kinds with rules of the user's own, functions that are computed again, and solved equations."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag

from .expressions import full, root_of
from .kinds import Box, Kind, Pair, Run, Transform, gradients, itself, nested, on_nest, solved, total, whole


def of_own_rule(make: Any) -> Run:
    """A function with a rule of its own: the derivative of the inner expression, by expression."""

    def run(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
        slopes = [t.inner.plain().diff(name) for name in t.names]

        def slope(i: int, zs: Any) -> Any:
            return full(slopes[i].run(dict(zip(t.names, zs, strict=True))), zs[0])

        return make(lambda *zs: full(t.inner.run(dict(zip(t.names, zs, strict=True))), zs[0]), slope)(*p)

    return run


def by_custom_vjp(f: Any, slope: Any) -> Any:
    def rule(g: Any, out: Any, *zs: Any) -> Any:
        return tuple(g * slope(i, zs) for i in range(len(zs)))

    recorded = ag.custom_vjp(f, rule)
    return lambda *zs: recorded(*zs)


def by_custom_vjp_of_a_nest(f: Any, slope: Any) -> Any:
    def rule(g: Any, out: Any, d: Any) -> Any:
        return [g.first[0] * slope(i, d) for i in range(len(d))]

    recorded = ag.custom_vjp(lambda d: Pair([f(*d)], None), rule)
    return lambda *zs: recorded(list(zs)).first[0]


def by_primitive(f: Any, slope: Any) -> Any:
    recorded = ag.primitive(f)
    makers = [lambda out, *zs, i=i: lambda g: g * slope(i, zs) for i in range(2)]
    ag.defvjp(recorded, *makers)
    return recorded


def by_primitive_of_keywords(f: Any, slope: Any) -> Any:
    """The second argument by keyword, and a factor that is no `Value`."""
    recorded = ag.primitive(lambda a, b=None, *, factor=1.0: f(*([a] if b is None else [a, b])) * factor)

    def maker(i: int) -> Any:
        return lambda out, a, b=None, *, factor: lambda g: g * factor * slope(i, [a] if b is None else [a, b])

    ag.defvjp(recorded, maker(0), maker(1))
    return lambda *zs: recorded(zs[0], factor=0.5, **({"b": zs[1]} if len(zs) > 1 else {})) * 2


def by_primitive_of_a_dict(f: Any, slope: Any) -> Any:
    recorded = ag.primitive(lambda d: {"out": [f(*d.values())], "note": "text"})

    def maker(out: Any, d: Any) -> Any:
        return lambda g: {k: g["out"][0] * slope(i, list(d.values())) for i, k in enumerate(d)}

    ag.defvjp(recorded, maker)
    return lambda *zs: recorded({str(i): z for i, z in enumerate(zs)})["out"][0]


def by_primitive_of_several_results(f: Any, slope: Any) -> Any:
    """Three results in a box, of which two have a derivative."""
    recorded = ag.primitive(lambda *zs: Box((f(*zs), 7, {"twice": 2 * f(*zs)})))

    def maker(i: int) -> Any:
        return lambda out, *zs: lambda g: (g.held[0] + 2 * g.held[2]["twice"]) * slope(i, zs)

    ag.defvjp(recorded, maker(0), maker(1))

    def call(*zs: Any) -> Any:
        box = recorded(*zs)
        assert (box.note, box.held[1]) == ("text", 7)
        return 3 * box.held[0] - box.held[2]["twice"]

    return call


def distance(x: Any, y: Any) -> Any:
    return np.max(np.abs(x - y), initial=0.0)


def start(p: list[Any]) -> Any:
    return np.zeros(np.shape(p[0]))


def fixed(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return ag.fixed_point(lambda a: lambda y: f(*a) + 0.3 * np.sin(y), tuple(p), start(p), distance, 1e-13)


def fixed_closed(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    e = f(*p)
    return ag.fixed_point(lambda _: lambda y: e + 0.3 * np.sin(y), None, start(p), distance, 1e-13)


def implicit(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    solve = ag.implicit(lambda a: root_of(whole(f)(*a)), lambda y, a: y - f(*a) - 0.3 * np.sin(y))
    return solve(tuple(p))


def implicit_of_a_nest(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    g = on_nest(whole(f))
    return ag.implicit(lambda a: root_of(g(a)), lambda y, a: y - g(a) - 0.3 * np.sin(y))(nested(p))


def implicit_closed(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    e = whole(f)(*p)
    return ag.implicit(lambda _: root_of(e), lambda y, _: y - e - 0.3 * np.sin(y))(None)


def nested_checkpoint(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    inner = ag.checkpoint(lambda d, *, note: {"out": [on_nest(f)(d), note, on_nest(f)(d) * 2]})
    outer = ag.checkpoint(lambda *zs: inner(nested(list(zs)), note="text"))
    found = outer(*p)["out"]
    assert found[1] == "text"
    return 3 * found[0] - found[2]


def own(make: Any) -> Kind:
    return Kind(itself, of_own_rule(make), order=1, closes=False)


OF_OWN_RULES: dict[str, Kind] = {
    "custom_vjp": own(by_custom_vjp),
    "custom_vjp of a nest": own(by_custom_vjp_of_a_nest),
    "primitive": own(by_primitive),
    "primitive of keywords": own(by_primitive_of_keywords),
    "primitive of a dict": own(by_primitive_of_a_dict),
    "primitive of several results": own(by_primitive_of_several_results),
    "checkpoint": Kind(itself, lambda f, p, m, t: ag.checkpoint(f)(*p), order=0),
    "checkpoint in a checkpoint": Kind(itself, nested_checkpoint, order=0),
    "grad of a checkpoint": gradients(lambda f, p, m, t: ag.grad(total(ag.checkpoint(f)))(*p)),
    "checkpoint of a grad": gradients(
        lambda f, p, m, t: ag.checkpoint(ag.grad(on_nest(total(f))))(nested(p))["a"][0].first
    ),
    "fixed_point": Kind(solved, fixed, complex=False, exact=False),
    "fixed_point, closed over": Kind(solved, fixed_closed, complex=False, exact=False),
    "implicit": Kind(solved, implicit, complex=False),
    "implicit of a nest": Kind(solved, implicit_of_a_nest, complex=False),
    "implicit, closed over": Kind(solved, implicit_closed, complex=False),
}
