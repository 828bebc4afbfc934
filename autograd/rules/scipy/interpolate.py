"""`scipy.interpolate`: cubic splines."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate

from ...errors import UnsupportedError, user_line
from ..op import Array, Op

_LINEAR = ("not-a-knot", "natural", "clamped")  # with these end conditions a spline is linear in its ordinates

spline_at: Op = Op(
    lambda x, spline: spline(x),
    lambda g, out, x, spline: np.sum(g * spline_at(x, spline=spline.derivative()), axis=tuple(range(x.ndim, out.ndim))),
    name="spline_at",
)


class CubicSpline:
    """`scipy.interpolate.CubicSpline`, differentiable in the ordinates `y` and in the place where it is evaluated.

    The knots `x` are constants. A spline is linear in its ordinates: its value at t is Σⱼ Bⱼ(t) yⱼ, where the spline Bⱼ is 1
    at knot j and 0 at the others. Where `y` is a `Value`, evaluating it at m places therefore takes m·n numbers for n
    knots, and `bc_type` is one of the names "not-a-knot", "natural" and "clamped". A spline through plain ordinates has all
    of SciPy's methods.
    """

    def __init__(self, x: Any, y: Array, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None) -> None:
        if hasattr(x, "__record__"):
            raise UnsupportedError(f"CubicSpline at {user_line()}: the knots are constants; give their plain data")
        recorded = hasattr(y, "__record__")
        if recorded and bc_type not in _LINEAR:
            raise UnsupportedError(f"CubicSpline of a Value at {user_line()} takes bc_type {_LINEAR}, not {bc_type!r}")
        self.axis = axis % np.ndim(y)
        self.extra = np.ndim(y) - 1
        self.y = np.moveaxis(y, axis, 0)
        self.of_values = recorded
        self.spline = interpolate.CubicSpline(x, np.eye(len(x)) if recorded else self.y, 0, bc_type, extrapolate)

    def __call__(self, x: Any, nu: int = 0) -> Array:
        """The spline at `x`, or its derivative of order `nu`: the shape of `x` stands in the place of `axis`."""
        x = x if hasattr(x, "__record__") else np.asarray(x)
        values = spline_at(x, spline=self.spline.derivative(nu) if nu else self.spline)
        if self.of_values:
            values = np.tensordot(values, self.y, axes=((-1,), (0,)))
        before = range(x.ndim, x.ndim + self.axis)
        return np.transpose(values, (*before, *range(x.ndim), *range(x.ndim + self.axis, x.ndim + self.extra)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self.of_values or self.axis:
            raise AttributeError(f"CubicSpline has {name!r} only for plain ordinates along the first axis")
        return getattr(self.spline, name)


OPS: dict[str, Op] = {"spline_at": spline_at}
