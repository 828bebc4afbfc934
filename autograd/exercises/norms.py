"""What the exercises on normalisation share."""

from __future__ import annotations

from typing import Any

import numpy as np

from .exercise import Mistake


def normalised(x: Any, axis: int) -> Any:
    centred = x - x.mean(axis=axis, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=axis, keepdims=True) + 1e-5)


def norm_mistakes(axis: int) -> tuple[Mistake, ...]:
    """The mistakes in (g − mean(g) − out·mean(g·out)) / s."""

    def mean(x: Any) -> Any:
        return x.mean(axis=axis, keepdims=True)

    def total(x: Any) -> Any:
        return x.sum(axis=axis, keepdims=True)

    def s(x: Any) -> Any:
        return np.sqrt(x.var(axis=axis, keepdims=True) + 1e-5)

    def numerator(g: Any, out: Any) -> Any:
        return g - mean(g) - out * mean(g * out)

    share = "1/n" if axis == 0 else "1/m"
    sums = f"In {{}} a sum stands where a mean belongs: each element has only a share of {share} in μ and in s."
    last = "In the last term, the one through s, the normalised `out` belongs in both places: here {}."
    return (
        Mistake("term", lambda g, out, x: (g - out * mean(g * out)) / s(x),
                "The contribution through μ is missing: every out moves when μ does."),
        Mistake("mean", lambda g, out, x: (g - total(g) - out * total(g * out)) / s(x), sums.format("both terms")),
        Mistake("mean", lambda g, out, x: (g - mean(g) - out * total(g * out)) / s(x),
                sums.format("the term through s")),
        Mistake("mean", lambda g, out, x: (g - total(g) - out * mean(g * out)) / s(x),
                sums.format("the term through μ")),
        Mistake("incomplete", lambda g, out, x: numerator(g, out) / x.std(axis=axis, keepdims=True),
                "The 10⁻⁵ under the root is missing: s is √(variance + 10⁻⁵)."),
        Mistake("brackets", lambda g, out, x: numerator(g, out) / (x.std(axis=axis, keepdims=True) + 1e-5),
                "The 10⁻⁵ stands outside of the root: s is √(variance + 10⁻⁵)."),
        Mistake("incomplete", lambda g, out, x: numerator(g, out), "The division by s is missing."),
        Mistake("power", lambda g, out, x: numerator(g, out) / s(x) ** 2, "It is divided by s once too often."),
        Mistake("power", lambda g, out, x: numerator(g, out) * s(x), "It is multiplied by s in place of divided."),
        Mistake("sign", lambda g, out, x: (g - mean(g) + out * mean(g * out)) / s(x),
                "The contribution through s has the wrong sign: a larger s makes out smaller."),
        Mistake("sign", lambda g, out, x: (g + mean(g) - out * mean(g * out)) / s(x),
                "The contribution through μ has the wrong sign: a larger μ makes out smaller."),
        Mistake("sign", lambda g, out, x: (g + mean(g) + out * mean(g * out)) / s(x),
                "The contributions through μ and s have the wrong sign: both make out smaller."),
        Mistake("term", lambda g, out, x: (g - mean(g) - (x - mean(x)) * mean(g * out)) / s(x),
                last.format("1/s is missing once, as where x − μ stands outside of the mean, or a bracket ends before it")),
        Mistake("term", lambda g, out, x: (g - mean(g) - x * mean(g * out)) / s(x),
                last.format("x stands outside of the mean")),
        Mistake("term", lambda g, out, x: (g - mean(g) - out * mean(g * x)) / s(x),
                last.format("x stands inside of the mean")),
        Mistake("term", lambda g, out, x: (g - mean(g) - mean(g * out)) / s(x),
                last.format("it is missing outside of the mean")),
    )  # fmt: skip
