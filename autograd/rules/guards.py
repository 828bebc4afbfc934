"""`chain` and `over`: the products in which a cotangent of zero wins over an infinite derivative."""

from __future__ import annotations

import numpy as np

from .op import Array, Op


def chain(g: Array, d: Array) -> Array:
    """g · d, the product of the chain rule, in which a cotangent of zero wins over an infinite derivative.

    A zero cotangent says that the result does not depend on this operation: `where` took the other branch, or the
    factor is an exact zero. Then 0 · inf must be 0, not NaN (``where(x > 0, sqrt(x), 0)`` at 0).
    """
    if isinstance(g, (float, int)):  # a scalar: deciding here costs 20 ns, np.where more than 1000
        return g * d if g else g * np.zeros_like(d)
    return chain_product(g, d)


def over(g: Array, d: Array) -> Array:
    """g / d, in which a cotangent of zero wins over a division by zero, as in `chain`."""
    if isinstance(g, (float, int)):
        return g / d if g else g * np.zeros_like(d)
    return chain_quotient(g, d)


def has_parts(x: Array) -> bool:
    """Whether what is written into a part of an array is in the array: of NumPy's, CuPy's, XLA's; lost in Dask's."""
    return hasattr(x, "flags") or hasattr(x, "at")


def is_plain(x: Array) -> bool:
    """Whether NumPy itself holds `x`: then looking at its numbers costs little, and no lazy computation begins."""
    return isinstance(x, (np.ndarray, np.generic))


def leading(*arrays: Array) -> Array:
    """The one whose kind a result has, to be made by NumPy's ``empty_like``: the first that is not NumPy's own."""
    return next((a for a in arrays if not is_plain(a)), arrays[0])


def contiguous(x: Array) -> Array:
    """`x` in the usual order of memory, where it is NumPy's."""
    return np.ascontiguousarray(x) if is_plain(x) else x


def _spoilt(result: Array) -> bool:
    """Whether a NaN may be among the numbers: never no where one is, and yes too often, of infinite complex ones, does no harm.

    In the sum of the squares a NaN stays, and of two infinities none is made; it is one pass, and makes no array.
    """
    if result.__class__ is not np.ndarray:
        return True
    flat = result.ravel("K")
    total = np.vdot(flat, flat)
    return bool(total != total)  # noqa: PLR0124 - a tenth of the time of np.isnan


def _product(g: Array, d: Array) -> Array:
    result = g * d
    return np.where(g == 0, 0, result) if _spoilt(result) else result


def _quotient(g: Array, d: Array) -> Array:
    result = g / d
    return np.where(g == 0, 0, result) if _spoilt(result) else result


# Zero times or over anything but NaN, an infinity or 0 is 0: without a NaN in the result nothing is to be mended.
chain_product = Op(
    _product,
    lambda h, out, g, d: chain(h, d),
    lambda h, out, g, d: chain(g, h),
    name="chain",
    elementwise=True,
)
chain_quotient = Op(
    _quotient,
    lambda h, out, g, d: over(h, d),
    lambda h, out, g, d: chain(h, over(-out, d)),
    name="over",
    elementwise=True,
)
