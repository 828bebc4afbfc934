"""Right derivatives pass: over smooth functions, kinks, ties, bad scales, few digits, containers, modules, complex."""

from dataclasses import dataclass

import numpy as np
import pytest

from autograd import Value
from autograd import functions as F
from autograd.check import assert_gradcheck, check_jvp, check_vjp, gradcheck, gradgradcheck

R = np.random.default_rng(0)
X, Y = R.normal(size=(3, 4)), R.normal(size=(3, 4))
P = np.abs(X) + 0.3
ROW = R.normal(size=4)
M = R.normal(size=(4, 2))
Z = X + 1j * Y

SMOOTH = {
    "sin": (np.sin, X),
    "exp": (np.exp, X),
    "log": (np.log, P),
    "sqrt": (np.sqrt, P),
    "power": (lambda x, y: x**y, (P, Y)),
    "divide": (lambda x, y: x / y, (X, P)),
    "broadcast": (lambda x, y: x * y + y, (X, ROW)),
    "matmul": (lambda x, y: x @ y, (X, M)),
    "softmax": (F.softmax, X),
    "logsumexp": (lambda x: F.logsumexp(x, axis=-1), X),
    "var": (lambda x: x.var(axis=0), X),
    "std": (lambda x: x.std(axis=1), X),
    "prod": (lambda x: x.prod(axis=1), X),
    "cumsum": (lambda x: x.cumsum(axis=1), X),
    "norm": (np.linalg.norm, X),
    "gelu": (F.gelu, X),
    "erf": (F.erf, X),
    "gather": (lambda x: x[[0, 0, 2]] * 2, X),
    "sort": (np.sort, X),
    "einsum": (lambda x, y: np.einsum("ij,jk->ki", x, y), (X, M)),
    "arctan2": (np.arctan2, (X, Y)),
    "fan-out": (lambda x: x * np.sin(x) + x, X),
    "a scalar": (lambda x: x**3 - 2 * x, 1.5),
    "a constant": (lambda x: x * 0.0 + 3.0, X),
    "numbers and integers": (lambda x, n: x**n, (2.0, 3)),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_functions_pass_at_both_orders(name):
    f, inputs = SMOOTH[name]
    assert gradcheck(f, inputs, seed=1).verdict == "pass"
    assert gradgradcheck(f, inputs, seed=1).verdict == "pass"


@pytest.mark.parametrize("name", SMOOTH)
def test_projections_agree_with_the_whole_jacobian(name):
    f, inputs = SMOOTH[name]
    report = gradcheck(f, inputs, seed=2, mode="projections")
    assert report
    assert "projections" in report.mode


KINKS = {
    "relu at 0": (F.relu, np.array([0.0, 0.0, 1.0, -1.0])),
    "relu summed": (lambda x: F.relu(x).sum(), np.array([0.0, 0.0, 1.0, -1.0])),
    "mixed signs": (lambda x: (F.relu(x) * np.array([1.0, -2.0, 3.0, -4.0])).sum(), np.zeros(4)),
    "abs at 0": (np.abs, np.array([0.0, 1e-9, -2.0])),
    "max with ties": (np.max, np.array([1.0, 1.0, 1.0, -1.0])),
    "max of rows of zeros": (lambda x: x.max(axis=1), np.zeros((2, 3))),
    "max of relu": (lambda x: F.relu(x).max(axis=1), np.zeros((2, 3))),
    "maximum of equals": (np.maximum, (np.ones(3), np.ones(3))),
    "clip at its bounds": (lambda x: np.clip(x, -1, 1), np.array([-1.0, 0.0, 1.0, 5.0])),
    "floor at an integer": (lambda x: np.floor(x) + x, np.array([2.0, 2.5])),
    "beside a kink": (lambda x: np.abs(x - 1), np.array([1 + 1e-9, 1 - 1e-7, 1.0])),
    "where": (lambda x: np.where(x > 0, np.sin(x), 0.5 * x), np.array([0.0, 0.3, -1e-8])),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("mode", ["jacobian", "projections"])
@pytest.mark.parametrize("name", KINKS)
def test_valid_subgradients_pass(name, mode):
    f, inputs = KINKS[name]
    assert gradcheck(f, inputs, seed=3, mode=mode).verdict == "pass"


def test_a_kink_is_reported():
    report = gradcheck(F.relu, np.array([0.0, 1.0]), seed=0)
    assert report.rows[0].kinks == 1
    assert "kink" in str(report)


SCALED = {
    "squares of any size": (np.square, np.array([1e-10, 1e-3, 1.0, 1e8])),
    "reciprocals": (lambda x: 1 / x, np.array([1e-9, 1e-3, -1.0, 1e8])),
    "a fast wave": (lambda x: np.sin(1e6 * x), np.array([0.3, 1.0])),
    "a steep exponential": (np.exp, np.array([-300.0, 0.0, 300.0])),
    "beside a pole": (np.tan, np.array([np.pi / 2 - 1e-5])),
    "beside the edge": (np.arcsin, np.array([1 - 1e-7, -1 + 1e-9])),
    "1 - tanh² where it has lost its digits": (lambda x: np.tanh(x), np.array([15.0, 16.5, 1.0])),
    "a sum that is always 1": (lambda x: F.softmax(x).sum() + x, np.array([0.3, 1.2])),
    "a large offset": (lambda x: 1e8 + x, np.array([0.01, 1.0])),
}


@pytest.mark.parametrize("name", SCALED)
def test_badly_scaled_functions_pass(name):
    f, inputs = SCALED[name]
    assert gradcheck(f, inputs, seed=4).verdict == "pass"


def single(f):
    return lambda *xs: f(*(np.asarray(x, dtype=np.float32) for x in xs))


FEW_DIGITS = {
    "float32 inside": (single(np.sin), lambda g, out, x: g * np.cos(x)),
    "float32 in secret": (lambda x: single(np.square)(x).astype(float), lambda g, out, x: g * 2 * x),
    "eight decimals": (lambda x: np.round(np.exp(x), 8), lambda g, out, x: g * np.exp(x)),
    "dither": (lambda x: np.sin(x) + 1e-8 * ((4e9 * np.sin(1e9 * x)) % 1), lambda g, out, x: g * np.cos(x)),
    "a derivative in float32": (np.tanh, lambda g, out, x: g * np.float32(1) * single(lambda o: 1 - o * o)(out)),
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", FEW_DIGITS)
def test_functions_with_few_right_digits_pass(name, seed):
    f, vjp = FEW_DIGITS[name]
    x = np.random.default_rng(seed).normal(size=3)
    assert check_vjp(f, vjp, x, seed=seed, rtol=1e-4).verdict == "pass"
    assert check_vjp(f, lambda *a: 1.05 * vjp(*a), x, seed=seed).verdict == "fail"


@pytest.mark.parametrize(("x", "verdict"), [(0.5, "pass"), (1e-3, "inconclusive"), (0.015020666, "inconclusive")])
def test_rounded_values_near_zero_are_not_taken_for_a_constant(x, verdict):
    """The stairs are long beside the size of x, and short beside the way to the next input."""
    f = lambda x: np.round(np.exp(x), 5)
    assert check_vjp(f, lambda g, out, x: g * np.exp(x), np.array([x]), seed=0).verdict == verdict
    assert check_vjp(f, lambda g, out, x: -g * np.exp(x), np.array([x]), seed=0).verdict != "pass"


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_inputs_in_single_precision(dtype):
    report = gradcheck(lambda x: (x * x).sum(), X.astype(dtype), seed=0)
    assert report
    assert report.rows[0].dtype == np.dtype(dtype).name


COMPLEX = {
    "product": (lambda a, b: a * b, (Z, Z[::-1].copy())),
    "abs": (np.abs, Z),
    "conjugate": (lambda z: z.conj() * z, Z),
    "real and imaginary": (lambda z: z.real * np.sin(z.imag), Z),
    "exp": (np.exp, Z),
    "real input": (lambda x: x * (2 + 1j), X),
    "matmul": (lambda a, b: a @ b, (Z, M + 1j)),
}


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_functions_pass(name):
    f, inputs = COMPLEX[name]
    assert gradcheck(f, inputs, seed=5)
    assert gradcheck(f, inputs, seed=5, mode="projections")


@dataclass
class Pair:
    a: object
    b: object


def test_nests_of_containers():
    def f(weights, pair):
        return {"out": weights["w"] @ weights["b"][0] + pair.a, "n": 3, "more": (pair.b**2).sum()}

    report = gradcheck(f, ({"w": X, "b": [ROW, 7]}, Pair(np.ones(3), P)), seed=0)
    assert report
    assert [row.name for row in report.rows] == ["input 0['w']", "input 0['b'][0]", "input 1.a", "input 1.b"]


class Affine:
    """Like a module: parameters with names, and a call."""

    def __init__(self):
        self.w, self.b = Value(X), Value(np.zeros(4))
        self.frozen = Value(1.0, requires_grad=False)

    def named_parameters(self):
        return [("w", self.w), ("b", self.b), ("frozen", self.frozen)]

    def __call__(self, x):
        return np.tanh(x @ self.w + self.b) * self.frozen


class Unnamed(Affine):
    named_parameters = None

    def parameters(self):
        return [self.w, self.b]


@pytest.mark.parametrize("kind", [Affine, Unnamed])
def test_modules_are_checked_in_all_parameters_and_left_as_they_were(kind):
    module = kind()
    before = module.w.data.copy()
    report = gradcheck(module, (M.T[:, :3],), seed=0)
    assert report
    assert len(report.rows) == 3
    assert gradgradcheck(module, (M.T[:, :3],), seed=0)
    assert np.array_equal(module.w.data, before)
    assert module.w.data.dtype == before.dtype


def test_jvp():
    assert check_jvp(lambda x, y: np.sin(x) * y, lambda xs, ts: np.cos(xs[0]) * ts[0] * xs[1] + np.sin(xs[0]) * ts[1],
                     (X, Y), seed=0)  # fmt: skip
    assert check_jvp(np.exp, lambda xs, ts: np.exp(xs[0]) * ts[0], Z, seed=0)
    assert check_jvp(np.sin, lambda xs, ts: np.cos(xs[0]) * ts[0], R.normal(size=400), seed=0)


def test_large_inputs_are_cheap():
    report = assert_gradcheck(lambda x: np.sin(x) @ x, R.normal(size=(100, 100)), seed=0)
    assert report.evaluations < 600
    assert gradcheck(lambda x: F.relu(x).sum(), np.zeros(1000), seed=0, mode="projections").verdict != "fail"


@pytest.mark.unmeasured
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_thousands_of_kinks_pass(share):
    x = np.where(np.arange(4000) % 2, 0.0, R.normal(size=4000))
    assert check_vjp(lambda x: np.maximum(x, 0), lambda g, out, x: g * ((x > 0) + share * (x == 0)), x, seed=0)


def test_the_seed_repeats_the_check():
    f = lambda x: np.sin(x) @ x
    a, b = gradcheck(f, X[:, :3]), None
    b = gradcheck(f, X[:, :3], seed=a.seed)
    assert str(a) == str(b)
    assert f"seed={a.seed}" in str(a)
