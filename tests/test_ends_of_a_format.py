"""Slopes over the whole range of float16, float32 and float64: right wherever the slope itself has a float.

The formulas below are the textbook's, computed in a format whose exponents reach further: there their squares neither
overflow nor vanish.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograd import functions as F
from autograd import grad, hessian

# A wider format for each: `longdouble` is wider than float64 on most machines, not on all.
WIDER = {np.float16: np.float64, np.float32: np.float64}
if np.finfo(np.longdouble).maxexp > 2000:
    WIDER[np.float64] = np.longdouble

UNARY = {
    "sqrt": lambda x: 1 / (2 * np.sqrt(x)), "cbrt": lambda x: 1 / (3 * np.cbrt(x) ** 2), "exp": np.exp,
    "exp2": lambda x: np.exp2(x) * np.log(x.dtype.type(2)), "expm1": np.exp, "log": lambda x: 1 / x,
    "log2": lambda x: 1 / (x * np.log(x.dtype.type(2))), "log10": lambda x: 1 / (x * np.log(x.dtype.type(10))),
    "log1p": lambda x: 1 / (1 + x), "sin": np.cos, "cos": lambda x: -np.sin(x), "tan": lambda x: 1 / np.cos(x) ** 2,
    "arcsin": lambda x: 1 / np.sqrt(1 - x * x), "arccos": lambda x: -1 / np.sqrt(1 - x * x),
    "arctan": lambda x: 1 / (1 + x * x), "sinh": np.cosh, "cosh": np.sinh, "tanh": lambda x: 1 / np.cosh(x) ** 2,
    "arcsinh": lambda x: 1 / np.sqrt(1 + x * x), "arccosh": lambda x: 1 / np.sqrt(x * x - 1),
    "arctanh": lambda x: 1 / (1 - x * x), "reciprocal": lambda x: -1 / (x * x), "square": lambda x: 2 * x,
    "sigmoid": lambda x: 1 / (2 + np.exp(x) + np.exp(-x)), "softplus": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: 1.0 * (x > 0), "absolute": np.sign, "erf": lambda x: np.exp(-x * x) * 2 / np.sqrt(x * 0 + np.pi),
    "silu": lambda x: (1 + x / (1 + np.exp(x))) / (1 + np.exp(-x)), "degrees": lambda x: x * 0 + 180 / np.pi,
    "mean": lambda x: x * 0 + 1,
}  # fmt: skip
# Each with the slope in its first argument and in its second.
BINARY = {
    "multiply": (lambda x, y: y, lambda x, y: x), "divide": (lambda x, y: 1 / y, lambda x, y: -x / (y * y)),
    "arctan2": (lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y)),
    "hypot": (lambda x, y: x / np.sqrt(x * x + y * y), lambda x, y: y / np.sqrt(x * x + y * y)),
    "logaddexp": (lambda x, y: 1 / (1 + np.exp(y - x)), lambda x, y: 1 / (1 + np.exp(x - y))),
    "logaddexp2": (lambda x, y: 1 / (1 + np.exp2(y - x)), lambda x, y: 1 / (1 + np.exp2(x - y))),
    "maximum": (lambda x, y: 1.0 * (x > y) + 0.5 * (x == y), lambda x, y: 1.0 * (y > x) + 0.5 * (x == y)),
    "power": (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * np.log(x)),
}  # fmt: skip


def magnitudes(dtype, step):
    """Numbers of both signs over all exponents of a format."""
    info = np.finfo(dtype)
    exponents = np.arange(info.minexp, info.maxexp, step)
    sizes = np.ldexp(dtype(1.3125), exponents).astype(dtype)
    return np.concatenate([-sizes, sizes])


def check(found, exact, dtype, digits=0.0):
    """Where `exact` has a float of that format: to a few units in its last place, of the smallest normal number at least."""
    info = np.finfo(dtype)
    kept = np.isfinite(exact) & (abs(exact) < info.max / 2)
    error = abs(found.astype(exact.dtype) - exact)
    wrong = kept & ~(error <= 40 * info.eps * (abs(exact) + digits) + info.smallest_normal)
    assert not wrong.any(), np.stack([np.nonzero(wrong)[0].astype(exact.dtype), found[wrong], exact[wrong]])[:, :6]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", WIDER)
@pytest.mark.parametrize("name", UNARY)
def test_one_argument(name, dtype):
    x = magnitudes(dtype, 1)
    wide = x.astype(WIDER[dtype])
    with np.errstate(all="ignore"):
        x = x[np.isfinite(getattr(F, name)(wide)) | np.zeros_like(x, bool)]
        exact = UNARY[name](x.astype(WIDER[dtype]))
    found = np.stack([grad(getattr(F, name))(each) for each in x])
    array = grad(lambda x: np.sum(getattr(F, name)(x)))(x) if name != "mean" else found
    # 1 − out² and out (1 − out) know a slope near 0 to the rounding of 1.
    digits = 1.0 if name in ("tanh", "sigmoid", "silu") else 0.0
    for result in (found, array):
        assert result.dtype == dtype
        check(result, exact, dtype, digits)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", WIDER)
@pytest.mark.parametrize("name", BINARY)
def test_two_arguments(name, dtype):
    some = magnitudes(dtype, 1 if dtype == np.float16 else np.finfo(dtype).maxexp // 9)
    x, y = (a.ravel() for a in np.meshgrid(some, some))
    wide = x.astype(WIDER[dtype]), y.astype(WIDER[dtype])
    with np.errstate(all="ignore"):
        kept = np.isfinite(getattr(F, name)(*wide)) & (abs(getattr(F, name)(*wide)) < np.finfo(dtype).max)
        x, y = x[kept], y[kept]
        exact = [slope(x.astype(WIDER[dtype]), y.astype(WIDER[dtype])) for slope in BINARY[name]]
    for i in (0, 1):
        check(grad(lambda x, y: np.sum(getattr(F, name)(x, y)), i)(x, y), exact[i], dtype)


def test_many_float16():
    x = np.ones(70_000, np.float16)
    np.testing.assert_allclose(grad(np.mean)(x), np.full(70_000, 1 / 70_000), rtol=3e-3)
    np.testing.assert_allclose(grad(lambda x: 1000 * np.mean(x))(x), np.full(70_000, 1 / 70), rtol=1e-3)
    half = np.arange(70_000) % 2 == 0
    np.testing.assert_allclose(grad(lambda x: 1000 * np.mean(x, where=half))(x), half / 35.0, rtol=1e-3)
    spread = np.arange(70_000) % 2
    np.testing.assert_allclose(
        grad(lambda x: 1000 * np.var(x))(spread.astype(np.float16)), 2000 * (spread - 0.5) / 70_000, rtol=2e-3
    )
    np.testing.assert_allclose(
        grad(lambda x: 1000 * np.std(x))(spread.astype(np.float16)), (spread - 0.5) / 35, rtol=2e-3
    )


NORMS = [
    np.linalg.norm, lambda x: np.linalg.norm(x, 3), lambda x: np.linalg.norm(x, 1.5), np.std, lambda x: np.std(x, ddof=1),
    lambda x: np.linalg.norm(x.reshape((2, 2))), lambda x: np.linalg.norm(x.reshape((2, 2)), "nuc"),
    lambda x: np.linalg.norm(x.reshape((2, 2)), 2), lambda x: np.sum(np.linalg.svdvals(x.reshape((2, 2))) * [1, 3]),
    np.max, np.ptp,
    lambda x: np.sum(np.linalg.eigvalsh(x.reshape((2, 2))) * [1, 3]), np.median, np.mean,
    lambda x: np.linalg.norm(x.reshape((2, 2)), axis=0)[1], lambda x: np.hypot(x[0], x[1]),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f", range(len(NORMS)))
@pytest.mark.parametrize(("dtype", "exponents"), [(np.float32, (-80, 80)), (np.float64, (-667, -517, 517, 667))])
def test_a_slope_that_does_not_change_with_scale(f, dtype, exponents):
    """The slopes of a function with f(cx) = c f(x) are the same at cx and at x."""
    x = np.array([0.75, -1.25, 0.5, 2.0], dtype)
    expected = grad(NORMS[f])(x)
    for exponent in exponents:
        np.testing.assert_allclose(grad(NORMS[f])(np.ldexp(x, exponent)), expected, rtol=20 * np.finfo(dtype).eps)


@pytest.mark.parametrize("f", [np.std, lambda x: np.std(x, where=np.ones(3, bool)), lambda x: np.std(x, ddof=1)])
@pytest.mark.parametrize("number", [0.1, 0.7, 1e-5, 123.4, 1 / 3])
def test_equal_numbers_have_no_spread_though_their_mean_rounds(f, number):
    np.testing.assert_array_equal(grad(f)(np.full(3, number)), np.zeros(3))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_infinities_in_sums_of_exponentials():
    both = grad(np.logaddexp, (0, 1))
    assert both(np.inf, 0.0) == (1, 0)
    assert both(0.0, np.inf) == (0, 1)
    assert both(-np.inf, -np.inf) == (0, 0)
    assert both(np.inf, np.inf) == (0.5, 0.5)
    np.testing.assert_array_equal(grad(F.logsumexp)(np.array([np.inf, 0.0])), [1, 0])
    np.testing.assert_array_equal(grad(F.logsumexp)(np.full(2, 1e300)), [0.5, 0.5])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f", [np.var, np.std])
def test_the_spread_of_one_number_and_of_nothing(f):
    """As NumPy's value, the slope is no number."""
    np.testing.assert_array_equal(grad(lambda x: f(x, ddof=1))(np.ones(1)), [np.nan])
    np.testing.assert_array_equal(grad(lambda x: f(x, ddof=1, where=np.ones(1, bool)))(np.ones(1)), [np.nan])
    assert grad(f)(np.zeros(0)).shape == (0,)
    assert hessian(f)(np.zeros(0)).shape == (0, 0)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_beside_an_infinity():
    """A scale of 1 where the largest is no number or 0: no finite number becomes infinite by it."""
    np.testing.assert_array_equal(grad(np.linalg.norm)(np.array([np.inf, 1.5e308])), [np.nan, 0.0])
    large = np.array([[np.inf, 1.5], [np.nan, 1.5], [0.0, 0.0], [1.5, -5.0], [5e-324, 0.0]])
    np.testing.assert_array_equal(F.magnitude(large, axis=1), [[1.0], [1.0], [1.0], [4.0], [5e-324]])
    assert F.magnitude(np.zeros((2, 0)), axis=1).shape == (1, 1)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_products_of_nothing(shape):
    x = np.zeros(shape)
    assert hessian(lambda x: np.sum(np.prod(x, axis=0)))(x).shape == shape + shape
    assert grad(lambda x: np.sum(F.others(x) ** 2))(x).shape == shape
