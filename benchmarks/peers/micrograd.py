"""micrograd, with the exponential and the logarithm that its author adds in his lectures."""

from __future__ import annotations

import math
from typing import Any

from micrograd.engine import Value
from suite.starts import Start

from peers import scalar_programs as scalars

importing = "micrograd.engine"


def _exp(self: Any) -> Any:
    out = Value(math.exp(self.data), (self,), "exp")

    def _backward() -> None:
        self.grad += out.data * out.grad

    out._backward = _backward
    return out


def _log(self: Any) -> Any:
    out = Value(math.log(self.data), (self,), "log")

    def _backward() -> None:
        self.grad += out.grad / self.data

    out._backward = _backward
    return out


Value.exp, Value.log = _exp, _log


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
