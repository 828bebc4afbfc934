"""SciPy's minimisers, with gradients and Hessian-vector products from autograd."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import NonFiniteError, Value, grad, no_grad

from ..utils import vector_to_parameters

WITHOUT_GRADIENT = ("nelder-mead", "powell", "cobyla", "cobyqa")
WITH_HESSIAN = ("newton-cg", "trust-ncg", "trust-krylov", "trust-constr")


def minimize(params: Any, closure: Callable[[], Any], method: str = "L-BFGS-B", **options: Any) -> Any:
    """Bring the loss to a minimum by `scipy.optimize.minimize`, and return its result; the parameters are then at ``x``.

    Raises:
        ValueError: there are no parameters.
        ImportError: SciPy is not installed.

    Examples:
        >>> from autograd import Value
        >>> p = Value([1.0, 1.0])
        >>> minimize([p], lambda: ((p - np.array([2.0, 3.0])) ** 2).sum(), method="Newton-CG").success
        True
        >>> p.data.round(6).tolist()
        [2.0, 3.0]

    Args:
        params: a module, or its parameters. Frozen ones stay where they are.
        closure: computes the loss, a scalar `Value`, from the parameters as they are; it does not call `backward`.
        method: one of SciPy's. Newton-CG, trust-ncg, trust-krylov and trust-constr are given products with the Hessian, the
            others gradients; Nelder-Mead, Powell, COBYLA and COBYQA get none.
        options: further arguments of `scipy.optimize.minimize`: ``tol``, ``options``, ``callback``, ``bounds``.

    An interrupt, or an error in the closure, leaves the parameters where they were.
    """
    try:
        from scipy.optimize import minimize as search
    except ImportError as error:
        raise ImportError("SciPy is needed for nn.optim.minimize: pip install 'chainrule[scipy]'") from error
    every: Iterable[Value] = params.parameters() if hasattr(params, "parameters") else params
    parameters = [p for p in every if p.requires_grad]
    if not parameters:
        raise ValueError("minimize got no parameters: pass a module, or a list of Values")
    landscape = _Landscape(parameters, closure)
    before = [p.raw for p in parameters]
    given: dict[str, Any] = {}
    if method.lower() not in WITHOUT_GRADIENT:
        given["jac"] = landscape.gradient
    if method.lower() in WITH_HESSIAN:
        given["hessp"] = landscape.product
    try:
        result = search(landscape.loss, _flat(before), method=method, **given, **options)
        vector_to_parameters(result.x, parameters)
    except BaseException:
        for p, raw in zip(parameters, before, strict=True):
            p.take_over(raw)
        raise
    return result


class _Landscape:
    """The loss as a function of one vector of float64; what was computed last is kept."""

    def __init__(self, parameters: list[Value], closure: Callable[[], Any]) -> None:
        self.parameters, self.closure = parameters, closure
        self.place: Any = None
        self.slopes: list[Any] | None = None

    def go(self, x: Any) -> None:
        """Be at `x`: place the parameters there, and forget what was computed elsewhere."""
        if self.place is None or not np.array_equal(x, self.place):
            vector_to_parameters(x, self.parameters)
            self.place, self.slopes = x.copy(), None

    def loss(self, x: Any) -> float:
        self.go(x)
        with no_grad():
            value = float(self.closure().item())
        if np.isnan(value):
            raise NonFiniteError(
                "minimize: the loss is NaN; call the closure under autograd.strict() to find where from"
            )
        return value

    def gradient(self, x: Any) -> Any:
        self.go(x)
        return _flat(self.derivatives(self.closure(), create_graph=False))

    def product(self, x: Any, v: Any) -> Any:
        """H·v: the derivative of v·∇."""
        self.go(x)
        if self.slopes is None:
            self.slopes = self.derivatives(self.closure(), create_graph=True)
        start = 0
        along: Any = 0.0
        for p, g in zip(self.parameters, self.slopes, strict=True):
            along = along + (g * v[start : start + p.size].reshape(p.shape).astype(p.dtype)).sum()
            start += p.size
        return _flat(self.derivatives(along, create_graph=False)) if isinstance(along, Value) else np.zeros_like(v)

    def derivatives(self, out: Any, create_graph: bool) -> list[Any]:
        """∂out/∂p for each parameter, zeros where there is none."""
        found = grad(out, self.parameters, create_graph=create_graph, allow_unused=True)
        return [np.zeros(p.shape, p.dtype) if g is None else g for p, g in zip(self.parameters, found, strict=True)]


def _flat(arrays: Iterable[Any]) -> Any:
    return np.concatenate([np.reshape(a, -1) for a in arrays]).astype(np.float64)
