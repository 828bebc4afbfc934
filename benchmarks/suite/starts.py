"""The initial values of every workload, made by NumPy from fixed seeds: the same for every peer."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np

Start = SimpleNamespace
MLP = (784, 100, 200, 10)
MOONS = (2, 16, 16, 1)


def operations(n: int) -> Start:
    """A chain of n operations on numbers."""
    return Start(n=n, x=0.5, c=0.001)


def matrices(n: int) -> Start:
    """A chain of n operations on 4×4 arrays; products stay of the size of 1 (`near_one`, and `turn`, a rotation)."""
    rng = np.random.default_rng(1)
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    return Start(n=n, x=rng.standard_normal((4, 4)), near_one=rng.uniform(0.99, 1.01, (4, 4)), turn=turn)


def moons(n: int) -> Start:
    """n points on two half circles with labels ±1, and layers (weights of shape (outputs, inputs), biases)."""
    rng = np.random.default_rng(2)
    angle, label = np.linspace(0, np.pi, n // 2), np.repeat([-1.0, 1.0], n // 2)
    outer, inner = np.c_[np.cos(angle), np.sin(angle)], np.c_[1 - np.cos(angle), 0.5 - np.sin(angle)]
    layers = [(rng.uniform(-1, 1, (m, k)), np.zeros(m)) for k, m in itertools.pairwise(MOONS)]
    return Start(x=np.r_[outer, inner] + rng.normal(0, 0.1, (n, 2)), t=label, layers=layers, rate=0.1, decay=1e-4)


def scalar_gpt(block: int) -> Start:
    """A document of `block` + 1 letters, and the matrices of a GPT of one layer, 16 wide, with four heads."""
    rng = np.random.default_rng(3)
    width, letters = 16, 27
    shapes = {"wte": (letters, width), "wpe": (block, width), "wq": (width, width), "wk": (width, width),
              "wv": (width, width), "wo": (width, width), "fc1": (4 * width, width), "fc2": (width, 4 * width),
              "head": (letters, width)}  # fmt: skip
    tokens = rng.integers(0, letters, block + 1)
    return Start(p={k: rng.normal(0, 0.08, s) for k, s in shapes.items()}, tokens=tokens, heads=4, rate=0.01)


def two_two_one(epochs: int) -> Start:
    """Nine numbers, and four people: two features and a label each."""
    people = [((-2.0, -1.0), 1.0), ((25.0, 6.0), 0.0), ((17.0, 4.0), 0.0), ((-15.0, -6.0), 1.0)]
    return Start(epochs=epochs, p=np.random.default_rng(0).standard_normal(9), people=people, rate=0.1)


def mlp(rows: int, batch: int) -> Start:
    """Numbers in the shape of MNIST (the arithmetic does not care what they show) and (weights, biases) of three layers."""
    rng = np.random.default_rng(4)
    layers = [
        (rng.uniform(-1, 1, (n, m)).astype(np.float32) * np.float32(n**-0.5), rng.uniform(-1, 1, m).astype(np.float32))
        for n, m in itertools.pairwise(MLP)
    ]
    x, t = rng.random((rows, MLP[0]), dtype=np.float32), rng.integers(0, MLP[-1], rows)
    return Start(x=x, t=t, batch=batch, layers=layers, rate=0.01)


def gpt(batch: int, layers: int = 4, width: int = 128, context: int = 64, letters: int = 65) -> Start:
    """A batch of token numbers, and the arrays of a GPT-2 of this size in float32, in the order in which they are used."""
    rng = np.random.default_rng(5)

    def matrix(n: int, m: int) -> np.ndarray:
        return rng.normal(0, 0.08, (n, m)).astype(np.float32)

    def norm() -> list[np.ndarray]:
        return [np.ones(width, np.float32), np.zeros(width, np.float32)]

    def linear(n: int, m: int) -> list[np.ndarray]:
        return [matrix(n, m), np.zeros(m, np.float32)]

    p = [matrix(letters, width), matrix(context, width)]
    for _ in range(layers):
        p += [*norm(), *linear(width, 3 * width), *linear(width, width)]
        p += [*norm(), *linear(width, 4 * width), *linear(4 * width, width)]
    p += [*norm(), matrix(width, letters)]
    tokens = rng.integers(0, letters, (batch, context + 1))
    return Start(p=p, tokens=tokens[:, :-1], targets=tokens[:, 1:], heads=4, rate=0.1)


def lstm(batch: int, steps: int = 50, width: int = 128) -> Start:
    """A batch of sequences and what the outputs are to be, and weights and biases of an LSTM in float32, in PyTorch's order."""
    rng = np.random.default_rng(7)
    shapes = [(4 * width, width)] * 2 + [(4 * width,)] * 2
    p = [rng.uniform(-1, 1, shape).astype(np.float32) * np.float32(width**-0.5) for shape in shapes]
    x, target = rng.standard_normal((2, steps, batch, width), dtype=np.float32)
    return Start(p=p, x=x, target=target, rate=0.1)


def _images(batch: int, *shape: int) -> Start:
    """A batch of images that are noise, and their labels."""
    rng = np.random.default_rng(7)
    return Start(x=rng.standard_normal((batch, *shape), dtype=np.float32), t=rng.integers(0, 10, batch), rate=0.05)


def _kernel(rng: np.random.Generator, *shape: int) -> np.ndarray:
    fan_in = np.prod(shape[1:]) if len(shape) > 2 else shape[0]
    return rng.standard_normal(shape, dtype=np.float32) * np.float32((2 / fan_in) ** 0.5)


def lenet(batch: int) -> Start:
    """Images in the shape of MNIST's; the arrays of two convolutions 5 × 5 and a linear layer, (inputs, outputs)."""
    rng, s = np.random.default_rng(8), _images(batch, 1, 28, 28)
    s.p = [_kernel(rng, *shape) if len(shape) > 1 else np.zeros(shape, np.float32)
           for shape in [(8, 1, 5, 5), (8,), (16, 8, 5, 5), (16,), (256, 10), (10,)]]  # fmt: skip
    return s


def convnet(batch: int) -> Start:
    """Images in the shape of CIFAR's; of three blocks the kernels 3 × 3 and the scales and shifts, and a linear layer."""
    rng, s = np.random.default_rng(9), _images(batch, 3, 32, 32)
    s.p = []
    for inputs, outputs in itertools.pairwise((3, 32, 64, 128)):
        s.p += [_kernel(rng, outputs, inputs, 3, 3), np.ones(outputs, np.float32), np.zeros(outputs, np.float32)]
    s.p += [_kernel(rng, 128, 10), np.zeros(10, np.float32)]
    return s


def numbers(n: int) -> Start:
    """n numbers, and n more for a direction."""
    rng = np.random.default_rng(6)
    return Start(x=rng.standard_normal(n), v=rng.standard_normal(n))


def three(_: int) -> Start:
    return Start(x=3.0)
