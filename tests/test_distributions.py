"""Distributions at their edges, and frozen: ``norm(m, s).logpdf(x)``. Their derivatives elsewhere: tests/samples_scipy.py."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from autograd import Value, grad, jacobian
from autograd.scipy import stats

EDGES = np.array([-np.inf, -3.0, -1e-300, -0.0, 0.0, 1e-300, 0.5, 1.0, 40.0, 800.0, np.inf])
SHAPES = {
    "laplace": (),
    "cauchy": (),
    "lognorm": (0.7,),
    "weibull_min": (1.5,),
    "norm": (),
    "expon": (),
    "gamma": (2.0,),
}
FUNCTIONS = "pdf logpdf cdf sf logcdf logsf".split()


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_at_the_edges(name, function):
    finite = EDGES[1:-1]
    recorded = getattr(getattr(stats, name), function)(Value(finite), *SHAPES[name], loc=0.0, scale=2.0)
    plain = getattr(getattr(scipy.stats, name), function)(finite, *SHAPES[name], loc=0.0, scale=2.0)
    np.testing.assert_allclose(recorded.data, plain, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", ["laplace", "lognorm", "cauchy", "weibull_min"])
def test_the_slope_of_a_distribution_function_is_the_density(name):
    of, shapes = getattr(stats, name), SHAPES[name]
    x = np.array([-800.0, -2.0, 0.0, 1e-9, 0.3, 2.0, 800.0])
    density = of.pdf(x, *shapes)
    slope = np.diag(jacobian(lambda x: of.cdf(x, *shapes))(x))
    np.testing.assert_allclose(slope, density, rtol=1e-6, atol=1e-300)
    np.testing.assert_allclose(np.diag(jacobian(lambda x: of.sf(x, *shapes))(x)), -slope, rtol=1e-6, atol=1e-300)


FROZEN = {
    "norm": (0.3, 2.0), "t": (3.0, 0.1, 2.0), "beta": (1.5, 2.0), "gamma": (1.5,), "poisson": (2.0,), "nbinom": (2.5, 0.4),
    "cauchy": (0.3, 2.0), "weibull_min": (1.5, 0.0, 2.0), "laplace": (), "binom": (5, 0.3), "lognorm": (0.7,),
}  # fmt: skip


@pytest.mark.parametrize("name", FROZEN)
def test_frozen(name):
    parameters = FROZEN[name]
    ours, theirs = getattr(stats, name)(*parameters), getattr(scipy.stats, name)(*parameters)
    x = 3.0 if hasattr(theirs, "pmf") else 0.4
    density = "logpmf" if hasattr(theirs, "pmf") else "logpdf"
    for function in (density, density.removeprefix("log"), "cdf"):
        np.testing.assert_allclose(getattr(ours, function)(x), getattr(theirs, function)(x), rtol=1e-12)
    np.testing.assert_allclose([ours.mean(), ours.var(), ours.std()], [theirs.mean(), theirs.var(), theirs.std()])
    assert ours.rvs(size=3).shape == (3,)
    assert ours.args == parameters
    if parameters and name != "binom":
        of = getattr(stats, name)
        frozen = lambda *p: getattr(of(*p), density)(x)
        direct = lambda *p: getattr(of, density)(x, *p)
        places = tuple(range(len(parameters)))
        np.testing.assert_array_equal(grad(frozen, places)(*parameters), grad(direct, places)(*parameters))


def test_frozen_by_keywords():
    np.testing.assert_allclose(
        grad(lambda s: np.sum(stats.norm(loc=0.5, scale=s).logpdf(np.array([0.5, 1.5]))))(2.0), -2 / 2 + 1 / 8
    )
    with pytest.raises(AttributeError):
        stats.norm().no_such_function
    assert not hasattr(stats.norm(), "__wrapped__")
    assert np.allclose(stats.multivariate_normal(np.zeros(2), np.eye(2)).logpdf(np.ones(2)), -np.log(2 * np.pi) - 1)
