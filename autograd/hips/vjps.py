"""What rules written for HIPS autograd use. Here `shapes.fit` undoes broadcasting anyway; they do no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.shapes import fit

__all__ = ["unbroadcast", "unbroadcast_f"]


def unbroadcast(x: Any, target_meta: Any, broadcast_idx: int = 0) -> Any:
    """`x`, summed back to the shape of the target (an array, or HIPS's tuple of shape, ndim, dtype, iscomplex)."""
    if isinstance(target_meta, tuple) and len(target_meta) == 4:
        return fit(x, np.empty(target_meta[0], target_meta[2]))
    return fit(x, target_meta)


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The rule `f`, with its result summed back to the shape of `target`."""
    return lambda g: unbroadcast(f(g), target if hasattr(target, "shape") else np.asarray(target))
