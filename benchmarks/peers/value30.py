"""The well-known `Value` of thirty lines that keeps its local derivatives as floats."""

from __future__ import annotations

import math
from typing import Any

from suite.starts import Start

from peers import scalar_programs as scalars


class Value:
    __slots__ = ("children", "data", "grad", "local")

    def __init__(self, data: float, children: tuple[Value, ...] = (), local: tuple[float, ...] = ()) -> None:
        self.data, self.grad, self.children, self.local = data, 0.0, children, local

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    __pow__ = lambda self, n: Value(self.data**n, (self,), (n * self.data ** (n - 1),))
    log = lambda self: Value(math.log(self.data), (self,), (1 / self.data,))
    exp = lambda self: Value(y := math.exp(self.data), (self,), (y,))
    relu = lambda self: Value(max(0.0, self.data), (self,), (float(self.data > 0),))
    __neg__ = lambda self: self * -1.0
    __radd__ = lambda self, other: self + other
    __sub__ = lambda self, other: self + (-other)
    __rsub__ = lambda self, other: other + (-self)
    __rmul__ = lambda self, other: self * other
    __truediv__ = lambda self, other: self * other**-1.0
    __rtruediv__ = lambda self, other: other * self**-1.0

    def backward(self) -> None:
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(v: Value) -> None:
            if v not in seen:
                seen.add(v)
                for child in v.children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for child, slope in zip(v.children, v.local, strict=False):
                child.grad += slope * v.grad


def scalar_add_1(s: Start) -> Any:
    x = Value(s.x)
    return scalars.differentiated(lambda: scalars.sums(x, s.c, s.n), (x,))


def scalar_add_2(s: Start) -> Any:
    x, c = Value(s.x), Value(s.c)
    return scalars.differentiated(lambda: scalars.sums(x, c, s.n), (x, c))


def scalar_exp(s: Start) -> Any:
    x = Value(s.x)
    return scalars.differentiated(lambda: scalars.exponentials(x, s.n), (x,))


def square(s: Start) -> Any:
    def step() -> Any:
        x = Value(s.x)
        (x * x).backward()
        return (x.grad,)

    return (step,)


def moons(s: Start) -> Any:
    return scalars.moons(Value, s)


def scalar_gpt(s: Start) -> Any:
    return scalars.gpt(Value, s)


def two_elementary(s: Start) -> Any:
    return scalars.two_two_one(Value, scalars.logistic, s)


two_sigmoid = two_elementary
