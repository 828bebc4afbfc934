"""The check of `engine_deep`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from autograd.exercises.engines import Step, backward
from autograd.exercises.exercise import Answer, Finding, value
from autograd.exercises.orders import judged, ordered, visits
from autograd.exercises.programs import drawn, program
from autograd.exercises.truth import ALONE

STEP = Step(__file__)
DEEP = 10_000
DEEP_ENOUGH = 1_100  # where an answer is changed hundreds of times: beyond what Python calls into itself


def check(answer: Answer) -> Iterator[Finding]:
    limit = sys.getrecursionlimit()
    yield ordered(answer, program("c = a + b", a=2.0, b=-3.5))
    yield ordered(answer, program("c = a * b; d = c + a; e = b * d; f = d * e", a=2.0, b=-3.5))
    yield ordered(answer, program("p = a + b; q = p * a; r = q + p; s = p + r", a=2.0, b=-3.5))
    yield ordered(answer, program("p = a + b; q = p * a; r = q + p; s = r + p", a=2.0, b=-3.5))
    yield ordered(answer, program("c = a + b; d = b + a; e = c * d", a=2.0, b=2.0))
    for seed in range(8):
        yield ordered(answer, drawn(seed, "{} + {}", "{} * {}"))
    yield visits(answer, 12)
    yield _deep(answer, limit)
    work = program("p = a + b; q = p * a; r = q + p; s = p * r", a=2.0, b=-3.5)
    yield from STEP.findings(
        answer, [backward(each) for each in (work, *(drawn(seed, "{} + {}", "{} * {}") for seed in range(4)))]
    )


def _deep(answer: Answer, limit: int) -> Finding:
    title = f"a chain of {DEEP:,} sums, back to its beginning"
    length = DEEP_ENOUGH if ALONE.get() else DEEP
    x = node = answer.Value(0.5)
    nodes = {"x0": x}
    for i in range(1, length):
        nodes[f"x{i}"] = node = node + x
    words = (
        "It still calls itself, once for each Value on the way down: keep what is to be done in a list, and loop while "
        "there is any."
    )
    try:
        found = judged(title, nodes, node, f"   x1 = x0 + x0; x2 = x1 + x0; … x{length - 1}")
        if found.passed:
            node.backward()
            found = value(title, x.grad, length)
    except RecursionError:
        found = Finding(False, title, words, ("recursion",))
    if sys.getrecursionlimit() != limit:
        sys.setrecursionlimit(limit)
        return Finding(
            False, title, f"The limit was raised, which moves the wall and leaves it there. {words}", ("limit",)
        )
    return found
