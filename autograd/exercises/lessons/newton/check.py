"""The check of `newton`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from autograd.exercises.asked import Asked
from autograd.exercises.exercise import Answer, Finding, value
from autograd.transforms import grad as gradient_of


def gradient(f: Any, x: Any) -> Any:
    return gradient_of(f)(x)


def newton(f: Any, x: Any, steps: int, step: Callable[[Any, Any], Any]) -> Any:
    """`steps` steps x ← step(f, x); NaN where that leads nowhere."""
    with np.errstate(all="ignore"):
        for _ in range(steps):
            x = step(f, x)
    return x


STEPS = (
    ("sign", lambda f, x: x + gradient(f, x) / gradient(gradient_of(f), x),
     "The step goes the wrong way: x ← x − f′(x) / f″(x), with a minus."),
    ("root", lambda f, x: x - f(x) / gradient(f, x),
     "x ← x − f/f′ finds a root of f. In a minimum f′ has a root: divide f′ by f″."),
    ("second-order", lambda f, x: x - gradient(f, x) / gradient(f, x) ** 2,
     "f″ is the derivative of f′, grad(grad(f)), not its square."),
    ("second-order", lambda f, x: x - gradient(f, x) / gradient(f, gradient(f, x)),
     "f′(f′(x)) is the slope of f at another place: f″ is the slope of f′, grad(grad(f))(x)."),
    ("product", lambda f, x: x - gradient(f, x) * gradient(gradient_of(f), x), "f′ is to be divided by f″, not multiplied."),
    ("first-order", lambda f, x: x - gradient(f, x), "This is gradient descent: f′ is to be divided by f″."),
)  # fmt: skip


def _to_the_side_of_the_minimum(f: Any, x: Any) -> Any:
    return x - gradient(f, x) / abs(gradient(gradient_of(f), x))


def _half(f: Any, x: Any) -> Any:
    return x - gradient(f, x) / gradient(gradient_of(f), x) / 2


def _with_the_first_curvature(f: Any, start: float) -> tuple[str, Callable[[Any, Any], Any], str]:
    """Among the wrong steps, the one that divides by f″ as it was at the start."""
    curvature = gradient(gradient_of(f), start)
    words = "f″ was taken once, at the start: it changes with x, so take it anew in every step."
    return "second-order", lambda f, x: x - gradient(f, x) / curvature, words


def _other_step(answer: Answer) -> Finding:
    """Of an answer that takes a step more or less than it should, whether the step is a wrong one, too."""
    start, steps = 1.0, 3

    def f(x: Any) -> Any:
        return x**4 / 4 - 2 * x

    got = answer.minimise(f, start, steps)
    for kind, step, sentence in (*STEPS, _with_the_first_curvature(f, start)):
        if any(np.isclose(got, newton(f, start, n, step)) for n in (steps - 1, steps + 1)):
            return Finding(False, "the step", sentence, (kind,))
    return Finding(True, "the step")


DROPPED = "The sign of f″ was dropped: Newton's step divides by f″ as it is (where f″ < 0 it goes to a maximum)."


def check(answer: Answer) -> Iterator[Finding]:
    def right(f: Any, x: Any) -> Any:
        return x - gradient(f, x) / gradient(gradient_of(f), x)

    cases: tuple[tuple[str, Callable[[Any], Any], float, int], ...] = (
        ("minimise(lambda x: (x - 3)**2 + 1, 10.0, 1)", lambda x: (x - 3) ** 2 + 1, 10.0, 1),
        ("minimise(lambda x: x**4 / 4 - 2 * x, 1.0, 2)", lambda x: x**4 / 4 - 2 * x, 1.0, 2),
        ("minimise(lambda x: np.exp(x) - 2 * x, 0.0, 6)", lambda x: np.exp(x) - 2 * x, 0.0, 6),
        ("minimise(lambda x: x**3 / 3 - x, -1.7, 3)", lambda x: x**3 / 3 - x, -1.7, 3),
        ("minimise(lambda x: (x - 3)**2, 5.0, 0)", lambda x: (x - 3) ** 2, 5.0, 0),
    )

    def mistakes(f: Callable[[Any], Any], start: float, steps: int, best: Any) -> Iterator[tuple[str, Any, str]]:
        dropped = newton(f, start, steps, _to_the_side_of_the_minimum)
        if not np.isclose(dropped, best):
            yield "second-order", dropped, DROPPED
        wrong = (*STEPS, _with_the_first_curvature(f, start))
        yield from ((kind, newton(f, start, steps, step), sentence) for kind, step, sentence in wrong)
        for n in (*range(steps + 2), 2 * steps, 100):
            if n != steps:
                words = f"This is x after {n} step{'s' * (n != 1)}, and {steps} were asked for."
                yield "steps", newton(f, start, n, right), words
        yield "step", newton(f, start, steps, _half), "This is half of each step: x ← x − f′(x) / f″(x), undamped."
        yield "value", f(best), "This is f(x): return x, the place of the minimum."

    for words, f, start, steps in cases:
        best = newton(f, start, steps, right)
        asked = Asked(f)
        found = value(words, answer.minimise(asked, start, steps), best, kind="newton", mistakes=mistakes(f, start, steps, best),
                      advice="One step is x ← x − f′(x) / f″(x), and x itself is returned.")  # fmt: skip
        yield found.beside(partial(_other_step, answer)) if found.kinds == ("steps",) else found
        if len(asked.points) > steps + 1:  # one for each step, and where it arrives
            yield Finding(False, f"{words}, without differences", asked.sentence, ("differences",))
