"""Random compositions, how a whole one is differentiated, and what must come out."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd import Value

from .expressions import Const, Env, Expr, Phase, Stop, Var, add, full, mul
from .kinds import KINDS, OF_FUNCTIONS, Transform, along
from .own_rules import OF_OWN_RULES
from .surroundings import SURROUNDINGS, elsewhere

KINDS.update(OF_FUNCTIONS | OF_OWN_RULES | SURROUNDINGS)
SHAPES = ((3,), (3,), (3,), (), (1,), (2, 2), (0,))
ORDER = 5  # of a derivative, all in all: the exact ones grow with it


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
        name = self.random.choice(self.kinds)
        kind = KINDS[name]
        inner = tuple(itertools.islice(self.names, self.random.choice((1, 1, 2))))
        seen = (*inner, *inner, *names) if kind.closes else inner
        f = self.expr(seen, depth - 1, transforms - 1)
        if not any(e == Var(inner[0]) for e in f.walk()):
            f = mul(f, Phase((Var(inner[0]),)))
        points = tuple(self.expr(names, depth - 2, 0) for _ in inner)
        return Transform(name, f, inner, points, tuple(self.expr(names, depth - 2, 0) for _ in range(kind.wants)))


def order(expr: Expr) -> int:
    """The order of the derivatives in it."""
    inside = max((order(part) for part in getattr(expr, "parts", ())), default=0)
    return inside + (KINDS[expr.kind].order if isinstance(expr, Transform) else 0)


# -- how a whole composition is differentiated ---------------------------------------------------------------------


@dataclass(frozen=True)
class Outer:
    """A derivative of a composition with respect to these variables, one after the other, and how it is taken."""

    names: str
    take: Callable[[Any, Env], Any]
    lower: str = ""  # what is one order below, for finite differences along x
    complex: bool = False


def of(f: Any, env: Env, name: str = "x") -> Any:
    """The composition as a function of one variable."""
    return lambda x: f({**env, name: x})


def summed(f: Any, env: Env, name: str = "x") -> Any:
    return lambda x: np.sum(of(f, env, name)(x))


def gradient(leaf: Value) -> Any:
    return np.zeros_like(leaf.data) if leaf.grad is None else leaf.grad


def by_backward(f: Any, env: Env) -> Any:
    x = Value(env["x"])
    out = f({**env, "x": x})
    if isinstance(out, Value) and out.requires_grad:
        np.sum(out).backward()
    return gradient(x)


def into_a_closed_over_leaf(take: Any) -> Callable[[Any, Env], Any]:
    """A derivative with respect to y, while x is a leaf of the user's own; its `.backward()` goes on to x."""

    def run(f: Any, env: Env) -> Any:
        x = Value(env["x"])
        found = take(f, {**env, "x": x})
        if isinstance(found, Value):
            np.sum(found).backward()
        return gradient(x)

    return run


def pulled_later(f: Any, env: Env) -> Any:
    pull = ag.vjp(of(f, env, "y"), env["y"])[1]
    return pull(np.ones_like(env["y"]))


def escaped(make: Any) -> Callable[[Any, Env], Any]:
    """A pull or push that leaves the trace of an outer derivative with respect to x, and is called after it has ended."""

    def run(f: Any, env: Env) -> Any:
        kept: list[Any] = []

        def outer(x: Any) -> Any:
            out, function = make(of(f, {**env, "x": x}, "y"), env["y"])
            kept.append(function)
            return np.sum(out) + np.sum(x)

        ag.grad(outer)(env["x"])
        return kept[0](np.ones_like(env["y"]))

    return run


def escaped_and_differentiated(f: Any, env: Env) -> Any:
    """Σ pull(u²), differentiated at u = ½: the slope again. `g` computes with an x whose trace is over: a constant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.StaleValueWarning)
        pull = escaped(lambda g, y: (g(y), lambda _: ag.vjp(g, y)[1]))(f, env)
        return ag.elementwise_grad(lambda u: pull(u * u))(np.full_like(env["y"], 0.5))


def in_a_thread_later(f: Any, env: Env) -> Any:
    pull = ag.vjp(of(f, env), env["x"])[1]
    return elsewhere(lambda: pull(np.ones_like(env["x"])))


def by_strict(f: Any, env: Env) -> Any:
    with ag.strict():
        return ag.grad(summed(f, env))(env["x"])


OUTER: dict[str, Outer] = {
    "value": Outer("", lambda f, env: f(env), complex=True),
    "grad": Outer("x", lambda f, env: ag.grad(summed(f, env))(env["x"]), "value"),
    "backward": Outer("x", by_backward, "value"),
    "grad under strict": Outer("x", by_strict, "value"),
    "jvp": Outer(
        "x", lambda f, env: ag.jvp(of(f, env), [env["x"]], [np.ones_like(env["x"])])[1], "value", complex=True
    ),
    "linearize": Outer("x", lambda f, env: ag.linearize(of(f, env), env["x"])[1](np.ones_like(env["x"])), "value"),
    "jacobian": Outer("x", lambda f, env: along(ag.jacobian(of(f, env))(env["x"]), env["x"]), "value", complex=True),
    "elementwise_grad": Outer("x", lambda f, env: ag.elementwise_grad(of(f, env))(env["x"]), "value", complex=True),
    "checkpoint": Outer("x", lambda f, env: ag.grad(lambda x: np.sum(ag.checkpoint(of(f, env))(x)))(env["x"]), "value"),
    "a pull, called by a thread": Outer("x", in_a_thread_later, "value"),
    "a pull, called later": Outer("y", pulled_later, "value"),
    "a pull, escaped": Outer("y", escaped(ag.vjp), "value"),
    "a push, escaped": Outer("y", escaped(ag.linearize), "value"),
    "a pull, escaped and differentiated": Outer("y", escaped_and_differentiated, "value"),
    "hvp": Outer("xx", lambda f, env: ag.hvp(summed(f, env))(env["x"], np.ones_like(env["x"])), "grad"),
    "grad of grad": Outer("xx", lambda f, env: ag.grad(lambda x: np.sum(ag.grad(summed(f, env))(x)))(env["x"]), "grad"),
    "backward into a leaf, of grad": Outer(
        "yx", into_a_closed_over_leaf(lambda f, env: ag.grad(summed(f, env, "y"))(env["y"])), "a pull, called later"
    ),
    "backward into a leaf, of jacobian": Outer(
        "yx",
        into_a_closed_over_leaf(lambda f, env: along(ag.jacobian(of(f, env, "y"))(env["y"]), env["y"])),
        "a pull, called later",
    ),
    "backward into a leaf, of a pull": Outer("yx", into_a_closed_over_leaf(pulled_later), "a pull, called later"),
    "backward into a leaf, of a push": Outer(
        "yx",
        into_a_closed_over_leaf(lambda f, env: ag.linearize(of(f, env, "y"), env["y"])[1](np.ones_like(env["y"]))),
        "a pull, called later",
    ),
}


def compose(seed: int) -> tuple[Expr, str, Env]:
    """A composition, how it is differentiated with respect to x, and the numbers."""
    rng = np.random.default_rng(seed)
    maker = random.Random(seed)
    dtype = maker.choice(("float64", "float64", "float64", "float32", "complex128"))
    is_complex = dtype == "complex128"
    kinds = [k for k in KINDS if (KINDS[k].complex or not is_complex) and (KINDS[k].exact or dtype != "float32")]
    outer = maker.choice([name for name in OUTER if OUTER[name].complex or not is_complex])
    shape = maker.choice(SHAPES)
    drawn = Maker(seed, kinds)
    while True:
        expr = drawn.transform(("x", "y"), *maker.choice(((2, 2), (3, 2), (3, 2), (4, 3))))
        if order(expr) + len(OUTER[outer].names) <= ORDER:
            break
    env = {name: np.asarray(rng.uniform(-1, 1, shape)).astype(dtype)[()] for name in ("x", "y")}
    if is_complex:
        env = {name: x + 0.3j * rng.uniform(-1, 1, shape) for name, x in env.items()}
    return expr, outer, env


def expected(expr: Expr, names: str, env: Env) -> Any:
    """The exact derivative, in double precision."""
    plain = expr.plain()
    for name in names:
        plain = plain.diff(name)
    wide = {name: x.astype(complex if np.iscomplexobj(x) else float) for name, x in env.items()}
    return full(plain.run(wide), wide["x"])


def run(expr: Expr) -> Callable[[Env], Any]:
    """The composition, as a function of all its variables."""
    return lambda env: full(expr.run(env), env["x"])


def installed() -> list[Callable[[int], tuple[str | None, str]]]:
    """JAX, if it is there to be asked: what is wrong with a composition, and whether it was compared."""
    return [importlib.import_module(f"{__package__}.with_jax").compared] if importlib.util.find_spec("jax") else []


def check(seed: int) -> str | None:
    """What is wrong with a composition, or None."""
    expr, outer, env = compose(seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", ag.IndependentOutputWarning)
            return different(OUTER[outer].take(run(expr), env), expr, outer, env)
    except Exception as error:  # whatever it is, it should not have been raised
        return f"{type(error).__name__}: {error}"


def different(found: Any, expr: Expr, outer: str, env: Env) -> str | None:
    """How the derivative that was `found` differs from the exact one, and from finite differences."""
    right = expected(expr, OUTER[outer].names, env)
    narrow = env["x"].dtype == np.float32
    if isinstance(found, Value):
        return f"a Value came out: {found}"
    if np.asarray(found).dtype != env["x"].dtype or np.shape(found) != np.shape(env["x"]):
        return f"{np.shape(found)} {np.asarray(found).dtype} for {np.shape(env['x'])} {env['x'].dtype}"
    scale = 1 + np.max(np.abs(right), initial=0.0)
    if not np.all(np.abs(found - right) <= (2e-3 if narrow else 1e-7) * scale):
        return f"{found} for {right}"
    if OUTER[outer].lower and not narrow and not any(isinstance(e, Stop) for e in expr.plain().walk()):
        estimate = by_differences(expr, outer, env)
        if not np.all(np.abs(found - estimate) <= 1e-5 * scale):
            return f"{found} for {estimate} by finite differences"
    return None


def by_differences(expr: Expr, outer: str, env: Env) -> Any:
    """The outermost derivative from values, or derivatives of one order less, on both sides: fourth order in the step."""
    *_, name = OUTER[outer].names
    lower = OUTER[OUTER[outer].lower].take
    at = lambda step: lower(run(expr), {**env, name: env[name] + step})
    h = 2e-3
    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
