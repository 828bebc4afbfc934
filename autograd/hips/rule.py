"""One argument's derivative as HIPS autograd's users write it: `vjp` for cotangents, `jvp` for tangents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from .. import custom
from ..engine.convert import unbox
from ..transforms import vjp
from .util import subval

Maker = Callable[..., Any]


class SparseObject:
    """A cotangent in the space `vs` that is zero but for what `mut_add`, given an array of zeros, adds to it."""

    def __init__(self, vs: Any, mut_add: Callable[[Any], Any]) -> None:
        self.vs, self.mut_add = vs, mut_add

    def dense(self) -> Any:
        """The same as an array."""
        return self.mut_add(self.vs.zeros())


class Same:
    """The rule for tangents of an argument `number` in which `f`, the primitive `made`, is linear: f(…, t, …)."""

    def __init__(self, f: Any, made: custom.primitive, number: int) -> None:
        self.f, self.made, self.number = f, made, number

    def __call__(self, t: Any, ans: Any, *args: Any, **kwargs: Any) -> Any:
        return self.f(*subval(args, self.number, t), **kwargs)

    def inside(self, t: Any, ans: Any, *args: Any, **kwargs: Any) -> Any:
        """The same, looking into the primitive: its own rule is what is wanted."""
        return self.made.fun(*subval(args, self.number, t), **kwargs)


class OneOf:
    """The rule ``vjp`` of the argument `number` alone, by the rule for `several`: ``several(numbers, ans, args, kwargs)(g)``."""

    def __init__(self, several: Callable[..., Any], number: int) -> None:
        self.several, self.number = several, number

    def __call__(self, ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        return lambda g: next(iter(self.several((self.number,), ans, args, kwargs)(g)))


class Rule:
    """The rule of the argument `number`: ``vjp(ans, *args)(g)`` and ``jvp(t, ans, *args)``, of which one may be missing.

    Forward mode is reverse mode applied twice: it differentiates g ↦ Jᵀg. Where `jvp` is given, g ↦ Jᵀg is an operation
    of its own, whose derivative is that rule. Where `vjp` is missing it is `jvp`, which is linear in t, transposed.
    """

    def __init__(self, number: int, vjp: Maker | None = None, jvp: Maker | None = None) -> None:
        self.number, self.vjp, self.jvp = number, vjp, jvp

    def __call__(self, ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        if self.jvp is not None:
            return lambda g: self._pull_back(g, ans, *args, **kwargs)
        assert self.vjp is not None
        pull = self.vjp(ans, *args, **kwargs)
        return lambda g: dense(pull(g))

    @property
    def several(self) -> Callable[..., Any] | None:
        """The rule that gives the gradients of several arguments at once, if it is in force."""
        return self.vjp.several if isinstance(self.vjp, OneOf) and self.jvp is None else None

    @cached_property
    def _pull_back(self) -> Any:
        """The operation (g, ans, *args) ↦ Jᵀg."""
        operation = custom.primitive(self._plainly)
        operation.makers = Everywhere(lambda i: self._jvp_of if i == 0 else self._along(i))
        return operation

    def _plainly(self, g: Any, ans: Any, *args: Any, **kwargs: Any) -> Any:
        if self.vjp is not None:
            return dense(self.vjp(ans, *args, **kwargs)(g))
        x = args[self.number]
        if not np.any(unbox(g)):  # so that forward mode, which begins with zeros, transposes nothing
            return np.zeros_like(unbox(x))[()]
        assert self.jvp is not None
        jvp = self.jvp.inside if isinstance(self.jvp, Same) else self.jvp
        return vjp(lambda t: jvp(t, ans, *args, **kwargs), np.zeros_like(unbox(x))[()])[1](g)

    def _jvp_of(self, out: Any, g: Any, ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        assert self.jvp is not None
        jvp = self.jvp
        return lambda t: jvp(t, ans, *args, **kwargs)

    def _along(self, i: int) -> Maker:
        """The rule for the other inputs, by differentiating the user's."""

        def maker(out: Any, *inputs: Any, **kwargs: Any) -> Callable[[Any], Any]:
            of_one = lambda x: self._plainly(*inputs[:i], x, *inputs[i + 1 :], **kwargs)  # noqa: E731
            return lambda c: vjp(of_one, inputs[i])[1](c)

        return maker


class Everywhere(dict[int, Any]):
    """Rules for every argument number there may be, made when they are asked for."""

    def __init__(self, make: Callable[[int], Any], known: Mapping[int, Any] | None = None) -> None:
        super().__init__(known or {})
        self.make = make

    def __contains__(self, i: object) -> bool:
        return True

    def __missing__(self, i: int) -> Any:
        self[i] = self.make(i)
        return self[i]

    def get(self, i: int, default: Any = None) -> Any:
        return self[i]


def dense(g: Any) -> Any:
    """`g` as an array."""
    return g.dense() if isinstance(g, SparseObject) else g
