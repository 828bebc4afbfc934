"""Expressions in named arrays, element by element, and their exact derivatives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd import Value

Env = dict[str, Any]


def library(x: Any) -> Any:
    """The module whose functions compute with `x`: NumPy, or JAX's."""
    return sys.modules["jax.numpy"] if type(x).__module__.startswith("jax") else np


@dataclass(frozen=True)
class Expr:
    """An expression; its `parts` are expressions too."""

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

    def walk(self) -> Iterator[Expr]:
        """The expression, and every expression in it."""
        yield self
        for part in getattr(self, "parts", ()):
            yield from part.walk()


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
        xp = library(x)
        y = (xp.cos if self.k % 2 else xp.sin)(x)
        y = -y if self.k >= 2 else y
        return float(y) if isinstance(x, float) else y  # a constant must not widen a float32


class Root(Node):
    """The y with y = e + 0.3 sin y."""

    def diff(self, name):
        slope = add(Const(1.0), mul(Const(-0.3), Phase((self,), 1)))
        return mul(Inverse((slope,)), self.parts[0].diff(name))

    def run(self, env):
        e = self.parts[0].run(env)
        return ag.implicit(root_of, lambda y, e: y - e - 0.3 * np.sin(y))(e) if isinstance(e, Value) else root_of(e)


def root_of(e: Any) -> Any:
    """By Newton's method, of plain numbers."""
    e = np.asarray(getattr(e, "data", e))
    y = e
    for _ in range(60):
        y = y - (y - e - 0.3 * np.sin(y)) / (1 - 0.3 * np.cos(y))
    return y[()]


class Stop(Node):
    """A constant, whatever it was computed from."""

    def diff(self, name):
        return Const(0.0)

    def run(self, env):
        x = self.parts[0].run(env)
        return sys.modules["jax"].lax.stop_gradient(x) if library(x) is not np else ag.stop_gradient(x)


def add(a: Expr, b: Expr) -> Expr:
    zero = Const(0.0)
    return b if a == zero else a if b == zero else Add((a, b))


def mul(a: Expr, b: Expr) -> Expr:
    zero, one = Const(0.0), Const(1.0)
    return zero if zero in (a, b) else b if a == one else a if b == one else Mul((a, b))


def full(x: Any, like: Any) -> Any:
    """`x` in the shape and the dtype of `like`."""
    if hasattr(x, "dtype") and (x.shape, x.dtype) == (like.shape, like.dtype):
        return x
    return x + library(like).zeros_like(like if not isinstance(like, Value) else like.raw)
