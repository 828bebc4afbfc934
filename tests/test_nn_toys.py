"""Data that is made, and text that ships."""

import numpy as np
import pytest

from nn import datasets
from nn.datasets import toys

SHAPES = {
    "two_moons": lambda x, y: np.hypot(*(np.where(y[:, None] == 0, x, [1, 0.5] - x)).T) - 1,
    "circles": lambda x, y: np.hypot(*x.T) - np.where(y == 0, 1, 0.5),
    "spirals": lambda x, y: np.sin(
        np.angle(np.exp(1j * (np.arctan2(x[:, 1], x[:, 0]) - 1.5 * np.pi * np.hypot(*x.T) - 2 * np.pi * y / 3)))
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_points_lie_on_their_shape(name):
    make = getattr(toys, name)
    points, labels = make(300, 0.0, generator=0)
    assert points.shape == (300, 2)
    np.testing.assert_allclose(SHAPES[name](points, labels), 0, atol=1e-12)
    assert len(set(np.bincount(labels))) == 1  # as many of each
    assert labels[:10].tolist() != sorted(labels[:10])
    noisy, same = make(300, 0.1, generator=0)
    np.testing.assert_array_equal(same, labels)
    assert np.std(noisy - points) == pytest.approx(0.1, rel=0.1)


def test_text():
    text = datasets.sonnets()
    poems = text.strip().split("\n\n")
    assert [len(poem.split("\n")) for poem in poems] == [14] * 24
    codes, alphabet = datasets.encode(text)
    assert "".join(alphabet[i] for i in codes) == text
    assert len(alphabet) < 70
    assert text.isascii()
    names = datasets.names()
    assert names == sorted(set(names))
    assert len(names) > 500
    assert all(name.isalpha() and name.islower() for name in names)
