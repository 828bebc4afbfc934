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
    gradgradcheck,
)
from autograd.rules.op import Op

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
    "inverted": (lambda x: np.maximum(x, 0), lambda g, out, x: g * (x < 0), X),
    "chain": (lambda x: np.sin(x**2), lambda g, out, x: g * np.cos(x**2), X),
    "detached": (bump, lambda g, out, x: g * np.exp(np.sin(x)) * np.cos(x), X),
    "at-output, inside": (
        lambda x: (np.tanh(x) * np.arange(4.0)).sum(),
        lambda g, out, x: g * np.arange(4.0) * (1 - np.tanh(np.tanh(x)) ** 2),
        X,
    ),
    "transposed, J·g": (lambda x: SQUARE @ x, lambda g, out, x: SQUARE @ g, SQUARE[0]),
    "places": (lambda x: x[1:], lambda g, out, x: np.append(g, 0.0), ROW),
    "places, reshaped": (lambda x: x.swapaxes(0, 1), lambda g, out, x: g.reshape(x.shape), X.reshape(3, 2, 2)),
    "axis": (lambda x: x - x.mean(axis=0), lambda g, out, x: g - g.mean(axis=1, keepdims=True), X),
    "axis, summed too much": (lambda x: x.sum(axis=0), lambda g, out, x: np.full_like(x, g.sum()), X),
    "axis, shape": (lambda x, b: x + b, lambda g, out, x, b: (g, g.sum(axis=1)), (X, ROW)),
    "swapped, shapes": (lambda a, b: a @ b, lambda g, out, a, b: (a.T @ g, g @ b.T), (X, Y.T.copy()[:, :2])),
    "power": (np.tanh, lambda g, out, x: g / np.cosh(x), X),
    "power, too high": (np.sinh, lambda g, out, x: g * np.cosh(x) ** 2, X),
    "power, upside down": (np.log, lambda g, out, x: g * x, np.abs(X)),
    "product": (lambda x, y: x * y, lambda g, out, x, y: (g * y, g), (X, Y)),
    "product, too much": (lambda x, y: x + y, lambda g, out, x, y: (g * x, g), (X, Y)),
    "product, the output": (np.tanh, lambda g, out, x: g * (1 - out**2) * out, X),
    "constant": (np.sin, lambda g, out, x: g * 0.3, X),
    "constant, passed on": (lambda x: x * np.sin(x) * 0.1, lambda g, out, x: g, X),
    "sides": (lambda x: x / (1 + abs(x)), lambda g, out, x: g / (1 + x) ** 2, X),
    "sides, positive": (lambda x: x / (1 + abs(x)), lambda g, out, x: g / (1 - x) ** 2, X),
    "unknown": (np.sin, lambda g, out, x: g * (np.cos(x) + 0.1 * x), X),
    "unknown, a single number": (np.sin, lambda g, out, x: g * 0.123, 1.1),
}

# Words of the sentence: a function, a wrong vjp, inputs.
SENTENCES = {
    "is a `return` missing?": (np.sin, lambda g, out, x: None, X),
    "of text": (np.sin, lambda g, out, x: "0.5", X),
    "Python objects (NoneType)": (np.sin, lambda g, out, x: np.array([None]), X),
    "returned a list": (np.multiply, lambda g, out, x, y: [g * y, g * x], (X, Y)),
    "have each other's shapes": (lambda x, b: x + b, lambda g, out, x, b: (g.sum(axis=0), g), (X, ROW)),
    "without keepdims=True": (lambda x, b: x + b, lambda g, out, x, b: (g, g.sum(axis=0, keepdims=True)), (X, ROW)),
    "with keepdims=True": (lambda x, b: x + b, lambda g, out, x, b: (g, g.sum(axis=1)), (X, ROW[:3, None])),
    "after a sum over axis 1": (lambda x, b: x + b, lambda g, out, x, b: (g, g.sum(axis=1)), (X, ROW)),
    "axes are in another order": (lambda x: 2 * x, lambda g, out, x: g.transpose(1, 2, 0), X.reshape(3, 2, 2)),
    "is a single number": (np.sin, lambda g, out, x: g.sum(), X),
    "one number for each number": (np.sin, lambda g, out, x: g[:2], X),
    "with respect to x1 is not linear": (np.add, lambda g, out, x, y: (g, g + 1), (X, Y)),
    "for g = 0 it is not 0": (np.sin, lambda g, out, x: g + 1, X),
    "g and −g give the same": (np.sin, lambda g, out, x: g * g, X),
    "twice the g must give": (np.sin, lambda g, out, x: g + 0.5 * np.sin(g), X),
    "−g must give minus the result": (np.sin, lambda g, out, x: np.where(g > 0, g, 0), X),
    "whole numbers": (np.sin, lambda g, out, x: g.astype(int), X),
    "was divided by 3 in place of 4": (
        lambda x: x.mean(axis=1),
        lambda g, out, x: np.repeat(g[:, None], 4, axis=1) / 3,
        X,
    ),
    "is √3": (lambda x: x.sum(axis=0) / 3**0.5, lambda g, out, x: np.tile(g, (3, 1)), X),
    "is 1/√3": (lambda x: x.sum(axis=0), lambda g, out, x: np.tile(g, (3, 1)) / 3**0.5, X),
    "its use in `multiply`; the use in `sin` contributes": (
        lambda x: x * np.sin(x),
        lambda g, out, x: g * np.sin(x),
        X,
    ),
    "the other one contributes": (lambda x: x * x, lambda g, out, x: g * x, X),
    "nothing comes from output[0, 0] and 3 more": (
        lambda x: x[:, ::-1] * 2,
        lambda g, out, x: np.concatenate([0 * g[:1], 2 * g[1:]])[:, ::-1],
        X,
    ),
    "only the first is taken, as often as": (np.add, lambda g, out, x, y: (g, 3 * g[0]), (X, ROW)),
    "only the last is taken, as often as": (np.add, lambda g, out, x, y: (g, 3 * g[-1]), (X, ROW)),
    "lies between": (np.sin, lambda g, out, x: g * (np.cos(x) + 0.1 * x), X),
    "passed on unchanged": (lambda x: x * np.sin(x) * 0.1, lambda g, out, x: g, X),
}


@pytest.mark.parametrize("words", SENTENCES)
def test_the_sentence_says_what_is_wrong(words):
    f, vjp, inputs = SENTENCES[words]
    report = check_vjp(f, vjp, inputs, seed=0, names=["x0", "x1"])
    assert words in " ".join(diagnosis.sentence for diagnosis in report.diagnoses)


def test_a_jvp_of_the_wrong_structure_is_said_once():
    report = check_jvp(np.sin, lambda xs, ts: None, X, seed=0)
    assert report.kinds == ["count"]
    assert report.diagnoses[0].sentence == (
        "The derivative returned nothing numeric, and the output has shape (3, 4): they must be the same."
    )


def test_inputs_can_be_named():
    wrong = Op(np.sin, lambda g, out, x: -g * np.cos(x))
    assert "with respect to angle" in str(gradcheck(wrong, X, seed=0, names=["angle"]))
    assert gradgradcheck(np.sin, X, seed=0, names=["angle"]).rows[0].name == "angle"


@pytest.mark.parametrize("name", PLANTED)
def test_each_bug_has_its_diagnosis(name):
    f, vjp, inputs = PLANTED[name]
    with np.errstate(all="ignore"):
        report = check_vjp(f, vjp, inputs, seed=0)
    assert report.verdict == "fail"
    assert not report
    assert name.split(",")[0] in report.kinds, str(report)
    assert all(diagnosis.sentence.endswith((".", "?")) for diagnosis in report.diagnoses)


BIG = R.normal(size=(7, 8))


@pytest.mark.parametrize("name", ["sign", "factor, 2", "zero", "at-output", "surplus", "overwritten, one of two uses"])
def test_large_inputs_are_diagnosed_too(name):
    f, vjp, _ = PLANTED[name]
    report = check_vjp(f, vjp, BIG, seed=0, mode="projections")
    assert "as asked" in report.mode
    assert report.verdict == "fail"
    assert name.split(",")[0] in report.kinds, str(report)


@pytest.mark.unmeasured
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


@pytest.mark.unmeasured
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
    "flat beyond all digits": (
        lambda x: np.tanh(np.hypot(x, 0)),
        lambda g, out, x: g / np.cosh(x) ** 2,
        np.array([18.5]),
    ),
    "a jump on both sides": (lambda x: np.where(x == 1, 5, x), lambda g, out, x: g, np.array([1.0])),
    "nothing but noise": (lambda x: 1e30 + np.hypot(x, 0), lambda g, out, x: g, np.array([1.0])),
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
    assert "lacks the factor `1 + out`" in gradcheck(wrong, X, seed=0).diagnoses[0].sentence
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
