"""The gradient checkers that are compared: other libraries' rules written down, and what is built on libraries' estimates.

The rules are taken from the libraries' documentation and sources, with their default tolerances; `check_libraries` runs
the libraries themselves. A rule is a function of f, a vjp, the inputs and a seed, and answers with a verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rule:
    """`verdict(f, vjp, inputs, seed)` is "pass", "fail" or "inconclusive".

    `needs` is the distribution that must be installed. A rule that takes differences in each element is asked about
    functions of at most so many inputs. `states` names the row in which the rule is written down that a library applies.
    """

    name: str
    verdict: Callable[..., str]
    needs: str = ""
    most_inputs: float = np.inf
    states: str = ""


def passed(good) -> str:
    return "pass" if good else "fail"


def _along(inputs, direction, step):
    return [np.asarray(x + step * v, dtype=np.asarray(x).dtype)[()] for x, v in zip(inputs, direction, strict=True)]


def _units(inputs):
    """Every element of every input: which input, its flat index, and a direction of length 1 along it."""
    for which, x in enumerate(inputs):
        for i in range(np.size(x)):
            direction = [np.zeros(np.shape(other)) for other in inputs]
            direction[which].flat[i] = 1
            yield which, i, direction


def pytorch(f, vjp, inputs, seed):
    """torch.autograd.gradcheck: every element of the Jacobian by central differences with eps = 1e-6, in the precision of
    the output, and |a − n| ≤ 1e-5 + 1e-3·|n|; an incoming gradient of 0 gives 0."""
    eps, atol, rtol = 1e-6, 1e-5, 1e-3
    out = np.asarray(f(*inputs))
    rows = [vjp(g.reshape(out.shape)[()], out[()], *inputs) for g in np.eye(out.size, dtype=out.dtype)]
    for which, i, direction in _units(inputs):
        moved = [np.asarray(f(*_along(inputs, direction, step))) for step in (eps, -eps)]
        numeric = (moved[0] - moved[1]) / out.dtype.type(2 * eps)
        analytic = [np.asarray(row[which]).flat[i] for row in rows]
        if not np.allclose(analytic, numeric.ravel(), rtol=rtol, atol=atol):
            return "fail"
    return passed(all((np.asarray(v) == 0).all() for v in vjp(np.zeros_like(out)[()], out[()], *inputs)))


def _projected(f, vjp, inputs, random, step):
    """g·f′v for random g and v: by the vjp, and by a central difference over 2·step in the precision of the output."""
    out = f(*inputs)
    single = np.asarray(out).dtype.type
    v = [random.randn(*np.shape(x)) for x in inputs]
    g = np.asarray(random.randn(*np.shape(out))).astype(single)[()]
    found = vjp(g, out, *inputs)
    analytic = sum(np.dot(np.ravel(a), np.ravel(b)) for a, b in zip(found, v, strict=True))
    difference = f(*_along(inputs, v, step)) - f(*_along(inputs, v, -step))
    return analytic, np.dot(np.ravel(g), np.ravel(difference * single(1 / (2 * step))))


def hips(f, vjp, inputs, seed):
    """autograd.test_util.check_grads (reverse mode, first order): one random projection, f(x ± v·1e-6/2), and
    |a − n| < 1e-6 or |a − n|/|a + n| < 1e-6."""
    a, n = _projected(f, vjp, inputs, np.random.RandomState(seed), 0.5e-6)
    return passed(abs(a - n) < 1e-6 or abs(a - n) / abs(a + n) < 1e-6)


def jax(f, vjp, inputs, seed):
    """jax.test_util.check_vjp: one random projection, always the same one, with eps = 1e-4, and
    |a − n| ≤ t + t·|n| with t = 1e-5, or t = 2e-3 for an output in float32."""
    a, n = _projected(f, vjp, inputs, np.random.RandomState(0), 1e-4)
    tolerance = 2e-3 if n.dtype == np.float32 else 1e-5
    return passed(np.isclose(a, n, rtol=tolerance, atol=tolerance, equal_nan=True))


def course(f, vjp, inputs, seed):
    """A course's rule of thumb: central differences with h = 1e-5, and |a − n| / max(|a|, |n|) < 1e-5 for each element
    of the gradient of a random projection."""
    h = 1e-5
    out = np.asarray(f(*inputs), dtype=float)
    g = np.random.default_rng(seed).normal(size=out.shape)
    found = vjp(g[()], out[()], *inputs)
    for which, i, direction in _units(inputs):
        n = np.sum(g * (f(*_along(inputs, direction, h)) - f(*_along(inputs, direction, -h)))) / (2 * h)
        a = np.asarray(found[which]).flat[i]
        if a != n and not abs(a - n) / max(abs(a), abs(n)) < 1e-5:
            return "fail"
    return "pass"


def _gradient(f, vjp, inputs, seed):
    """The gradient of one random projection, and that projection as a function of all inputs in one vector."""
    out = np.asarray(f(*inputs), dtype=float)
    g = np.random.default_rng(seed).normal(size=out.shape)
    ends = np.cumsum([np.size(x) for x in inputs])[:-1]

    def projection(vector):
        arrays = [part.reshape(np.shape(x))[()] for part, x in zip(np.split(vector, ends), inputs, strict=True)]
        return float(np.sum(g * f(*arrays)))

    found = np.concatenate([np.ravel(v) for v in vjp(g[()], out[()], *inputs)])
    return found, projection, np.concatenate([np.ravel(x) for x in inputs])


def _within(a, n, error):
    """The rule that is put on estimates with error bars, as in this project: |a − n| ≤ 5·error + 1e-5·max(|a|, |n|)."""
    return passed((np.abs(a - n) <= 5 * error + 1e-5 * np.maximum(np.abs(a), np.abs(n))).all())


def numdifftools(f, vjp, inputs, seed):
    """numdifftools.Gradient of a random projection, with its own error estimate and its own steps."""
    import numdifftools as nd

    a, projection, x = _gradient(f, vjp, inputs, seed)
    found = nd.Gradient(projection, full_output=True)(x)
    return _within(a, np.ravel(found.estimate), np.ravel(found.error_estimate))


def scipy(f, vjp, inputs, seed):
    """scipy.differentiate.derivative of a random projection in each element, with its own error estimate; the first
    step is 0.25·max(|x|, 1e-3)."""
    from scipy.differentiate import derivative

    a, projection, x = _gradient(f, vjp, inputs, seed)
    moved = np.vectorize(lambda t, i: projection(np.where(np.arange(x.size) == i, t, x)), otypes=[float])
    found = derivative(moved, x, args=(np.arange(x.size),), initial_step=0.25 * np.maximum(np.abs(x), 1e-3))
    return _within(a, found.df, found.error)


def ours(f, vjp, inputs, seed):
    """autograd.check.check_vjp with its defaults."""
    from autograd.check import check_vjp

    return check_vjp(f, vjp, inputs, seed=seed, progress=False).verdict


OURS = "chainrule"
RULES = [
    Rule("PyTorch's rule (ε = 1e-6, 1e-5, 1e-3)", pytorch, most_inputs=1000),
    Rule("HIPS's rule (one projection, 1e-6)", hips),
    Rule("JAX's rule (one projection, 1e-5)", jax),
    Rule('a course\'s "relative error < 1e-5"', course, most_inputs=1000),
    Rule("numdifftools, its error bars", numdifftools, needs="numdifftools", most_inputs=100),
    Rule("scipy.differentiate, scaled step, its error bars", scipy, needs="scipy", most_inputs=100),
    Rule(OURS, ours),
]
