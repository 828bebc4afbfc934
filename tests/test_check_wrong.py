"""Wrong derivatives fail, each with the diagnosis of its bug; what cannot be decided is neither passed nor failed."""

import numpy as np
import pytest

from autograd.check import (
    assert_gradcheck,
    assert_gradgradcheck,
    assert_jvp,
    assert_vjp,
    check_jvp,
    check_vjp,
    gradcheck,
)
from autograd.op import Op

R = np.random.default_rng(1)
X, Y = R.normal(size=(3, 4)), R.normal(size=(3, 4))
SQUARE = R.normal(size=(3, 3))
ROW = R.normal(size=4)
Z = X + 1j * Y
COUNT = iter(range(1000))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(x):
    return sigmoid(x) * (1 - sigmoid(x))


def assigned(g, out, x):
    """The gather's gradient with = for +=."""
    result = np.zeros_like(x)
    result[[0, 0, 2]] = g
    return result


def in_place(x):
    x *= 2
    return x


def changes_g(g, out, x):
    g *= np.cos(x)
    return g


def bump(x):
    u = np.sin(x)
    return u * np.exp(u)


# The kind of the diagnosis: a function, a wrong vjp, inputs.
PLANTED = {
    "sign": (np.sin, lambda g, out, x: -g * np.cos(x), X),
    "sign, some": (np.abs, lambda g, out, x: g, X),
    "factor, 2": (np.sin, lambda g, out, x: 2 * g * np.cos(x), X),
    "factor, half": (np.square, lambda g, out, x: g * x, X),
    "factor, mean for sum": (np.sum, lambda g, out, x: np.full_like(x, g / x.size), X),
    "factor, sum for mean": (np.mean, lambda g, out, x: np.full_like(x, g), X),
    "factor, some number": (np.sin, lambda g, out, x: -1.37 * g * np.cos(x), X),
    "transposed": (lambda a, b: a @ b, lambda g, out, a, b: (b @ g.T, a.T @ g), (SQUARE, SQUARE.T.copy())),
    "transposed, shape": (lambda a: a @ ROW, lambda g, out, a: np.outer(ROW, g), X),
    "broadcast, shape": (lambda x, b: x + b, lambda g, out, x, b: (g, g), (X, ROW)),
    "broadcast, first row": (lambda x, b: x + b, lambda g, out, x, b: (g, g[0]), (X, ROW)),
    "overwritten, last row": (lambda x, b: x + b, lambda g, out, x, b: (g, g[-1]), (X, ROW)),
    "overwritten, one of two uses": (lambda x: x * np.sin(x), lambda g, out, x: g * np.sin(x), X),
    "overwritten, the other": (lambda x: x * np.sin(x), lambda g, out, x: g * x * np.cos(x), X),
    "overwritten, gather": (lambda x: x[[0, 0, 2]], assigned, X),
    "zero": (np.sin, lambda g, out, x: 0 * g, X),
    "zero, none": (np.sin, lambda g, out, x: None, X),
    "at-output": (sigmoid, lambda g, out, x: g * slope(out), X),
    "at-output, in the formula": (np.exp, lambda g, out, x: g * np.exp(out), X),
    "at-output, with another input": (lambda x, c: sigmoid(x) * c, lambda g, out, x, c: g * slope(out) * c, (X, 1)),
    "at-input": (sigmoid, lambda g, out, x: g * x * (1 - x), X),
    "swapped": (lambda a, b: a * b, lambda g, out, a, b: (g * a, g * b), (X, Y)),
    "conjugate": (lambda z: z * z, lambda g, out, z: g * np.conj(2 * z), Z),
    "conjugate, all": (lambda z: (z * z).real, lambda g, out, z: np.conj(g * 2 * z), Z),
    "shape": (np.sin, lambda g, out, x: np.ones(5), X),
    "dtype": (np.sin, lambda g, out, x: (g * np.cos(x)).astype(np.float64), X.astype(np.float32)),
    "dtype, complex": (np.sin, lambda g, out, x: g * np.cos(x) * (1 + 0j), X),
    "dtype, objects": (np.sin, lambda g, out, x: np.array(["a"]), X),
    "count": (lambda a, b: a * b, lambda g, out, a, b: g * b, (X, Y)),
    "count, nest": (lambda d: d["a"] * d["b"], lambda g, out, d: {"a": g * d["b"]}, {"a": X, "b": Y}),
    "nonlinear": (np.sin, lambda g, out, x: g * g * np.cos(x), X),
    "nonlinear, ignores g": (np.sin, lambda g, out, x: np.cos(x), X),
    "nonlinear, scalar": (np.mean, lambda g, out, x: np.full_like(x, abs(g) / x.size), X),
    "nondeterministic": (lambda x: x + next(COUNT), lambda g, out, x: g, X),
    "nondeterministic, derivative": (np.sin, lambda g, out, x: g * np.cos(x) * next(COUNT), X),
    "mutated": (np.sin, changes_g, X),
    "mutated, by the function": (in_place, lambda g, out, x: 2 * g, X),
    "nan": (lambda x: x**2, lambda g, out, x: g * 2 * x * x / x, np.array([0.0, 1.0])),
    "nan, inf": (lambda x: x**2, lambda g, out, x: g / (x - x), np.array([1.0, 2.0])),
    "missing": (lambda x: np.where(x > -1, x, 0.1 * x), lambda g, out, x: g * (x > 0), np.array([-0.5, 0.5, 2.0])),
    "surplus": (lambda x: np.maximum(x, 0), lambda g, out, x: g, X),
    "chain": (lambda x: np.sin(x**2), lambda g, out, x: g * np.cos(x**2), X),
    "detached": (bump, lambda g, out, x: g * np.exp(np.sin(x)) * np.cos(x), X),
    "at-output, inside": (
        lambda x: (np.tanh(x) * np.arange(4.0)).sum(),
        lambda g, out, x: g * np.arange(4.0) * (1 - np.tanh(np.tanh(x)) ** 2),
        X,
    ),
    "unknown": (np.sin, lambda g, out, x: g * (np.cos(x) + 0.1 * x), X),
}


@pytest.mark.parametrize("name", PLANTED)
def test_each_bug_has_its_diagnosis(name):
    f, vjp, inputs = PLANTED[name]
    with np.errstate(all="ignore"):
        report = check_vjp(f, vjp, inputs, seed=0)
    assert report.verdict == "fail"
    assert not report
    assert name.split(",")[0] in report.kinds, str(report)
    assert all(diagnosis.sentence.endswith(".") for diagnosis in report.diagnoses)


BIG = R.normal(size=(7, 8))


@pytest.mark.parametrize("name", ["sign", "factor, 2", "zero", "at-output", "surplus", "overwritten, one of two uses"])
def test_large_inputs_are_diagnosed_too(name):
    f, vjp, _ = PLANTED[name]
    report = check_vjp(f, vjp, BIG, seed=0, mode="projections")
    assert "as asked" in report.mode
    assert report.verdict == "fail"
    assert name.split(",")[0] in report.kinds, str(report)


def test_one_wrong_element_in_ten_thousand_is_found_and_named():
    def vjp(g, out, x):
        gradient = g * np.cos(x)
        gradient[3, 7] *= 1 + 1e-5 * 3
        return gradient

    for seed in range(2):
        report = check_vjp(np.sin, vjp, R.normal(size=(100, 100)), seed=seed)
        assert report.verdict == "fail"
        assert report.worst[0].place == "input 0[3, 7]"


def padded(seed):
    """Ten thousand numbers, of which half lie on the kink of a ReLU."""
    rng = np.random.default_rng(seed)
    return rng.permutation(np.where(np.arange(10_000) % 2, 0.0, rng.normal(size=10_000)))


def test_kinks_of_other_outputs_hide_nothing():
    x = padded(0)
    wrong = int(x.argmax())

    def vjp(g, out, x):
        gradient = g * (x > 0)
        gradient[wrong] *= 1.001
        return gradient

    report = check_vjp(lambda x: np.maximum(x, 0), vjp, x, seed=0)
    assert report.verdict == "fail"
    assert report.worst[0].place == f"input 0[{wrong}]"


def test_kinks_of_one_output_do_not_hide_a_common_factor():
    f = lambda x: np.maximum(x, 0).sum()
    assert check_vjp(f, lambda g, out, x: 1.0002 * g * (x > 0), padded(0), seed=0).verdict == "fail"
    assert check_vjp(f, lambda g, out, x: g * (x >= 0), padded(0), seed=0).verdict == "pass"


@pytest.mark.parametrize("total", [0.0, 2.0, 0.5])
def test_subgradients_at_a_tie_must_add_up(total):
    x = np.array([1.0, 1.0, 0.0])
    shares = np.array([total / 2, total / 2, 0])
    report = check_vjp(np.max, lambda g, out, x: g * shares, x, seed=0)
    assert report.verdict == "fail"
    assert "ties" in report.kinds
    assert check_vjp(np.max, lambda g, out, x: g * np.array([0.25, 0.75, 0]), x, seed=0)


@pytest.mark.parametrize("outside", [-0.1, 1.1, 5.0])
def test_a_number_outside_the_subgradients_fails(outside):
    report = check_vjp(lambda x: np.maximum(x, 0), lambda g, out, x: g * np.where(x == 0, outside, x > 0),
                       np.array([0.0, 1.0]), seed=0)  # fmt: skip
    assert report.verdict == "fail"


@pytest.mark.parametrize(("slope", "verdict"), [(1, "pass"), (2, "fail"), (1.01, "fail"), (0, "fail")])
def test_at_a_jump_the_side_without_it_decides(slope, verdict):
    x = np.array([-3.0, -1.0, 2.0, 3.0])  # steps of whole numbers all say 2
    assert check_vjp(lambda x: np.floor(x) + x, lambda g, out, x: g * slope, x, seed=0).verdict == verdict


UNDECIDED = {
    "NaN everywhere": (np.log, lambda g, out, x: g / x, np.array([-1.0, -2.0])),
    "an infinite slope": (np.sqrt, lambda g, out, x: g * 0.5 / np.sqrt(x), np.array([0.0])),
    "flat beyond all digits": (np.tanh, lambda g, out, x: g / np.cosh(x) ** 2, np.array([18.5])),
    "a jump on both sides": (lambda x: np.where(x == 1, 5, x), lambda g, out, x: g, np.array([1.0])),
    "nothing but noise": (lambda x: 1e30 + x, lambda g, out, x: g, np.array([1.0])),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_cannot_be_decided_is_inconclusive(name):
    f, vjp, x = UNDECIDED[name]
    with np.errstate(all="ignore"):
        report = check_vjp(f, vjp, x, seed=0)
    assert report.verdict == "inconclusive"
    assert not report
    assert "INCONCLUSIVE" in str(report)


def test_a_wrong_rule_of_an_operation_is_found():
    wrong = Op(np.tanh, lambda g, out, x: g * (1 - out))
    assert "unknown" in gradcheck(wrong, X, seed=0).kinds
    twice = Op(np.sin, lambda g, out, x: g * np.cos(x) * 2)
    assert "factor" in gradcheck(lambda x: twice(x).sum(), X, seed=0).kinds


JVPS = {
    "factor": lambda xs, ts: 2 * np.cos(xs[0]) * ts[0],
    "nonlinear": lambda xs, ts: np.cos(xs[0]) * np.abs(ts[0]),
    "count": lambda xs, ts: (np.cos(xs[0]) * ts[0]).sum(),
}


@pytest.mark.parametrize("kind", JVPS)
def test_wrong_jvps(kind):
    assert kind in check_jvp(np.sin, JVPS[kind], X, seed=0).kinds


def test_assert_forms():
    wrong = Op(np.sin, lambda g, out, x: -g * np.cos(x))
    once = Op(np.sin, lambda g, out, x: g * np.cos(getattr(x, "data", x)))
    for call in (
        lambda: assert_gradcheck(wrong, X),
        lambda: assert_gradgradcheck(once, X),
        lambda: assert_vjp(*PLANTED["sign"]),
        lambda: assert_jvp(np.sin, JVPS["factor"], X),
    ):
        with pytest.raises(AssertionError, match="FAIL"):
            call()
    assert assert_vjp(np.sin, lambda g, out, x: g * np.cos(x), X)
    assert assert_jvp(np.sin, lambda xs, ts: np.cos(xs[0]) * ts[0], X)
    assert assert_gradgradcheck(np.sin, X)
