"""What is planted: each takes a right vjp and makes a wrong one of it, or None where the bug is none."""

from __future__ import annotations

import numpy as np


def _each(change):
    """A bug that changes each gradient by itself."""
    return lambda case, vjp: lambda g, out, *xs: tuple(_changed(v, change) for v in vjp(g, out, *xs))


def _changed(v, change):
    """In the precision that it came in: a wrong dtype would give each of these bugs away."""
    return np.asarray(change(np.asarray(v, dtype=float)), dtype=np.asarray(v).dtype)[()]


def _one(change):
    """A bug in a single element of the first gradient, always the same one."""

    def spoil(v):
        v = np.array(v)
        v.flat[v.size // 2] = change(v.flat[v.size // 2])
        return v

    def plant(case, vjp):
        def wrong(g, out, *xs):
            first, *others = vjp(g, out, *xs)
            return (spoil(first), *others)

        return wrong

    return plant


def at_output(case, vjp):
    """The derivative at f(x) in place of x: only where both have one shape."""

    def wrong(g, out, *xs):
        if np.shape(out) != np.shape(xs[0]):
            return vjp(g, out, *xs)
        return vjp(g, case.f(out, *xs[1:]), out, *xs[1:])

    return wrong


def ignores_g(case, vjp):
    """The incoming gradient is taken for ones."""
    return lambda g, out, *xs: vjp(np.ones_like(g), out, *xs)


def swapped(case, vjp):
    """The gradients of two inputs exchanged, where they have one shape; of one input the gradient backwards."""

    def wrong(g, out, *xs):
        found = vjp(g, out, *xs)
        if len(found) == 2 and np.shape(found[0]) == np.shape(found[1]):
            return found[::-1]
        return tuple(np.asarray(v)[..., ::-1] if np.ndim(v) else v for v in found)

    return wrong


def absolute_g(case, vjp):
    """Not linear: |g| in place of g."""
    return lambda g, out, *xs: vjp(np.abs(g), out, *xs)


def negative_inputs(case, vjp):
    """Twice as large where the first input is negative."""

    def wrong(g, out, *xs):
        first, *others = vjp(g, out, *xs)
        return (np.where(np.asarray(xs[0]) < 0, 2, 1) * first, *others)

    return wrong


def last_output(case, vjp):
    """The last output's derivative is lost, where there are several."""

    def wrong(g, out, *xs):
        g = np.array(g)
        if g.size > 1:
            g.flat[-1] = 0
        return vjp(g[()], out, *xs)

    return wrong


def last_input(case, vjp):
    """The sign of the last input's gradient, where there are several: a conjugate lost, of a real and an imaginary part."""

    def wrong(g, out, *xs):
        found = vjp(g, out, *xs)
        return (*found[:-1], -found[-1]) if len(found) > 1 else found

    return wrong


def last_input_zero(case, vjp):
    """The last input is taken for a constant, where there are several."""

    def wrong(g, out, *xs):
        found = vjp(g, out, *xs)
        return (*found[:-1], np.zeros_like(found[-1])) if len(found) > 1 else found

    return wrong


def square_of_g(case, vjp):
    """Not linear: g² in place of g."""
    return lambda g, out, *xs: vjp(g * g, out, *xs)


def small_ones_zero(v):
    """What is a thousand times smaller than the largest is left out."""
    return np.where(np.abs(v) < 1e-3 * np.abs(v).max(), 0, v)


def every_other(v):
    """Every other element twice as large."""
    return v * (1 + np.arange(v.size).reshape(v.shape) % 2)


def first_half_zero(v):
    return np.where(np.arange(v.size).reshape(v.shape) < v.size // 2, 0, v)


def averaged(v):
    """The mean over the first axis for each of its rows."""
    return np.broadcast_to(v.mean(axis=0), v.shape) if v.ndim else v


def stale(case, vjp):
    """The values of another call, kept too long."""
    kept = case.draw(np.random.default_rng(0))

    def wrong(g, out, *xs):
        same = [np.shape(x) for x in kept] == [np.shape(x) for x in xs]
        return vjp(g, case.f(*kept), *kept) if same else vjp(g, out, *xs)

    return wrong


def beside(case, vjp):
    """The derivative at x + 0.001: near a kink the wrong side of it."""

    def wrong(g, out, *xs):
        first = xs[0] + 1e-3
        return vjp(g, case.f(first, *xs[1:]), first, *xs[1:])

    return wrong


def outside(case, vjp):
    """At a kink of an elementwise function a number as far above both slopes as they are apart."""

    def wrong(g, out, *xs):
        if case.interval is None:
            return vjp(g, out, *xs)
        low, high = case.interval(*xs)
        return (np.where(low < high, g * (2 * high - low), *vjp(g, out, *xs)),)

    return wrong


BUGS = {
    "sign": _each(lambda v: -v),
    "twice": _each(lambda v: 2 * v),
    "half": _each(lambda v: v / 2),
    "zero": _each(np.zeros_like),
    "mean for sum": _each(lambda v: v / max(v.size, 3)),
    "one per cent": _each(lambda v: 1.01 * v),
    "one in a thousand": _each(lambda v: 1.001 * v),
    "two in ten thousand": _each(lambda v: 1.0002 * v),
    "an offset": _each(lambda v: v + 1e-3 * np.abs(v).max()),
    "off by one": _each(lambda v: np.roll(v, 1, axis=-1) if v.ndim else v),
    "transposed": _each(lambda v: v.T if v.ndim == 2 and len(v) == len(v.T) else v),
    "one element zero": _one(lambda v: 0.0),
    "one element, sign": _one(lambda v: -v),
    "one element, 1 %": _one(lambda v: 1.01 * v),
    "at output": at_output,
    "wrong place": swapped,
    "ignores g": ignores_g,
    "|g| for g": absolute_g,
    "negative inputs": negative_inputs,
    "last output": last_output,
    "last input, sign": last_input,
    "stale": stale,
    "beside": beside,
    "outside": outside,
}
MORE_BUGS = {
    **BUGS,
    "every other element": _each(every_other),
    "first half zero": _each(first_half_zero),
    "small ones zero": _each(small_ones_zero),
    "clipped at 1": _each(lambda v: np.clip(v, -1, 1)),
    "averaged": _each(averaged),
    "last input zero": last_input_zero,
    "g² for g": square_of_g,
}
ONE_HALF_ALL = {
    name: MORE_BUGS[name]
    for name in (
        "one element zero",
        "one element, sign",
        "one element, 1 %",
        "every other element",
        "first half zero",
        "sign",
        "twice",
        "one per cent",
    )
}
