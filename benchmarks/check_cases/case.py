"""A function, its right derivatives, and the points to check it at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Inputs = tuple[Any, ...]
Gradients = tuple[Any, ...]
Vjp = Callable[..., Gradients]


@dataclass(frozen=True)
class Case:
    """`vjps` are all right: at a kink there may be several. `draw` makes the inputs of one point.

    `interval(*inputs)` gives for an elementwise function of one input the smallest and the largest valid derivative,
    and `accepts(g, gradients, *inputs)` says for any other whether a gradient is valid. A gradient that differs from a
    right one by less than `same`, relative to each element, is no bug. There are at most `points` points.
    """

    name: str
    f: Callable[..., Any]
    vjps: Sequence[Vjp]
    draw: Callable[[np.random.Generator], Inputs]
    interval: Callable[..., tuple[Any, Any]] | None = None
    accepts: Callable[..., bool] | None = None
    same: float = 1e-4
    points: int = 1000

    def valid(self, g: Any, out: Any, inputs: Inputs, gradients: Gradients) -> bool:
        """Whether `gradients` are right, at these inputs and for this cotangent."""
        with np.errstate(all="ignore"):
            if self.accepts is not None:
                return self.accepts(g, gradients, *inputs)
            if self.interval is not None:
                ends = [np.asarray(g * end) for end in self.interval(*inputs)]
                low, high = np.minimum(*ends), np.maximum(*ends)
                slack = self.same * np.maximum(np.abs(low), np.abs(high))
                return bool(((low - slack <= gradients[0]) & (gradients[0] <= high + slack)).all())
            return any(self._close(gradients, vjp(g, out, *inputs)) for vjp in self.vjps)

    def _close(self, given: Gradients, right: Gradients) -> bool:
        return all(
            np.shape(a) == np.shape(b) and bool((np.abs(a - b) <= self.same * np.maximum(np.abs(a), np.abs(b))).all())
            for a, b in zip(given, right, strict=True)
        )


def elementwise(
    name: str, f: Callable[..., Any], slope: Callable[..., Any], draw: Callable[..., Any], **options: Any
) -> Case:
    """A smooth function of one array, number by number, with the derivative `slope(x)`; `draw(rng)` makes the array."""
    return Case(name, f, [lambda g, out, x: (g * slope(x),)], lambda rng: (draw(rng),), **options)


def normal(*shape: int, scale: float = 1.0, shift: float = 0.0) -> Callable[[np.random.Generator], Any]:
    """Arrays of normally distributed numbers."""
    return lambda rng: shift + scale * rng.normal(size=shape)


def between(low: float, high: float, *shape: int) -> Callable[[np.random.Generator], Any]:
    """Arrays of numbers between two bounds."""
    return lambda rng: rng.uniform(low, high, size=shape)


def powers_of_ten(low: float, high: float, *shape: int, signed: bool = False) -> Callable[[np.random.Generator], Any]:
    """Arrays of numbers of any magnitude from 10^low to 10^high."""

    def draw(rng: np.random.Generator) -> Any:
        sign = rng.choice([-1.0, 1.0], size=shape) if signed else 1.0
        return sign * 10 ** rng.uniform(low, high, size=shape)

    return draw


def arrays(*draws: Callable[[np.random.Generator], Any]) -> Callable[[np.random.Generator], Inputs]:
    """Several inputs, each drawn by itself."""
    return lambda rng: tuple(draw(rng) for draw in draws)
