"""Dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError

from ..random import Seed, draw


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, *, generator: Seed = None) -> Any:
    """In training each number is 0 with probability p, and 1 / (1 − p) times itself otherwise; else the input as it is.

    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
    """
    return _dropped(input, p, training, input.shape, generator)


def dropout1d(
    input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, *, generator: Seed = None
) -> Any:
    """`dropout` of whole channels, of an input of shape (N, C, L) or (C, L).

    Raises:
        ShapeError: an input of another shape.
    """
    if input.ndim not in (2, 3):
        raise ShapeError(f"dropout1d: an input of shape (N, C, L) or (C, L) is needed, and it has {input.shape}")
    return _dropped(input, p, training, (*input.shape[:-1], 1), generator)


def dropout2d(
    input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, *, generator: Seed = None
) -> Any:
    """`dropout` of whole channels, of an input of shape (N, C, H, W).

    J. Tompson et al., "Efficient object localization using convolutional networks", 2015.

    Raises:
        ShapeError: an input of another shape.
    """
    if input.ndim != 4:
        raise ShapeError(f"dropout2d: an input of shape (N, C, H, W) is needed, and it has {input.shape}")
    return _dropped(input, p, training, (*input.shape[:2], 1, 1), generator)


def _dropped(input: Any, p: float, training: bool, shape: tuple[int, ...], generator: Seed) -> Any:
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: p={p} is no probability")
    if not training or p == 0:
        return input
    kept = draw(shape, generator) >= p
    mask = (kept * (1 / (1 - p) if p < 1 else 0.0)).astype(input.dtype)
    if isinstance(mask, np.ndarray):
        mask.flags.writeable = False
    return input * mask
