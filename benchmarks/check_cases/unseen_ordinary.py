"""Functions as sciences write them: finance, graphics, statistics, mechanics, biology, networks.

Written by someone who had not seen the checker, and never tuned on: see docs/checking.md.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from .case import Case
from .unseen import gaussian, uniform

_SAME = 1e-2  # a plant that moves no element by more is none
CASES: list[Case] = []


def add(name, draw, f, vjp, same=_SAME):
    CASES.append(Case(name, f, [vjp], draw, same=max(same, _SAME)))


Phi = special.ndtr


def phi(z):
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def bs(S, K, s, T):
    d1 = (np.log(S / K) + s * s / 2 * T) / (s * np.sqrt(T))
    return S * Phi(d1) - K * Phi(d1 - s * np.sqrt(T))


def bs_v(g, o, S, K, s, T):
    d1 = (np.log(S / K) + s * s / 2 * T) / (s * np.sqrt(T))
    d2 = d1 - s * np.sqrt(T)
    return (
        g * Phi(d1),
        -g * Phi(d2),
        (g * S * phi(d1) * np.sqrt(T)).sum(),
        (g * S * phi(d1) * s / 2 / np.sqrt(T)).sum(),
    )


add(
    "Black-Scholes call",
    lambda r: (uniform(r, 80, 120, 5), uniform(r, 80, 120, 5), uniform(r, 0.1, 0.5)[()], uniform(r, 0.2, 2)[()]),
    bs,
    bs_v,
)


def gll(X, mu, ls):
    return (-0.5 * ((X - mu) / np.exp(ls)) ** 2 - ls - 0.5 * np.log(2 * np.pi)).sum(axis=1)


def gll_v(g, o, X, mu, ls):
    z = (X - mu) / np.exp(ls)
    gx = -g[:, None] * z / np.exp(ls)
    return (gx, -gx.sum(0), (g[:, None] * (z * z - 1)).sum(0))


add("Gaussian log-likelihood of rows", lambda r: (gaussian(r, 6, 3), gaussian(r, 3), gaussian(r, 3) * 0.5), gll, gll_v)
Y = np.array([0.0, 1, 1, 0, 1, 0, 1])


def logreg(w, b, X):
    z = X @ w + b
    return np.mean(np.log1p(np.exp(z)) - Y * z)


def logreg_v(g, o, w, b, X):
    d = g * (1 / (1 + np.exp(-(X @ w + b))) - Y) / len(Y)
    return (X.T @ d, d.sum(), np.outer(d, w))


add("logistic regression loss", lambda r: (gaussian(r, 4), gaussian(r)[()], gaussian(r, 7, 4)), logreg, logreg_v)


def pool(q, K, V):
    s = K @ q / 2.0
    e = np.exp(s)
    return e / e.sum() @ V


def pool_v(g, o, q, K, V):
    e = np.exp(K @ q / 2.0)
    p = e / e.sum()
    gp = V @ g
    gs = p * (gp - gp @ p) / 2.0
    return (K.T @ gs, np.outer(gs, q), np.outer(p, g))


add("attention pooling", lambda r: (gaussian(r, 4), gaussian(r, 5, 4), gaussian(r, 5, 3)), pool, pool_v)
add(
    "bilinear form x M y",
    lambda r: (gaussian(r, 4), gaussian(r, 4, 3), gaussian(r, 3)),
    lambda x, M, y: x @ M @ y,
    lambda g, o, x, M, y: (g * (M @ y), g * np.outer(x, y), g * (x @ M)),
)


def drag(t, v):
    return v * np.tanh(9.81 * t / v)


def drag_v(g, o, t, v):
    th = np.tanh(9.81 * t / v)
    se = 1 - th * th
    return (g * 9.81 * se, (g * (th - se * 9.81 * t / v)).sum())


add("falling with drag", lambda r: (uniform(r, 0.1, 10, 6), uniform(r, 20, 60)[()]), drag, drag_v)


def spec(n, h):
    d = n @ h / np.sqrt((n * n).sum(1)) / np.sqrt(h @ h)
    return np.where(np.real(d) > 0, d, 0) ** 8


def spec_v(g, o, n, h):
    ln, lh = (np.sqrt((n * n).sum(1)), np.sqrt(h @ h))
    d = n @ h / ln / lh
    gd = g * 8 * np.where(d > 0, d, 0) ** 7
    gn = gd[:, None] * (h / ln[:, None] / lh - (d / ln**2)[:, None] * n)
    gh = (gd[:, None] * (n / ln[:, None] / lh)).sum(0) - (gd * d).sum() * h / lh**2
    return (gn, gh)


add("Blinn-Phong highlight", lambda r: (gaussian(r, 4, 3) + [0, 0, 2], gaussian(r, 3) * 0.3 + [0, 0, 1]), spec, spec_v)


def quat(q, v):
    w, u, s = (q[0], q[1:], (q * q).sum())
    return (2 * np.outer(v @ u, u) + (w * w - u @ u) * v + 2 * w * np.cross(u, v)) / s


def quat_v(g, o, q, v):
    w, u, s = (q[0], q[1:], q @ q)
    G, gs = (g / s, -(g * o).sum() / s)
    gv = 2 * np.outer(G @ u, u) + (w * w - u @ u) * G + 2 * w * np.cross(G, u)
    gw = (G * (2 * w * v + 2 * np.cross(u, v))).sum()
    gu = 2 * (v.T @ (G @ u) + G.T @ (v @ u)) - 2 * u * (G * v).sum() + 2 * w * np.cross(v, G).sum(0)
    return (np.concatenate([[gw], gu]) + 2 * gs * q, gv)


add("rotation by a quaternion", lambda r: (gaussian(r, 4), gaussian(r, 4, 3)), quat, quat_v)


def maha(x, m, S):
    d = x - m
    return d @ np.linalg.solve(S, d)


def maha_v(g, o, x, m, S):
    d = x - m
    a, b = (np.linalg.solve(S, d), np.linalg.solve(S.T, d))
    return (g * (a + b), -g * (a + b), -g * np.outer(b, a))


add(
    "Mahalanobis distance",
    lambda r: (gaussian(r, 3), gaussian(r, 3), np.eye(3) * 3 + gaussian(r, 3, 3) * 0.4),
    maha,
    maha_v,
)
add(
    "log |det|",
    lambda r: (gaussian(r, 4, 4) + 3 * np.eye(4),),
    lambda M: np.linalg.slogdet(M)[1],
    lambda g, o, M: (g * np.linalg.inv(M).T,),
)


def mix(l, m, s, x):
    lw = l - np.log(np.exp(l).sum())
    z = (x[:, None] - m) / np.exp(s)
    return np.log(np.exp(lw - z * z / 2 - s).sum(1))


def mix_v(g, o, l, m, s, x):
    p = np.exp(l) / np.exp(l).sum()
    z = (x[:, None] - m) / np.exp(s)
    c = p * np.exp(-z * z / 2 - s)
    rr = g[:, None] * c / c.sum(1, keepdims=True)
    return (
        rr.sum(0) - p * g.sum(),
        (rr * z / np.exp(s)).sum(0),
        (rr * (z * z - 1)).sum(0),
        -(rr * z / np.exp(s)).sum(1),
    )


add(
    "mixture of three Gaussians",
    lambda r: (gaussian(r, 3), gaussian(r, 3), gaussian(r, 3) * 0.3, gaussian(r, 5)),
    mix,
    mix_v,
)
I, J = np.triu_indices(4, 1)


def grav(x, m):
    d = x[I] - x[J]
    return -(m[I] * m[J] / np.sqrt((d * d).sum(1))).sum()


def grav_v(g, o, x, m):
    d = x[I] - x[J]
    rr = np.sqrt((d * d).sum(1))
    c = g * (m[I] * m[J] / rr**3)[:, None] * d
    gx, gm = (np.zeros_like(x), np.zeros_like(m))
    np.add.at(gx, I, c)
    np.add.at(gx, J, -c)
    np.add.at(gm, I, -g * m[J] / rr)
    np.add.at(gm, J, -g * m[I] / rr)
    return (gx, gm)


add("energy of four bodies", lambda r: (gaussian(r, 4, 3), uniform(r, 0.5, 2, 4)), grav, grav_v)
tt = np.arange(1, 9)
add(
    "price of a bond",
    lambda r: (uniform(r, 1, 100, 8), uniform(r, 0.01, 0.1)[()]),
    lambda c, y: (c / (1 + y) ** tt).sum(),
    lambda g, o, c, y: (g / (1 + y) ** tt, -g * (c * tt / (1 + y) ** (tt + 1)).sum()),
)


def lv(s, p):
    x, y = s
    return np.array([x + 0.1 * (p[0] * x - p[1] * x * y), y + 0.1 * (p[2] * x * y - p[3] * y)])


def lv_v(g, o, s, p):
    x, y = s
    return (
        np.array(
            [
                g[0] * (1 + 0.1 * (p[0] - p[1] * y)) + g[1] * 0.1 * p[2] * y,
                -g[0] * 0.1 * p[1] * x + g[1] * (1 + 0.1 * (p[2] * x - p[3])),
            ]
        ),
        0.1 * np.array([g[0] * x, -g[0] * x * y, g[1] * x * y, -g[1] * y]),
    )


add("a step of Lotka-Volterra", lambda r: (uniform(r, 1, 10, 2), uniform(r, 0.1, 1, 4)), lv, lv_v)


def mm(S, i, V, K, Ki):
    return V * S / (K * (1 + i / Ki) + S)


def mm_v(g, o, S, i, V, K, Ki):
    q = K * (1 + i / Ki) + S
    h = -g * V * S / q**2
    return (g * V / q + h, h * K / Ki, (g * S / q).sum(), (h * (1 + i / Ki)).sum(), (-h * K * i / Ki**2).sum())


add(
    "Michaelis-Menten with an inhibitor",
    lambda r: (
        uniform(r, 0.1, 5, 5),
        uniform(r, 0, 2, 5),
        uniform(r, 1, 3)[()],
        uniform(r, 0.5, 2)[()],
        uniform(r, 0.2, 1)[()],
    ),
    mm,
    mm_v,
)


def cosm(a, b):
    return a @ b.T / np.sqrt((a * a).sum(1))[:, None] / np.sqrt((b * b).sum(1))


def cosm_v(g, o, a, b):
    na, nb = (np.sqrt((a * a).sum(1))[:, None], np.sqrt((b * b).sum(1))[:, None])
    ua, ub = (a / na, b / nb)
    ga, gb = (g @ ub, g.T @ ua)
    return ((ga - ua * (ga * ua).sum(1, keepdims=True)) / na, (gb - ub * (gb * ub).sum(1, keepdims=True)) / nb)


add("cosine similarities", lambda r: (gaussian(r, 3, 5), gaussian(r, 4, 5)), cosm, cosm_v)


def rms(x, w):
    return x / np.sqrt((x * x).mean(1, keepdims=True) + 1e-06) * w


def rms_v(g, o, x, w):
    s = np.sqrt((x * x).mean(1, keepdims=True) + 1e-06)
    h = g * w
    return (h / s - x * (h * x).mean(1, keepdims=True) / s**3, (g * x / s).sum(0))


add("RMS norm", lambda r: (gaussian(r, 3, 6), gaussian(r, 6)), rms, rms_v)


def rnn(h, x, W, V, b):
    return np.tanh(h @ W + x @ V + b)


def rnn_v(g, o, h, x, W, V, b):
    d = g * (1 - o * o)
    return (d @ W.T, d @ V.T, h.T @ d, x.T @ d, d.sum(0))


add(
    "a step of an RNN",
    lambda r: (gaussian(r, 3, 4), gaussian(r, 3, 2), gaussian(r, 4, 4) * 0.5, gaussian(r, 2, 4), gaussian(r, 4)),
    rnn,
    rnn_v,
)
add(
    "Poisson deviance",
    lambda r: (uniform(r, 1, 9, 6), gaussian(r, 6)),
    lambda y, e: 2 * (y * (np.log(y) - e) - y + np.exp(e)).sum(),
    lambda g, o, y, e: (2 * g * (np.log(y) - e), 2 * g * (np.exp(e) - y)),
)


def cam(p, f, c):
    return f * p[:, :2] / p[:, 2:] + c


def cam_v(g, o, p, f, c):
    xy = g * p[:, :2]
    return (
        np.hstack([f * g / p[:, 2:], -f * xy.sum(1, keepdims=True) / p[:, 2:] ** 2]),
        (xy / p[:, 2:]).sum(),
        g.sum(0),
    )


add(
    "pinhole camera",
    lambda r: (gaussian(r, 5, 3) + [0, 0, 6], uniform(r, 500, 900)[()], uniform(r, 200, 400, 2)),
    cam,
    cam_v,
)
gl = special.gammaln
dg = special.digamma
add(
    "Dirichlet log density",
    lambda r: (uniform(r, 0.3, 4, 5), r.dirichlet(np.ones(5))),
    lambda a, x: gl(a.sum()) - gl(a).sum() + ((a - 1) * np.log(x)).sum(),
    lambda g, o, a, x: (g * (dg(a.sum()) - dg(a) + np.log(x)), g * (a - 1) / x),
)


def kal(Pm, H, R):
    return Pm @ H.T @ np.linalg.inv(H @ Pm @ H.T + R)


def kal_v(g, o, Pm, H, R):
    Si = np.linalg.inv(H @ Pm @ H.T + R)
    gM = g @ Si.T
    gS = -o.T @ g @ Si.T
    return (gM @ H + H.T @ gS @ H, gM.T @ Pm + gS @ H @ Pm.T + gS.T @ H @ Pm, gS)


add(
    "Kalman gain",
    lambda r: (np.eye(3) * 2 + gaussian(r, 3, 3) * 0.3, gaussian(r, 2, 3), np.eye(2) + gaussian(r, 2, 2) * 0.1),
    kal,
    kal_v,
)
