"""Not the engine: a name that HIPS autograd's programs import."""

from .custom import checkpoint, primitive
from .hips.extend import defvjp_argnum
from .hips.spaces import vspace
from .hips.transforms import (
    deriv,
    grad_named,
    hessian_tensor_product,
    hessian_vector_product,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_jvp_reversemode,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    vector_jacobian_product,
)
from .hips.wrapping import unary_to_nary
from .transforms import elementwise_grad, grad, grad_and_aux, hessian, holomorphic_grad, jacobian, value_and_grad

__all__ = [
    "checkpoint",
    "defvjp_argnum",
    "deriv",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "jacobian",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_jvp_reversemode",
    "make_vjp",
    "multigrad_dict",
    "primitive",
    "tensor_jacobian_product",
    "unary_to_nary",
    "value_and_grad",
    "vector_jacobian_product",
    "vspace",
]
