"""Finite differences: the derivative by its definition, which knows nothing about any rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np


def directional(f: Callable[..., Any], args: Sequence[Any], direction: Sequence[Any], h: float = 1e-3) -> Any:
    """d f(args + t·direction)/dt at t = 0, to about eleven digits: central differences of sixth order."""

    def at(t: float) -> Any:
        return f(*(x + t * v for x, v in zip(args, direction, strict=True)))

    return (45 * (at(h) - at(-h)) - 9 * (at(2 * h) - at(-2 * h)) + (at(3 * h) - at(-3 * h))) / (60 * h)


def weights(out: Any, seed: int) -> Any:
    """Random numbers in the shape and dtype of `out`, none near zero: a generic cotangent."""
    return _weights(np.shape(out), np.iscomplexobj(out), seed).astype(out.dtype)[()]


@lru_cache(maxsize=64)  # finite differences ask for the same ones again and again
def _weights(shape: tuple[int, ...], imaginary: bool, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    w = rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape)
    return np.asarray(w + 1j * rng.uniform(0.5, 1.5, shape) if imaginary else w)


def weighted(f: Callable[..., Any], seed: int) -> Callable[..., Any]:
    """The real number Σ Re(w · f), with fixed random weights."""

    def scalar(*args: Any) -> Any:
        out = f(*args)
        return np.real(np.sum(weights(out, seed) * out))

    return scalar


def projections(f: Callable[..., Any], gradients: Callable[..., Any], args: Sequence[Any], seed: int) -> Any:
    """(directional derivative by differences, the same from the gradients), along one random direction.

    In the conjugate convention the gradient of a real f of z = x + iy is ∂f/∂x − i ∂f/∂y, and the derivative along v
    is Re(gradient · v).
    """
    rng = np.random.default_rng(seed)
    direction = [
        rng.normal(size=np.shape(x)) + (1j * rng.normal(size=np.shape(x)) if np.iscomplexobj(x) else 0) for x in args
    ]
    numeric = directional(f, args, direction)
    found = gradients(*args)
    assert [np.shape(g) for g in found] == [np.shape(x) for x in args]
    analytic = sum(np.real(np.sum(np.asarray(g) * v)) for g, v in zip(found, direction, strict=True))
    return numeric, analytic
