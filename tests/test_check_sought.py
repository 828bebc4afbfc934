"""Factors and terms that are missing or too many are named as expressions, and nothing is named that fits by accident."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.check import check_jvp, check_vjp, sought
from autograd.check.expressions import ONE, SUM, WHOLE, Expression, Table, constants, scaled
from tests.test_check_wrong import sigmoid

R = np.random.default_rng(5)
NAMES = ("x", "y")
NAMED = re.compile(r"(lacks|has) the (factor|term) `([^`]*)`( too many)?(, by which g is multiplied)?")


def numbers(shape, seed=0, low=0.4):
    """Numbers between 0.4 and 1.9, none of them special."""
    return np.random.default_rng(seed).uniform(low, low + 1.5, size=shape)


def of_arrays(f):
    """The function, of plain arrays only, so that no graph tells what is wrong."""

    def plain(*arrays):
        if not all(isinstance(each, (np.ndarray, float)) for each in arrays):
            raise TypeError("arrays only")
        return f(*arrays)

    return plain


def planted(right, fault, expression, place=0):
    """A right derivative with a fault in what it answers for one input: an expression of g, out and the inputs."""

    def wrong(g, out, *xs):
        answers = right(g, out, *xs)
        answers = list(answers) if isinstance(answers, tuple) else [answers]
        e = expression(g, out, *xs)
        if fault == "lacks the factor":
            answers[place] = answers[place] / e
        elif fault == "has the factor":
            answers[place] = answers[place] * e
        else:
            answers[place] = answers[place] + (e if fault == "has the term" else -e)
        return tuple(answers)

    return wrong


def mended(sentence, wrong, g, out, xs, place=0):
    """The derivative that a sentence describes: the wrong one, with what is named made good."""
    has, what, text, _, of_g = NAMED.search(sentence).groups()
    names = {"np": np, "g": g, "out": out, **dict(zip(NAMES, xs, strict=False))}
    e = eval(text, names)
    if what == "term":
        return wrong(g, out, *xs)[place] + (e if has == "lacks" else -e)
    e = e if has == "lacks" else 1 / e
    return wrong(g * e, out, *xs)[place] if of_g else wrong(g, out, *xs)[place] * e


SIN = (np.sin, lambda g, out, x: g * np.cos(x))
TANH = (np.tanh, lambda g, out, x: g * (1 - out**2))
CUBE = (lambda x: x**3, lambda g, out, x: 3 * g * x**2)
QUOTIENT = (lambda x, y: x / y, lambda g, out, x, y: (g / y, -g * x / y**2))
PRODUCT = (lambda x, y: x * y, lambda g, out, x, y: (g * y, g * x))
ROWS = (lambda x: (x**2).sum(axis=1), lambda g, out, x: 2 * g[:, None] * x)
NORM = (lambda x: np.sqrt((x**2).sum()), lambda g, out, x: g * x / out)
SOFTMAX = (
    lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True),
    lambda g, out, x: out * (g - (g * out).sum(axis=-1, keepdims=True)),
)
MATRICES = (lambda x, y: x @ y, lambda g, out, x, y: (g @ y.T, x.T @ g))
LAYER = (
    lambda x, y: np.tanh(x @ y),
    lambda g, out, x, y: ((g * (1 - out**2)) @ y.T, x.T @ (g * (1 - out**2))),
)
BIAS = (lambda x, y: x * y, lambda g, out, x, y: (g * y, (g * x).sum(axis=0)))
SIGMOIDS = (lambda x, y: sigmoid(x) * y, lambda g, out, x, y: (g * y * sigmoid(x) * (1 - sigmoid(x)), g * sigmoid(x)))

A, B = numbers(3, 1), numbers(3, 2)
C = numbers((2, 3), 1)
M, N = numbers((2, 3), 3), numbers((3, 1), 4)
V, W = numbers(3, 6), numbers(4, 8)

# A function and its derivative, the fault, what it consists in, the inputs, and for which of them.
FAULTS = {
    "1 - out**2": (*TANH, "lacks the factor", lambda g, out, x: 1 + out, (A,)),
    "a cosine": (*SIN, "has the factor", lambda g, out, x: np.cos(x) * x, (A,)),
    "a decaying exponential": (*SIN, "lacks the factor", lambda g, out, x: np.exp(-x), (A,)),
    "an exponential": (*CUBE, "has the factor", lambda g, out, x: np.exp(x), (A,)),
    "2x": (lambda x: np.exp(x**2), lambda g, out, x: 2 * g * x * out, "lacks the factor", lambda g, out, x: 2 * x, (A,)),
    "a square": (*SIN, "has the factor", lambda g, out, x: x**2, (A,)),
    "a root": (*CUBE, "lacks the factor", lambda g, out, x: np.sqrt(x), (A,)),
    "a Lorentzian": (
        lambda x: np.arctan(x) ** 2,
        lambda g, out, x: 2 * g * np.arctan(x) / (1 + x**2),
        "lacks the factor",
        lambda g, out, x: 1 / (1 + x**2),
        (A,),
    ),
    "a logarithm": (*TANH, "has the factor", lambda g, out, x: np.log(1 + x), (A,)),
    "a quotient": (*QUOTIENT, "has the factor", lambda g, out, x, y: np.exp(x) / y, (A, B), 1),
    "a sum": (*PRODUCT, "has the factor", lambda g, out, x, y: x + y, (A, B)),
    "a difference": (*PRODUCT, "lacks the factor", lambda g, out, x, y: 1 + x - y, (A, B + 3), 1),
    "a power of another": (*QUOTIENT, "has the factor", lambda g, out, x, y: 1 / y**2, (A, B), 0),
    "the output": (*SIN, "has the factor", lambda g, out, x: 1 - out, (A,)),
    "a sigmoid's other half": (*SIGMOIDS, "has the factor", lambda g, out, x, y: (1 + np.exp(-x)) * y, (A, B)),
    "half of something": (*SIN, "has the factor", lambda g, out, x: np.exp(x) / 2, (A,)),
    "a row's factor": (*ROWS, "has the factor", lambda g, out, x: np.sqrt(out)[:, None], (C,)),
    "a norm": (*NORM, "lacks the factor", lambda g, out, x: 1 / (1 + x), (W,)),
    "a matrix's factor": (*MATRICES, "has the factor", lambda g, out, x, y: np.cos(x), (M, N)),
    "of a number": (*SIN, "has the factor", lambda g, out, x: np.exp(x) * x, (1.1,)),
    "negative numbers": (*SIN, "lacks the factor", lambda g, out, x: 1 + x**2, (-A,)),
    "a product with g": (*SIN, "lacks the term", lambda g, out, x: g * x, (A,)),
    "g alone": (*PRODUCT, "has the term", lambda g, out, x, y: g, (A, B)),
    "a product of two": (*QUOTIENT, "has the term", lambda g, out, x, y: g * x * y, (A, B)),
    "an exponential with g": (*PRODUCT, "lacks the term", lambda g, out, x, y: g * np.exp(x), (A, B)),
    "twice": (*TANH, "lacks the term", lambda g, out, x: 2 * g * np.exp(-x), (A,)),
    "the output's product": (*TANH, "has the term", lambda g, out, x: g * out * x, (A,)),
    "softmax's sum": (
        *SOFTMAX, "lacks the term", lambda g, out, x: -out * (g * out).sum(axis=-1, keepdims=True), (C,),
    ),
    "a sum over an axis": (*BIAS, "has the term", lambda g, out, x, y: g.sum(axis=0), (C, V), 1),
    "a sum of a product": (*BIAS, "lacks the term", lambda g, out, x, y: (g * np.exp(x)).sum(axis=0), (C, V), 1),
    "all of g": (*NORM, "has the term", lambda g, out, x: g, (W,)),
    "a row's g": (*ROWS, "has the term", lambda g, out, x: g[:, None], (C,)),
    "a matrix product": (*LAYER, "has the term", lambda g, out, x, y: x.T @ (g * out), (M, N), 1),
    "a matrix product with a factor": (*LAYER, "has the term", lambda g, out, x, y: y * (x.T @ g), (M, N), 1),
    "a quotient with g": (*QUOTIENT, "has the term", lambda g, out, x, y: g / x, (A, B)),
    "a penalty": (
        lambda x, y: (x @ y).sum() + (y**2).sum(),
        lambda g, out, x, y: (g * np.ones_like(x) * y.sum(axis=1), g * (x.sum(axis=0)[:, None] + 2 * y)),
        "lacks the term",
        lambda g, out, x, y: 2 * g * y,
        (M, N),
        1,
    ),
    "a matrix product of inputs": (
        lambda x, y: x @ y @ x,
        lambda g, out, x, y: (g * (y @ x + x @ y), g * np.outer(x, x)),
        "lacks the term",
        lambda g, out, x, y: g * (y @ x),
        (V, numbers((3, 3), 9)),
    ),
    "the same for all numbers": (
        np.linalg.det,
        lambda g, out, x: g * out * np.linalg.inv(x).T,
        "lacks the factor",
        lambda g, out, x: out,
        (numbers((2, 2), 10),),
    ),
    "in projections": (*SIN, "has the factor", lambda g, out, x: 1 + x, (numbers((3, 5)),)),
    "a term in projections": (*SIN, "has the term", lambda g, out, x: g * x, (numbers((3, 5)),)),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_the_expression_mends_the_derivative(name):
    f, right, fault, expression, xs, *place = FAULTS[name]
    place = place[0] if place else 0
    wrong = planted(right, fault, expression, place)
    mode = "projections" if "projections" in name else "jacobian"
    report = check_vjp(of_arrays(f), wrong, xs, seed=0, names=NAMES[: len(xs)], mode=mode)
    (diagnosis,) = report.diagnoses
    assert diagnosis.kind == ("product" if "factor" in fault else "term"), diagnosis.sentence
    fresh = tuple(x * numbers(np.shape(x), 7 + i, 0.7) for i, x in enumerate(xs))
    out = f(*fresh)
    g = R.normal(size=np.shape(out))
    wanted = right(g, out, *fresh)
    wanted = wanted[place] if isinstance(wanted, tuple) else wanted
    assert np.allclose(mended(diagnosis.sentence, wrong, g, out, fresh, place), wanted, rtol=1e-9, atol=1e-12), str(
        report
    )


# -- nothing by accident ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_said_of_numbers_that_are_wrong_at_random(seed):
    rng = np.random.default_rng(seed)
    x = numbers(2, seed)
    noise = rng.normal(size=x.shape) * 10.0 ** rng.integers(-3, 1)
    f, right = (SIN, CUBE, TANH)[seed % 3]
    wrong = (
        (lambda g, out, x: right(g, out, x) * (1 + noise))
        if seed % 2
        else (lambda g, out, x: right(g, out, x) + g * noise)
    )
    assert check_vjp(of_arrays(f), wrong, x, seed=0).kinds in (["unknown"], ["nearly"], ["sign"])


def test_what_fits_at_the_point_alone_is_not_said():
    x = numbers(3)
    there = np.exp(x)
    report = check_vjp(of_arrays(np.sin), lambda g, out, x: g * np.cos(x) * there, x, seed=0)
    assert report.kinds == ["unknown"]
    report = check_vjp(of_arrays(np.sin), lambda g, out, x: g * (np.cos(x) + there), x, seed=0)
    assert report.kinds == ["unknown"]


# -- any small expression ---------------------------------------------------------------------------------------------

LEAVES = st.sampled_from(["x", "y", "out"])
CALLS = st.sampled_from(["np.exp({})", "np.cos({})", "({})**2", "(1 - {})", "(1 + {})", "np.sqrt({})", "np.tanh({})"])
CALLED = st.builds(lambda call, of: call.format(of), CALLS, LEAVES)
SMALL = LEAVES | CALLED
PAIRS = st.builds(lambda a, sign, b: f"({a} {sign} {b})", SMALL, st.sampled_from("+*/"), SMALL)
PAIRED = st.builds(lambda a, sign, b: f"({a} {sign} {b})", LEAVES, st.sampled_from("+*/"), LEAVES)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(PAIRS | st.builds(lambda call, of: call.format(of), CALLS, PAIRED), st.booleans())
def test_any_small_factor_is_found(text, lacks):
    expression = lambda g, out, x, y: eval(text, {"np": np, "x": x, "y": y, "out": out})
    f, right = PRODUCT
    wrong = planted(right, "lacks the factor" if lacks else "has the factor", expression)
    factor = np.asarray(expression(None, A * B, A, B))
    if np.ptp(factor) < 1e-3 * np.abs(factor).max() or np.abs(factor).min() < 1e-3:
        return  # a constant, or nearly none
    (diagnosis,) = check_vjp(of_arrays(f), wrong, (A, B), seed=0, names=NAMES).diagnoses
    assert diagnosis.kind != "unknown", text
    if NAMED.search(diagnosis.sentence):
        x, y = numbers(3, 11), numbers(3, 12)
        g = R.normal(size=x.shape)
        assert np.allclose(mended(diagnosis.sentence, wrong, g, x * y, (x, y)), right(g, x * y, x, y)[0])


def test_every_text_of_the_table_has_the_values_of_its_row():
    names = {"np": np, "x": numbers(9, 1), "y": numbers(9, 2)}
    leaves = [Expression("x", WHOLE, 1), Expression("y", WHOLE, 1), Expression("x + y", SUM, 3)]
    values = np.stack([eval(leaf.text, names) for leaf in leaves])
    named = constants([("y.size", 9)])
    with np.errstate(all="ignore"):
        table = Table(leaves, values, named)
        assert len(table.costs) > 5_000
        for i in range(0, len(table.costs), 7):
            e = table.expression(i)
            assert e.cost == table.costs[i]
            assert np.allclose(eval(e.text, names) * np.ones(9), table.values[i], rtol=1e-9), e
            c = named[i % len(named)]
            assert np.allclose(eval(scaled(e, c).text, names), c.value * table.values[i], rtol=1e-9), scaled(e, c)
    assert table.expression(0) == ONE


# -- words ------------------------------------------------------------------------------------------------------------


def sentence(f, wrong, inputs, names=()):
    (diagnosis,) = check_vjp(of_arrays(f), wrong, inputs, seed=0, names=names).diagnoses
    return diagnosis.sentence


def test_inputs_without_a_name_have_one_in_the_expression():
    assert sentence(np.sin, lambda g, out, x: g * np.cos(x) * np.exp(x), A) == (
        "The derivative with respect to input 0 has the factor `np.exp(x)` too many (`x` is input 0)."
    )
    wrong = lambda g, out, x, y: (g * y, g * x * np.exp(y))
    assert sentence(PRODUCT[0], wrong, (A, B), ["x1"]).endswith("`np.exp(x1_)` too many (`x1_` is input 1).")
    assert sentence(PRODUCT[0], wrong, (A, B), ["g", "lambda"]).endswith("`np.exp(x1)` too many (`x1` is lambda).")


def test_two_expressions_that_both_fit_are_both_said():
    report = check_vjp(of_arrays(lambda x: x + x**2 / 2), lambda g, out, x: g, A, seed=0, names="x", mode="projections")
    assert "x lacks the factor `1 + x`, or lacks the term `g * x`." in report.diagnoses[0].sentence


def test_of_a_forward_derivative_which_has_no_g_factors_alone_are_said():
    f = of_arrays(np.sin)
    (diagnosis,) = check_jvp(f, lambda xs, ts: np.cos(xs[0]) * ts[0] * np.exp(xs[0]), A, seed=0, names="x").diagnoses
    assert diagnosis.sentence == "The derivative with respect to x has the factor `np.exp(x)` too many."
    assert check_jvp(f, lambda xs, ts: (np.cos(xs[0]) + xs[0]) * ts[0], A, seed=0, names="x").kinds == ["unknown"]
    f = of_arrays(lambda x: np.tanh(np.arange(1.0, 4) @ x))
    (diagnosis,) = check_jvp(f, lambda xs, ts: np.arange(1.0, 4) @ ts[0], M.reshape(3, 2) / 9, seed=0).diagnoses
    assert diagnosis.sentence == "The derivative with respect to input 0 lacks the factor `1 - out**2`."


def test_a_term_with_the_wrong_sign():
    f, right = (lambda x: np.sin(x) + x**3), (lambda g, out, x: g * (np.cos(x) - 3 * x**2))
    assert "or has" not in sentence(f, right, A, ["x"])
    f, wrong = (lambda x: np.sin(x) + np.exp(x)), (lambda g, out, x: g * (np.cos(x) - np.exp(x)))
    assert "lacks the term `2 * g * np.exp(x)`, or has `g * np.exp(x)` with the wrong sign" in sentence(
        f, wrong, A, "x"
    )


def near_by(point):
    """The sine, close to a point only."""

    def f(x):
        if np.abs(x - point).max() > 0.05:
            raise ValueError
        return np.sin(x)

    return of_arrays(f)


BESIDE_THE_POINT = {
    "complex": (lambda z: z**2, lambda g, out, z: 2 * g * z * np.exp(z), A + 1j * B),
    "two outputs": (lambda x: (np.sin(x), x), lambda g, out, x: g[0] * np.cos(x) * np.exp(x) + g[1], A),
    "not defined beside": (near_by(A), lambda g, out, x: g * np.cos(x) * np.exp(x), A),
    "one number of many": (np.sin, lambda g, out, x: g * np.where(x == x.max(), 1.1, 1) * np.cos(x), A),
    "all numbers alike": (np.sin, lambda g, out, x: g * np.cos(x) * np.where(x > 2, 2, 3.3), A),
}


@pytest.mark.parametrize("name", BESIDE_THE_POINT)
def test_where_nothing_can_be_sought_nothing_is_said(name):
    report = check_vjp(*BESIDE_THE_POINT[name], seed=0)
    assert report.verdict == "fail"
    assert not any(NAMED.search(diagnosis.sentence) for diagnosis in report.diagnoses)


def test_of_large_functions_nothing_is_sought(monkeypatch):
    f, wrong = of_arrays(np.sin), lambda g, out, x: g * np.cos(x) * np.exp(x)
    assert check_vjp(f, wrong, A, seed=0).kinds == ["product"]
    monkeypatch.setattr(sought, "_LARGEST", len(A) - 1)
    assert check_vjp(f, wrong, A, seed=0).kinds == ["unknown"]
