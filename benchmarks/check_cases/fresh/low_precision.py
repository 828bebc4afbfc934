"""Functions computed in single precision, with derivatives in single precision."""

from __future__ import annotations

import numpy as np

from ..case import Case, between, normal

CASES: list[Case] = []
_R = np.random.default_rng(20265)


def add(name, f, vjp, *draws, **options):
    def single_vjp(g, out, *inputs):
        return vjp(np.asarray(g, inputs[0].dtype)[()], out, *inputs)

    def draw(rng):
        return tuple(np.asarray(d(rng)).astype(np.float32)[()] for d in draws)

    CASES.append(Case(name, f, [single_vjp], draw, same=1e-2, **options))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer_norm(x, gain):
    c = x - x.mean(1, keepdims=True)
    return gain * c / np.sqrt((c**2).mean(1, keepdims=True) + 1e-5)


def layer_norm_vjp(g, out, x, gain):
    c = x - x.mean(1, keepdims=True)
    s = np.sqrt((c**2).mean(1, keepdims=True) + 1e-5)
    h, d = c / s, g * gain
    return (d - d.mean(1, keepdims=True) - h * (d * h).mean(1, keepdims=True)) / s, (g * h).sum(0)


add("layer norm of rows, in float32", layer_norm, layer_norm_vjp, normal(60, 32), normal(32, shift=1.0, scale=0.3))

_LABEL = _R.integers(0, 10, 16)
_HOT = np.eye(10, dtype=np.float32)[_LABEL]


def cross_entropy(z):
    m = z.max(1, keepdims=True)
    return np.mean(np.log(np.exp(z - m).sum(1)) + m[:, 0] - (z * _HOT).sum(1))


add(
    "softmax cross-entropy in float32",
    cross_entropy,
    lambda g, out, z: (g * (softmax(z) - _HOT) / len(z),),
    normal(16, 10, scale=1.5),
)


def mlp(x, w1, w2):
    return w2 @ np.tanh(w1 @ x)


def mlp_vjp(g, out, x, w1, w2):
    h = np.tanh(w1 @ x)
    d = (w2.T @ g) * (1 - h**2)
    return w1.T @ d, np.outer(d, x), np.outer(g, h)


add("two-layer perceptron in float32", mlp, mlp_vjp, normal(8), normal(16, 8, scale=0.4), normal(4, 16, scale=0.4))


def rms_norm(x, gain):
    return gain * x / np.sqrt(np.mean(x**2) + 1e-6)


def rms_norm_vjp(g, out, x, gain):
    s = np.sqrt(np.mean(x**2) + 1e-6)
    d = g * gain
    return d / s - x * (np.mean(d * x) / s**3), g * x / s


add("RMS norm in float32", rms_norm, rms_norm_vjp, normal(1000), normal(1000))

_TARGET = _R.normal(size=200).astype(np.float32)


def pseudo_huber(x, delta):
    return np.sum(delta**2 * (np.sqrt(1 + ((x - _TARGET) / delta) ** 2) - 1))


def pseudo_huber_vjp(g, out, x, delta):
    z = (x - _TARGET) / delta
    s = np.sqrt(1 + z**2)
    return g * delta * z / s, g * delta * np.sum(2 * (s - 1) - z**2 / s)


add("pseudo-Huber loss in float32", pseudo_huber, pseudo_huber_vjp, normal(200), between(0.5, 2.0))


def conv_softplus(x, k):
    return np.log1p(np.exp(np.convolve(x, k, mode="valid")))


def conv_softplus_vjp(g, out, x, k):
    d = g * sigmoid(np.convolve(x, k, mode="valid"))
    n = len(d)
    return np.convolve(d, k[::-1], mode="full"), np.array([d @ x[6 - j : 6 - j + n] for j in range(7)])


add("convolution and softplus in float32", conv_softplus, conv_softplus_vjp, normal(400), normal(7, scale=0.4))


def log_mean_exp(x):
    m = x.max()
    return m + np.log(np.mean(np.exp(x - m)))


add("log-mean-exp in float32", log_mean_exp, lambda g, out, x: (g * softmax(x),), normal(300, scale=1.2))


def cosine(a, b):
    return (a @ b) / np.sqrt((a @ a) * (b @ b))


def cosine_vjp(g, out, a, b):
    n = np.sqrt((a @ a) * (b @ b))
    return g * (b / n - out * a / (a @ a)), g * (a / n - out * b / (b @ b))


add("cosine similarity in float32", cosine, cosine_vjp, normal(64), normal(64))


def swiglu(x, w):
    a = x @ w
    return a[:, :4] * sigmoid(a[:, :4]) * a[:, 4:]


def swiglu_vjp(g, out, x, w):
    a = x @ w
    u, v = a[:, :4], a[:, 4:]
    s = sigmoid(u)
    d = np.concatenate([g * v * s * (1 + u * (1 - s)), g * u * s], 1)
    return d @ w.T, x.T @ d


add("SwiGLU in float32", swiglu, swiglu_vjp, normal(5, 6), normal(6, 8, scale=0.5))

_OBS = _R.normal(size=30).astype(np.float32)


def gaussian_nll(mu, log_var):
    return 0.5 * np.mean(log_var + (_OBS - mu) ** 2 * np.exp(-log_var))


def gaussian_nll_vjp(g, out, mu, log_var):
    v = np.exp(-log_var)
    return g * (mu - _OBS) * v / len(mu), 0.5 * g * (1 - (_OBS - mu) ** 2 * v) / len(mu)


add("Gaussian negative log-likelihood in float32", gaussian_nll, gaussian_nll_vjp, normal(30), normal(30))


def moving_average(x, a):
    m, ms = 0 * x[0], []
    for v in x:
        m = m + a * (v - m)
        ms.append(m)
    return np.array(ms)


def moving_average_vjp(g, out, x, a):
    dx, da, d = np.zeros_like(x), 0 * a, 0 * a
    for t in range(len(x) - 1, -1, -1):
        d = d + g[t]
        dx[t] = a * d
        da = da + d * (x[t] - (out[t - 1] if t else 0))
        d = (1 - a) * d
    return dx, da


add("exponential moving average in float32", moving_average, moving_average_vjp, normal(100), between(0.1, 0.6))


def rbf(x, scale):
    d2 = ((x[:, None] - x[None]) ** 2).sum(-1)
    return np.exp(-0.5 * d2 / scale**2)


def rbf_vjp(g, out, x, scale):
    diff = x[:, None] - x[None]
    s = -(g + g.T) * out / scale**2
    return (s[:, :, None] * diff).sum(1), np.sum(g * out * (diff**2).sum(-1)) / scale**3


add("RBF kernel matrix in float32", rbf, rbf_vjp, normal(12, 3), between(0.7, 2.0))


def attention(q, k, v):
    return softmax(q @ k.T / 8**0.5) @ v


def attention_vjp(g, out, q, k, v):
    p = softmax(q @ k.T / 8**0.5)
    dp = g @ v.T
    ds = p * (dp - (dp * p).sum(1, keepdims=True)) / 8**0.5
    return ds @ k, ds.T @ q, p.T @ g


add("attention in float32", attention, attention_vjp, normal(6, 8), normal(6, 8), normal(6, 8))


def log_spectrum(x):
    f = np.fft.rfft(x)
    return np.log(f.real**2 + f.imag**2 + 0.1)


def log_spectrum_vjp(g, out, x):
    f = np.fft.rfft(x)
    c = 2 * g * np.exp(-out) * f
    c[1:-1] *= 0.5
    return (np.fft.irfft(c, 64) * 64,)


add("log spectrum in float32", log_spectrum, log_spectrum_vjp, normal(64))


def polynomial(c, x):
    return (((c[4] * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0]


def polynomial_vjp(g, out, c, x):
    p = np.stack([x**0, x, x**2, x**3, x**4])
    return p @ g, g * (c[1] + x * (2 * c[2] + x * (3 * c[3] + x * 4 * c[4])))


add("quartic by Horner in float32", polynomial, polynomial_vjp, normal(5), normal(1))
