"""`scipy.optimize.least_squares` and `curve_fit`, differentiable with respect to the data."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from ..engine.convert import unbox
from ..rules.op import Op
from ..rules.scipy.missing import missing
from ..transforms import grad, jacobian
from .implicit import Solved, implicitly
from .kkt import limits_of_x, stationary
from .packing import Function, as_tuple, as_vector, holds_values, without_values
from .plain import Plain, guarded

# ρ(z) of SciPy's losses: the cost of a residual whose square is z.
_LOSSES: dict[str, Function] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.maximum(z, 1)) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


def _own_loss(loss: Function) -> Function:
    """ρ of a loss of the user's, which returns the rows ρ, ρ′, ρ″: three functions, each the derivative of the one before."""
    rows = Plain(loss, "least_squares")
    second = Op(lambda z: np.asarray(rows(z))[2], missing("ρ″ of the loss", "the residuals"), name="ρ″ of the loss")
    first = Op(lambda z: np.asarray(rows(z))[1], lambda g, out, z: g * second(z), name="ρ′ of the loss")
    return Op(lambda z: np.asarray(rows(z))[0], lambda g, out, z: g * first(z), name="ρ of the loss")


def least_squares(
    fun: Function, x0: Any, jac: Any = None, bounds: Any = (-np.inf, np.inf), method: str = "trf", *,
    loss: Any = "linear", f_scale: Any = 1.0, args: Any = (), kwargs: Any = None, **options: Any,
) -> Any:  # fmt: skip
    """`scipy.optimize.least_squares`: the x with the least ½ C² Σ ρ(fun(x, *args)² / C²), with the Jacobian filled in.

    ρ is the `loss`, C the `f_scale`. Where `args`, `kwargs`, `bounds` or `f_scale` hold `Value`s, the result's ``x``,
    ``cost``, ``fun`` and ``grad`` are differentiable with respect to them; so is ``jac`` with the linear loss. With a `loss` of
    the caller's own the derivatives are of first order.
    """
    start, unflatten = as_vector(without_values(x0))
    lower, upper = (bounds.lb, bounds.ub) if isinstance(bounds, optimize.Bounds) else bounds
    given = (as_tuple(args), kwargs or {}, [limits_of_x(lower, upper)], f_scale)
    wanted = holds_values(given)
    rho = _own_loss(loss) if callable(loss) else _LOSSES.get(loss, _LOSSES["linear"])

    def flat(x: Any, *args: Any, **kwargs: Any) -> Any:
        return as_vector(fun(unflatten(x), *args, **kwargs))[0]

    def cost(x: Any, given: Any) -> Any:
        args, kwargs, _, scale = given
        return scale**2 / 2 * np.sum(rho((flat(x, *args, **kwargs) / scale) ** 2))

    def solve(given: Any) -> Solved:
        args, kwargs, limits, scale = given
        filled = {"fun": flat, "jac": jacobian(flat) if jac is None else jac, "loss": loss, **options}
        result = optimize.least_squares(
            x0=start, bounds=(limits[0]["lower"], limits[0]["upper"]), method=method, f_scale=scale, args=args, kwargs=kwargs,
            **guarded(filled, "least_squares"),
        )  # fmt: skip
        if not wanted:
            return Solved(result.x, cost, result)
        z, equation = stationary(lambda x: cost(x, given), result.x, limits)

        def condition(z: Any, given: Any) -> Any:
            return equation(z, lambda x: cost(x, given), given[2])

        return Solved(z, condition, result, "" if result.success else str(result.message), len(start))

    z, result = implicitly("least_squares", solve, given)
    x = z[: len(start)]
    if wanted:
        result.cost, result.grad = cost(x, given), grad(cost)(x, given)
        result.fun = flat(x, *given[0], **given[1])
        if loss == "linear":
            result.jac = jacobian(flat)(x, *given[0], **given[1])
    result.x = unflatten(x)
    return result


def curve_fit(
    f: Function, xdata: Any, ydata: Any, p0: Any = None, sigma: Any = None, absolute_sigma: bool = False,
    check_finite: Any = None, bounds: Any = (-np.inf, np.inf), method: Any = None, jac: Any = None, *,
    full_output: bool = False, **options: Any,
) -> Any:  # fmt: skip
    """`scipy.optimize.curve_fit`: the parameters p with the least Σ ((f(xdata, *p) − ydata) / sigma)², and their covariance.

    Both are differentiable with respect to `xdata`, `ydata`, `sigma` and `bounds`.
    """
    lower, upper = (bounds.lb, bounds.ub) if isinstance(bounds, optimize.Bounds) else bounds
    given = {"x": xdata, "y": ydata, "sigma": sigma, "limits": [limits_of_x(lower, upper)]}
    wanted = holds_values(given)

    def residuals(p: Any, given: Any) -> Any:
        off = np.reshape(f(given["x"], *(p[i] for i in range(np.size(p)))) - given["y"], (-1,))
        if given["sigma"] is None:
            return off
        if np.ndim(given["sigma"]) < 2:
            return off / given["sigma"]
        return np.linalg.solve(np.linalg.cholesky(given["sigma"]), off)

    def cost(p: Any, given: Any) -> Any:
        return np.sum(residuals(p, given) ** 2) / 2

    def solve(given: Any) -> Solved:
        limits = given["limits"]
        result = optimize.curve_fit(
            Plain(f, "curve_fit", "Differentiate with respect to the data, or call least_squares(…, args=(value,))"), given["x"],
            given["y"], unbox(p0), given["sigma"], absolute_sigma, check_finite, (limits[0]["lower"], limits[0]["upper"]), method,
            guarded(jac, "curve_fit"), full_output=full_output, **options,
        )  # fmt: skip
        if not wanted:
            return Solved(result[0], cost, result)
        z, equation = stationary(lambda p: cost(p, given), result[0], limits)

        def condition(z: Any, given: Any) -> Any:
            return equation(z, lambda p: cost(p, given), given["limits"])

        return Solved(z, condition, result, size=len(result[0]))

    z, result = implicitly("curve_fit", solve, given)
    if not wanted:
        return result
    p = z[: len(result[0])]
    slopes = jacobian(residuals)(p, given)
    spread = np.linalg.inv(slopes.T @ slopes)
    freedom = slopes.shape[0] - slopes.shape[1]
    if not absolute_sigma and freedom > 0:
        spread = spread * (2 * cost(p, given) / freedom)
    return (p, spread, *result[2:])
