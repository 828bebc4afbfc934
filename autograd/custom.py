"""Functions with derivative rules of the user's own: `primitive` and `defvjp`, `checkpoint`, implicit functions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import tree
from .engine.convert import unbox
from .engine.value import Value, record_many
from .errors import UnsupportedError, user_line
from .rules.op import Array, Op
from .transforms import Function, jacobian, vjp


class primitive:  # noqa: N801 - it is used as a decorator
    """A function that is recorded as one operation; what it computes inside is not looked at.

    `defvjp` gives it derivative rules. Without one for an argument that needs it, the backward pass raises
    `UnsupportedError` (a NotImplementedError).
    """

    def __init__(self, f: Function) -> None:
        functools.update_wrapper(self, f)
        self.fun = f
        self.makers: dict[int, Callable[..., Callable[[Array], Array]] | None] = {}
        self.op = Op(f, self._rule, variadic=True, name=getattr(f, "__name__", "primitive"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, Value) for x in args):
            return record_many(self.op, args, unbox(kwargs))
        return self.fun(*args, **kwargs)

    def _rule(self, i: int, g: Array, out: Array, *inputs: Array, **static: Any) -> Array:
        if i not in self.makers:
            raise UnsupportedError(
                f"VJP of {self.op.name} with respect to argument number {i} is not defined (backward pass at {user_line()}): "
                f"give it a rule with defvjp({self.op.name}, …, argnums=({i},))"
            )
        maker = self.makers[i]
        return np.zeros_like(inputs[i]) if maker is None else maker(out, *inputs, **static)(g)


def defvjp(f: primitive, *makers: Callable[..., Any] | None, argnums: Sequence[int] | None = None) -> None:
    """Give the primitive `f` a rule per argument: ``lambda ans, *args: lambda g: …``; None says "no gradient".

    The rules run on `Value`s when a derivative of the derivative is wanted: in plain NumPy they serve any order.
    """
    f.makers.update(zip(range(len(makers)) if argnums is None else argnums, makers, strict=True))


def custom_vjp(forward: Function, rule: Function) -> Function:
    """`forward` with the rule ``rule(g, out, *inputs)``, which returns the gradient of its input (a tuple for several)."""
    f = primitive(forward)

    def maker(i: int) -> Callable[..., Any]:
        def make(out: Array, *inputs: Array, **static: Any) -> Callable[[Array], Array]:
            def pull(g: Array) -> Array:
                gradients = rule(g, out, *inputs, **static)
                return gradients[i] if isinstance(gradients, (tuple, list)) else gradients

            return pull

        return make

    code = getattr(forward, "__code__", None)
    defvjp(f, *(maker(i) for i in range(code.co_argcount if code else 1)))
    return f


def checkpoint(f: Function) -> Function:
    """`f`, without keeping what it computes: the backward pass computes it again. Memory for time.

    All arrays among the arguments travel as one vector, so that `f` runs once more, not once for each of them.
    """

    @functools.wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        leaves, rebuild = tree.flatten(args)
        places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Value)]
        if not places:
            return f(*args, **kwargs)
        shapes, dtypes = [leaves[i].shape for i in places], [leaves[i].dtype for i in places]
        cuts = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])

        def whole(vector: Any) -> Any:
            filled = list(leaves)
            for place, shape, dtype, start, stop in zip(places, shapes, dtypes, cuts[:-1], cuts[1:], strict=True):
                part = np.reshape(vector[int(start) : int(stop)], shape)
                if part.dtype != dtype:
                    part = (part if dtype.kind == "c" else part.real).astype(dtype)
                filled[place] = part
            return f(*rebuild(filled), **kwargs)

        once = primitive(whole)
        defvjp(once, lambda out, vector: vjp(whole, vector)[1])
        return once(np.concatenate([np.reshape(leaves[i], (-1,)) for i in places]))

    return checkpointed


def fixed_point(f: Function, a: Any, x0: Any, distance: Function, tol: float) -> Any:
    """The x with x = f(a)(x), by iteration from `x0` until ``distance(x, previous) <= tol``; differentiable in `a`.

    By the implicit function theorem the cotangent u of x satisfies u = g + uᵀ∂f/∂x at the solution: a fixed point too
    (B. Christianson, "Reverse accumulation and attractive fixed points", 1994).
    """

    def solve(a: Any) -> Any:
        step, x, previous = f(a), x0, None
        while previous is None or distance(x, previous) > tol:
            x, previous = step(x), x
        return x

    solution = primitive(solve)

    def rule(out: Array, a: Array) -> Callable[[Array], Array]:
        def pull(g: Array) -> Array:
            _, back_x = vjp(f(a), out)
            u, previous = g, None
            while previous is None or distance(u, previous) > tol:
                u, previous = g + back_x(u), u
            return vjp(lambda b: f(b)(out), a)[1](u)

        return pull

    defvjp(solution, rule)
    return solution(a)


def implicit(solve: Function, condition: Function) -> Function:
    """``solve(a)``, a root x of ``condition(x, a) = 0`` found in whatever way, made differentiable in `a`.

    ∂x/∂a = −(∂c/∂x)⁻¹ ∂c/∂a, by the implicit function theorem; `solve` itself is not looked at.
    """
    solution = primitive(solve)

    def rule(out: Array, a: Array) -> Callable[[Array], Array]:
        def pull(g: Array) -> Array:
            slope = jacobian(lambda x: condition(x, a))(out)
            n = int(np.size(unbox(out)))
            u = np.linalg.solve(np.reshape(slope, (n, n)).T, np.reshape(g, (n,)))
            return -vjp(lambda b: condition(out, b), a)[1](np.reshape(u, np.shape(unbox(out))))

        return pull

    defvjp(solution, rule)
    return solution
