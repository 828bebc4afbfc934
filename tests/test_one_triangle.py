"""Functions of a Hermitian matrix read one of its triangles, and have the derivative of what they compute."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import grad
from autograd.check import gradcheck
from autograd.scipy import linalg as sl
from autograd.scipy.stats import multivariate_normal
from tests.oracle import projections

_la = np.linalg
_B = np.array([0.7, -1.1, 0.4])
_K = np.diag([2.0, 3.0, 5.0])


def of_vectors(w, v):
    return np.sum(w * [1.0, 2.0, 4.0]) + np.sum(np.abs(v) ** 4 * [[1.0, 2.0, 5.0], [0.5, 1.0, 3.0], [1.0, 0.0, 2.0]])


# Each function with the triangle that it reads, and whether it takes complex matrices.
READERS = {
    "cholesky": (lambda a: np.sum(np.abs(_la.cholesky(a)) * _B), "lower", True),
    "cholesky upper": (lambda a: np.sum(np.abs(_la.cholesky(a, upper=True)) * _B), "upper", True),
    "eigvalsh": (lambda a: np.sum(_la.eigvalsh(a) * _B), "lower", True),
    "eigvalsh U": (lambda a: np.sum(_la.eigvalsh(a, UPLO="U") * _B), "upper", True),
    "eigh": (lambda a: of_vectors(*_la.eigh(a)), "lower", True),
    "eigh u": (lambda a: of_vectors(*_la.eigh(a, "u")), "upper", True),
    "pinv": (lambda a: np.sum(np.abs(_la.pinv(a, hermitian=True)) * _B), "lower", True),
    "svd": (lambda a: np.sum(_la.svd(a, hermitian=True)[1] * _B), "lower", True),
    "scipy eigh": (lambda a: of_vectors(*sl.eigh(a)), "lower", True),
    "scipy eigh upper": (lambda a: of_vectors(*sl.eigh(a, lower=False)), "upper", True),
    "scipy eigvalsh": (lambda a: np.sum(sl.eigvalsh(a, lower=False) * _B), "upper", True),
    "scipy eigh a": (lambda a: of_vectors(*sl.eigh(a, _K)), "lower", True),
    "scipy eigh b": (lambda b: of_vectors(*sl.eigh(_K, b, lower=False)), "upper", True),
    "scipy subset": (lambda a: np.sum(sl.eigvalsh(a, subset_by_index=(1, 2)) * _B[:2]), "lower", True),
    "scipy cholesky": (lambda a: np.sum(np.abs(sl.cholesky(a)) * _B), "upper", True),
    "scipy cholesky lower": (lambda a: np.sum(np.abs(sl.cholesky(a, lower=True)) * _B), "lower", True),
    "cho_solve": (lambda a: np.sum(np.real(sl.cho_solve(sl.cho_factor(a), _B)) * _B), "upper", True),
    "cho_solve lower": (lambda a: np.sum(np.real(sl.cho_solve(sl.cho_factor(a, True), _B)) * _B), "lower", True),
    "normal": (lambda a: multivariate_normal.logpdf(_B, np.zeros(3), a), "lower", False),
    "normal singular": (lambda a: multivariate_normal.logpdf(_B, np.zeros(3), a, allow_singular=True), "lower", False),
}


def matrix(complex_):
    """Two different positive definite matrices, one in each triangle."""
    rng = np.random.default_rng(3)
    a = 0.3 * rng.normal(size=(3, 3)) + np.diag([2.0, 3.0, 5.0])
    return a + 0.3j * rng.normal(size=(3, 3)) if complex_ else a


CASES = [
    (name, complex_) for name, (_, _, takes) in READERS.items() for complex_ in ((False, True) if takes else (False,))
]


@pytest.mark.parametrize(("name", "complex_"), CASES)
def test_the_other_triangle_has_no_gradient(name, complex_):
    f, triangle, _ = READERS[name]
    a = matrix(complex_)
    numeric, analytic = projections(f, lambda a: [grad(f)(a)], [a], 0)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-7)
    g = grad(f)(a)
    assert not (np.triu(g, 1) if triangle == "lower" else np.tril(g, -1)).any()
    assert (np.tril(g) if triangle == "lower" else np.triu(g)).any()


@pytest.mark.parametrize("name", READERS)
def test_the_second_derivative(name):
    f, _, _ = READERS[name]
    directional = lambda a: np.sum(grad(f)(a) * np.array([[0.3, -0.2, 0.5], [0.9, 1.1, -0.4], [0.6, -0.7, 0.8]]))
    numeric, analytic = projections(directional, lambda a: [grad(directional)(a)], [matrix(False)], 1)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-6)


@pytest.mark.parametrize("name", READERS)
def test_our_own_check_passes_on_the_bare_function(name):
    assert gradcheck(READERS[name][0], matrix(False))


@pytest.mark.parametrize("name", READERS)
def test_of_a_symmetric_matrix_made_of_any_the_gradient_is_symmetric(name):
    g = grad(lambda a: READERS[name][0](a + a.T))(matrix(False))
    np.testing.assert_allclose(g, g.T, rtol=1e-12, atol=1e-12)
