"""HIPS autograd's names for the transformations, where they differ from this package's own."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..custom import fixed_point
from ..tracing import Function
from ..transforms import ggnvp, grad, hvp, jacobian, jvp, vjp
from .wrapping import unary_to_nary

__all__ = [
    "deriv", "fixed_point", "grad_named", "hessian_tensor_product", "hessian_vector_product", "make_ggnvp", "make_hvp",
    "make_jvp", "make_jvp_reversemode", "make_vjp", "multigrad_dict", "tensor_jacobian_product", "vector_jacobian_product",
]  # fmt: skip


@unary_to_nary
def make_vjp(f: Function, x: Any) -> tuple[Function, Any]:
    """``make_vjp(f, argnum=0)(x)`` is (the function that pulls cotangents back, f(x))."""
    out, pull = vjp(f, x)
    return pull, out


@unary_to_nary
def make_jvp(f: Function, x: Any) -> Function:
    """``make_jvp(f, argnum=0)(x)(v)`` is (f(x), J v)."""
    return lambda v: jvp(f, [x], [v])


@unary_to_nary
def make_jvp_reversemode(f: Function, x: Any) -> Function:
    """``make_jvp_reversemode(f, argnum=0)(x)(v)`` is J v."""
    return lambda v: jvp(f, [x], [v])[1]


@unary_to_nary
def make_hvp(f: Function, x: Any) -> tuple[Function, Any]:
    """``make_hvp(f, argnum=0)(x)`` is (v ↦ H v, ∇f(x))."""
    return lambda v: hvp(f)(x, v), grad(f)(x)


@unary_to_nary
def deriv(f: Function, x: Any) -> Any:
    """The derivative of a function of one number; of any result, by forward mode."""
    return jvp(f, [x], [np.ones_like(x)[()]])[1]


@unary_to_nary
def _ggnvp(f: Function, x: Any, g: Function) -> Function:
    return lambda v: ggnvp(f, g)(x, v)


def make_ggnvp(f: Function, g: Function = lambda x: 0.5 * np.sum(x**2), f_argnum: int = 0) -> Function:
    """``make_ggnvp(f)(x)(v)`` is JᵀHJ v."""
    product: Function = _ggnvp(f, f_argnum, g)
    return product


def hessian_tensor_product(f: Function, argnum: int = 0) -> Function:
    """``(*args, tensor)`` ↦ the Hessian contracted with `tensor` over all of the argument's axes."""
    return hvp(f, argnum)


hessian_vector_product = hessian_tensor_product


def tensor_jacobian_product(f: Function, argnum: Any = 0) -> Function:
    """``(*args, tensor)`` ↦ `tensor` contracted with the Jacobian over all axes of `tensor`, the first axes of the result."""

    def contracted(*args: Any, **kwargs: Any) -> Any:
        *rest, tensor = args
        return np.tensordot(tensor, f(*rest, **kwargs), np.ndim(tensor))

    return jacobian(contracted, argnum)


vector_jacobian_product = tensor_jacobian_product


def grad_named(f: Function, argname: str) -> Function:
    """The gradient with respect to the parameter of that name."""
    return grad(f, list(inspect.signature(f).parameters).index(argname))


def multigrad_dict(f: Function) -> Callable[..., dict[str, Any]]:
    """The function that returns the gradients with respect to all arguments, by parameter name."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def gradients(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        names = list(bound.arguments)
        return dict(grad(lambda given: f(**given))({name: bound.arguments[name] for name in names}))

    return gradients
