"""What a rule computes on the way: in the format of the data, in few passes, and by the careful formula where it must."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import Value, grad
from autograd import functions as F
from autograd.engine import backward, shapes
from autograd.rules import OPS, guards
from tests.samples import draw
from tests.test_table import SAMPLES

SPECIAL = [0.0, -0.0, 1.0, -2.5, np.inf, -np.inf, np.nan, 1e-300, 1e300]
EQUAL = {
    "max": lambda x: np.max(x * 0 + 1), "min": lambda x: np.min(x * 0, axis=0), "maximum": lambda x: np.maximum(x, x),
    "minimum": lambda x: np.minimum(x, 1 * x), "fmax": lambda x: np.fmax(x, x), "fmin": lambda x: np.fmin(x, x),
    "no number": lambda x: np.maximum(x, np.full(3, np.nan, x.dtype)), "left out": lambda x: np.fmax(x, x * np.nan),
}  # fmt: skip


@pytest.fixture
def widened(monkeypatch):
    """Every cotangent that a rule returned in a wider format than that of its input."""
    found = []

    def fit(g, x):
        if g.dtype.kind == x.dtype.kind and g.dtype.itemsize > x.dtype.itemsize:
            found.append((g.dtype, x.dtype))
        return shapes.fit(g, x)

    monkeypatch.setattr(backward, "fit", fit)
    return found


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.name in OPS], ids=str)
def test_a_rule_computes_in_the_format_of_the_data(sample, widened):
    raw = draw(sample, sample.shapes or ((2, 3), (3,), (2, 1))[: len(sample.domains)], 0, np.float32)
    out = sample.call(*map(Value, raw))
    out.backward(np.ones_like(out.data))
    assert out.dtype != np.float32 or not widened


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", EQUAL)
def test_also_at_a_tie(name, dtype, widened):
    out = EQUAL[name](Value(np.arange(3, dtype=dtype)))
    out.backward(np.ones_like(out.data))
    assert not widened


@pytest.mark.parametrize("x", [[1.0, 2.0, 3.0, np.nan, 0.0], [2.0, 3.0], [1.0, 1.0], [0.0, -1.0], [1.0, 2.0]], ids=str)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_shares_of_the_larger_and_the_smaller(x, dtype):
    """Whatever else is in the array: all, one half, nothing, or no number."""
    x, y = np.array(x, dtype), np.array([1.0, 1.0, 4.0, 1.0, np.nan], dtype)[: len(x)]
    above = np.where(x > y, 1, np.where(x < y, 0, np.where(x == y, 0.5, np.nan)))
    for f, share in [(np.maximum, above), (np.minimum, 1 - above)]:
        np.testing.assert_array_equal(grad(lambda x, y, f=f: np.sum(f(x, y)), (0, 1))(x, y), [share, 1 - share])
    kept = np.where(np.isnan(x), 0, np.where(np.isnan(y), 1, above))
    np.testing.assert_array_equal(grad(lambda x, y: np.sum(np.fmax(x, y)), (0, 1))(x, y), [kept, 1 - kept])
    largest = x[~np.isnan(x)]
    tied = (largest == largest.max()) / np.sum(largest == largest.max())
    np.testing.assert_array_equal(grad(np.max)(largest), tied.astype(dtype))


# -- zero wins ---------------------------------------------------------------------------------------------------


def numbers(dtype, rng, shape):
    x = rng.choice(SPECIAL, shape).astype(dtype)
    return x + (1j * rng.choice(SPECIAL, shape)).astype(dtype) if np.iscomplexobj(x) else x


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128])
@pytest.mark.parametrize(("product", "plain"), [(F.chain, np.multiply), (F.over, np.divide)], ids=["chain", "over"])
def test_zero_wins_whatever_it_meets_and_wherever_it_stands(product, plain, dtype):
    """By the definition, one number at a time: NaN in the last place of seventeen, in any memory order, in none at all."""
    rng = np.random.default_rng(0)
    for shape in [(0,), (1,), (3, 4), (17,)]:
        for _ in range(60):
            g, d = numbers(dtype, rng, shape), numbers(dtype, rng, shape)
            if rng.random() < 0.5:  # a single one to find
                d[...], g[...] = 2, rng.choice([0, 1], shape)
                d.reshape(-1)[-1:] = rng.choice([np.nan, np.inf, 0])
            expected = plain(g, d)
            expected[g == 0] = 0
            for turn in (lambda a: a, lambda a: a.T, lambda a: np.stack([a, a], -1)[..., 0], lambda a: a[None]):
                np.testing.assert_array_equal(product(turn(g), turn(d)), turn(expected))


def test_a_product_without_a_nan_is_not_looked_through_again(monkeypatch):
    chosen = []
    monkeypatch.setattr(guards.np, "where", lambda *how: chosen.append(how))
    g, d = np.array([0.0, 1.0, 1e300]), np.array([2.0, np.inf, 1e300])
    with np.errstate(all="raise", over="ignore"):
        np.testing.assert_array_equal(guards.chain(g, d), g * d)
        np.testing.assert_array_equal(guards.over(g, d), g / d)
    assert not chosen


# -- the careful formula -----------------------------------------------------------------------------------------

CAREFUL = {np.arctan: "hypot", np.arcsinh: "hypot", np.linalg.norm: "frexp", np.std: "frexp"}


@pytest.mark.parametrize("f", CAREFUL, ids=lambda f: f.__name__)
def test_ordinary_numbers_take_the_short_way(f, monkeypatch):
    x = np.linspace(-3, 5, 12).reshape(3, 4)
    monkeypatch.setattr(np, CAREFUL[f], None)  # whoever calls it fails
    assert np.isfinite(grad(lambda x: np.sum(f(x)))(x)).all()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("number", [1e160, 1e-160, 1e300])
@pytest.mark.parametrize("f", [np.linalg.norm, np.std, np.arctan, np.arcsinh], ids=lambda f: f.__name__)
def test_one_large_or_small_line_does_not_spoil_the_others(f, number):
    """The choice is made for all lines at once: each has the slope that it has alone."""
    x = np.array([[0.5, -2.0, 1.5], [0.1, 0.2, -0.7]]) * [[1.0], [number]]
    how = {"axis": 1} if f in (np.linalg.norm, np.std) else {}
    alone = [grad(lambda row: np.sum(f(row)))(row) for row in x]
    np.testing.assert_allclose(grad(lambda x: np.sum(f(x, **how)))(x), alone, rtol=1e-14)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("exponent", [-400, -300, 0, 300])
def test_second_derivatives_at_any_scale(exponent):
    """Of f(cx) = c f(x) they are 1/c times those at x; that of arctan is −2x / (1 + x²)²."""
    x, v = np.array([0.75, -1.25, 0.5, 2.0]), np.array([1.0, 0.25, -0.5, 0.125])
    for f in (np.linalg.norm, np.std, lambda x: np.std(x, ddof=1)):

        def second(x, f=f):
            return grad(lambda x: np.sum(grad(f)(x) * v))(x)

        np.testing.assert_allclose(np.ldexp(second(np.ldexp(x, exponent)), exponent), second(x), rtol=1e-12, atol=1e-14)
    point = np.ldexp(x, exponent)
    wide = point.astype(np.longdouble)
    exact = (-2 / wide * (wide / (1 + wide * wide)) ** 2) if exponent >= 0 else -2 * wide
    found = grad(lambda x: np.sum(grad(lambda x: np.sum(np.arctan(x)))(x)))(point)
    np.testing.assert_allclose(found, exact.astype(float), rtol=1e-12, atol=1e-300)
