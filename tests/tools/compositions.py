"""Random compositions of the transformations, compared with mathematics.

    python -m tests.tools.compositions            ten thousand, from a seed of the day's
    python -m tests.tools.compositions --seed 7 --count 300

A composition is an expression of sines, sums, products and *transformations of functions*: the gradient of an inner function
at an inner point, a pull-back inside or outside of the trace that made it, a checkpoint, a rule of one's own, a fixed
point … Inner functions close over outer variables. All of it acts element by element, and so each transformation has
an equivalent without one: the gradient of Σ f is f′, found by differentiating the expression. The value of a composition and
its derivatives, taken by transformations once more, must be those of the plain expression, whose derivatives are exact.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd import Value

N = 3  # elements of every array
Env = dict[str, Any]


# -- expressions, and their derivatives --------------------------------------------------------------------------


@dataclass(frozen=True)
class Expr:
    """An expression in named arrays, element by element."""

    def plain(self) -> Expr:
        """The same without transformations."""
        raise NotImplementedError

    def diff(self, name: str) -> Expr:
        """The derivative with respect to a variable."""
        raise NotImplementedError

    def put(self, values: dict[str, Expr]) -> Expr:
        """With expressions in place of variables."""
        raise NotImplementedError

    def run(self, env: Env) -> Any:
        """Its value: of plain arrays, or of `Value`s."""
        raise NotImplementedError


@dataclass(frozen=True)
class Const(Expr):
    value: float

    def plain(self):
        return self

    def diff(self, name):
        return Const(0.0)

    def put(self, values):
        return self

    def run(self, env):
        return self.value


@dataclass(frozen=True)
class Var(Expr):
    name: str

    def plain(self):
        return self

    def diff(self, name):
        return Const(1.0 if name == self.name else 0.0)

    def put(self, values):
        return values.get(self.name, self)

    def run(self, env):
        return env[self.name]


@dataclass(frozen=True)
class Node(Expr):
    """An operation on expressions."""

    parts: tuple[Expr, ...]

    def plain(self):
        return self.with_parts([p.plain() for p in self.parts])

    def put(self, values):
        return self.with_parts([p.put(values) for p in self.parts])

    def with_parts(self, parts):
        return type(self)(tuple(parts))


class Add(Node):
    def diff(self, name):
        return add(*(p.diff(name) for p in self.parts))

    def run(self, env):
        a, b = self.parts
        return a.run(env) + b.run(env)


class Mul(Node):
    def diff(self, name):
        a, b = self.parts
        return add(mul(a.diff(name), b), mul(a, b.diff(name)))

    def run(self, env):
        a, b = self.parts
        return a.run(env) * b.run(env)


class Inverse(Node):
    def diff(self, name):
        (a,) = self.parts
        return mul(Const(-1.0), mul(self, mul(self, a.diff(name))))

    def run(self, env):
        return 1 / self.parts[0].run(env)


@dataclass(frozen=True)
class Phase(Node):
    """sin(e + kπ/2), which is its own fourth derivative."""

    k: int = 0

    def with_parts(self, parts):
        return Phase(tuple(parts), self.k)

    def diff(self, name):
        return mul(Phase(self.parts, (self.k + 1) % 4), self.parts[0].diff(name))

    def run(self, env):
        x = self.parts[0].run(env)
        y = (np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x))[self.k](x)
        return float(y) if isinstance(x, float) else y  # a constant must not widen a float32


class Root(Node):
    """The y with y = e + 0.3 sin y."""

    def diff(self, name):
        slope = add(Const(1.0), mul(Const(-0.3), Phase((self,), 1)))
        return mul(Inverse((slope,)), self.parts[0].diff(name))

    def run(self, env):
        e = self.parts[0].run(env)
        return ag.implicit(_root, lambda y, e: y - e - 0.3 * np.sin(y))(e) if isinstance(e, Value) else _root(e)


def _root(e):
    e = np.asarray(getattr(e, "data", e))
    y = e
    for _ in range(60):
        y = y - (y - e - 0.3 * np.sin(y)) / (1 - 0.3 * np.cos(y))
    return y


class Stop(Node):
    """A constant, whatever it was computed from."""

    def diff(self, name):
        return Const(0.0)

    def run(self, env):
        return ag.stop_gradient(self.parts[0].run(env))


def add(a: Expr, b: Expr) -> Expr:
    zero = Const(0.0)
    return b if a == zero else a if b == zero else Add((a, b))


def mul(a: Expr, b: Expr) -> Expr:
    zero, one = Const(0.0), Const(1.0)
    return zero if zero in (a, b) else b if a == one else a if b == one else Mul((a, b))


# -- transformations ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Transform(Expr):
    """A transformation of the function `inner` of `names`, at `points`, with further expressions `more`."""

    kind: str
    inner: Expr
    names: tuple[str, ...]
    points: tuple[Expr, ...]
    more: tuple[Expr, ...]

    def plain(self):
        points = {name: p.plain() for name, p in zip(self.names, self.points, strict=True)}
        return MEANING[self.kind](self.inner.plain(), self.names[0], *(m.plain() for m in self.more)).put(points)

    def put(self, values):
        hidden = {k: v for k, v in values.items() if k not in self.names}
        return Transform(
            self.kind,
            self.inner.put(hidden),
            self.names,
            tuple(p.put(values) for p in self.points),
            tuple(m.put(values) for m in self.more),
        )

    def run(self, env):
        def f(*zs: Any) -> Any:
            return self.inner.run({**env, **dict(zip(self.names, zs, strict=True))})

        points = [full(p.run(env), env) for p in self.points]
        return RUN[self.kind](f, points, [full(m.run(env), env) for m in self.more], self, env)


def full(x: Any, env: Env) -> Any:
    """`x` as an array of the length, and in the dtype, of the others."""
    like = next(iter(env.values()))
    return x + np.zeros_like(like if not isinstance(like, Value) else like.raw)


def closed(f: Expr, names: tuple[str, ...]) -> bool:
    """Whether an expression speaks of these variables alone."""
    if isinstance(f, Var):
        return f.name in names
    if isinstance(f, Transform):
        inside = closed(f.inner, (*names, *f.names))
        return inside and all(closed(e, names) for e in (*f.points, *f.more))
    return all(closed(p, names) for p in getattr(f, "parts", ()))


# What each transformation means, as an expression in the inner variables: f is the inner function, z the first of them.
MEANING: dict[str, Callable[..., Expr]] = {
    "grad": lambda f, z: f.diff(z),
    "value_and_grad": lambda f, z: f.diff(z),
    "elementwise_grad": lambda f, z: f.diff(z),
    "deriv": lambda f, z: f.diff(z),
    "grad of a dict": lambda f, z: f.diff(z),
    "grad of a tuple": lambda f, z: f.diff(z),
    "holomorphic_grad": lambda f, z: f.diff(z),
    "jacobian": lambda f, z: f.diff(z),
    "jacobian of a nest": lambda f, z: f.diff(z),
    "hessian": lambda f, z: f.diff(z).diff(z),
    "hvp": lambda f, z, v: mul(f.diff(z).diff(z), v),
    "vjp": lambda f, z, u: mul(f.diff(z), u),
    "pull twice": lambda f, z, u: mul(f.diff(z), mul(f.diff(z), u)),
    "pull outside": lambda f, z, u: mul(f.diff(z), mul(Const(2.0), u)),
    "jvp": lambda f, z, t: mul(f.diff(z), t),
    "linearize": lambda f, z, t: mul(f.diff(z), t),
    "push outside": lambda f, z, t: mul(f.diff(z), mul(Const(2.0), t)),
    "ggnvp": lambda f, z, v: mul(f.diff(z), mul(f.diff(z), v)),
    "checkpoint": lambda f, z: f,
    "grad of a checkpoint": lambda f, z: f.diff(z),
    "custom_vjp": lambda f, z: f,
    "primitive": lambda f, z: f,
    "primitive of a dict": lambda f, z: f,
    "fixed_point": lambda f, z: Root((f,)),
    "fixed_point, closed over": lambda f, z: Root((f,)),
    "implicit": lambda f, z: Root((f,)),
    "implicit, closed over": lambda f, z: Root((f,)),
    "under no_grad": lambda f, z: Stop((f.diff(z),)),
    "traced under no_grad": lambda f, z: Stop((f.diff(z),)),
}
OF_ONE_ARGUMENT = ("custom_vjp", "primitive", "primitive of a dict")  # these may not close over anything
NOT_COMPLEX = {
    "grad", "value_and_grad", "grad of a dict", "grad of a tuple", "hessian", "hvp", "ggnvp", "fixed_point", "implicit",
    "fixed_point, closed over", "implicit, closed over", "grad of a checkpoint", "under no_grad", "traced under no_grad",
}  # fmt: skip
Run = Callable[[Any, list[Any], list[Any], Transform, Env], Any]


def total(f: Any) -> Any:
    return lambda *zs: np.sum(f(*zs))


def ones(x: Any) -> Any:
    return np.ones_like(x.raw if isinstance(x, Value) else x)


def of_own_rule(make: Any) -> Run:
    """A function with a rule of its own: the derivative of the inner expression, by expression."""

    def run(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
        slopes = [t.inner.plain().diff(name) for name in t.names]

        def slope(i: int, zs: Any) -> Any:
            return full(slopes[i].run(dict(zip(t.names, zs, strict=True))), {"z": zs[0]})

        return make(lambda *zs: full(t.inner.run(dict(zip(t.names, zs, strict=True))), {"z": zs[0]}), slope)(*points)

    return run


def by_custom_vjp(f: Any, slope: Any) -> Any:
    def rule(g: Any, out: Any, *zs: Any) -> Any:
        return tuple(g * slope(i, zs) for i in range(len(zs)))

    recorded = ag.custom_vjp(f, rule)
    return lambda *zs: recorded(*zs)


def by_primitive(f: Any, slope: Any) -> Any:
    recorded = ag.primitive(f)
    makers = [lambda out, *zs, i=i: lambda g: g * slope(i, zs) for i in range(2)]
    ag.defvjp(recorded, *makers)
    return recorded


def by_primitive_of_a_dict(f: Any, slope: Any) -> Any:
    recorded = ag.primitive(lambda d: {"out": [f(*d.values())], "note": "text"})

    def maker(out: Any, d: Any) -> Any:
        return lambda g: {k: g["out"][0] * slope(i, list(d.values())) for i, k in enumerate(d)}

    ag.defvjp(recorded, maker)
    return lambda *zs: recorded({str(i): z for i, z in enumerate(zs)})["out"][0]


def pull_outside(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    _, pull = ag.vjp(lambda z: f(z, *points[1:]), points[0])
    return ag.elementwise_grad(lambda u: pull(u * u))(more[0])


def push_outside(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    _, push = ag.linearize(lambda z: f(z, *points[1:]), points[0])
    return ag.elementwise_grad(lambda v: push(v * v))(more[0])


def pull_twice(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    _, pull = ag.vjp(lambda z: f(z, *points[1:]), points[0])
    return pull(pull(more[0]))


def distance(x: Any, y: Any) -> Any:
    return np.max(np.abs(x - y))


def fixed(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    start = np.zeros(N)
    return ag.fixed_point(lambda a: lambda y: f(*a) + 0.3 * np.sin(y), tuple(points), start, distance, 1e-13)


def fixed_closed(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    e = f(*points)
    return ag.fixed_point(lambda _: lambda y: e + 0.3 * np.sin(y), None, np.zeros(N), distance, 1e-13)


def implicit(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    solve = ag.implicit(lambda a: _root(full(f(*a), {"z": a[0]})), lambda y, a: y - f(*a) - 0.3 * np.sin(y))
    return solve(tuple(points))


def implicit_closed(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    e = full(f(*points), {"z": points[0]})
    solve = ag.implicit(lambda _: _root(e), lambda y, _: y - e - 0.3 * np.sin(y))
    return solve(None)


def under_no_grad(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    with ag.no_grad():
        return ag.elementwise_grad(f)(*points)


def traced_under_no_grad(f: Any, points: list[Any], more: list[Any], t: Transform, env: Env) -> Any:
    with ag.no_grad():
        return ag.jacobian(f)(*points) @ ones(points[0])


RUN: dict[str, Run] = {
    "grad": lambda f, p, m, t, env: ag.grad(total(f))(*p),
    "value_and_grad": lambda f, p, m, t, env: ag.value_and_grad(total(f))(*p)[1],
    "elementwise_grad": lambda f, p, m, t, env: ag.elementwise_grad(lambda *z: full(f(*z), {"z": z[0]}))(*p),
    "deriv": lambda f, p, m, t, env: ag.deriv(f)(*p),
    "grad of a dict": lambda f, p, m, t, env: ag.grad(lambda d: total(f)(*d.values()))(dict(enumerate(p)))[0],
    "grad of a tuple": lambda f, p, m, t, env: ag.grad(lambda d: total(f)(d[0][0], *d[1]))(((p[0], None), p[1:]))[0][0],
    "holomorphic_grad": lambda f, p, m, t, env: ag.elementwise_grad(f)(*p),
    "jacobian": lambda f, p, m, t, env: ag.jacobian(f)(*p) @ ones(p[0]),
    "jacobian of a nest": lambda f, p, m, t, env: (
        ag.jacobian(lambda d: {"out": f(d["z"], *p[1:])})({"z": p[0]})["out"]["z"] @ ones(p[0])
    ),
    "hessian": lambda f, p, m, t, env: ag.hessian(total(f))(*p) @ ones(p[0]),
    "hvp": lambda f, p, m, t, env: ag.hvp(total(f))(*p, m[0]),
    "vjp": lambda f, p, m, t, env: ag.vjp(f, *p)[1](m[0])[0] if len(p) > 1 else ag.vjp(f, *p)[1](m[0]),
    "pull twice": pull_twice,
    "pull outside": pull_outside,
    "jvp": lambda f, p, m, t, env: ag.jvp(lambda z: f(z, *p[1:]), p[:1], m)[1],
    "linearize": lambda f, p, m, t, env: ag.linearize(lambda z: f(z, *p[1:]), p[0])[1](m[0]),
    "push outside": push_outside,
    "ggnvp": lambda f, p, m, t, env: ag.ggnvp(lambda z: f(z, *p[1:]))(p[0], m[0]),
    "checkpoint": lambda f, p, m, t, env: ag.checkpoint(f)(*p),
    "grad of a checkpoint": lambda f, p, m, t, env: ag.grad(total(ag.checkpoint(f)))(*p),
    "custom_vjp": of_own_rule(by_custom_vjp),
    "primitive": of_own_rule(by_primitive),
    "primitive of a dict": of_own_rule(by_primitive_of_a_dict),
    "fixed_point": fixed,
    "fixed_point, closed over": fixed_closed,
    "implicit": implicit,
    "implicit, closed over": implicit_closed,
    "under no_grad": under_no_grad,
    "traced under no_grad": traced_under_no_grad,
}


# -- random compositions -----------------------------------------------------------------------------------------


class Maker:
    """Random expressions from a seed."""

    def __init__(self, seed: int, kinds: list[str]) -> None:
        self.random = random.Random(seed)
        self.kinds = kinds
        self.names = (f"z{i}" for i in itertools.count())

    def expr(self, names: tuple[str, ...], depth: int, transforms: int) -> Expr:
        """An expression in the variables `names`, with transformations nested up to `transforms` deep."""
        choice = self.random.random()
        if depth <= 0:
            return Var(self.random.choice(names)) if choice < 0.9 else Const(self.random.choice((0.5, -1.5)))
        if transforms and choice < 0.55:
            return self.transform(names, depth, transforms)
        if choice < 0.7:
            return mul(self.expr(names, depth - 1, transforms), self.expr(names, depth - 1, transforms))
        if choice < 0.8:
            return add(self.expr(names, depth - 1, transforms), self.expr(names, depth - 1, transforms))
        return Phase((self.expr(names, depth - 1, transforms),), self.random.randrange(4))

    def transform(self, names: tuple[str, ...], depth: int, transforms: int) -> Transform:
        kind = self.random.choice(self.kinds)
        inner = tuple(itertools.islice(self.names, self.random.choice((1, 1, 2))))
        seen = inner if kind in OF_ONE_ARGUMENT else (*inner, *inner, *names)
        f = self.expr(seen, depth - 1, transforms - 1)
        if not any_of(f, inner[0]):
            f = mul(f, Phase((Var(inner[0]),)))
        points = tuple(self.expr(names, depth - 2, 0) for _ in inner)
        wants = MEANING[kind].__code__.co_argcount - 2
        return Transform(kind, f, inner, points, tuple(self.expr(names, depth - 2, 0) for _ in range(wants)))


def any_of(f: Expr, name: str) -> bool:
    """Whether an expression depends on a variable."""
    if isinstance(f, Var):
        return f.name == name
    if isinstance(f, Transform):
        return any(any_of(e, name) for e in (f.inner, *f.points, *f.more))
    return any(any_of(p, name) for p in getattr(f, "parts", ()))


# -- how a whole composition is differentiated, and what must come out --------------------------------------------


def by_backward(f: Any, env: Env) -> Any:
    x = Value(env["x"])
    out = f({**env, "x": x})
    if isinstance(out, Value) and out.requires_grad:
        np.sum(out).backward()
    return np.zeros_like(x.data) if x.grad is None else x.grad


OUTER: dict[str, tuple[int, Callable[[Any, Env], Any]]] = {  # the order of the derivative, and how it is taken
    "value": (0, lambda f, env: f(env)),
    "grad": (1, lambda f, env: ag.grad(lambda x: np.sum(f({**env, "x": x})))(env["x"])),
    "backward": (1, by_backward),
    "jvp": (1, lambda f, env: ag.jvp(lambda x: f({**env, "x": x}), [env["x"]], [np.ones_like(env["x"])])[1]),
    "jacobian": (1, lambda f, env: ag.jacobian(lambda x: f({**env, "x": x}))(env["x"]) @ np.ones_like(env["x"])),
    "checkpoint": (
        1,
        lambda f, env: ag.grad(lambda x: np.sum(ag.checkpoint(lambda x: f({**env, "x": x}))(x)))(env["x"]),
    ),
    "hvp": (2, lambda f, env: ag.hvp(lambda x: np.sum(f({**env, "x": x})))(env["x"], np.ones_like(env["x"]))),
    "grad of grad": (
        2,
        lambda f, env: ag.grad(lambda x: np.sum(ag.grad(lambda x: np.sum(f({**env, "x": x})))(x)))(env["x"]),
    ),
}
COMPLEX_OUTER = ("value", "jvp", "jacobian")


def compose(seed: int) -> tuple[Expr, str, Env]:
    """A composition, how it is differentiated with respect to x, and the numbers."""
    rng = np.random.default_rng(seed)
    maker = random.Random(seed)
    dtype = maker.choice(("float64", "float64", "float64", "float32", "complex128"))
    kinds = [k for k in MEANING if dtype != "complex128" or k not in NOT_COMPLEX]
    if dtype == "float32":
        kinds = [k for k in kinds if "fixed" not in k]  # the tolerance is one for float64
    outer = maker.choice(COMPLEX_OUTER if dtype == "complex128" else list(OUTER))
    expr = Maker(seed, kinds).transform(("x", "y"), maker.choice((2, 3)), 2)
    env = {name: rng.uniform(-1, 1, N).astype(dtype) for name in ("x", "y")}
    if dtype == "complex128":
        env = {name: x + 0.3j * rng.uniform(-1, 1, N) for name, x in env.items()}
    return expr, outer, env


def expected(expr: Expr, order: int, env: Env) -> Any:
    """The exact derivative, in double precision."""
    plain = expr.plain()
    for _ in range(order):
        plain = plain.diff("x")
    wide = {name: x.astype(complex if np.iscomplexobj(x) else float) for name, x in env.items()}
    return plain.run(wide) + np.zeros_like(wide["x"])


def check(seed: int) -> str | None:
    """What is wrong with a composition, or None."""
    expr, outer, env = compose(seed)
    order, take = OUTER[outer]
    right = expected(expr, order, env)
    found = take(lambda env: full(expr.run(env), env), env)
    narrow = env["x"].dtype == np.float32
    if isinstance(found, Value):
        return f"a Value came out: {found}"
    if np.asarray(found).dtype != env["x"].dtype:
        return f"dtype {np.asarray(found).dtype} for {env['x'].dtype}"
    scale = 1 + np.max(np.abs(right))
    if not np.all(np.abs(found - right) <= (2e-3 if narrow else 1e-7) * scale):
        return f"{found} for {right}"
    return None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}")
    failed = 0
    for seed in range(options.seed, options.seed + options.count):
        try:
            wrong = check(seed)
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            failed += 1
            expr, outer, _ = compose(seed)
            print(f"seed {seed}: {outer} of {expr}\n    {wrong}")
    print(f"{options.count} compositions, {failed} wrong")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
