"""What these programs share: the digits, and the plots of the other examples."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from nn.datasets import mnist

EXAMPLES = Path(__file__).resolve().parent.parent
sys.path.append(str(EXAMPLES))  # where `_common` is

from _common import GOLD, INK, RED, TEAL, figure, save, scatter, shade  # noqa: E402

__all__ = ["GOLD", "INK", "RED", "TEAL", "digits", "figure", "save", "scatter", "shade"]


def digits(data_dir: str | None = None) -> tuple[Any, Any, Any, Any]:
    """``(train_images, train_labels, test_images, test_labels)``; images (n, 1, 28, 28), float32 from 0 to 1.

    All of MNIST if the folder of its files is given, else the 5,000 and 1,000 images that come with the project.
    """
    if data_dir is not None:
        arrays = mnist(data_dir)
    else:
        with np.load(EXAMPLES / "data" / "mnist_subset.npz") as subset:
            arrays = tuple(subset[f"{part}_{kind}"] for part in ("train", "test") for kind in ("images", "labels"))
    train, train_labels, test, test_labels = arrays
    return _scaled(train), train_labels, _scaled(test), test_labels


def _scaled(images: Any) -> Any:
    return images[:, None].astype(np.float32) / 255
