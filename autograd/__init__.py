"""chainrule: reverse-mode automatic differentiation in plain NumPy.

    from autograd import Value, grad

A `Value` records what is computed from it; ``value.backward()`` puts the derivative into every leaf's ``.grad``, and
``grad(f)`` is the derivative of a function. NumPy's own functions work on a `Value`.
"""

from __future__ import annotations

import os

try:
    for _beside in os.listdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))):
        if _beside.startswith("autograd-") and _beside.endswith(".dist-info"):
            raise ImportError(f"{_beside} stands beside it", name=__name__)  # noqa: TRY301
    from . import functions
    from .blocks import blocked
    from .custom import checkpoint, custom_vjp, defvjp, fixed_point, implicit, primitive
    from .engine.mode import enable_grad, no_grad
    from .engine.value import Value
    from .errors import (
        AutogradError,
        ChangedDataError,
        DtypeError,
        GraphError,
        IndependentOutputWarning,
        IndexingError,
        NonFiniteError,
        ShapeError,
        StaleValueWarning,
        UnsupportedError,
    )
    from .hips.builtins import dict, isinstance, list, tuple, type
    from .hips.passing import package
    from .hips.transforms import (
        deriv,
        grad_named,
        hessian_tensor_product,
        hessian_vector_product,
        make_ggnvp,
        make_hvp,
        make_jvp,
        make_vjp,
        multigrad_dict,
        tensor_jacobian_product,
        vector_jacobian_product,
    )
    from .profiling import profile
    from .replay import replay
    from .scope import noting, scope, trace_lines
    from .strict import strict
    from .transforms import (
        elementwise_grad,
        ggnvp,
        grad,
        grad_and_aux,
        hessian,
        holomorphic_grad,
        hvp,
        jacobian,
        jvp,
        linearize,
        stop_gradient,
        straight_through,
        value_and_grad,
        vjp,
    )
except ImportError as error:
    if not (error.name or "").startswith(__name__):
        raise
    raise ImportError(
        f"{os.path.dirname(__file__)} holds files of two libraries, or misses some of its own ({error}): two projects have "
        "the import name autograd, and pip overwrites one with the other without a word. To mend it:  "
        "pip uninstall -y autograd chainrule, and install chainrule from its folder again"
    ) from error

__getattr__, __dir__ = package(
    __name__, "builtins", "core", "differential_operators", "extend", "misc", "numpy", "scipy", "test_util", "tracer", "util",
    "wrap_util",
)  # fmt: skip
__version__ = "0.1.0"
__all__ = [
    "AutogradError",
    "ChangedDataError",
    "DtypeError",
    "GraphError",
    "IndependentOutputWarning",
    "IndexingError",
    "NonFiniteError",
    "ShapeError",
    "StaleValueWarning",
    "UnsupportedError",
    "Value",
    "blocked",
    "checkpoint",
    "custom_vjp",
    "defvjp",
    "deriv",
    "elementwise_grad",
    "enable_grad",
    "fixed_point",
    "functions",
    "ggnvp",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "hvp",
    "implicit",
    "jacobian",
    "jvp",
    "linearize",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "no_grad",
    "noting",
    "primitive",
    "profile",
    "replay",
    "scope",
    "stop_gradient",
    "straight_through",
    "strict",
    "tensor_jacobian_product",
    "trace_lines",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
]
