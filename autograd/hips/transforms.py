"""HIPS autograd's names for the transformations, where they differ from this package's own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..custom import fixed_point
from ..tracing import Function
from ..transforms import ggnvp, grad, hvp, jvp, vjp

__all__ = [
    "deriv", "fixed_point", "grad_named", "hessian_tensor_product", "hessian_vector_product", "make_ggnvp", "make_hvp",
    "make_jvp", "make_vjp", "multigrad_dict", "tensor_jacobian_product", "vector_jacobian_product",
]  # fmt: skip


def _of_argument(f: Function, argnum: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Function:
    """`f` as a function of one of its arguments."""
    return lambda x: f(*args[:argnum], x, *args[argnum + 1 :], **kwargs)


def make_vjp(f: Function, argnum: Any = 0) -> Any:
    """``make_vjp(f)(x)`` is (the function that pulls cotangents back, f(x)). Given (f, x) at once, likewise."""
    if not isinstance(argnum, int):
        return vjp(f, argnum)[::-1]

    def at(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        out, pull = vjp(_of_argument(f, argnum, args, kwargs), args[argnum])
        return pull, out

    return at


def make_jvp(f: Function, argnum: int = 0) -> Function:
    """``make_jvp(f)(x)(v)`` is (f(x), J v)."""

    def at(*args: Any, **kwargs: Any) -> Function:
        return lambda v: jvp(_of_argument(f, argnum, args, kwargs), [args[argnum]], [v])

    return at


def make_hvp(f: Function, argnum: int = 0) -> Function:
    """``make_hvp(f)(x)`` is (v ↦ H v, ∇f(x))."""

    def at(*args: Any, **kwargs: Any) -> tuple[Function, Any]:
        of_x = _of_argument(f, argnum, args, kwargs)
        return lambda v: hvp(of_x)(args[argnum], v), grad(of_x)(args[argnum])

    return at


def make_ggnvp(f: Function, g: Function = lambda x: 0.5 * np.sum(x**2), f_argnum: int = 0) -> Function:
    """``make_ggnvp(f)(x)(v)`` is JᵀHJ v."""

    def at(*args: Any, **kwargs: Any) -> Function:
        return lambda v: ggnvp(_of_argument(f, f_argnum, args, kwargs), g)(args[f_argnum], v)

    return at


def hessian_tensor_product(f: Function, argnum: int = 0) -> Function:
    """``(*args, tensor)`` ↦ the Hessian contracted with `tensor` over all of the argument's axes."""
    return hvp(f, argnum)


hessian_vector_product = hessian_tensor_product


def tensor_jacobian_product(f: Function, argnum: int = 0) -> Function:
    """``(*args, tensor)`` ↦ `tensor` contracted with the Jacobian over all of the result's axes."""

    def product(*args: Any, **kwargs: Any) -> Any:
        *rest, tensor = args
        return grad(lambda *xs: np.sum(tensor * f(*xs, **kwargs)), argnum)(*rest)

    return product


vector_jacobian_product = tensor_jacobian_product


def deriv(f: Function, argnum: int = 0) -> Function:
    """The derivative of a function of one number; of any result, by forward mode."""

    @functools.wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        x = args[argnum]
        return jvp(_of_argument(f, argnum, args, kwargs), [x], [np.ones_like(x)[()]])[1]

    return derivative


def grad_named(f: Function, argname: str) -> Function:
    """The gradient with respect to the parameter of that name."""
    code = f.__code__
    return grad(f, code.co_varnames[: code.co_argcount].index(argname))


def multigrad_dict(f: Function) -> Callable[..., dict[str, Any]]:
    """The function that returns the gradients with respect to all arguments, by parameter name."""
    import inspect

    signature = inspect.signature(f)

    @functools.wraps(f)
    def gradients(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        names = list(bound.arguments)
        return dict(grad(lambda given: f(**given))({name: bound.arguments[name] for name in names}))

    return gradients
