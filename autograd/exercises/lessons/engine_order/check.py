"""The check of `engine_order`."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.orders import ordered, visits
from autograd.exercises.programs import drawn, program


def check(answer: Answer) -> Iterator[Finding]:
    yield ordered(answer, program("c = a + b", a=2.0, b=-3.5))
    yield ordered(answer, program("c = a * b; d = c + a; e = b * d; f = d * e", a=2.0, b=-3.5))
    yield ordered(answer, program("p = a + b; q = p * a; r = q + p; s = p + r", a=2.0, b=-3.5))
    yield ordered(answer, program("p = a + b; q = p * a; r = q + p; s = r + p", a=2.0, b=-3.5))
    yield ordered(answer, program("c = a + b; d = b + a; e = c * d", a=2.0, b=2.0))
    for seed in range(8):
        yield ordered(answer, drawn(seed, "{} + {}", "{} * {}"))
    yield visits(answer, 12)
