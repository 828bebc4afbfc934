"""Two moons told apart twice: by single neurons over scalars, as micrograd does it, and by layers over arrays."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from _shared import figure, save, scatter, shade

import nn
from autograd import no_grad, replay
from nn.datasets import two_moons


def in_scalars(points: Any, signs: Any, steps: int) -> nn.MLP:
    """A. Karpathy's demonstration: a hinge loss of all points, a little weight decay, a rate that falls to a tenth."""
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])

    @replay  # written in single numbers, and after two steps run on arrays
    def loss() -> Any:
        scores = [model(point) for point in points.tolist()]
        misses = [(1 - sign * score).relu() for sign, score in zip(signs.tolist(), scores, strict=True)]
        return sum(misses) / len(misses) + 1e-4 * sum(p * p for p in model.parameters())

    for step in range(steps):
        model.zero_grad()
        loss().backward()
        for p in model.parameters():
            p.data -= (1 - 0.9 * step / steps) * p.grad
    return model


def in_arrays(points: Any, signs: Any, steps: int) -> nn.Sequential:
    """The same loss and the same sizes."""
    net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = nn.optim.SGD(net.parameters(), lr=0.5, momentum=0.9, weight_decay=2e-4)
    schedule = nn.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, total_iters=steps)
    for _ in range(steps):
        loss = (1 - signs * net(points)[:, 0]).relu().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args(arguments)
    nn.manual_seed(0)
    points, labels = two_moons(100, noise=0.1)
    signs = 2 * labels - 1
    start = time.process_time()
    scalars = in_scalars(points, signs, options.steps)
    between = time.process_time()
    arrays = in_arrays(points, signs, options.steps)
    seconds = between - start, time.process_time() - between

    # Neurons take columns as well as numbers: a whole grid at once.
    scores = [lambda p: scalars(list(p.T)).numpy(), lambda p: arrays(p).numpy()[:, 0]]
    titles = "In scalars, as in micrograd", "In arrays"
    figures = {}
    drawing, axes = figure(*titles)
    with no_grad():
        for axis, title, score, spent in zip(axes, titles, scores, seconds, strict=True):
            shade(axis, lambda p, score=score: 1 / (1 + np.exp(-score(p))), (-1.6, 2.6), (-1.2, 1.7))
            scatter(axis, points, labels == 1, size=30)
            figures[title] = float(((score(points) > 0) == (labels == 1)).mean())
            print(
                f"{title}: {figures[title]:.0%} on the right side, after {options.steps} steps in {spent:.1f} s of CPU"
            )
    print(f"wrote {save(drawing, 'networks_two_moons.png')}")
    return figures


if __name__ == "__main__":
    print(main())
