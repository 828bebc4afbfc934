"""Every kind of transformation: what it means, and how it is written.

The meaning is an expression in the inner variables: f is the inner function, z the first of them. A kind is run on ``f``, which
takes arrays, the points ``p`` where it is taken, and the further arrays ``m`` that it wants.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from autograd import Value
from autograd.engine.mode import is_recording

from .expressions import Const, Env, Expr, Root, Stop, Var, add, full, library, mul

Run = Callable[[Any, list[Any], list[Any], "Transform"], Any]


@dataclass(frozen=True)
class Kind:
    """A transformation of a function: its meaning, the way to write it, the order of its derivative."""

    meaning: Callable[..., Expr]
    run: Run
    order: int = 1
    complex: bool = True  # whether it has this meaning for complex numbers too
    closes: bool = True  # whether the function may use variables from its surroundings
    exact: bool = True  # False: what iterates to a tolerance, which is one for float64

    @property
    def wants(self) -> int:
        """How many arrays it takes besides the points."""
        return self.meaning.__code__.co_argcount - 2


@dataclass(frozen=True)
class Transform(Expr):
    """A transformation of the function `inner` of `names`, at `points`, with further expressions `more`."""

    kind: str
    inner: Expr
    names: tuple[str, ...]
    points: tuple[Expr, ...]
    more: tuple[Expr, ...]

    @property
    def parts(self) -> tuple[Expr, ...]:
        return (self.inner, *self.points, *self.more)

    def plain(self):
        points = {name: p.plain() for name, p in zip(self.names, self.points, strict=True)}
        return KINDS[self.kind].meaning(self.inner.plain(), self.names[0], *(m.plain() for m in self.more)).put(points)

    def put(self, values):
        hidden = {k: v for k, v in values.items() if k not in self.names}
        points, more = ([e.put(values) for e in part] for part in (self.points, self.more))
        return dataclasses.replace(self, inner=self.inner.put(hidden), points=tuple(points), more=tuple(more))

    def run(self, env: Env) -> Any:
        def f(*zs: Any) -> Any:
            return self.inner.run({**env, **dict(zip(self.names, zs, strict=True))})

        f.env = env
        like = next(iter(env.values()))
        points, more = ([full(e.run(env), like) for e in part] for part in (self.points, self.more))
        run = KINDS[self.kind].run
        if library(points[0]) is not np:
            from .with_jax import run_of

            run = run_of(self.kind)
        return run(f, points, more, self)


def total(f: Any) -> Any:
    return lambda *zs: np.sum(f(*zs))


def ones(x: Any) -> Any:
    return np.ones_like(x.raw if isinstance(x, Value) else x)


def whole(f: Any) -> Any:
    """`f` with a result in the shape of its argument, also where that is a constant."""
    return lambda *zs: full(f(*zs), zs[0])


def along(matrix: Any, x: Any) -> Any:
    """A matrix of derivatives with respect to `x`, times ones."""
    return np.sum(matrix, axis=tuple(range(np.ndim(matrix) - np.ndim(x), np.ndim(matrix))))


# -- nests -------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    first: Any
    second: Any


@dataclass
class Box:
    held: Any
    note: str = "text"
    twice: Any = field(init=False, default=None)


def nested(p: list[Any]) -> Any:
    """Arrays in a nest of every container, with leaves between them that are none."""
    return {"a": [Pair(p[0], None), ("text", 3)], "b": Box({"c": list(p[1:])})}


def first_in(nest: Any) -> Any:
    return nest["a"][0].first


def on_nest(f: Any) -> Any:
    """`f` as a function of such a nest."""

    def of_nest(nest: Any) -> Any:
        assert (nest["a"][0].second, nest["a"][1][0], nest["b"].note) == (None, "text", "text")
        return f(first_in(nest), *nest["b"].held["c"])

    return of_nest


def tangent_nest(p: list[Any], v: Any) -> Any:
    """A direction in the form of the nest: `v` for its first array, zeros for the others."""
    nest = nested([v, *(np.zeros_like(ones(x)) for x in p[1:])])
    nest["a"][1] = ("text", 0.0)
    return nest


# -- functions ---------------------------------------------------------------------------------------------------


def one(f: Any, p: list[Any]) -> Any:
    """`f` as a function of its first argument alone."""
    return lambda z: f(z, *p[1:])


def pull_outside(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    _, pull = ag.vjp(one(f, p), p[0])
    return ag.elementwise_grad(lambda u: pull(u * u))(m[0])


def push_outside(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    _, push = ag.linearize(one(f, p), p[0])
    return ag.elementwise_grad(lambda v: push(v * v))(m[0])


def pull_twice(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    _, pull = ag.vjp(one(f, p), p[0])
    return pull(pull(m[0]))


def push_of_pull(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    (_, pull), (_, push) = ag.vjp(one(f, p), p[0]), ag.linearize(one(f, p), p[0])
    return push(pull(m[0]))


def with_aux(f: Any) -> Any:
    """The sum of `f`, and besides it `f` itself in a nest."""
    return lambda *zs: (total(f)(*zs), {"f": [whole(f)(*zs), "text"]})


def grad_with_aux(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    """½ f′ + ½ f′ + f."""
    slope, aux = ag.grad_and_aux(with_aux(f))(*p)
    (_, other), again = ag.value_and_grad(with_aux(f), has_aux=True)(*p)
    assert aux["f"][1] == other["f"][1] == "text"
    return 0.5 * slope + 0.5 * again + 0.25 * aux["f"][0] + 0.75 * other["f"][0]


def value_of(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    """The values that transformations give besides, of one element each."""
    n = max(1, int(np.size(plain(p[0]))))
    parts = lambda *zs: whole(f)(*zs) / n
    one_of = [ag.vjp(parts, *p)[0], ag.jvp(parts, p, [ones(x) for x in p])[0], ag.linearize(parts, *p)[0]]
    return n * (one_of[0] + one_of[1] + one_of[2]) / 3


def plain(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x


def of_values(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    """The derivative of one computed Value with respect to another, where there are any."""
    if not is_recording():
        return ag.grad(total(f))(*p)
    z = p[0] * 1 if isinstance(p[0], Value) else Value(p[0])
    found = ag.grad(np.sum(whole(f)(z, *p[1:])) + 0 * np.sum(z), z, create_graph=True)
    return found if any(isinstance(x, Value) for x in (*p, *f.env.values())) else plain(found)


def tuple_of_arguments(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    wanted = range(len(p)) if len(p) > 1 else (0,)
    return ag.grad(total(f), tuple(wanted))(*p)[0]


def last_argument(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return ag.grad(lambda *zs: total(f)(zs[-1], *zs[:-1]), -1)(*p[1:], p[0])


def complex_jacobian(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    matrix = ag.jacobian(lambda *zs: (1 + 2j) * whole(f)(*zs))(*p)
    return np.real(along(matrix, p[0]) * (1 - 2j)) / 5


def complex_elementwise(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return np.imag(ag.elementwise_grad(lambda *zs: (3 + 2j) * whole(f)(*zs))(*p)) / 2


def by_fourier(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    """To complex numbers and back."""
    y = whole(f)(*p)
    flat = np.reshape(y, (-1,))
    back = np.real(np.fft.ifft(np.fft.fft(flat))) if flat.size else flat
    return np.reshape(back, np.shape(y)).astype(y.dtype)


def straight(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return ag.straight_through(one(f, p))(p[0])


def slope(f: Expr, z: str) -> Expr:
    return f.diff(z)


def times_slope(f: Expr, z: str, u: Expr) -> Expr:
    return mul(f.diff(z), u)


def times_curvature(f: Expr, z: str, v: Expr) -> Expr:
    return mul(f.diff(z).diff(z), v)


def twice_times_slope(f: Expr, z: str, u: Expr) -> Expr:
    return mul(f.diff(z), mul(Const(2.0), u))


def times_slope_squared(f: Expr, z: str, u: Expr) -> Expr:
    return mul(f.diff(z), mul(f.diff(z), u))


def itself(f: Expr, z: str) -> Expr:
    return f


def solved(f: Expr, z: str) -> Expr:
    return Root((f,))


def stopped_slope(f: Expr, z: str) -> Expr:
    return Stop((f.diff(z),))


def straightened(f: Expr, z: str) -> Expr:
    return add(Var(z), Stop((add(f, mul(Const(-1.0), Var(z))),)))


def gradients(run: Any, **options: Any) -> Kind:
    """A gradient, which of a complex result there is none."""
    return Kind(slope, run, complex=False, **options)


OF_FUNCTIONS: dict[str, Kind] = {
    "grad": gradients(lambda f, p, m, t: ag.grad(total(f))(*p)),
    "value_and_grad": gradients(lambda f, p, m, t: ag.value_and_grad(total(f))(*p)[1]),
    "grad with aux": Kind(lambda f, z: add(f, f.diff(z)), grad_with_aux, complex=False),
    "value of value_and_grad": Kind(itself, value_of, order=0, complex=False),
    "grad of a Value": gradients(of_values),
    "grad, a tuple of arguments": gradients(tuple_of_arguments),
    "grad, the last argument": gradients(last_argument),
    "grad, a keyword": gradients(lambda f, p, m, t: ag.grad(lambda z, *, rest: total(f)(z, *rest))(p[0], rest=p[1:])),
    "grad of a dict": gradients(lambda f, p, m, t: ag.grad(lambda d: total(f)(*d.values()))(dict(enumerate(p)))[0]),
    "grad of a nest": gradients(lambda f, p, m, t: first_in(ag.grad(on_nest(total(f)))(nested(p)))),
    "third derivative": Kind(
        lambda f, z: f.diff(z).diff(z).diff(z),
        lambda f, p, m, t: ag.grad(total(ag.grad(total(ag.grad(total(f))))))(*p),
        order=3,
        complex=False,
    ),
    "elementwise_grad": Kind(slope, lambda f, p, m, t: ag.elementwise_grad(whole(f))(*p)),
    "deriv": Kind(slope, lambda f, p, m, t: ag.deriv(whole(f))(*p)),
    "jacobian": Kind(slope, lambda f, p, m, t: along(ag.jacobian(whole(f))(*p), p[0])),
    "jacobian of a nest": Kind(
        slope,
        lambda f, p, m, t: along(
            first_in(ag.jacobian(lambda d: {"out": (None, [on_nest(whole(f))(d)])})(nested(p))["out"][1][0]), p[0]
        ),
    ),
    "jacobian, complex": gradients(complex_jacobian),
    "elementwise_grad, complex": gradients(complex_elementwise),
    "hessian": Kind(
        lambda f, z: f.diff(z).diff(z),
        lambda f, p, m, t: along(ag.hessian(total(f))(*p), p[0]),
        order=2,
        complex=False,
    ),
    "hessian of a nest": Kind(
        lambda f, z: f.diff(z).diff(z),
        lambda f, p, m, t: along(
            ag.hessian(lambda d: total(f)(d["z"][0], *p[1:]))({"z": [p[0]]})["z"][0]["z"][0], p[0]
        ),
        order=2,
        complex=False,
    ),
    "hvp": Kind(times_curvature, lambda f, p, m, t: ag.hvp(total(f))(*p, m[0]), order=2, complex=False),
    "hvp of a nest": Kind(
        times_curvature,
        lambda f, p, m, t: ag.hvp(lambda d: total(f)(d[0]["z"], *p[1:]))(({"z": p[0]},), ({"z": m[0]},))[0]["z"],
        order=2,
        complex=False,
    ),
    "vjp": Kind(
        times_slope, lambda f, p, m, t: ag.vjp(whole(f), *p)[1](m[0])[0] if len(p) > 1 else ag.vjp(f, *p)[1](m[0])
    ),
    "vjp of a nest": Kind(
        times_slope,
        lambda f, p, m, t: first_in(
            ag.vjp(lambda d: Pair(0.5 * on_nest(whole(f))(d), (on_nest(whole(f))(d), 1.0)), nested(p))[1](
                Pair(m[0], (0.5 * m[0], 0.0))
            )
        ),
    ),
    "pull twice": Kind(times_slope_squared, pull_twice, order=2),
    "pull outside": Kind(twice_times_slope, pull_outside),
    "push of a pull": Kind(times_slope_squared, push_of_pull, order=2),
    "jvp": Kind(times_slope, lambda f, p, m, t: ag.jvp(one(whole(f), p), p[:1], m)[1]),
    "jvp of a nest": Kind(
        times_slope,
        lambda f, p, m, t: ag.jvp(lambda d: [on_nest(f)(d)], [nested(p)], [tangent_nest(p, m[0])])[1][0],
    ),
    "linearize": Kind(times_slope, lambda f, p, m, t: ag.linearize(one(whole(f), p), p[0])[1](m[0])),
    "make_vjp": Kind(times_slope, lambda f, p, m, t: ag.make_vjp(whole(f))(*p)[0](m[0])),
    "make_jvp": Kind(times_slope, lambda f, p, m, t: ag.make_jvp(whole(f))(*p)(m[0])[1]),
    "push outside": Kind(twice_times_slope, push_outside),
    "ggnvp": Kind(
        times_slope_squared, lambda f, p, m, t: ag.ggnvp(one(whole(f), p))(p[0], m[0]), order=2, complex=False
    ),
    "stop_gradient": Kind(
        lambda f, z: add(f, Stop((f,))),
        lambda f, p, m, t: whole(f)(*p) + ag.stop_gradient({"y": (whole(f)(*p),)})["y"][0],
        order=0,
    ),
    "straight_through": Kind(straightened, straight),
    "to complex and back": Kind(itself, by_fourier, order=0, complex=False),
}
KINDS: dict[str, Kind] = {}  # of all the files
