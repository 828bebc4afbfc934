"""Functions as scientists write them: statistics and signals."""

from __future__ import annotations

import numpy as np

from ..case import Case, arrays, normal
from .common import logsumexp, softmax

CASES: list[Case] = []
_R = np.random.default_rng(20261)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, **options))


# --- statistics -------------------------------------------------------------------------------------------------------


def correlation(x, y):
    a, b = x - x.mean(), y - y.mean()
    return (a @ b) / np.sqrt((a @ a) * (b @ b))


def correlation_vjp(g, out, x, y):
    a, b = x - x.mean(), y - y.mean()
    n = np.sqrt((a @ a) * (b @ b))
    return g * (b / n - out * a / (a @ a)), g * (a / n - out * b / (b @ b))


add("Pearson correlation", correlation, correlation_vjp, arrays(normal(12), normal(12)))


def skewness(x):
    c = x - x.mean()
    return np.mean(c**3) / np.mean(c**2) ** 1.5


def skewness_vjp(g, out, x):
    c = x - x.mean()
    m2, m3, n = np.mean(c**2), np.mean(c**3), len(x)
    return (g * (3 * (c**2 - m2) / n / m2**1.5 - 3 * m3 * c / n / m2**2.5),)


add("sample skewness", skewness, skewness_vjp, lambda rng: (rng.gamma(2.0, size=20),))


def mahalanobis(x, data):
    c = data - data.mean(0)
    s = c.T @ c / (len(data) - 1)
    r = x - data.mean(0)
    return np.sqrt(r @ np.linalg.solve(s, r))


def mahalanobis_vjp(g, out, x, data):
    n = len(data)
    c = data - data.mean(0)
    s = c.T @ c / (n - 1)
    a = np.linalg.solve(s, x - data.mean(0))
    ds = -g * np.outer(a, a) / (2 * out)
    dx = g * a / out
    dc = 2 * c @ ds / (n - 1)
    return dx, dc - dc.mean(0) - dx / n


add("Mahalanobis distance to a sample", mahalanobis, mahalanobis_vjp, arrays(normal(3, scale=2), normal(9, 3)))

_CX = _R.normal(size=(12, 4))
_CE = _R.random(12) < 0.7


def cox(b):
    eta = _CX @ b
    tail = np.log(np.cumsum(np.exp(eta)[::-1])[::-1])
    return -np.sum((eta - tail)[_CE])


def cox_vjp(g, out, b):
    e = np.exp(_CX @ b)
    risk = np.cumsum(e[::-1])[::-1]
    deta = -_CE.astype(float) + e * np.cumsum(_CE / risk)
    return (g * _CX.T @ deta,)


add("Cox partial likelihood", cox, cox_vjp, arrays(normal(4)))

_HO = _R.integers(0, 4, size=9)


def hmm(a, b, pi):
    la, lb = a - logsumexp(a)[:, None], b - logsumexp(b)[:, None]
    f = pi - logsumexp(pi) + lb[:, _HO[0]]
    for o in _HO[1:]:
        f = logsumexp(f[:, None] + la, 0) + lb[:, o]
    return logsumexp(f)


def hmm_vjp(g, out, a, b, pi):
    pa, pb, p0 = softmax(a), softmax(b), softmax(pi)
    n = len(_HO)
    al, be = np.zeros((n, 3)), np.ones((n, 3))
    al[0] = p0 * pb[:, _HO[0]]
    for t in range(1, n):
        al[t] = (al[t - 1] @ pa) * pb[:, _HO[t]]
    for t in range(n - 2, -1, -1):
        be[t] = pa @ (pb[:, _HO[t + 1]] * be[t + 1])
    like = al[-1].sum()
    gam = al * be / like
    xi = sum(np.outer(al[t], pb[:, _HO[t + 1]] * be[t + 1]) for t in range(n - 1)) * pa / like
    em = np.stack([gam[o == _HO].sum(0) for o in range(4)], 1)
    return (
        g * (xi - pa * xi.sum(1, keepdims=True)),
        g * (em - pb * em.sum(1, keepdims=True)),
        g * (gam[0] - p0),
    )


add("hidden Markov model likelihood", hmm, hmm_vjp, arrays(normal(3, 3), normal(3, 4), normal(3)))

# --- signals ----------------------------------------------------------------------------------------------------------


def autocorrelation(x):
    f = np.fft.rfft(x, 32)
    r = np.fft.irfft(np.abs(f) ** 2, 32)[:8]
    return r / (x @ x)


def autocorrelation_vjp(g, out, x):
    e = x @ x
    d = np.zeros_like(x)
    for k in range(8):
        s = np.zeros_like(x)
        s[: len(x) - k] += x[k:]
        s[k:] += x[: len(x) - k]
        d += g[k] * s
    return (d / e - 2 * (g @ out) * x / e,)


add("autocorrelation by FFT", autocorrelation, autocorrelation_vjp, arrays(normal(16)))


def log_spectrum(x):
    return np.log(np.abs(np.fft.rfft(x * np.hanning(18)[1:-1])) ** 2 + 1e-3)


def log_spectrum_vjp(g, out, x):
    w = np.hanning(18)[1:-1]
    f = np.fft.rfft(x * w)
    c = np.zeros(16, dtype=complex)
    c[:9] = 2 * g * np.exp(-out) * f
    return (w * np.real(np.fft.ifft(c)) * 16,)


add("log power spectrum", log_spectrum, log_spectrum_vjp, arrays(normal(16)))


def resonator(x, a):
    y1 = y2 = 0.0
    ys = []
    for v in x:
        y1, y2 = v - a[0] * y1 - a[1] * y2, y1
        ys.append(y1)
    return np.array(ys)


def resonator_vjp(g, out, x, a):
    n = len(x)
    d = np.zeros(n + 2)
    for t in range(n - 1, -1, -1):
        d[t] = g[t] - a[0] * d[t + 1] - a[1] * d[t + 2]
    d = d[:n]
    return d, -np.array([d[1:] @ out[:-1], d[2:] @ out[:-2]])


add(
    "recursive filter",
    resonator,
    resonator_vjp,
    lambda rng: (rng.normal(size=20), np.array([-1.2, 0.7]) + 0.1 * rng.normal(size=2)),
)


def soft_dtw(a, b):
    n, m = len(a), len(b)
    r = {(0, 0): 0.0}
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            prev = np.array([r[c] for c in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if c in r])
            r[i, j] = (a[i - 1] - b[j - 1]) ** 2 - 0.5 * logsumexp(-prev / 0.5)
    return r[n, m]


def soft_dtw_vjp(g, out, a, b):
    n, m = len(a), len(b)
    r, e = {(0, 0): 0.0}, {}
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cs = [c for c in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if c in r]
            prev = np.array([r[c] for c in cs])
            r[i, j] = (a[i - 1] - b[j - 1]) ** 2 - 0.5 * logsumexp(-prev / 0.5)
            e[i, j] = list(zip(cs, softmax(-prev / 0.5), strict=True))
    w = dict.fromkeys(r, 0.0)
    w[n, m] = 1.0
    da, db = np.zeros(n), np.zeros(m)
    for i in range(n, 0, -1):
        for j in range(m, 0, -1):
            d = 2 * (a[i - 1] - b[j - 1]) * w[i, j]
            da[i - 1] += d
            db[j - 1] -= d
            for c, p in e[i, j]:
                w[c] += p * w[i, j]
    return g * da, g * db


add("soft dynamic time warping", soft_dtw, soft_dtw_vjp, arrays(normal(5), normal(6)))

_ST = np.array([0.15, 0.9, 1.4, 2.2, 3.3, 3.7, 4.6])


def _catmull(s):
    return 0.5 * np.stack([-s + 2 * s**2 - s**3, 2 - 5 * s**2 + 3 * s**3, s + 4 * s**2 - 3 * s**3, -(s**2) + s**3], 1)


def catmull_rom(k):
    i = np.floor(_ST).astype(int)
    return np.sum(_catmull(_ST - i) * k[i[:, None] + np.arange(4)], 1) ** 2


def catmull_rom_vjp(g, out, k):
    i = np.floor(_ST).astype(int)
    b, j = _catmull(_ST - i), i[:, None] + np.arange(4)
    d = np.zeros_like(k)
    np.add.at(d, j, (2 * g * np.sum(b * k[j], 1))[:, None] * b)
    return (d,)


add("Catmull-Rom spline squared", catmull_rom, catmull_rom_vjp, arrays(normal(8)))
