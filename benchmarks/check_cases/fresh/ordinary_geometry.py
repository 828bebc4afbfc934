"""Functions as scientists write them: geometry and steps of differential equations."""

from __future__ import annotations

import numpy as np

from ..case import Case, arrays, between, normal

CASES: list[Case] = []
_R = np.random.default_rng(20261)


def add(name, f, vjp, draw, **options):
    CASES.append(Case(name, f, [vjp], draw, **options))


# --- geometry ---------------------------------------------------------------------------------------------------------


def quaternion_rotate(q, v):
    n = q / np.sqrt(q @ q)
    t = 2 * np.cross(n[1:], v)
    return v + n[0] * t + np.cross(n[1:], t)


def quaternion_rotate_vjp(g, out, q, v):
    lq = np.sqrt(q @ q)
    n = q / lq
    w, u = n[0], n[1:]
    t = 2 * np.cross(u, v)
    dt = w * g - np.cross(u, g)
    dn = np.concatenate([[g @ t], np.cross(t, g) + 2 * np.cross(v, dt)])
    return (dn - n * (n @ dn)) / lq, g - 2 * np.cross(u, dt)


add("points turned by a quaternion", quaternion_rotate, quaternion_rotate_vjp, arrays(normal(4), normal(3)))


def rodrigues(w, v):
    t2 = w @ w
    t = np.sqrt(t2)
    return v * np.cos(t) + np.cross(w, v) * np.sin(t) / t + w * (w @ v) * (1 - np.cos(t)) / t2


def rodrigues_vjp(g, out, w, v):
    t2 = w @ w
    t = np.sqrt(t2)
    c, s = np.cos(t), np.sin(t)
    a, b = s / t, (1 - c) / t2
    da, db = (c * t - s) / t2, (s * t - 2 * (1 - c)) / (t2 * t)
    dt = -s * (g @ v) + da * (g @ np.cross(w, v)) + db * (g @ w) * (w @ v)
    dw = dt * w / t + a * np.cross(v, g) + b * (g * (w @ v) + v * (g @ w))
    dv = c * g + a * np.cross(g, w) + b * w * (g @ w)
    return dw, dv


add("Rodrigues rotation", rodrigues, rodrigues_vjp, arrays(normal(3), normal(3)))


def camera(p, k):
    x, y = p[:, 0] / p[:, 2], p[:, 1] / p[:, 2]
    d = 1 + k[1] * (x**2 + y**2) + k[2] * (x**2 + y**2) ** 2
    return k[0] * np.stack([x * d, y * d], 1) + k[3]


def camera_vjp(g, out, p, k):
    z = p[:, 2]
    x, y = p[:, 0] / z, p[:, 1] / z
    r = x**2 + y**2
    d = 1 + k[1] * r + k[2] * r**2
    gx, gy = g[:, 0], g[:, 1]
    m = gx * x + gy * y
    dr = k[0] * m * (k[1] + 2 * k[2] * r)
    dx, dy = k[0] * gx * d + 2 * x * dr, k[0] * gy * d + 2 * y * dr
    dk = np.array([np.sum(m * d), k[0] * np.sum(m * r), k[0] * np.sum(m * r**2), g.sum()])
    return np.stack([dx / z, dy / z, -(dx * x + dy * y) / z], 1), dk


add(
    "camera with radial distortion",
    camera,
    camera_vjp,
    lambda rng: (
        rng.normal(size=(5, 3)) + [0, 0, 5],
        np.array([2.0, -0.2, 0.05, 0.5]) * (1 + 0.1 * rng.normal(size=4)),
    ),
)


def dihedral(p):
    a, b, c = p[1] - p[0], p[2] - p[1], p[3] - p[2]
    m, n = np.cross(a, b), np.cross(b, c)
    return np.arctan2(np.sqrt(b @ b) * (a @ n), m @ n)


def dihedral_vjp(g, out, p):  # Blondel and Karplus
    f, e, h = p[0] - p[1], p[1] - p[2], p[3] - p[2]
    m, n = np.cross(f, e), np.cross(h, e)
    le = np.sqrt(e @ e)
    df, dh = -le / (m @ m) * m, le / (n @ n) * n
    de = (f @ e) / (m @ m) / le * m - (h @ e) / (n @ n) / le * n
    return (g * np.stack([df, de - df, -de - dh, dh]),)


add(
    "dihedral angle",
    dihedral,
    dihedral_vjp,
    lambda rng: (np.array([[0, 1, 0.3], [0, 0, 0], [1.5, 0, 0], [2, 1, -0.8]]) + 0.25 * rng.normal(size=(4, 3)),),
)


def polygon(v):
    w = np.roll(v, -1, axis=0)
    area = 0.5 * np.sum(v[:, 0] * w[:, 1] - w[:, 0] * v[:, 1])
    return area / np.sum(np.sqrt(np.sum((w - v) ** 2, 1))) ** 2


def polygon_vjp(g, out, v):
    w, u = np.roll(v, -1, axis=0), np.roll(v, 1, axis=0)
    length = np.sqrt(np.sum((w - v) ** 2, 1))
    per = length.sum()
    area = 0.5 * np.sum(v[:, 0] * w[:, 1] - w[:, 0] * v[:, 1])
    darea = 0.5 * np.stack([w[:, 1] - u[:, 1], u[:, 0] - w[:, 0]], 1)
    e = (w - v) / length[:, None]
    dper = np.roll(e, 1, axis=0) - e
    return (g * (darea / per**2 - 2 * area / per**3 * dper),)


add(
    "compactness of a polygon",
    polygon,
    polygon_vjp,
    lambda rng: (np.stack([np.cos(np.arange(7)), np.sin(np.arange(7))], 1) * rng.uniform(0.6, 1.6, size=(7, 1)),),
)


def haversine(lat1, lon1, lat2, lon2):
    a = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * np.arcsin(np.sqrt(a))


def haversine_vjp(g, out, lat1, lon1, lat2, lon2):
    a = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    d = g / np.sqrt(a * (1 - a))
    h = 0.5 * np.sin(lat2 - lat1)
    s2 = np.sin((lon2 - lon1) / 2) ** 2
    dlon = d * np.cos(lat1) * np.cos(lat2) * 0.5 * np.sin(lon2 - lon1)
    return d * (-h - np.sin(lat1) * np.cos(lat2) * s2), -dlon, d * (h - np.cos(lat1) * np.sin(lat2) * s2), dlon


add(
    "great-circle distance",
    haversine,
    haversine_vjp,
    arrays(between(-1.2, 1.2, 5), between(-1.5, 1.5, 5), between(-1.2, 1.2, 5), between(-1.5, 1.5, 5)),
)


_IU = np.triu_indices(5, 1)


def lennard_jones(p, eps, sig):
    d = p[_IU[0]] - p[_IU[1]]
    s6 = (sig**2 / (d**2).sum(1)) ** 3
    return 4 * eps * np.sum(s6**2 - s6)


def lennard_jones_vjp(g, out, p, eps, sig):
    d = p[_IU[0]] - p[_IU[1]]
    r2 = (d**2).sum(1)
    s6 = (sig**2 / r2) ** 3
    f = (g * 4 * eps * (-12 * s6**2 + 6 * s6) / r2)[:, None] * d
    dp = np.zeros_like(p)
    np.add.at(dp, _IU[0], f)
    np.add.at(dp, _IU[1], -f)
    return dp, g * 4 * np.sum(s6**2 - s6), g * 4 * eps * np.sum(12 * s6**2 - 6 * s6) / sig


_LJ0 = 1.1 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1.0]])
add(
    "Lennard-Jones cluster",
    lennard_jones,
    lennard_jones_vjp,
    lambda rng: (_LJ0 + 0.08 * rng.normal(size=(5, 3)), rng.uniform(0.5, 2), rng.uniform(0.8, 1.1)),
)

# --- ODE steps --------------------------------------------------------------------------------------------------------


def _lv(u, p):
    return np.array([p[0] * u[0] - p[1] * u[0] * u[1], p[2] * u[0] * u[1] - p[3] * u[1]])


def _lv_vjp(g, u, p):
    du = np.array([g[0] * (p[0] - p[1] * u[1]) + g[1] * p[2] * u[1], -g[0] * p[1] * u[0] + g[1] * (p[2] * u[0] - p[3])])
    return du, np.array([g[0] * u[0], -g[0] * u[0] * u[1], g[1] * u[0] * u[1], -g[1] * u[1]])


def lotka_volterra(u, p):
    h = 0.1
    k1 = _lv(u, p)
    k2 = _lv(u + h / 2 * k1, p)
    k3 = _lv(u + h / 2 * k2, p)
    k4 = _lv(u + h * k3, p)
    return u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def lotka_volterra_vjp(g, out, u, p):
    h = 0.1
    k1 = _lv(u, p)
    k2 = _lv(u + h / 2 * k1, p)
    k3 = _lv(u + h / 2 * k2, p)
    a4, p4 = _lv_vjp(h / 6 * g, u + h * k3, p)
    a3, p3 = _lv_vjp(h / 3 * g + h * a4, u + h / 2 * k2, p)
    a2, p2 = _lv_vjp(h / 3 * g + h / 2 * a3, u + h / 2 * k1, p)
    a1, p1 = _lv_vjp(h / 6 * g + h / 2 * a2, u, p)
    return g + a1 + a2 + a3 + a4, p1 + p2 + p3 + p4


add(
    "Runge-Kutta step of Lotka-Volterra",
    lotka_volterra,
    lotka_volterra_vjp,
    arrays(between(0.5, 3, 2), between(0.3, 1.5, 4)),
)


def _chain_force(q):
    e = np.diff(q, prepend=0.0, append=0.0)
    t = e + 0.3 * e**3
    return t[1:] - t[:-1]


def _chain_force_vjp(g, q):
    e = np.diff(q, prepend=0.0, append=0.0)
    z = np.zeros(1, dtype=g.dtype)
    dt = np.concatenate([z, g]) - np.concatenate([g, z])
    de = dt * (1 + 0.9 * e**2)
    return de[:-1] - de[1:]


def leapfrog(q, p):
    for _ in range(4):
        p = p + 0.1 * _chain_force(q)
        q = q + 0.2 * p
        p = p + 0.1 * _chain_force(q)
    return np.stack([q, p])


def leapfrog_vjp(g, out, q, p):
    qs = []
    for _ in range(4):
        a = q
        p = p + 0.1 * _chain_force(q)
        q = q + 0.2 * p
        p = p + 0.1 * _chain_force(q)
        qs.append((a, q))
    dq, dp = g[0], g[1]
    for a, b in reversed(qs):
        dq = dq + 0.1 * _chain_force_vjp(dp, b)
        dp = dp + 0.2 * dq
        dq = dq + 0.1 * _chain_force_vjp(dp, a)
    return dq, dp


add("leapfrog on an anharmonic chain", leapfrog, leapfrog_vjp, arrays(normal(5), normal(5)))


def _diffusion(k):
    return np.eye(8) + 0.5 * (np.diag(k[:-1] + k[1:]) - np.diag(k[1:-1], 1) - np.diag(k[1:-1], -1))


def implicit_diffusion(u, k):
    return np.linalg.solve(_diffusion(k), u)


def implicit_diffusion_vjp(g, out, u, k):
    a = np.linalg.solve(_diffusion(k).T, g)
    dx = np.diff(out, prepend=0.0, append=0.0)
    da = np.diff(a, prepend=0.0, append=0.0)
    return a, -0.5 * dx * da


add(
    "implicit step of a diffusion equation",
    implicit_diffusion,
    implicit_diffusion_vjp,
    arrays(normal(8), between(0.2, 3, 9)),
)


def epidemic(beta, gamma):
    s, i, c = 0.99, 0.01, []
    for _ in range(12):
        n, r = beta * s * i, gamma * i
        s, i = s - n, i + n - r
        c.append(i)
    return np.array(c)


def epidemic_vjp(g, out, beta, gamma):
    s, i = 0.99, 0.01
    ds, di = np.zeros(2), np.zeros(2)
    grad = np.zeros(2)
    for t in range(12):
        dn = np.array([s * i, 0]) + beta * (ds * i + s * di)
        dr = np.array([0, i]) + gamma * di
        s, i = s - beta * s * i, i + beta * s * i - gamma * i
        ds, di = ds - dn, di + dn - dr
        grad = grad + g[t] * di
    return grad[0], grad[1]


add("epidemic rollout", epidemic, epidemic_vjp, arrays(between(0.4, 1.5), between(0.1, 0.4)))
