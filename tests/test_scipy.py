"""SciPy's functions: the generated checks of `test_table.py` on their rows, edge values, solvers, the missing extra."""

from __future__ import annotations

import importlib
import inspect
import math
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy
import scipy.integrate
import scipy.linalg
import scipy.signal
import scipy.sparse
import scipy.special

import autograd.scipy
import autograd.scipy.stats.norm as norm
from autograd import GraphError, ShapeError, UnsupportedError, Value, grad, hessian
from autograd import functions as F
from autograd.rules.scipy import interpolate, linalg, signal, sparse, special, stats
from autograd.scipy.integrate import odeint, solve_ivp
from autograd.scipy.interpolate import CubicSpline
from autograd.scipy.optimize import brentq, fixed_point, least_squares, minimize, newton, root
from autograd.scipy.signal import convolve
from tests import test_table
from tests.oracle import projections
from tests.samples_scipy import SAMPLES, SINGULAR

close = np.testing.assert_allclose

CHECKS = [
    pytest.param(
        check, id=check.__name__.removeprefix("test_"), marks=[m for m in check.pytestmark if m.name == "unmeasured"]
    )
    for check in (test_table.test_value_is_numpys, test_table.test_first_derivative, test_table.test_second_derivative)
]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_generated(sample, check):
    check(sample=sample)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.complex], ids=str)
def test_complex(sample):
    test_table.test_complex_derivative(sample=sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_single_precision_stays(sample):
    test_table.test_a_narrow_dtype_stays(sample, "float32")


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.shapes is None], ids=str)
def test_scalar_0d_and_array_agree(sample):
    test_table.test_scalar_0d_and_array_agree(sample)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("call", "point"), SINGULAR)
def test_a_zero_cotangent_wins(call, point):
    test_table.test_a_zero_cotangent_wins_over_an_infinite_derivative(call, point)


def test_every_row_has_a_sample():
    rows = {*special.NAMES, *special.OPS, *stats.NAMES, *linalg.NAMES, *signal.NAMES, *signal.OPS, *sparse.OPS}
    rows |= set(interpolate.OPS)
    sampled = {sample.name for sample in SAMPLES}
    assert rows == sampled, f"without a sample in tests/samples_scipy.py: {sorted(rows ^ sampled)}"


# -- the face ----------------------------------------------------------------------------------------------------


def test_plain_arrays_are_scipys_own():
    x = np.linspace(0.5, 2, 4)
    assert type(autograd.scipy.special.gammaln(x)) is np.ndarray
    np.testing.assert_array_equal(autograd.scipy.stats.gamma.cdf(x, 2.0), scipy.stats.gamma.cdf(x, 2.0))
    close(autograd.scipy.special.airy(1.0), scipy.special.airy(1.0))  # without a row: passed on
    assert norm.rvs is scipy.stats.norm.rvs or norm.rvs(size=3).shape == (3,)
    assert "gammaln" in dir(autograd.scipy.special)
    assert {*autograd.scipy.__all__} <= {*dir(autograd.scipy)}
    with pytest.raises(AttributeError, match="modules: integrate"):
        autograd.scipy.nothing


def test_scipys_ufuncs_take_values():
    close(grad(scipy.special.gammaln)(3.0), scipy.special.psi(3.0))
    with pytest.raises(UnsupportedError, match="ellipk"):
        scipy.special.ellipk(Value(0.5))


def test_lists_of_values_are_stacked():
    f = lambda x: autograd.scipy.special.logsumexp([x, 2 * x])
    close(grad(f)(0.3), (np.exp(0.3) + 2 * np.exp(0.6)) / (np.exp(0.3) + np.exp(0.6)))


def test_lists_of_numbers_are_arrays():
    stats_ = autograd.scipy.stats
    f = lambda s: np.sum(norm.logpdf([0.5, 1.0], 0.0, s)) + np.sum(stats_.gamma.logpdf([0.5], [2.0], 0, s))
    f(Value(2.0)).backward()
    g = lambda m: stats_.multivariate_normal.logpdf([0.5, 1.0], m, [[2.0, 0.5], [0.5, 1.0]])
    close(g(Value([0.0, 0.3])).data, g([0.0, 0.3]))
    close(stats_.poisson.logpmf([0, 2], Value(1.5)).data, stats_.poisson.logpmf([0, 2], 1.5))


@pytest.mark.parametrize("code", ["import autograd.scipy", "from autograd.scipy.special import gammaln"])
def test_a_missing_scipy_is_named_with_the_extra(code):
    lines = "import sys; sys.modules['scipy'] = None"
    found = subprocess.run([sys.executable, "-c", f"{lines}\n{code}"], capture_output=True, text=True, check=False)
    assert "ImportError: SciPy is needed for autograd.scipy: pip install 'chainrule[scipy]'" in found.stderr


def test_a_missing_scipy_is_an_import_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ImportError, match=r"chainrule\[scipy\]"):
        importlib.reload(autograd.scipy)


def test_the_documentation_names_every_function():
    page = (Path(__file__).parent.parent / "docs" / "scipy.md").read_text()
    named = set(re.findall(r"`(\w+)", page))
    names = {*special.NAMES, *linalg.NAMES, *signal.NAMES, *(part for name in stats.NAMES for part in name.split("."))}
    assert not names - named, sorted(names - named)


def test_the_face_imports_scipy_when_it_is_asked():
    code = "import sys, autograd.scipy; print('scipy.special' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("module", [special, linalg, signal, stats], ids=lambda m: m.__name__.rpartition(".")[2])
def test_what_stands_in_takes_scipys_arguments(module):
    """By position and by name: every parameter of ours has SciPy's name, in SciPy's order."""
    ours = {name: f for name, f in module.NAMES.items() if inspect.isfunction(f) and "." not in name}
    for name, f in ours.items():
        if name.startswith("spherical") or f.__name__ == "called" or (module, name) == (signal, "convolve"):
            continue
        theirs = list(inspect.signature(getattr(getattr(scipy, module.__name__.rpartition(".")[2]), name)).parameters)
        mine = [p.lstrip("_") for p in inspect.signature(f).parameters]
        first = 1 if name in ("cho_solve", "solve_banded") else 0  # a pair, under a clearer name
        assert mine[first:] == theirs[first : len(mine)], name


# -- special functions of our own --------------------------------------------------------------------------------

NEAR = np.concatenate([np.linspace(-6, 6, 1201), [0.46875, 0.5, 4.0, 1e-9, -1e-300, 5.9]])
FAR = np.concatenate([NEAR, np.linspace(-36, 26, 1501), [-700.0, 700.0]])
erfc = np.vectorize(math.erfc)  # the C library's, which has all digits in the tail, unlike scipy.special.erfc
OURS: list[tuple[Any, Any, Any, float]] = [
    (F.erf, np.vectorize(math.erf), NEAR, 0),
    (F.erfc, erfc, FAR[FAR < 26], 0),
    (F.sigmoid, scipy.special.expit, FAR, 0),
    (F.softplus, lambda x: -scipy.special.log_expit(-x), FAR, 0),
    (F.silu, lambda x: x * scipy.special.expit(x), NEAR, 0),
    (F.gelu, lambda x: x * erfc(-x * math.sqrt(0.5)) / 2, FAR[FAR > -37], 0),
]
OURS += [
    (partial(F.spherical_bessel, n=n), partial(scipy.special.spherical_jn, n), np.linspace(0.01, 40, 999), 1e-15)
    for n in range(5)
]


@pytest.mark.parametrize(("ours", "theirs", "x", "atol"), OURS)
def test_our_own_special_functions_are_as_accurate(ours, theirs, x, atol):
    """As arrays and number by number, in both tails."""
    close(ours(x), theirs(x), rtol=2e-15, atol=atol)
    close([ours(one) for one in x[::20]], theirs(x[::20]), rtol=2e-15, atol=atol)


# -- where formulas break ----------------------------------------------------------------------------------------

sc = autograd.scipy.special
INTEGERS = np.ones((1, 1, 600), int)
EDGES = [
    (sc.log_ndtr, -1e4, 1e4 + 1e-4),
    (sc.log_ndtr, 40.0, 0.0),
    (norm.logcdf, -1e3, 1e3 + 1e-3),
    (norm.logsf, 1e3, -1e3 - 1e-3),
    (sc.erfcx, -30.0, -np.inf),
    (sc.expit, -700.0, np.exp(-700)),
    (sc.expit, 700.0, np.exp(-700)),
    (sc.log_expit, -800.0, 1.0),
    (sc.logit, 0.0, np.inf),
    (sc.ndtri, 0.0, np.inf),
    (sc.entr, 0.0, np.inf),
    (sc.gammaln, 0.0, -np.inf),
    (lambda x: sc.xlogy(0.0, x), 0.0, 0.0),
    (lambda x: sc.xlog1py(0.0, x), -1.0, 0.0),
    (lambda x: sc.rel_entr(0.0, x), 0.5, 0.0),
    (lambda x: sc.rel_entr(0.0, x), 0.0, 0.0),
    (lambda x: sc.kl_div(0.0, x), 0.0, 1.0),
    (lambda x: sc.betainc(1.0, 2.0, x), 0.0, 2.0),
    (lambda x: sc.gammainc(1.0, x), 0.0, 1.0),
    (lambda x: sc.jv(0, x), 0.0, 0.0),
    (lambda x: sc.spherical_jn(1, x), 0.0, 1 / 3),
    (lambda x: sc.logsumexp(x + np.array([-np.inf, -np.inf])), 0.0, 0.0),
    (lambda x: np.where(x > 0, sc.xlogy(x, x), 0), 0.0, 0.0),
    (lambda x: autograd.scipy.stats.uniform.pdf(x), 1.5, 0.0),
    (lambda x: autograd.scipy.stats.gamma.pdf(x, 2.0), -1.0, 0.0),
    (lambda a: autograd.scipy.stats.beta.logpdf(1.5, a, 2.0), 0.7, 0.0),
    (lambda mu: autograd.scipy.stats.poisson.pmf(-1, mu), 0.7, 0.0),
    (lambda mu: autograd.scipy.stats.poisson.cdf(-1, mu), 0.7, 0.0),
    (lambda mu: autograd.scipy.stats.poisson.pmf(0, mu), 0.0, -1.0),
    (lambda p: autograd.scipy.stats.bernoulli.pmf(1, p), 0.3, 1.0),
    (lambda x: x * np.sum(signal.convolve_all(INTEGERS, INTEGERS)), 1.0, 600.0**2),  # by transforms, and exact
]


@pytest.mark.parametrize(("f", "x", "expected"), EDGES)
def test_edge_values(f, x, expected):
    with np.errstate(all="ignore"):
        close(grad(f)(x), expected, rtol=1e-10)


@pytest.mark.parametrize("name", ["pdf", "logpdf", "cdf", "sf"])
@pytest.mark.parametrize(
    ("distribution", "shapes"), [("beta", (1.5, 2.0)), ("gamma", (2.0,)), ("expon", ()), ("uniform", ())]
)
def test_values_outside_the_support(distribution, shapes, name):
    f = getattr(getattr(autograd.scipy.stats, distribution), name)
    x = np.array([-1.0, 0.3, 9.0])
    with np.errstate(divide="ignore"):
        close(f(Value(x), *shapes).data, f(x, *shapes))


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda a: sc.betainc(a, 2.0, 0.3), "betainc has no derivative rule with respect to a"),
        (lambda n: sc.jv(n, 2.0), "jv has no derivative rule with respect to the order"),
        (lambda df: autograd.scipy.stats.t.cdf(0.3, df), "stdtr.*degrees of freedom"),
        (lambda x: autograd.scipy.signal.lfilter([1.0], [1.0], x * np.ones(2), zi=[1.0])[0], "begins at rest"),
        (lambda x: autograd.scipy.linalg.eigh(x * np.eye(2), subset_by_value=(0, 9))[0][0], "does not take type="),
        (lambda x: CubicSpline(x * np.arange(4.0), np.ones(4))(0.5), "knots are constants"),
        (lambda x: CubicSpline(np.arange(4.0), x * np.ones(4), bc_type="periodic")(0.5), "periodic"),
        (lambda x: odeint(lambda y, t: -y, x, [0.0, 1.0], full_output=True)[0], "full_output"),
        (lambda x: solve_ivp(lambda t, y: -y, (0, 1), [x], events=lambda t, y: y[0]).y[0, 0], "events"),
        (lambda x: scipy.sparse.eye_array(2) @ (x * np.ones(2)), "cannot become a plain NumPy array"),
    ],
)  # fmt: skip
def test_what_is_missing_says_so(f, words):
    with pytest.raises(UnsupportedError, match=words):
        grad(f)(1.5)


# -- convolutions and splines ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["full", "valid"])
def test_convolution_over_some_axes(mode):
    """A layer of image filters: images (image, channel, y, x), filters (channel, filter, y, x)."""
    rng = np.random.default_rng(0)
    images, filters = rng.normal(size=(2, 3, 6, 5)), rng.normal(size=(3, 4, 2, 3))
    call = lambda a, b: convolve(a, b, axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode=mode)
    expected = np.array(
        [[sum(scipy.signal.convolve(i[c], filters[c, f], mode) for c in range(3)) for f in range(4)] for i in images]
    )
    close(call(images, filters), expected)
    f = lambda a, b: np.sum(np.sin(call(a, b)))
    numeric, analytic = projections(f, grad(f, (0, 1)), (images, filters), 1)
    close(analytic, numeric, rtol=1e-8)


@pytest.mark.parametrize("dtype", [float, complex, int])
def test_long_convolutions_go_through_fourier_transforms(dtype):
    rng = np.random.default_rng(0)
    a, b = (rng.integers(-9, 9, size=(1, 1, n)).astype(dtype) for n in (700, 900))
    close(signal.convolve_all(a, b)[0, 0], np.convolve(a[0, 0], b[0, 0]), atol=1e-9)


def test_modes_of_a_convolution():
    x = Value(np.ones((2, 3)))
    with pytest.raises(ValueError, match="'sideways'"):
        convolve(x, np.ones((2, 2)), mode="sideways")
    with pytest.raises(ShapeError, match="longer along every axis"):
        convolve(x, np.ones((3, 2)), mode="valid")


def test_a_spline_of_plain_numbers_has_scipys_methods():
    spline = CubicSpline([0.0, 1.0, 3.0], [1.0, 0.0, 2.0], bc_type=((1, 0.5), (2, 0.0)))
    close(grad(spline)(0.7), spline.derivative()(0.7))
    close(spline(0.7), scipy.interpolate.CubicSpline([0.0, 1.0, 3.0], [1.0, 0.0, 2.0], 0, ((1, 0.5), (2, 0.0)))(0.7))
    with pytest.raises(AttributeError, match="integrate"):
        CubicSpline([0.0, 1.0, 3.0], Value([1.0, 0.0, 2.0])).integrate(0, 1)


# -- the generalised eigenproblem --------------------------------------------------------------------------------


@pytest.mark.parametrize("imaginary", [0, 1j], ids=["real", "complex"])
def test_the_generalised_eigenproblem(imaginary):
    """Stiffness and mass of a structure: K v = M v diag(w)."""
    rng = np.random.default_rng(0)
    k, m = (rng.normal(size=(2, 4, 4)) + imaginary * rng.normal(size=(2, 4, 4))).astype(complex if imaginary else float)
    k, m = k + np.conj(k.T), m @ np.conj(m.T) + np.eye(4)
    eigh = autograd.scipy.linalg.eigh
    for ours, scipys in zip(eigh(Value(k), Value(m)), scipy.linalg.eigh(k, m), strict=True):
        close(ours.data, scipys, atol=1e-12)
    close(autograd.scipy.linalg.eigvalsh(Value(k), m).data, scipy.linalg.eigvalsh(k, m))
    weights = rng.normal(size=(4, 4))
    symmetric = lambda a: a + np.conj(a.T)

    def f(k, m):
        w, v = eigh(symmetric(k), symmetric(m))
        return np.sum(np.sin(w)) + np.sum(weights * np.abs(v) ** 2)

    numeric, analytic = projections(f, grad(f, (0, 1)), (k / 2, m / 2), 0)
    close(analytic, numeric, rtol=1e-6)
    if not imaginary:
        lower = grad(lambda k: np.sum(eigh(k, m)[0] * weights[0]))(k)
        close(lower, np.tril(lower))  # SciPy reads the lower triangle


# -- solvers -----------------------------------------------------------------------------------------------------


def rosenbrock(p):
    return (1 - p["a"]) ** 2 + np.sum(10 * (p["b"] - p["a"] ** 2) ** 2)


@pytest.mark.parametrize(
    "method", [None, "Nelder-Mead", "BFGS", "L-BFGS-B", "SLSQP", "Newton-CG", "trust-ncg", "trust-exact", "dogleg"]
)
def test_minimize(method):
    found = minimize(rosenbrock, {"a": 0.8, "b": np.full(2, 0.64)}, method=method)
    assert found.success
    close(found.x["a"], 1, atol=2e-3)
    close(found.x["b"], [1, 1], atol=4e-3)
    assert "jac" not in found or found.jac.keys() == {"a", "b"}


def test_minimize_with_the_users_own_derivatives():
    f = lambda x, c: np.sum((x - c) ** 4)
    jac, hess = lambda x, c: 4 * (x - c) ** 3, hessian(f)
    for given in ({"jac": jac}, {"jac": jac, "hess": hess, "method": "Newton-CG"}):
        close(minimize(f, [0.5, 1.5], 1.0, **given).x, 1, atol=0.05)


def test_a_minimum_is_differentiable():
    """The minimum of Σ (x − c²)² + x⁴/4 satisfies 2(x − c²) + x³ = 0, and moves by 4c / (2 + 3x²)."""
    best = lambda c: (
        minimize(
            lambda x, c: np.sum((x - c**2) ** 2 + x**4 / 4),
            np.zeros(2),
            (c,),
            method="Newton-CG",
            options={"xtol": 1e-12},
        ).x
    )
    c = np.array([1.0, 2.0])
    close(grad(lambda c: np.sum(best(c)))(c), 4 * c / (2 + 3 * best(c) ** 2), rtol=1e-8)


@pytest.mark.parametrize("jac", [None, "3-point"])
def test_least_squares(jac):
    """A straight line through points: its parameters are linear in the ordinates."""
    t, y = np.arange(5.0), np.array([0.1, 0.9, 2.2, 2.8, 4.1])
    fit = lambda y: (
        least_squares(lambda p, y: p["a"] + p["b"] * t - y, {"a": 0.0, "b": 0.0}, jac, args=y, method="lm").x
    )
    close([fit(y)["b"], fit(y)["a"]], np.polyfit(t, y, 1), atol=1e-7)
    close(grad(lambda y: fit(y)["b"])(y), (t - 2) / 10, atol=1e-7)


@pytest.mark.parametrize("method", ["hybr", "lm", "krylov"])
def test_root(method):
    solve = lambda a: root(lambda x, a: {"r": x["x"] ** 3 + x["x"] - a}, {"x": np.ones(2)}, a, method, tol=1e-12).x["x"]
    a = np.array([2.0, 10.0])
    close(solve(a), [1, 2])
    first = lambda a: grad(lambda a: np.sum(solve(a)))(a)
    close(first(a), [1 / 4, 1 / 13])
    close(grad(lambda a: np.sum(first(a)))(a), [-6 / 4**3, -12 / 13**3])


@pytest.mark.parametrize(
    "solve",
    [
        lambda a: fixed_point(lambda x, a: (x + a / x) / 2, 1.5, a),
        lambda a: fixed_point(lambda x, a: (x + a / x) / 2, 1.5, (a,)),
        lambda a: brentq(lambda x, a: x**2 - a, 0.0, 5.0, a),
        lambda a: newton(lambda x, a: x**2 - a, 3.0, args=(a,)),
        lambda a: newton(lambda x, a: x**2 - a, 3.0, lambda x, a: 2 * x, (a,)),
    ],
)
def test_scalar_roots(solve):
    close(solve(4.0), 2.0)
    close(grad(solve)(4.0), 1 / 4)
    close(grad(grad(solve))(4.0), -1 / 32)


def swinging(y, t, p):
    return np.stack([y[1], -p["w"] * np.sin(y[0]) * np.cos(t)])


TIGHT = {"rtol": 1e-10, "atol": 1e-11}
Y0 = np.array([1.0, 0.5])
SOLUTIONS = [
    lambda y0, t, w: odeint(swinging, y0, t, ({"w": w},), **TIGHT),
    lambda y0, t, w: odeint(lambda t, y, p: swinging(y, t, p), y0, t, ({"w": w},), tfirst=True, **TIGHT),
    lambda y0, t, w: solve_ivp(lambda t, y, p: swinging(y, t, p), (t[0], t[-1]), y0, "DOP853", t, args=({"w": w},), **TIGHT).y,
    lambda y0, t, w: solve_ivp(
        lambda t, y, p: swinging(y, t, p), (t[0], t[-1]), y0, t_eval=t[1:], args=({"w": w},), rtol=1e-10, atol=[1e-11, 1e-11]
    ).y,
    lambda y0, t, w: solve_ivp(
        lambda t, y, p: list(swinging(y, t, p)), (t[0], t[-1]), y0, "LSODA", args=({"w": w},), **TIGHT
    ).y[:, -1],
]  # fmt: skip


@pytest.mark.parametrize("solution", SOLUTIONS, ids=["odeint", "tfirst", "t_eval", "inner", "chosen"])
def test_differential_equations(solution):
    args = (Y0, np.array([0.1, 0.5, 1.2]), 1.3)
    f = lambda *args: np.sum(np.sin(solution(*args)) * 0.7)
    close(f(*args), f(*map(Value, args)).data, rtol=1e-8)
    numeric, analytic = projections(f, grad(f, (0, 1, 2)), args, 0)
    close(analytic, numeric, rtol=1e-6)


def test_a_differential_equation_to_the_second_order():
    """y′ = −k y has the solution y0 exp(−k t)."""
    last = lambda k: odeint(lambda y, t, k: -k * y, 2.0, np.array([0.0, 1.5]), (k,), **TIGHT)[-1, 0]
    close(last(0.7), 2 * np.exp(-1.05))
    close(grad(last)(0.7), -3 * np.exp(-1.05), rtol=1e-8)
    close(grad(grad(last))(0.7), 4.5 * np.exp(-1.05), rtol=1e-7)


def test_a_failed_integration_has_no_derivative():
    with np.errstate(all="ignore"), pytest.raises(GraphError, match="failed"):
        solve_ivp(lambda t, y: y**2, (0, 2), Value([1.0]), max_step=0.1)
