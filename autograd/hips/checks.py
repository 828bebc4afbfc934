"""HIPS autograd's checks of derivatives by differences, under their names: ``check_grads(f, order=2)(x)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from .. import tree
from ..engine.convert import unbox
from ..tracing import Function
from .spaces import vspace
from .tracing import make_jvp, make_vjp
from .wrapping import get_name, unary_to_nary

TOL, RTOL, EPS = 1e-6, 1e-6, 1e-6


def scalar_close(a: Any, b: Any) -> bool:
    """Whether two numbers agree to 1e-6, absolutely or relatively."""
    return bool(abs(a - b) < TOL or abs(a - b) / abs(a + b) < RTOL)


def _random_like(x: Any, stream: int = 0) -> Any:
    """A random direction in the space of `x`: real for its real arrays, complex for its complex ones."""
    return vspace(x).randn(np.random.default_rng(stream))


def make_numerical_jvp(f: Function, x: Any) -> Function:
    """The function v ↦ (f(x + εv/2) − f(x − εv/2)) / ε."""
    space, of_result = vspace(x), vspace(f(x))

    def jvp(v: Any) -> Any:
        ahead = f(space.add(x, space.scalar_mul(v, EPS / 2)))
        behind = f(space.add(x, space.scalar_mul(v, -EPS / 2)))
        return of_result.scalar_mul(of_result.add(ahead, of_result.scalar_mul(behind, -1.0)), 1 / EPS)

    return jvp


def check_vjp(f: Function, x: Any) -> None:
    """AssertionError unless reverse mode agrees with differences along a random direction.

    A gradient is the conjugate of the direction of steepest ascent; `covector` is what makes it one.
    """
    pull, y = make_vjp(f, x)
    space, of_result = vspace(x), vspace(y)
    v_in, v_out = _random_like(x), _random_like(y, stream=1)
    analytic = space.inner_prod(v_in, space.covector(pull(of_result.covector(v_out))))
    numeric = of_result.inner_prod(v_out, make_numerical_jvp(f, x)(v_in))
    assert scalar_close(analytic, numeric), (
        f"Derivative (VJP) check of {get_name(f)} failed with arg {x}:\nanalytic: {analytic}\nnumeric:  {numeric}"
    )


def check_jvp(f: Function, x: Any) -> None:
    """AssertionError unless forward mode agrees with differences along a random direction."""
    v = _random_like(x)
    analytic, numeric = make_jvp(f, x)(v)[1], make_numerical_jvp(f, x)(v)
    assert _agree(analytic, numeric, 1e-5, 1e-5), (
        f"Derivative (JVP) check of {get_name(f)} failed with arg {x}:\nanalytic: {analytic}\nnumeric:  {numeric}"
    )


def _agree(x: Any, y: Any, rtol: float, atol: float) -> bool:
    """Whether two nests have the same leaves, up to rounding."""
    ours, theirs = tree.flatten(unbox(x))[0], tree.flatten(unbox(y))[0]
    return len(ours) == len(theirs) and all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=rtol, atol=atol)
        for a, b in zip(ours, theirs, strict=True)
    )


def check_equivalent(x: Any, y: Any) -> None:
    """AssertionError unless the two nests of arrays agree."""
    assert _agree(x, y, RTOL, TOL), f"Not equivalent: {x} and {y}"


@unary_to_nary
def check_grads(f: Function, x: Any, modes: Sequence[str] = ("fwd", "rev"), order: int = 2) -> None:
    """``check_grads(f, argnum=0, modes=["fwd", "rev"], order=2)(*args)`` checks the derivatives of `f` up to `order`.

    The second order checks J v and Jᵀu as functions of x and v, and of x and u.
    """
    if not set(modes) <= {"fwd", "rev"}:
        raise ValueError("modes must be a subset of {'fwd', 'rev'}")
    if "fwd" in modes:
        check_jvp(f, x)
        if order > 1:
            _check_next(lambda x, v: make_jvp(f, x)(v)[1], f"jvp_{get_name(f)}", x, _random_like(x), modes, order)
    if "rev" in modes:
        check_vjp(f, x)
        if order > 1:
            _check_next(lambda x, u: make_vjp(f, x)[0](u), f"vjp_{get_name(f)}", x, _random_like(f(x)), modes, order)


def _check_next(derivative: Function, name: str, x: Any, v: Any, modes: Sequence[str], order: int) -> None:
    derivative.__name__ = name
    check_grads(derivative, (0, 1), modes=modes, order=order - 1)(x, v)


def combo_check(f: Function, *args: Any, **kwargs: Any) -> Callable[..., None]:
    """`check_grads` on every combination of the given lists of arguments and keywords."""

    def check(*argument_lists: Any, **keyword_lists: Any) -> None:
        for values in product(*argument_lists):
            for keywords in product(*keyword_lists.values()):
                check_grads(f, *args, **kwargs)(*values, **dict(zip(keyword_lists, keywords, strict=True)))

    return check


def quick_grad_check(
    fun: Function, arg0: Any, extra_args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None, **_: Any
) -> None:
    """`check_grads` of the first argument, in reverse mode."""
    check_grads(fun, modes=["rev"], order=1)(arg0, *extra_args, **(kwargs or {}))
