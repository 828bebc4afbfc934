"""Programs on numbers, written once for every class that is used as micrograd's `Value` is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from suite.starts import Start

Number = Any
Phases = tuple[Callable[..., Any], ...]
GIVE_BACK: Callable[[Number], None] = lambda y: y.backward()


def _descend(parameters: Iterable[Number], loss: Number, rate: float) -> tuple[float, list[float]]:
    """A step of gradient descent, and the loss and gradients that led to it."""
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    gradients = [p.grad for p in parameters]
    for p, g in zip(parameters, gradients, strict=True):
        p.data -= rate * g
    return loss.data, gradients


def moons(make: Callable[[float], Number], s: Start, through: Callable[[Any], Any] = lambda f: f) -> Phases:
    """micrograd's demo: a step on all points, with a hinge loss and weight decay; `through` is given the loss."""
    layers = [
        [([make(w) for w in ws], make(b)) for ws, b in zip(W.tolist(), B.tolist(), strict=True)] for W, B in s.layers
    ]
    parameters = [p for layer in layers for p in [w for ws, _ in layer for w in ws] + [b for _, b in layer]]
    points, labels = s.x.tolist(), s.t.tolist()

    def score(x: list[Number]) -> Number:
        for layer in layers:
            x = [sum((wi * xi for wi, xi in zip(ws, x, strict=True)), b) for ws, b in layer]
            if layer is not layers[-1]:
                x = [xi.relu() for xi in x]
        return x[0]

    def loss() -> Number:
        scores = [score([make(xi) for xi in x]) for x in points]
        losses = [(1 + -t * y).relu() for t, y in zip(labels, scores, strict=True)]
        return sum(losses) * (1 / len(losses)) + s.decay * sum(p * p for p in parameters)

    loss = through(loss)
    return (lambda: _descend(parameters, loss(), s.rate),)


def _largest(z: list[Number]) -> float:
    return max(zi.data for zi in z)


def gpt(
    make: Callable[[float], Number],
    s: Start,
    through: Callable[[Any], Any] = lambda f: f,
    largest: Callable[[list[Number]], Any] = _largest,
) -> Phases:
    """A GPT with RMS norms and no biases that reads one token after the other; a step on one text."""
    p = {name: [[make(w) for w in row] for row in matrix.tolist()] for name, matrix in s.p.items()}
    parameters = [w for matrix in p.values() for row in matrix for w in row]
    tokens = s.tokens.tolist()

    def linear(x: list[Number], w: list[list[Number]]) -> list[Number]:
        return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]

    def softmax(z: list[Number]) -> list[Number]:
        top = largest(z)
        e = [(zi - top).exp() for zi in z]
        total = sum(e)
        return [ei / total for ei in e]

    def norm(x: list[Number]) -> list[Number]:
        scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def add(x: list[Number], y: list[Number]) -> list[Number]:
        return [xi + yi for xi, yi in zip(x, y, strict=True)]

    def attend(q: list[Number], keys: list[list[Number]], values: list[list[Number]]) -> list[Number]:
        out, size = [], len(q) // s.heads
        for h in range(0, len(q), size):
            scores = [sum(q[j] * k[j] for j in range(h, h + size)) / size**0.5 for k in keys]
            weights = softmax(scores)
            out += [sum(w * v[j] for w, v in zip(weights, values, strict=True)) for j in range(h, h + size)]
        return out

    def loss() -> Number:
        keys: list[list[Number]] = []
        values: list[list[Number]] = []
        losses = []
        for place, (token, target) in enumerate(itertools.pairwise(tokens)):
            x = norm(add(p["wte"][token], p["wpe"][place]))
            y = norm(x)
            keys.append(linear(y, p["wk"]))
            values.append(linear(y, p["wv"]))
            x = add(linear(attend(linear(y, p["wq"]), keys, values), p["wo"]), x)
            x = add(linear([h.relu() for h in linear(norm(x), p["fc1"])], p["fc2"]), x)
            losses.append(-softmax(linear(x, p["head"]))[target].log())
        return sum(losses) * (1 / len(losses))

    loss = through(loss)
    return (lambda: _descend(parameters, loss(), s.rate),)


def two_two_one(make: Callable[[float], Number], f: Callable[[Number], Number], s: Start) -> Phases:
    """Epochs of the 2-2-1 network, one person at a time; nine numbers at the end."""

    def epochs() -> Any:
        p = [make(x) for x in s.p.tolist()]
        for _ in range(s.epochs):
            for x, t in s.people:
                h1 = f(p[0] * x[0] + p[1] * x[1] + p[6])
                h2 = f(p[2] * x[0] + p[3] * x[1] + p[7])
                _descend(p, (f(p[4] * h1 + p[5] * h2 + p[8]) - t) ** 2, s.rate)
        return (np.array([x.data for x in p]),)

    return (epochs,)


def logistic(x: Number) -> Number:
    """The sigmoid from elementary operations."""
    return 1 / (1 + (-x).exp())


def sums(x: Number, c: Number, n: int) -> Number:
    for _ in range(n):
        x = x + c
    return x


def products(x: Number, c: Number, n: int) -> Number:
    for _ in range(n):
        x = x * c
    return x


def matrix_products(x: Number, c: Number, n: int) -> Number:
    for _ in range(n):
        x = x @ c
    return x


def exponentials(x: Number, n: int) -> Number:
    """n operations, two in a turn."""
    for _ in range(n // 2):
        x = (-x).exp()
    return x


def chain(x: Number, n: int) -> Number:
    for _ in range(n // 2):
        x = x * 1.0000001
        x = x + 1e-9
    return x


def differentiated(
    record: Callable[[], Number], leaves: tuple[Number, ...], zero: Any = 0.0, backward: Callable[[Number], None] = GIVE_BACK
) -> Phases:  # fmt: skip
    """Recording, and a backward pass to `leaves`, whose gradients begin at `zero`."""

    def differentiate(y: Number) -> Any:
        for leaf in leaves:
            leaf.grad = zero
        backward(y)
        return [leaf.grad for leaf in leaves]

    return record, differentiate


def recorded_and_freed(x: Number, n: int, zero: Any) -> Phases:
    """The chain: recorded, differentiated and freed."""

    def record() -> list[Number]:
        return [chain(x, n)]

    def differentiate(end: list[Number]) -> list[Number]:
        x.grad = zero
        end[0].backward()
        return end

    def free(end: list[Number]) -> Any:
        value = end.pop().data
        return value, x.grad

    return record, differentiate, free
