"""The check of `hvp`."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.exercises.asked import Asked
from autograd.exercises.exercise import Answer, Finding, Mistake, derivative, returned, value
from autograd.transforms import grad as gradient_of

_R = np.random.default_rng(3)
X = _R.normal(size=4)
FEW = 4  # calls of f that one product may take


def bowl(x: Any) -> Any:
    return (x**4).sum() + (x[0] * x[1] - x[2] * x[3]) ** 2


ALSO = ((-X,), (1e3 * X,))


def gradient(f: Any, x: Any) -> Any:
    return gradient_of(f)(x)


def hessian_times(f: Any, x: Any, v: Any) -> Any:
    return gradient_of(lambda y: (gradient_of(f)(y) * v).sum())(x)


def check(answer: Answer) -> Iterator[Finding]:
    v = np.array([0.5, -1.0, 2.0, 1.5])
    form = returned("what hvp(f, x, v) returns", answer.hvp(bowl, X.copy(), v.copy()), X.shape)
    if not form.passed:
        yield form
        return
    # H is symmetric, so that H·v is also the vjp of the gradient, with v as the incoming gradient.
    found = derivative(
        gradient_of(bowl),
        lambda v, out, x: answer.hvp(bowl, x, v),
        (X,),
        ("x",),
        title="H·v against differences of the gradient",
        also=ALSO,
        by_hand=False,
        mistakes=(
            Mistake("first-order", lambda v, out, x: gradient(bowl, x), "This is the gradient itself, ∇f(x), whatever v "
                    "is: ∇f(x)·v is to be differentiated once more, with respect to x."),
            Mistake("first-order", lambda v, out, x: gradient(bowl, x) * v, "This is the gradient times v: there is no "
                    "second derivative in it yet. ∇f(x)·v is to be differentiated once more."),
            Mistake("first-order", lambda v, out, x: gradient(bowl, x) * (gradient(bowl, x) * v).sum(),
                    "This is the gradient times ∇f(x)·v, where a second derivative belongs: ∇f(x)·v is to be differentiated."),
            Mistake("inside", lambda v, out, x: hessian_times(bowl, x, np.ones_like(x)), "This is H·(1, …, 1), whatever "
                    "v is: multiply the inner gradient by v before it is summed up."),
            Mistake("inside", lambda v, out, x: hessian_times(bowl, x, np.ones_like(x)) * v, "v is multiplied in too "
                    "late: it belongs inside, where the inner gradient is summed up to one number."),
            Mistake("inside", lambda v, out, x: hessian_times(bowl, x, gradient(bowl, x)) * v, "This is H·∇f(x), times v at the "
                    "end: v belongs inside, where ∇f(x) stands for it, and is held fixed there."),
            Mistake("inside", lambda v, out, x: hessian_times(bowl, v, v),
                    "The second derivative is taken at v: it belongs at x."),
        ),
    )  # fmt: skip
    if "nonlinear" in found.kinds:
        found = replace(found, message="H·v is linear in v: for 2·v it is exactly twice what it is for v, and yours is not. "
                        "(Differences of gradients come near, and are not exact.)")  # fmt: skip
    if "mutated" in found.kinds:
        found = replace(found, message="hvp changed v (or x) in place: it belongs to the caller. Make a new array.")
    yield found
    yield _one_place(answer)
    yield _frugal(answer)


def _one_place(answer: Answer) -> Finding:
    """Whether f is asked at x alone, a few times, for another number of inputs and with nothing changed."""
    title = "for twelve numbers: f is asked at x alone, and a few times"
    x, v = np.linspace(-1.0, 2.0, 12), np.linspace(1.0, 3.0, 12)
    asked = Asked(lambda y: (y**3).sum())
    kept = x.copy(), v.copy()
    got = answer.hvp(asked, *kept)
    if not (np.array_equal(kept[0], x) and np.array_equal(kept[1], v)):
        return Finding(False, title, "hvp changed x or v in place: they belong to the caller.", ("mutated",))
    if len(asked.points) > 1:
        return Finding(False, title, asked.sentence, ("differences",))
    if asked.calls > FEW:
        words = f"f was called {asked.calls} times for 12 numbers: H·v is one gradient of ∇f(x)·v, not H row by row."
        return Finding(False, title, words, ("cost",))
    return value(title, got, 6 * x * v, kind="size", rtol=1e-9)


def _frugal(answer: Answer) -> Finding:
    """Whether `hvp` does without an array of n × n numbers."""
    n = 1000
    tracemalloc.start()
    try:
        answer.hvp(lambda x: (x**4).sum(), np.ones(n), np.ones(n))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    title = "for 1,000 numbers, without making H"
    if peak < n * n * np.dtype(float).itemsize:
        return Finding(True, title)
    words = f"An array of 1,000 × 1,000 numbers was made ({peak / 2**20:.0f} MiB): differentiate ∇f(x)·v, one number."
    return Finding(False, title, words, ("memory",))
