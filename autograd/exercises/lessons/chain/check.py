"""The check of `chain`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.exercises.exercise import Answer, Finding, Mistake, derivative

POINTS = np.array([-2.3, -0.4, 0.0, 0.9, 3.1])
ALSO = (-POINTS, np.array([-9.0, 1e-4, 6.0]), np.array([0.7]))


def check(answer: Answer) -> Iterator[Finding]:
    inner = "The slope of the outer function belongs at the inner value x²: {}"
    yield derivative(lambda x: np.sin(x**2), answer.f_vjp, (POINTS,), ("x",), also=[(x,) for x in ALSO], mistakes=(
        Mistake("inner", lambda g, out, x: g * np.cos(x) * 2 * x, inner.format("here the cosine was taken at x.")),
        Mistake("inner", lambda g, out, x: g * np.cos(2 * x),
                inner.format("here it was taken at the slope 2x, which is a factor of its own.")),
        Mistake("inner", lambda g, out, x: g * np.cos(2 * x) * 2 * x, inner.format("here it was taken at the slope 2x.")),
        Mistake("product", lambda g, out, x: g * (np.cos(x) * x**2 + np.sin(x) * 2 * x),
                "This is the product rule, for sin(x)·x²: here x² goes *into* the sine."),
        Mistake("product", lambda g, out, x: g * (np.cos(x**2) * x**2 + np.sin(x**2) * 2 * x),
                "This is the rule of a product, u′v + uv′: sin(x²) is no product, but one function of another."),
        Mistake("inner", lambda g, out, x: g * np.cos(x**2) * x**2,
                "The slope at the inner value is multiplied by the inner *slope*, 2x, not by the inner value x²."),
        Mistake("outer", lambda g, out, x: g * np.sin(x**2) * 2 * x,
                "The outer function, sin, is itself still there: its slope is another function."),
        Mistake("outer", lambda g, out, x: g * np.sin(2 * x), "This is sin(2x), which is the slope of (sin x)²: here the "
                "square is inside, sin(x²), so that the slope of sin, which is cos, is taken at x², and times 2x."),
    ))  # fmt: skip
