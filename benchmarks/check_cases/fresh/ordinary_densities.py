"""Functions as scientists write them: densities, kernels and functions of matrices."""

from __future__ import annotations

import numpy as np
from scipy import linalg, special

from ..case import Case, arrays, between, normal
from .common import logsumexp, softmax

CASES: list[Case] = []
_R = np.random.default_rng(20261)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, **options))


# --- densities --------------------------------------------------------------------------------------------------------


def student_t(x, mu, log_s, nu):
    z = (x - mu) / np.exp(log_s)
    return np.sum(
        special.gammaln((nu + 1) / 2)
        - special.gammaln(nu / 2)
        - 0.5 * np.log(nu * np.pi)
        - log_s
        - (nu + 1) / 2 * np.log1p(z**2 / nu)
    )


def student_t_vjp(g, out, x, mu, log_s, nu):
    s = np.exp(log_s)
    z = (x - mu) / s
    dz = -(nu + 1) * z / (nu + z**2)
    dnu = (
        0.5 * special.digamma((nu + 1) / 2)
        - 0.5 * special.digamma(nu / 2)
        - 0.5 / nu
        - 0.5 * np.log1p(z**2 / nu)
        + (nu + 1) / 2 * z**2 / (nu * (nu + z**2))
    )
    return g * dz / s, -g * np.sum(dz) / s, g * np.sum(-1 - dz * z), g * np.sum(dnu)


add(
    "Student t log-likelihood",
    student_t,
    student_t_vjp,
    arrays(normal(10, scale=2), normal(), normal(scale=0.5), between(1.5, 8)),
)


def gamma_nll(x, a, b):
    return -(a * np.log(b) - special.gammaln(a) + (a - 1) * np.log(x) - b * x)


def gamma_nll_vjp(g, out, x, a, b):
    return (
        g * (b - (a - 1) / x),
        np.sum(g * (special.digamma(a) - np.log(b) - np.log(x))),
        np.sum(g * (x - a / b)),
    )


add(
    "gamma negative log-density", gamma_nll, gamma_nll_vjp, arrays(between(0.2, 5, 8), between(0.5, 4), between(0.3, 3))
)


def von_mises(theta, mu, kappa):
    return np.sum(kappa * np.cos(theta - mu) - kappa - np.log(2 * np.pi * special.i0e(kappa)))


def von_mises_vjp(g, out, theta, mu, kappa):
    d = -g * kappa * np.sin(theta - mu)
    return d, -d.sum(), g * np.sum(np.cos(theta - mu) - special.i1(kappa) / special.i0(kappa))


add("von Mises log-likelihood", von_mises, von_mises_vjp, arrays(between(-3, 3, 9), between(-2, 2), between(0.3, 6)))


def mvn(x, mu, m):
    c = m @ m.T + 0.5 * np.eye(3)
    r = x - mu
    return -0.5 * r @ np.linalg.solve(c, r) - 0.5 * np.linalg.slogdet(c)[1] - 1.5 * np.log(2 * np.pi)


def mvn_vjp(g, out, x, mu, m):
    c = m @ m.T + 0.5 * np.eye(3)
    s = np.linalg.solve(c, x - mu)
    dc = 0.5 * np.outer(s, s) - 0.5 * np.linalg.inv(c)
    return -g * s, g * s, 2 * g * dc @ m


add("multivariate normal with factored covariance", mvn, mvn_vjp, arrays(normal(3), normal(3), normal(3, 3)))

_DM = np.array([3, 0, 7, 1, 12])


def dirichlet_multinomial(log_alpha):
    a = np.exp(log_alpha)
    return (
        special.gammaln(a.sum())
        - special.gammaln(a.sum() + _DM.sum())
        + np.sum(special.gammaln(a + _DM) - special.gammaln(a))
    )


def dirichlet_multinomial_vjp(g, out, log_alpha):
    a = np.exp(log_alpha)
    t = special.digamma(a.sum()) - special.digamma(a.sum() + _DM.sum())
    return (g * a * (t + special.digamma(a + _DM) - special.digamma(a)),)


add("Dirichlet-multinomial", dirichlet_multinomial, dirichlet_multinomial_vjp, arrays(normal(5)))

_GM = np.concatenate([_R.normal(-2, 0.5, 7), _R.normal(1, 1.2, 8)])


def gaussian_mixture(w, mu, log_s):
    z = (_GM[:, None] - mu) / np.exp(log_s)
    return np.sum(logsumexp(w - logsumexp(w) - 0.5 * z**2 - log_s - 0.5 * np.log(2 * np.pi)))


def gaussian_mixture_vjp(g, out, w, mu, log_s):
    s = np.exp(log_s)
    z = (_GM[:, None] - mu) / s
    r = softmax(w - 0.5 * z**2 - log_s)
    return g * (r - softmax(w)).sum(0), g * (r * z).sum(0) / s, g * (r * (z**2 - 1)).sum(0)


add(
    "Gaussian mixture log-likelihood",
    gaussian_mixture,
    gaussian_mixture_vjp,
    arrays(normal(3), normal(3, scale=2), normal(3, scale=0.4)),
)

_NB = _R.poisson(4.0, size=10)


def negative_binomial(eta, log_r):
    r, m = np.exp(log_r), np.exp(eta)
    return -np.sum(
        special.gammaln(_NB + r)
        - special.gammaln(r)
        - special.gammaln(_NB + 1.0)
        + r * (log_r - np.log(r + m))
        + _NB * (eta - np.log(r + m))
    )


def negative_binomial_vjp(g, out, eta, log_r):
    r, m = np.exp(log_r), np.exp(eta)
    dr = special.digamma(_NB + r) - special.digamma(r) + log_r - np.log(r + m) + 1 - (r + _NB) / (r + m)
    return -g * (_NB - (r + _NB) * m / (r + m)), -g * r * np.sum(dr)


add(
    "negative-binomial regression loss", negative_binomial, negative_binomial_vjp, arrays(normal(10, shift=1), normal())
)


def gaussian_kl(m1, s1, m2, s2):
    return np.sum(s2 - s1 + (np.exp(2 * s1) + (m1 - m2) ** 2) / (2 * np.exp(2 * s2)) - 0.5)


def gaussian_kl_vjp(g, out, m1, s1, m2, s2):
    v = np.exp(-2 * s2)
    d = (m1 - m2) * v
    return g * d, g * (np.exp(2 * s1) * v - 1), -g * d, g * (1 - (np.exp(2 * s1) + (m1 - m2) ** 2) * v)


add(
    "divergence of diagonal Gaussians",
    gaussian_kl,
    gaussian_kl_vjp,
    arrays(normal(6), normal(6, scale=0.5), normal(6), normal(6, scale=0.5)),
)

# --- kernels, processes, matrix functions -----------------------------------------------------------------------------
_GX = np.sort(_R.uniform(0, 4, 8))
_GD = np.abs(_GX[:, None] - _GX)


def matern_evidence(y, theta):
    d = np.sqrt(5.0) * _GD / np.exp(theta[0])
    k = np.exp(theta[1]) * (1 + d + d**2 / 3) * np.exp(-d) + np.exp(theta[2]) * np.eye(8)
    return -0.5 * y @ np.linalg.solve(k, y) - 0.5 * np.linalg.slogdet(k)[1]


def matern_evidence_vjp(g, out, y, theta):
    d = np.sqrt(5.0) * _GD / np.exp(theta[0])
    k0 = np.exp(theta[1]) * (1 + d + d**2 / 3) * np.exp(-d)
    k = k0 + np.exp(theta[2]) * np.eye(8)
    a = np.linalg.solve(k, y)
    dk = 0.5 * (np.outer(a, a) - np.linalg.inv(k))
    dd = np.exp(theta[1]) * np.exp(-d) * (d + d**2) / 3 * d
    return -g * a, g * np.array([np.sum(dk * dd), np.sum(dk * k0), np.trace(dk) * np.exp(theta[2])])


add(
    "Gaussian-process evidence (Matern 5/2)",
    matern_evidence,
    matern_evidence_vjp,
    lambda rng: (rng.normal(size=8), np.array([0.2, 0.1, -2.0]) + 0.4 * rng.normal(size=3)),
)


def rational_quadratic(x, ell, alpha):
    d2 = ((x[:, None] - x[None]) ** 2).sum(-1)
    return (1 + d2 / (2 * alpha * ell**2)) ** -alpha


def rational_quadratic_vjp(g, out, x, ell, alpha):
    diff = x[:, None] - x[None]
    d2 = (diff**2).sum(-1)
    b = 1 + d2 / (2 * alpha * ell**2)
    dd2 = -g * b ** (-alpha - 1) / (2 * ell**2)
    s = dd2 + dd2.T
    return (
        2 * (s[:, :, None] * diff).sum(1),
        np.sum(g * b ** (-alpha - 1) * d2 / ell**3),
        np.sum(g * out * (-np.log(b) + d2 / (2 * alpha * ell**2) / b)),
    )


add(
    "rational quadratic kernel matrix",
    rational_quadratic,
    rational_quadratic_vjp,
    arrays(normal(5, 2), between(0.5, 2), between(0.5, 3)),
)


def log_det_gram(a):
    return np.linalg.slogdet(np.eye(3) + a.T @ a)[1]


add(
    "log-determinant of a Gram matrix",
    log_det_gram,
    lambda g, out, a: (2 * g * a @ np.linalg.inv(np.eye(3) + a.T @ a),),
    arrays(normal(5, 3)),
)


def cholesky_factor(a):
    return np.linalg.cholesky(a @ a.T + np.eye(4))


def cholesky_factor_vjp(g, out, a):
    phi = np.tril(out.T @ np.tril(g))
    phi[np.diag_indices(4)] *= 0.5
    li = np.linalg.inv(out)
    s = li.T @ phi @ li
    return ((s + s.T) / 2 @ a * 2,)


add("Cholesky factor", cholesky_factor, cholesky_factor_vjp, arrays(normal(4, 4)))


def matrix_exponential(a):
    return linalg.expm(a)


def matrix_exponential_vjp(g, out, a):
    return (linalg.expm_frechet(a.T, g, compute_expm=False),)


add("matrix exponential", matrix_exponential, matrix_exponential_vjp, arrays(normal(4, 4, scale=0.7)))


def nuclear_norm(a):
    return np.linalg.svd(a, compute_uv=False).sum()


def nuclear_norm_vjp(g, out, a):
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return (g * u @ vt,)


add("nuclear norm", nuclear_norm, nuclear_norm_vjp, arrays(normal(5, 3)))


def spectral_entropy(a):
    w = np.linalg.eigvalsh(a @ a.T + 0.1 * np.eye(4))
    p = w / w.sum()
    return -np.sum(p * np.log(p))


def spectral_entropy_vjp(g, out, a):
    w, v = np.linalg.eigh(a @ a.T + 0.1 * np.eye(4))
    t = w.sum()
    dp = -np.log(w / t) - 1
    dw = (dp - np.sum(dp * w) / t) / t
    return (2 * g * (v * dw) @ v.T @ a,)


add("entropy of a spectrum", spectral_entropy, spectral_entropy_vjp, arrays(normal(4, 4)))
