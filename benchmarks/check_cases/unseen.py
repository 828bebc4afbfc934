"""What the unseen families share: how their inputs are drawn, and what was planted in their derivatives.

Each plant is ``plant(case, vjp)``, as in `bugs`: another derivative, wrong in one way.
"""

from __future__ import annotations

import zlib

import numpy as np


def gaussian(rng, *shape):
    return rng.normal(size=shape)


def uniform(rng, low, high, *shape):
    return rng.uniform(low, high, size=shape)


def decades(rng, low, high, *shape):
    """Numbers of any magnitude from 10^low to 10^high."""
    return 10 ** rng.uniform(low, high, size=shape)


def _pick(name, n):
    return zlib.crc32(name.encode()) % n


def _onto(block, change):
    """One block of the gradients changed: this one, or for None one that depends on the case."""

    def plant(case, vjp):
        def wrong(g, out, *xs):
            found = list(vjp(g, out, *xs))
            b = (_pick(case.name, len(xs)) if block is None else block) % len(xs)
            changed = change(np.array(found[b], dtype=float), np.asarray(xs[b], dtype=float))
            found[b] = np.asarray(changed, dtype=np.asarray(found[b]).dtype)[()]
            return tuple(found)

        return wrong

    return plant


def _entry(where, change):
    """One element changed, which `where` finds by the gradient and the input."""

    def changed(v, x):
        flat = v.reshape(-1)
        i = where(flat, x.reshape(-1))
        flat[i] = change(flat[i])
        return flat.reshape(v.shape)

    return changed


def _one_output_lost(case, vjp):
    def wrong(g, out, *xs):
        found, h = list(vjp(g, out, *xs)), np.array(g)
        if h.size > 1:
            h.flat[h.size // 3] = 0
        found[0] = vjp(h[()], out, *xs)[0]
        return tuple(found)

    return wrong


def _mean_of_g(case, vjp):
    return lambda g, out, *xs: vjp(np.full_like(g, np.mean(g)), out, *xs)


def _turned(v, x):
    if v.ndim > 1:
        return v.T.reshape(v.shape)
    return v[::-1] if v.ndim else v


def _two_digits(v, x):
    unit = 10.0 ** (np.floor(np.log10(np.where(v == 0, 1, np.abs(v)))) - 1)
    return np.round(v / unit) * unit


UNSEEN_BUGS = {
    "one entry 2 % off": _onto(None, _entry(lambda v, x: _pick(str(v.size), v.size), lambda e: e * 1.02)),
    "entry of the smallest x 5 % off": _onto(None, _entry(lambda v, x: int(np.argmin(np.abs(x))), lambda e: e * 0.95)),
    "a block forgotten": _onto(None, lambda v, x: v * 0),
    "transposed or reversed": _onto(None, _turned),
    "first entry doubled": _onto(0, _entry(lambda v, x: 0, lambda e: 2 * e)),
    "a constant 3 % off": _onto(None, lambda v, x: v * 1.03),
    "last block 1.5 % off": _onto(-1, lambda v, x: v * 1.015),
    "sign where x is below its median": _onto(0, lambda v, x: np.where(x < np.median(x), -v, v)),
    "one output's share lost": _one_output_lost,
    "mean of g for g": _mean_of_g,
    "rounded to two digits": _onto(None, _two_digits),
}
