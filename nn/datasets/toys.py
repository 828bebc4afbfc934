"""Points in the plane that are easy to look at and not quite easy to tell apart; each comes with its label.

All return ``(points, labels)``: float64 of shape (n, 2) and integers of shape (n,), in random order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..random import Seed, default_generator


def two_moons(n: int = 200, noise: float = 0.1, *, generator: Seed = None) -> tuple[Any, Any]:
    """Two half circles, each reaching into the other; `noise` is the standard deviation around them."""
    rng = default_generator(generator)
    labels = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, upper, [1, 0.5] - upper)
    return _shuffled(points, labels, noise, rng)


def circles(n: int = 200, noise: float = 0.05, factor: float = 0.5, *, generator: Seed = None) -> tuple[Any, Any]:
    """A circle within a circle, of radius `factor` and 1."""
    rng = default_generator(generator)
    labels = np.arange(n) % 2
    angle = rng.uniform(0, 2 * np.pi, n)
    points = np.where(labels == 0, 1, factor)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _shuffled(points, labels, noise, rng)


def spirals(
    n: int = 300, noise: float = 0.02, classes: int = 3, turns: float = 0.75, *, generator: Seed = None
) -> tuple[Any, Any]:
    """`classes` arms that wind around the origin, `turns` times each."""
    rng = default_generator(generator)
    labels = np.arange(n) % classes
    radius = rng.uniform(0.05, 1, n)
    angle = 2 * np.pi * (turns * radius + labels / classes)
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _shuffled(points, labels, noise, rng)


def _shuffled(points: Any, labels: Any, noise: float, rng: np.random.Generator) -> tuple[Any, Any]:
    order = rng.permutation(len(points))
    return points[order] + rng.normal(0, noise, points.shape), labels[order]
