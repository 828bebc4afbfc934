"""With what users of HIPS autograd add derivatives: ``from autograd.extend import primitive, defvjp``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..custom import defvjp, primitive
from ..engine.convert import unbox
from ..engine.value import Value as Box
from ..rules import REFUSALS
from ..transforms import Function

__all__ = [
    "Box",
    "VSpace",
    "defjvp",
    "defvjp",
    "defvjp_argnums",
    "notrace_primitive",
    "primitive",
    "register_notrace",
    "vspace",
]


def defvjp_argnums(f: primitive, maker: Callable[..., Any]) -> None:
    """One rule for all arguments: ``maker(argnums, ans, args, kwargs)`` ↦ ``g`` ↦ a gradient per argument number."""

    def one(i: int) -> Callable[..., Any]:
        return lambda ans, *args, **kwargs: lambda g: next(iter(maker((i,), ans, args, kwargs)(g)))

    f.makers = {i: one(i) for i in range(32)}


def defjvp(f: primitive, *rules: Any, argnums: Sequence[int] | None = None) -> None:
    """Accepted and not needed: forward mode is reverse mode applied twice, and uses the rules of `defvjp`.

    "same" says that the function is linear in that argument.
    """


def notrace_primitive(f: Function) -> Function:
    """`f` of the plain data: its result is a constant."""

    def constant(*args: Any, **kwargs: Any) -> Any:
        return f(*unbox(args), **unbox(kwargs))

    constant.__name__ = getattr(f, "__name__", "constant")
    constant.__doc__ = f.__doc__
    return constant


def register_notrace(trace_type: Any, f: Function) -> None:
    """Accepted and not needed for NumPy's functions; a function of your own becomes a constant by `notrace_primitive`."""
    if f in REFUSALS:
        raise NotImplementedError(f"{f.__name__} changes an array in place and cannot be made a constant")


class VSpace:
    """The vector space that a value lives in: its zeros, its basis, random elements."""

    def __init__(self, value: Any) -> None:
        value = unbox(value)
        self.shape, self.dtype = np.shape(value), np.asarray(value).dtype
        self.size, self.ndim = int(np.prod(self.shape)), len(self.shape)
        self.iscomplex = self.dtype.kind == "c"

    def zeros(self) -> Any:
        """0."""
        return np.zeros(self.shape, self.dtype)

    def ones(self) -> Any:
        """1 in every coordinate."""
        return np.ones(self.shape, self.dtype)

    def randn(self) -> Any:
        """A standard normal element."""
        real = np.random.default_rng().normal(size=self.shape)
        return (real + 1j * np.random.default_rng().normal(size=self.shape) if self.iscomplex else real).astype(
            self.dtype
        )

    def standard_basis(self) -> Any:
        """The unit vectors, one after the other."""
        for index in np.ndindex(*self.shape):
            unit = self.zeros()
            unit[index] = 1
            yield unit

    def inner_prod(self, x: Any, y: Any) -> Any:
        """Σ x y."""
        return np.sum(x * y)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VSpace) and (self.shape, self.dtype) == (other.shape, other.dtype)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))


vspace = VSpace


def isbox(x: Any) -> bool:
    """Whether `x` is being differentiated."""
    return isinstance(x, Box)
