"""`scipy.stats`: the multivariate normal and the Dirichlet distribution."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..linalg import completed
from ..op import Array
from . import special as sc

_LOG_2PI = math.log(2 * math.pi)


def as_array(x: Any) -> Any:
    """A list of numbers as an array; anything else as it is, so that Python's numbers do not widen float32."""
    return np.asarray(x) if isinstance(x, (list, tuple)) else x


def _moments(mean: Any, cov: Any) -> tuple[Array, Array]:
    """Mean and covariance in full: numbers stand for one dimension or for all of them, a vector for a diagonal."""
    dim = max(np.size(mean) if mean is not None else 1, np.shape(cov)[-1] if np.ndim(cov) else 1)
    cov = as_array(cov)
    mean = np.zeros(dim) if mean is None else np.broadcast_to(mean, (dim,))
    if np.ndim(cov) < 2:
        cov = np.broadcast_to(cov, (dim,))[:, None] * np.eye(dim)
    return mean, completed(cov)  # SciPy reads the lower triangle


def _normal_terms(deviation: Array, cov: Array, allow_singular: bool) -> tuple[Array, Array, Any]:
    """Σ⁻¹ (x − µ), log det Σ and the rank of Σ: of the pseudoinverse and its determinant, if singular is allowed."""
    if not allow_singular:
        return np.linalg.solve(cov, deviation.mT).mT, np.linalg.slogdet(cov)[1], cov.shape[-1]
    eigenvalues = np.linalg.eigvalsh(cov)
    kept = eigenvalues > np.max(abs(eigenvalues)) * 1e6 * np.finfo(np.float64).eps  # as SciPy decides
    inverse = np.linalg.pinv(cov, rcond=1e6 * np.finfo(np.float64).eps, hermitian=True)
    return deviation @ inverse, np.sum(np.log(np.where(kept, eigenvalues, 1))), np.sum(kept)


def normal_logpdf(x: Array, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Array:
    """−½ (x − µ)ᵀ Σ⁻¹ (x − µ) − ½ log det 2πΣ, for the last axis of x.

    Of Σ the lower triangle is read, as SciPy does: a number in it counts for its mirror image too, and the gradient in the
    upper one is 0. (HIPS autograd gives the symmetric half-and-half: that of ``logpdf(x, mean, (cov + cov.T) / 2)``.)
    """
    mean, cov = _moments(mean, cov)
    dim = mean.shape[0]
    points = np.reshape(x, (-1, dim))
    shape = np.shape(x) if dim == 1 and (not np.ndim(x) or np.shape(x)[-1] != 1) else np.shape(x)[:-1]
    deviation = points - mean
    weighted, log_det, rank = _normal_terms(deviation, cov, allow_singular)
    result = -(np.sum(deviation * weighted, axis=-1) + log_det + rank * _LOG_2PI) / 2
    return np.reshape(result, shape) if shape else result[0]


def normal_pdf(x: Array, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Array:
    """The exponential of `normal_logpdf`."""
    return np.exp(normal_logpdf(x, mean, cov, allow_singular))


def normal_entropy(mean: Any = None, cov: Any = 1) -> Array:
    """½ log det 2πeΣ, which does not depend on the mean."""
    _, cov = _moments(mean, cov)
    return (np.linalg.slogdet(cov)[1] + cov.shape[-1] * (1 + _LOG_2PI)) / 2


def dirichlet_logpdf(x: Array, alpha: Array) -> Array:
    """Σ (αᵢ − 1) log xᵢ + log Γ(Σ αᵢ) − Σ log Γ(αᵢ), along the first axis of x; its last entry may be left out."""
    if np.shape(x)[0] == np.shape(alpha)[0] - 1:
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
    weights = np.reshape(alpha, (-1,) + (1,) * (np.ndim(x) - 1)) - 1
    log_beta = np.sum(sc.gammaln(alpha)) - sc.gammaln(np.sum(alpha))
    return np.sum(sc.xlogy(weights, x), axis=0) - log_beta


def dirichlet_pdf(x: Array, alpha: Array) -> Array:
    """The exponential of `dirichlet_logpdf`."""
    return np.exp(dirichlet_logpdf(x, alpha))


NAMES: dict[str, Callable[..., Array]] = {
    "multivariate_normal.logpdf": normal_logpdf,
    "multivariate_normal.pdf": normal_pdf,
    "multivariate_normal.entropy": normal_entropy,
    "dirichlet.logpdf": dirichlet_logpdf,
    "dirichlet.pdf": dirichlet_pdf,
}
