"""The checker on functions that are hard to see: doubt is no pass, structure finer than the steps no error."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from autograd.check import check_vjp
from tests.campaigns import draws

# -- inputs of very different size -------------------------------------------------------------------------------


def squares(a, b):
    return (a**2).sum() + (b**2).sum()


def real_squares(a, b):
    return (np.hypot(a, 0) ** 2).sum() + (np.hypot(b, 0) ** 2).sum()  # hypot takes no complex numbers


WRONG = {"sign": lambda g, b: -2 * g * b, "half": lambda g, b: g * b, "nothing": lambda g, b: 0 * b}


@pytest.mark.parametrize("f", [squares, real_squares])
@pytest.mark.parametrize("mode", ["jacobian", "projections"])
@pytest.mark.parametrize(("large", "small"), [(0, -4), (5, -2), (5, -4), (7, 0), (7, -6)])
def test_a_wrong_derivative_is_not_lost_beside_a_large_one(f, mode, large, small):
    rng = np.random.default_rng(large - small)
    a, b = 10.0**large * rng.normal(size=4), 10.0**small * rng.normal(size=3)
    right = check_vjp(f, lambda g, out, a, b: (2 * g * a, 2 * g * b), (a, b), mode=mode, seed=0)
    assert right.verdict != "fail"
    if f is squares:
        assert right, right  # a step into the complex plane sees it
    for name, wrong in WRONG.items():
        if name == "nothing" and f is real_squares:
            continue  # 0 ± the last digit of the output: only a complex step tells that from a 0
        report = check_vjp(f, lambda g, out, a, b, wrong=wrong: (2 * g * a, wrong(g, b)), (a, b), mode=mode, seed=0)
        assert report.verdict != "pass", (name, report)


@pytest.mark.parametrize("mode", ["jacobian", "projections"])
@pytest.mark.parametrize("small", [-2, -5, -8])
def test_nor_within_one_array(mode, small):
    x = np.random.default_rng(-small).normal(size=8) * np.repeat([1e4, 10.0**small], 4)
    tiny = np.arange(8) >= 4
    assert check_vjp(lambda x: (x**2).sum(), lambda g, out, x: 2 * g * x, x, mode=mode, seed=0)
    for c in (-1, 0.5):
        wrong = check_vjp(
            lambda x: (x**2).sum(), lambda g, out, x, c=c: 2 * g * x * np.where(tiny, c, 1), x, mode=mode, seed=0
        )
        assert wrong.verdict != "pass"


@pytest.mark.parametrize("mode", ["jacobian", "projections"])
@pytest.mark.parametrize("unit", [1e-5, 1e-11, 1e-19, 1e-31, 1e-150])
def test_inputs_may_be_small_because_their_units_are_large(mode, unit):
    x = unit * np.array([1.3, -2.1, 0.0 if mode == "jacobian" else 0.3, 0.7])

    def energy(x):
        return np.hypot(x[0] / unit, 1) * (np.cos(x / unit) ** 2).sum()  # hypot takes no complex numbers

    def pulled(g, out, x, factor=1.0):
        u = x / unit
        slope = -np.hypot(u[0], 1) * np.sin(2 * u)
        slope[0] += out * u[0] / np.hypot(u[0], 1) ** 2
        return factor * g * slope / unit

    assert check_vjp(energy, pulled, (x,), mode=mode, seed=0).verdict == "pass"
    for factor in (0.0, -1.0, 1.02):
        report = check_vjp(energy, lambda g, out, x, c=factor: pulled(g, out, x, c), (x,), mode=mode, seed=0)
        assert report.verdict == "fail", (factor, report)


@pytest.mark.parametrize("few", [3, 1_500])
@pytest.mark.parametrize("others", [0, 2])
def test_so_it_is_with_many_and_beside_others(few, others):
    x = np.concatenate([1e-19 * np.linspace(0.5, 2, few), np.ones(others)])
    scale = np.where(x < 1e-3, 1e-19, 1.0)
    for factor, verdict in ((1.0, "pass"), (1.02, "fail")):
        pulled = lambda g, out, x, c=factor: c * g * np.cos(x / scale) / scale
        assert check_vjp(lambda x: np.sin(x / scale).sum(), pulled, (x,), seed=0).verdict == verdict


@pytest.mark.parametrize("size", [0.0, 1e-6, 1e-12, 1e-300])
def test_or_because_they_happen_to_be(size):
    x = size * np.array([1.0, -0.4])

    def exponentials(x):
        return np.hypot(np.exp(x), 0)

    assert check_vjp(exponentials, lambda g, out, x: g * out, (x,), seed=0)
    assert check_vjp(exponentials, lambda g, out, x: 1.001 * g * out, (x,), seed=0).verdict == "fail"


def test_what_is_lost_is_named():
    a, b = np.array([1e7, 2e7]), np.array([1e-3])
    report = check_vjp(squares, lambda g, out, a, b: (2 * g * a, -2 * g * b), (a, b), seed=0)
    assert report.verdict == "inconclusive"
    assert "input 1 are lost beside" in str(report)


def test_a_derivative_of_nothing_passes():
    """Where the true derivative is 0, both numbers are rounding."""

    def soft(x):
        e = np.exp(x - x.max())
        return (e / e.sum()).sum()

    def pull(g, out, x):
        p = np.exp(x - x.max()) / np.exp(x - x.max()).sum()
        return g * (p - p * p.sum())

    assert check_vjp(soft, pull, np.random.default_rng(0).normal(size=5), seed=0).verdict == "pass"


def test_an_empty_input_beside_another():
    report = check_vjp(
        lambda a, b: a.sum() + (b**2).sum(), lambda g, out, a, b: (g + a, 2 * g * b), (np.ones((0, 2)), np.ones(2))
    )
    assert report.verdict == "pass"


# -- structure finer than the steps ------------------------------------------------------------------------------

NARROW = {
    "pole": (lambda t: 1 / t, lambda t: -1 / t**2),
    "step": (np.tanh, lambda t: 1 - np.tanh(t) ** 2),
    "peak": (lambda t: np.exp(-t * t), lambda t: -2 * t * np.exp(-t * t)),
    "wave": (np.sin, np.cos),
    "logarithm": (lambda t: np.log(np.abs(t)), lambda t: 1 / t),
}


@pytest.mark.parametrize("name", NARROW)
@pytest.mark.parametrize("exponent", range(6, 14))
def test_what_is_finer_than_the_steps_is_not_wrong(name, exponent):
    f, slope = NARROW[name]
    width = 10.0**-exponent
    c = np.random.default_rng(exponent).uniform(0.5, 2)
    ways = [(d, mode) for d in (0.3, 0.7, 1.5) for mode in ("jacobian", "projections")]
    for d, mode in ways[exponent % draws(6, 1) :: draws(6, 1)]:  # each of them with some width at least
        x = np.array([c + width * d])

        def function(x, f=f, c=c):
            return f((x - c) / width)

        for factor in (1, 2, -1):

            def pull(g, out, x, factor=factor, c=c):
                return factor * g * slope((x - c) / width) / width

            verdict = check_vjp(function, pull, x, seed=0, mode=mode).verdict
            assert verdict != ("fail" if factor == 1 else "pass"), (d, factor, mode)


@pytest.mark.parametrize(("name", "exponent"), [("step", 9), ("peak", 9), ("wave", 9), ("step", 10), ("wave", 10)])
def test_steps_at_the_last_digits_decide(name, exponent):
    f, slope = NARROW[name]
    width = 10.0**-exponent
    x = np.array([1 + 0.7 * width])

    def real(x):
        return f((np.hypot(x, 0) - 1) / width)  # takes no complex numbers

    for factor, verdict in ((1, "pass"), (2, "fail"), (-1, "fail")):

        def pull(g, out, x, factor=factor):
            return factor * g * slope((x - 1) / width) / width

        assert check_vjp(real, pull, x, seed=0).verdict == verdict


@pytest.mark.parametrize("size", [1.0, 1.3])
@pytest.mark.parametrize("large", [3e3, 1e4, 3e4, 1e5])
def test_what_differences_know_badly_the_complex_step_is_asked_too(size, large):
    def f(a, b):
        return (a**2).sum() + (b**2).sum()

    x = large * np.arange(1.0, 4), 1e-2 * size * np.arange(1.0, 4)
    for factor, verdicts in ((1, ["pass"]), (1.01, ["fail", "inconclusive"]), (0.99, ["fail", "inconclusive"])):

        def vjp(g, out, a, b, factor=factor):
            return 2 * g * a, factor * 2 * g * b

        assert check_vjp(f, vjp, x, seed=0).verdict in verdicts


def test_finer_structure_is_named():
    def near(x):
        return np.tanh(np.hypot(x - 1, 0) / 1e-12)

    report = check_vjp(near, lambda g, out, x: g * (1 - out**2) / 1e-12, np.array([1 + 2e-13]), seed=0)
    assert report.verdict != "fail"
    wrong = check_vjp(near, lambda g, out, x: 3 * g * (1 - out**2) / 1e-12, np.array([1 + 2e-13]), seed=0)
    assert wrong.verdict == "inconclusive"
    assert "faster beside this point" in str(wrong)


@pytest.mark.parametrize("x", [700.0, 705.0, 706.0, 709.5, -700.0, -740.0])
def test_at_the_ends_of_the_format(x):
    assert check_vjp(np.exp, lambda g, out, x: g * out, np.array([x, 1.0]), seed=0).verdict != "fail"
    wrong = check_vjp(np.exp, lambda g, out, x: 1.1 * g * out, np.array([x, 1.0]), seed=0)
    assert wrong.verdict == "fail"


# -- form --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [np.linalg.cholesky, np.linalg.inv, np.log, np.sqrt, np.arccosh, np.linalg.eigvalsh])
def test_a_diagnosis_never_raises(f):
    a = np.random.default_rng(1).normal(size=(3, 3))
    a = a @ a.T + 3 * np.eye(3)
    with np.errstate(all="ignore"):
        x = a if f(a).ndim != 2 or np.isfinite(f(a)).all() else np.abs(a) + 1
    for pull in (lambda g, out, x: 2 * np.ones_like(x), lambda g, out, x: g.sum() * x):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert check_vjp(f, pull, x, seed=0).verdict == "fail"


def test_nor_where_the_derivative_is_one_for_this_point_alone():
    x = np.array([0.3, 1.2, -0.7])

    def pulled(g, out, y):
        if not np.array_equal(x, y):
            raise ValueError("these are not the inputs that were kept")
        return g * np.cos(x) * 1.5

    assert "1.5 times" in str(check_vjp(np.sin, pulled, (x,), seed=0))


def test_the_output_is_guarded():
    def in_place(g, out, x):
        out *= g
        return out

    report = check_vjp(np.exp, in_place, np.ones(3), seed=0)
    assert report.kinds == ["mutated"]
    assert "The derivative changed the output" in report.diagnoses[0].sentence


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_thousand_squares_in_few_digits(dtype):
    x = np.random.default_rng(0).normal(size=1000).astype(dtype)
    assert check_vjp(lambda x: (x**2).sum(), lambda g, out, x: g * 2 * x, x, seed=0)
    assert check_vjp(lambda x: (x**2).sum(), lambda g, out, x: g * 3 * x, x, seed=0).verdict == "fail"


@pytest.mark.parametrize("off", [1e-3, 3e-4, -3e-5, 1.5e-5])
def test_a_factor_has_enough_digits(off):
    report = check_vjp(lambda x: x**3, lambda g, out, x: g * 3 * x * x * (1 + off), np.array([0.3, -2.0, 1.1]), seed=0)
    (sentence,) = [d.sentence for d in report.diagnoses]
    shown = float(sentence.split(" is ")[1].split(" times")[0])
    assert abs(shown - 1 - off) < 0.2 * abs(off)


@pytest.mark.parametrize("kind", ["one", "all", "half"])
def test_wrong_elements_among_many_are_found_in_few_evaluations(kind):
    n = 30_000
    factor = {"one": np.where(np.arange(n) == 777, 1.1, 1), "all": 0.9, "half": np.where(np.arange(n) % 2, -1, 1)}[kind]
    x = np.random.default_rng(0).normal(size=n)
    report = check_vjp(lambda x: (x * x).sum(), lambda g, out, x: 2 * g * x * factor, x, seed=0)
    assert report.verdict == "fail"
    assert report.evaluations < 3_000
    if kind == "one":
        assert [element.place for element in report.worst] == ["input 0[777]"]


@pytest.mark.parametrize("curved", [np.sqrt, lambda g: g**1.5, lambda g: np.exp(np.log(g + (g == 0))) * (g != 0)])
def test_a_derivative_that_is_lost_for_some_cotangents_alone_is_not_linear(curved):
    """The rows of the Jacobian, for unit cotangents, are right; for others it is NaN."""
    x = np.arange(6.0).reshape(2, 3)
    report = check_vjp(lambda x: x.mean(axis=1), lambda g, out, x: 0 * x + curved(g)[:, None] / 3, x, seed=0)
    assert report.kinds == ["nonlinear"]
    assert "NaN for some incoming gradients" in str(report)


def test_a_derivative_that_is_infinite_is_not_called_curved():
    assert "nonlinear" not in check_vjp(np.sqrt, lambda g, out, x: g / (2 * out), np.array([0.0, 1.0]), seed=0).kinds
